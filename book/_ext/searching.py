"""What the search page searches: the sections of every page, as words; chapters are numbered.

The theme's own search puts names of the library first and shows no words of a page that was opened
from a folder. The sections stand in a script, which a browser loads from anywhere.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

SECTIONS = "search-sections.js"
THEIRS = re.compile(r"searchtools|language_data|searchindex")
UNSEARCHED = (
    ".cell_input, .headerlink, script, style, math, .definitions, .cite, .code-switch, pre, "
    "details.option"  # of a quiz: most of them are wrong, and would be read out of their place
)
NUMBERS = re.compile(r"[-−+±%.,:\[\]\d\s]*")
"""What a cell of a computed table may hold that nobody looks for."""
ABOUT = 120  # letters of what a name of the library is for
CHAPTER, PAGE, TERM, NAME = range(4)
CHAPTER_FILE = re.compile(r"chapters/(\d\d)_")


def read_sections(soup: BeautifulSoup, page: str) -> list[list]:
    """[kind, page, chapter's number, page's title, heading, anchor, words] for each section."""
    article = soup.select_one("article.bd-article")
    title = article and article.select_one("h1")
    if not title or not page.startswith(("book/", "chapters/")):
        return []
    article = BeautifulSoup(str(article), "html.parser")
    for part in article.select(UNSEARCHED):
        part.decompose()
    for cell in article.select(".cell_output td"):
        if NUMBERS.fullmatch(cell.get_text()):
            cell.decompose()
    chapter = CHAPTER_FILE.match(page)
    number = int(chapter[1]) if chapter else 0
    start = [page, number, words(article.h1)]
    found = []
    for term in article.select("dl.glossary dt"):
        meaning = term.find_next_sibling("dd")
        found.append([TERM, *start, words(term), term.get("id", ""), words(meaning)])
    for name in article.select("dl.py > dt.sig[id]"):
        about = name.find_next_sibling("dd")
        found.append([NAME, *start, name["id"], name["id"], words(about)[:ABOUT] if about else ""])
    for part in article.select("dl.glossary, dl.py"):
        part.decompose()
    kind = CHAPTER if chapter else PAGE
    for section in reversed(article.select("section[id]")):  # the inner ones first
        heading = section.find(["h1", "h2", "h3", "h4"])
        name = words(heading.extract()) if heading else ""
        anchor = "" if name == start[2] else section["id"]
        found.append([kind, *start, name, anchor, words(section)])
        section.decompose()
    return found


def words(part: Tag | None) -> str:
    """The text of a part; dots in a cell say nothing to who searches."""
    text = re.sub("[●·]", " ", part.get_text(" ")) if part else ""
    return re.sub(r" (?=[,.;:?!])", "", " ".join(text.split()))


UNFOLDED = """.flatMap(([page, number, title, rows]) => rows.map(([kind, heading, anchor, words]) =>
  [kind, page, number, title, heading, anchor || (anchor === 0 ? heading : ""), words]));"""
"""How the script makes each section's row whole again."""


def write_sections(static: Path, kept: Path) -> None:
    """All pages' sections, from the files in which an earlier build has kept them.

    What the rows of a page share is written once: it is a quarter of what a reader would fetch.
    """
    pages: dict[tuple, list] = {}
    for path in sorted(kept.glob("*.json")):
        for kind, page, number, title, name, anchor, said in json.loads(path.read_text("utf-8")):
            rows = pages.setdefault((page, number, title), [])
            rows.append([kind, name, 0 if anchor == name else anchor, said])
    found = [[*page, rows] for page, rows in pages.items()]
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    script = f"const SECTIONS = {text}{UNFOLDED}\n"
    (static / SECTIONS).write_text(script, encoding="utf-8", newline="\n")


def own_search(soup: BeautifulSoup) -> None:
    """The search page with its own script instead of the theme's."""
    if not soup.select_one("#search-results"):
        return
    for script in soup.select("script"):
        if THEIRS.search(script.get("src", "") + (script.string or "")):
            script.decompose()
    for name in (SECTIONS, "searching.js"):
        soup.head.append(soup.new_tag("script", src=f"_static/{name}", defer=""))
