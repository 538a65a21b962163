"""Join the style sheets into one, with only what some page uses: 400 kB become less than 100.

A browser paints nothing before it has every sheet that the head of a page names. The parts stay
where Sphinx has put them; a later build joins them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag

SHEET = "site.css"
PARTS = (
    "basic.css", "styles/bootstrap.css", "styles/pydata-sphinx-theme.css",
    "vendor/fontawesome/*/css/all.min.css", "pygments.css", "styles/sphinx-book-theme.css",
    "togglebutton.css", "copybutton.css", "mystnb.*.css", "exercise.css",
    "sphinx-design.min.css", "watch-next.css",
)  # fmt: skip
"""In the order in which the pages name them, for the later of two equal rules holds."""

MADE_LATER = {"show", "fade", "collapse", "collapsing", "active", "disabled", "tooltip", "modal"}
"""Classes that the theme's large scripts give; the words of the small ones are read."""
LARGE = ("bootstrap.js", "pydata-sphinx-theme.js", "clipboard.min.js")

QUOTED = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''
ADDRESS = rf"url\(({QUOTED}|[^)\"']*)\)"
MARK = re.compile(rf"{QUOTED}|{ADDRESS}|[{{}};]")
UNREAD = re.compile(rf"[{{;]\s*(--[\w-]+)\s*:(?:{QUOTED}|[^;{{}}\"'])*(?=[;}}])")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
NOT_OF_ITSELF = re.compile(r":(?:not|is|where|has)\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\]")
PART = re.compile(r"([.#]?)(-?[A-Za-z_][\w-]*)|::?[\w-]+(?:\([^)]*\))?")
COMMA = re.compile(r",(?![^()\[\]]*[)\]])")


def link_one(soup: BeautifulSoup) -> None:
    """The sheet in a page's head, in the place of its parts."""
    links = [link for link in soup.select('link[rel="stylesheet"]') if is_part(link)]
    for link in links[1:]:
        link.decompose()
    if links:
        root = links[0]["href"].split("_static/")[0]
        links[0].attrs = {"rel": "stylesheet", "href": f"{root}_static/{SHEET}"}


def is_part(link: Tag) -> bool:
    name = link["href"].split("?")[0].rpartition("_static/")[2]
    return any(Path(name).match(part) for part in (*PARTS, "styles/theme.css"))


def join_sheets(static: Path, pages: Iterable[Path]) -> None:
    """Write the one sheet."""
    used = used_words(static, pages)
    rules: list[str] = []
    for part in PARTS:
        for path in sorted(static.glob(part)):
            css = COMMENT.sub("", path.read_text(encoding="utf-8"))
            css = re.sub(r"@charset [^;]+;|@import [^;]+;", "", css)
            rules.append(keep_used(mend_addresses(css, path.parent, static), used))
    css = "".join(rules)
    for _ in range(3):  # a property that only an unused one used
        css = drop_properties(css)
    for quote in ("", '"', "'"):  # without scripts no theme is set: then the light one holds
        css = css.replace(f"[data-theme={quote}light{quote}]", ":not([data-theme=dark])")
    (static / SHEET).write_text(css, encoding="utf-8", newline="\n")


def used_words(static: Path, pages: Iterable[Path]) -> set[str]:
    """Elements, .classes and #names of the pages, and whatever a small script calls by a word."""
    used = {f".{word}" for word in MADE_LATER} | {"html", "body", "root"}
    for page in pages:
        html = page.read_text(encoding="utf-8")
        used |= set(re.findall(r"<([a-z][a-z0-9]*)", html))
        for words in re.findall(r'\bclass(?:Name)?="([^"]*)"', html):
            used |= {f".{word}" for word in words.split()}
        used |= {f"#{name}" for name in re.findall(r'\bid="([^"]*)"', html)}
    for script in static.rglob("*.js"):
        if script.name not in LARGE and "locales" not in script.parts:
            words = re.findall(r"[A-Za-z_][\w-]*", script.read_text(encoding="utf-8"))
            used |= {sign + word for word in words for sign in ("", ".", "#")}
    return used


def blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """The statements of a sheet: what stands before the brace, and what inside; None without."""
    depth, start, head = 0, 0, ""
    for mark in MARK.finditer(css):
        sign = mark[0]
        if sign == "{":
            if not depth:
                head, start = css[start : mark.start()].strip(), mark.end()
            depth += 1
        elif sign == "}":
            depth -= 1
            if not depth:
                yield head, css[start : mark.start()].strip()
                start = mark.end()
        elif sign == ";" and not depth:
            yield css[start : mark.end()].strip(), None
            start = mark.end()


def keep_used(css: str, used: set[str]) -> str:
    kept = []
    for head, inside in blocks(css):
        if inside is None or head.startswith(("@font-face", "@keyframes", "@-webkit", "@page")):
            kept.append(head if inside is None else f"{head}{{{inside}}}\n")
        elif head.startswith("@"):
            inner = keep_used(inside, used)
            kept.append(f"{head}{{{inner}}}\n" if inner.strip() else "")
        else:
            selectors = [one.strip() for one in COMMA.split(head) if is_used(one, used)]
            kept.append(f"{','.join(selectors)}{{{inside}}}\n" if selectors and inside else "")
    return "".join(kept)


def is_used(selector: str, used: set[str]) -> bool:
    """Whether each element, class and name that a selector needs is there."""
    parts = PART.findall(NOT_OF_ITSELF.sub("", selector))
    return all(sign + word in used for sign, word in parts if word)


def mend_addresses(css: str, folder: Path, static: Path) -> str:
    """Pictures and fonts of a part, as seen from the sheet."""

    def mend(match: re.Match) -> str:
        address = match[1].strip("\"'")
        if address.startswith(("data:", "#", "http")):
            return match[0]
        path = (folder / address).resolve().relative_to(static.resolve())
        return f'url("{path.as_posix()}")'

    return re.sub(ADDRESS, mend, css)


def drop_properties(css: str) -> str:
    """Without the custom properties that nothing reads."""
    read = set(re.findall(r"var\(\s*(--[\w-]+)", css))

    def keep(match: re.Match) -> str:
        return match[0] if match[1] in read else match[0][0] if match[0][0] == "{" else ";"

    return UNREAD.sub(keep, css).replace(";;", ";").replace("{;", "{")
