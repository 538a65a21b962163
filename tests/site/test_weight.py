"""A page is light enough for a slow connection."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fontTools.ttLib import TTFont

HTML, FIRST_LOAD = 300_000, 1_200_000  # bytes, uncompressed


def first_load(chromium, server: str, site: Path, page: str) -> int:
    """Bytes of a page and of all that it asks for, pictures further down included, each once."""
    chromium.look(width=1280, theme="light")
    chromium.open(f"{server}/{page}")
    asked = {*chromium.requests, *chromium.run("[...document.images].map(image => image.src)")}
    paths = {unquote(urlsplit(url).path) for url in asked if url.startswith(server)}
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


def test_every_icon_is_still_in_its_font(site):
    sheets = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    named = {int(sign, 16) for css in sheets for sign in re.findall(r'"\\(f[0-9a-f]{3})"', css)}
    as_they_are = {ord(sign) for css in sheets for sign in css if 0xE000 <= ord(sign) < 0xF900}
    fonts = [TTFont(path) for path in site.rglob("fontawesome/**/*.woff")]
    assert min(len(named), len(as_they_are)) > 5
    assert named | as_they_are <= {s for font in fonts for s in font.getBestCmap() or ()}
