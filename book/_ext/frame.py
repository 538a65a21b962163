"""What stands around the text: chapters' numbers, the search button's name, letters to go to."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString

CHAPTER = re.compile(r"(?:^|/)(\d\d)_[^/]*\.html")
NAMED_TWICE = re.compile(r' title="Search" aria-label="Search"')
PER_CENT = re.compile(r"(?<=\d)[ \u00a0]?%")
HYPHEN = re.compile(r"(?<![\w.)−–-])-(?=[\d.])")
"""A hyphen that stands for a minus: before a number, and not between two."""
NOUGHT = re.compile(r"(?<![\w.)−–-])[-−](?=0(?:\.0+)?(?![\d.]))")
"""A minus before nothing but noughts, which is what rounding left of it."""
APART = {"pre", "code", "script", "style", "math", "svg", "text"}


def mend_frame(soup: BeautifulSoup, page: Path) -> None:
    """All of it, in a whole page."""
    number_sidebar(soup, page)
    for script in soup.find_all("script"):  # the visible words, Search Ctrl + K, name the button
        if script.string and "search-button-field" in script.string:
            script.string = NAMED_TWICE.sub("", script.string)
    for glossary in soup.select("article dl.glossary"):
        glossary.insert_before(letters(soup, glossary))
    if soup.article:
        one_per_cent(soup)
        one_minus(soup)


def number_sidebar(soup: BeautifulSoup, page: Path) -> None:
    """The chapters' numbers before their titles."""
    for link in soup.select(".bd-links a.reference, .prev-next-area a"):
        address = page.name if link["href"] == "#" else link["href"]
        found = CHAPTER.search(address)
        if found:
            number = soup.new_tag("span", attrs={"class": "nth"})
            number.string = str(int(found[1]))
            (link.select_one(".prev-next-title") or link).insert(0, number, " ")


def letters(soup: BeautifulSoup, glossary) -> BeautifulSoup:
    """A line of links, each to the first term with that letter."""
    first: dict[str, str] = {}
    for term in glossary.select("dt[id]"):
        first.setdefault(term.get_text(strip=True)[0].upper(), term["id"])
    links = " ".join(f'<a href="#{place}">{letter}</a>' for letter, place in sorted(first.items()))
    return BeautifulSoup(f'<nav class="letters" aria-label="Letters">{links}</nav>', "html.parser")


def one_per_cent(soup: BeautifulSoup) -> None:
    """80 %, everywhere with a space that does not break."""
    for text in list(soup.article.find_all(string=re.compile("%"))):
        inside = {parent.name for parent in text.parents}
        if inside & APART:
            continue
        before = text.previous_sibling
        glued = before is not None and "pasted-text" in (
            getattr(before, "attrs", {}).get("class") or []
        )
        mended = PER_CENT.sub("\u00a0%", text)
        if glued:
            mended = re.sub(r"^[ \u00a0]?%", "\u00a0%", mended)
        if mended != text:
            text.replace_with(NavigableString(mended))


def one_minus(soup: BeautifulSoup) -> None:
    """−0.02, not -0.02, and 0.00, not -0.00: numbers handed to the text, and in tables."""
    for place in soup.article.select(".pasted-text, table.dataframe td"):
        for text in place.find_all(string=re.compile("[-−]")):
            mended = HYPHEN.sub("−", NOUGHT.sub("", text))
            if mended != text:
                text.replace_with(NavigableString(mended))
