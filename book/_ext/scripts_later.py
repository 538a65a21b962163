"""Let no script hold up the first sight of a page: all of them wait until it has been read."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup

OPTIONS = "documentation_options.js"

REMEMBERED = """
try { document.documentElement.dataset.code = localStorage.getItem("code") ?? "show"; }
catch { document.documentElement.dataset.code = "show"; }
"""
"""Set before anything is painted; without scripts there is no switch, and code is shown."""


def defer_scripts(soup: BeautifulSoup, page: Path) -> None:
    """Scripts run in their order, once the page is read; the small options stand in its head."""
    for script in soup.select("head script[src]"):
        if OPTIONS in script["src"]:
            path = page.parent / script["src"].split("?")[0]
            del script["src"]
            script.string = path.read_text(encoding="utf-8")
        else:
            script["defer"] = ""
    for script in soup.select("body > script[src]"):
        script["defer"] = ""
    for hint in soup.select('link[rel="preload"][as="script"]'):
        hint.decompose()
    first = soup.new_tag("script")
    first.string = REMEMBERED
    soup.head.insert(0, first)
