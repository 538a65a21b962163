"""Mend, in the finished pages, what the theme and pandas leave unreadable to some readers.

A slow line is a barrier too: `lighter` leaves out what a page would load and not use.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bs4 import BeautifulSoup
from code_cells import tidy_code
from deeper import fold_deeper
from frame import mend_frame
from lighter import keep_icons, lighten, plain_code
from one_sheet import join_sheets, link_one
from pictures import state_sizes
from scripts_later import defer_scripts
from searching import own_search, read_sections, write_sections
from sphinx.application import Sphinx
from tables import mend_table
from typeset import typeset


def mend_page(html: str, page: Path) -> BeautifulSoup:
    """A whole page, with its tables, code, pictures, landmarks and scripts put right."""
    soup = BeautifulSoup(plain_code(html), "html.parser")
    for old in soup.select("article style[scoped]"):  # pandas', for one table each
        old.decompose()
    tidy_code(soup)
    fold_deeper(soup)
    for table in soup.select("article table"):
        mend_table(soup, table)
    state_sizes(soup, page)
    for entry in soup.select(".citation-list > .citation"):
        entry["role"] = "listitem"
    for start in soup.select(".sidebar-primary-items__start"):
        start["role"], start["aria-label"] = "region", "Site"
    for summary in soup.select("summary[aria-label]"):
        del summary["aria-label"]  # it says less than the words that are there
    mend_frame(soup, page)
    typeset(soup)
    lighten(soup)
    own_search(soup)
    defer_scripts(soup, page)
    link_one(soup)
    return soup


def mend_file(page: Path, site: Path, kept: Path) -> None:
    """Mend a page in its place, and keep its sections for the search."""
    soup = mend_page(page.read_text(encoding="utf-8"), page)
    page.write_text(str(soup), encoding="utf-8")
    name = page.relative_to(site).as_posix()
    sections = json.dumps(read_sections(soup, name), ensure_ascii=False)
    (kept / f"{name.replace('/', '-')}.json").write_text(sections, encoding="utf-8")


def mend_site(app: Sphinx, error: Exception | None, since: float) -> None:
    """Mend the pages written after ``since``; an earlier build has mended the others."""
    if error or app.builder.format != "html":
        return
    pages = [page for page in Path(app.outdir).rglob("*.html") if "_static" not in page.parts]
    new = [page for page in pages if page.stat().st_mtime >= since]
    kept = Path(app.doctreedir, "search")
    kept.mkdir(parents=True, exist_ok=True)
    new.sort(key=lambda page: page.stat().st_size, reverse=True)  # no core ends with the longest
    with ProcessPoolExecutor() as pool:
        list(pool.map(partial(mend_file, site=Path(app.outdir), kept=kept), new))
    static = Path(app.outdir, "_static")
    keep_icons(static, pages)
    write_sections(static, kept)
    join_sheets(static, pages)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", partial(mend_site, since=time.time()), priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
