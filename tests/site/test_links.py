"""Every link inside the site leads to a page, and every anchor to a place on it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urldefrag

from bs4 import BeautifulSoup


def broken_links(site: Path, pages: list[str]) -> list[str]:
    """``page: link`` for each link whose target is not in ``site``."""
    soups = {page: BeautifulSoup((site / page).read_text("utf-8"), "html.parser") for page in pages}
    names = {
        page: {tag["id"] for tag in soup.find_all(id=True)} | {"", "top"}
        for page, soup in soups.items()
    }
    broken = []
    for page, soup in soups.items():
        for tag in soup.select("a[href], img[src]"):
            link = tag.get("href") or tag.get("src")
            if "://" in link or link.startswith(("mailto:", "data:")):
                continue
            address, anchor = urldefrag(unquote(link))
            target = (site / page).parent.joinpath(address).resolve() if address else site / page
            key = target.relative_to(site).as_posix() if target.is_relative_to(site) else ""
            lost = key in names and anchor not in names[key]
            if not target.exists() or lost:
                broken.append(f"{page}: {link}")
    return broken


def test_links_lead_somewhere(site, pages):
    assert broken_links(site, pages) == []


def test_broken_links_are_seen(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html#there">1</a><a href="c.html">2</a>')
    (tmp_path / "b.html").write_text('<p id="here"></p><a href="a.html">3</a><img src="d.svg">')
    found = broken_links(tmp_path, ["a.html", "b.html"])
    assert found == ["a.html: b.html#there", "a.html: c.html", "b.html: d.svg"]
