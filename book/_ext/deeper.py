"""Fold the section *Going deeper* of a chapter: its first paragraph stays, the rest opens.

It is a native ``<details>``: it works by keyboard and without scripts, and where a browser opens
such parts for a link or a search within the page, it does. ``unfold.js`` helps the other browsers,
and opens it on paper.
"""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

HEADING = "Going deeper"


def fold_deeper(soup: BeautifulSoup) -> None:
    """Put all of the section but its heading and its first paragraph into a ``<details>``."""
    for heading in soup.select("article h2"):
        if heading.find(string=True) == HEADING:
            fold(soup, heading.find_parent("section"))


def fold(soup: BeautifulSoup, section: Tag) -> None:
    questions = len(section.select(":scope > section"))
    details = soup.new_tag("details", attrs={"class": "deeper"})
    summary = soup.new_tag("summary")
    summary.string = "Read on" if questions < 2 else f"Read on: {questions} more questions"
    first = section.find("p", recursive=False)
    rest = list((first or section.h2).next_siblings)
    details.extend([summary, *(part.extract() for part in rest)])
    section.append(details)
