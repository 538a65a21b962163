"""Leave out what a page would load and not use: 1.5 MB of scripts, 0.4 MB of styles and fonts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bs4 import BeautifulSoup

PLAIN_INK = re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>')
"""Names, brackets and spaces in code: both styles give them the colour of the text around them."""

ICON_RULE = re.compile(r'((?:[.]fa-[a-z0-9-]+:before,?)+)[{]content:"[^"]*"[}]')
ICON = re.compile(r"fa-[a-z0-9-]+")


def lighten(soup: BeautifulSoup) -> None:
    """Take from a page the icons as a script, unused styles, a font for one icon, far pictures."""
    for script in soup.select('script[src*="fontawesome"], link[href*="fontawesome"][as="script"]'):
        script.decompose()
    if not soup.select('article [class*="sd-"]'):
        for part in soup.select('link[href*="sphinx-design"], script[src*="design-tabs"]'):
            part.decompose()
    for icon in soup.select("i.fab"):  # the only one of the brands' font, which is then not loaded
        icon["class"] = "fas fa-code-branch"
    for picture in soup.select("article img"):
        picture["loading"] = "lazy"


def plain_code(html: str) -> str:
    """A page whose code is marked up only where it has a colour of its own: a third less of it."""
    return PLAIN_INK.sub(r"\1", html)


def keep_icons(static: Path, pages: Iterable[Path]) -> None:
    """Drop the icon scripts, and the styles of icons that no page and no script names."""
    for script in static.rglob("fontawesome/**/*.js"):
        script.unlink()
    naming = [*pages, *static.rglob("*.js")]
    used = {name for path in naming for name in ICON.findall(path.read_text(encoding="utf-8"))}

    def rule(match: re.Match) -> str:
        return match[0] if used.intersection(ICON.findall(match[1])) else ""

    for sheet in static.rglob("fontawesome/**/all.min.css"):
        sheet.write_text(ICON_RULE.sub(rule, sheet.read_text(encoding="utf-8")), encoding="utf-8")
