"""Mend, in the finished pages, what the theme and pandas leave unreadable to some readers.

A slow line is a barrier too: `lighter` leaves out what a page would load and not use.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from lighter import keep_icons, lighten, plain_code
from sphinx.application import Sphinx


def mend_table(soup: BeautifulSoup, table: Tag) -> None:
    """Say which cells are headers of what; let a wide table scroll inside itself, by keyboard."""
    for part in table.find_all(True):
        for attribute in ("style", "border"):
            del part[attribute]
    del table["border"]
    for header in table.find_all("th"):
        if header.get_text(strip=True):
            header["scope"] = "col" if header.find_parent("thead") else "row"
        else:
            header.name = "td"
    columns = [cell.get_text(" ", strip=True) for cell in table.select("thead th")]
    frame = soup.new_tag("div", attrs={"class": "table-scroll", "role": "group", "tabindex": "0"})
    frame["aria-label"] = "Table of " + ", ".join(columns) if columns else "Table"
    table.wrap(frame)


def mend_page(html: str) -> str:
    """A whole page, with its tables, bibliography, landmarks and scripts put right."""
    soup = BeautifulSoup(plain_code(html), "html.parser")
    for old in soup.select("article style[scoped]"):  # pandas', for one table each
        old.decompose()
    for table in soup.select("article table"):
        mend_table(soup, table)
    for entry in soup.select(".citation-list > .citation"):
        entry["role"] = "listitem"
    for start in soup.select(".sidebar-primary-items__start"):
        start["role"], start["aria-label"] = "region", "Site"
    for summary in soup.select("summary[aria-label]"):
        del summary["aria-label"]  # it says less than the words that are there
    lighten(soup)
    return str(soup)


def mend_file(page: Path) -> None:
    page.write_text(mend_page(page.read_text(encoding="utf-8")), encoding="utf-8")


def mend_site(app: Sphinx, error: Exception | None, since: float) -> None:
    """Mend the pages written after ``since``; an earlier build has mended the others."""
    if error or app.builder.format != "html":
        return
    pages = [page for page in Path(app.outdir).rglob("*.html") if "_static" not in page.parts]
    new = [page for page in pages if page.stat().st_mtime >= since]
    new.sort(key=lambda page: page.stat().st_size, reverse=True)  # no core ends with the longest
    with ProcessPoolExecutor() as pool:
        list(pool.map(mend_file, new))
    keep_icons(Path(app.outdir, "_static"), pages)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", partial(mend_site, since=time.time()))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
