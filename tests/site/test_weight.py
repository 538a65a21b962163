"""A page is light enough for a slow connection."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

HTML, FIRST_LOAD = 300_000, 1_200_000  # bytes, uncompressed


def first_load(chromium, server: str, site: Path, page: str) -> int:
    """Bytes of a page and of everything that it asks for, each file once."""
    chromium.look(width=1280, theme="light")
    chromium.open(f"{server}/{page}")
    paths = {unquote(urlsplit(url).path) for url in chromium.requests if url.startswith(server)}
    return sum((site / path.lstrip("/")).stat().st_size for path in paths)


def test_no_page_is_heavy(site, pages):
    heavy = [page for page in pages if (site / page).stat().st_size >= HTML]
    assert not heavy


def test_nor_is_its_first_load(chromium, server, site, pages):
    heavy = {}
    for page in pages:
        size = first_load(chromium, server, site, page)
        if size >= FIRST_LOAD:
            heavy[page] = size
    assert not heavy


def test_everything_a_page_asks_for_is_weighed(chromium, server, site):
    page = "book/index.html"
    assert first_load(chromium, server, site, page) > 2 * (site / page).stat().st_size
