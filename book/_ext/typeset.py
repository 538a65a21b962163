"""What a typesetter would see to: what stays on one line, quotes that curl, no year twice."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, NavigableString, Tag

CLOSING = re.compile(r"[.,;:!?)\]’”]+")
OPENING = re.compile(r"[(\[“‘]+$")
QUOTE = re.compile(r"""['"]""")
CURLED = {"'": ("‘", "’"), '"': ("“", "”")}
SHORT = 24
"""Letters of a word of code up to which it stays whole; a longer one may break at its hyphens."""
TWICE = re.compile(r"\b((?:19|20)\d\d)\b([^.]*?),\s\1(?=\.)")


def typeset(soup: BeautifulSoup) -> None:
    """All of it, in a whole page."""
    if not soup.article:
        return
    for formula in soup.article.find_all("math"):
        if formula.get("display") != "block":
            keep_with_signs(soup, formula)
    for word in soup.article.select("code .pre"):
        if "-" in word.get_text() and len(word.get_text()) <= SHORT:
            word["class"] = [*word["class"], "kept"]
    for summary in soup.article.find_all("summary"):
        curl(summary)
    for entry in soup.select(".citation"):
        one_year(entry)


def keep_with_signs(soup: BeautifulSoup, formula: Tag) -> None:
    """No full stop begins a line, and no bracket ends one, because a formula stands beside it."""
    before, after = formula.previous_sibling, formula.next_sibling
    opening = OPENING.search(before) if isinstance(before, NavigableString) else None
    closing = CLOSING.match(after) if isinstance(after, NavigableString) else None
    if not opening and not closing:
        return
    kept = formula.wrap(soup.new_tag("span", attrs={"class": "kept"}))
    if opening:
        before.replace_with(before[: opening.start()])
        kept.insert(0, opening[0])
    if closing:
        after.replace_with(after[closing.end() :])
        kept.append(closing[0])


def curl(summary: Tag) -> None:
    """Straight quotes made round; HTML by hand has them, prose in Markdown is given round ones."""
    last = ""
    for text in list(summary.find_all(string=True)):
        if not text.find_parent("code"):
            whole = last + text
            curled = QUOTE.sub(lambda quote, whole=whole: round_one(quote, whole), whole)
            if curled != whole:
                text.replace_with(NavigableString(curled[len(last) :]))
        last = text[-1:] or last


def round_one(quote: re.Match, whole: str) -> str:
    opens = quote.start() == 0 or whole[quote.start() - 1] in " \n\u00a0([–"
    return CURLED[quote[0]][not opens]


def one_year(entry: Tag) -> None:
    """``Tech Blog, 9 April 2015, 2015.``: the style adds a year where a date has it already."""
    for text in list(entry.find_all(string=TWICE)):
        text.replace_with(NavigableString(TWICE.sub(r"\1\2", text)))
    for name in entry.find_all("em"):
        year = re.search(r"(?:19|20)\d\d$", name.get_text())
        after = name.next_sibling
        if year and isinstance(after, NavigableString):
            after.replace_with(NavigableString(re.sub(rf"^\.\s{year[0]}\.", ".", after)))
