"""Leave out what a page would load and not use: 1.5 MB of scripts, 0.7 MB of styles and fonts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bs4 import BeautifulSoup
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

PLAIN_INK = re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>')
"""Names, brackets and spaces in code: both styles give them the colour of the text around them."""

ICON_RULE = re.compile(r'((?:[.]fa-[a-z0-9-]+:before,?)+)[{]content:"[^"]*"[}]')
ICON = re.compile(r"fa-[a-z0-9-]+")
SIGN = re.compile(r"\\(e[0-9a-f]{3}|f[0-9a-f]{3})\b|([\ue000-\uf8ff])")
"""A sign of an icon font in a style sheet: by its number, or as it is."""

FONT_FILES = re.compile(
    r'url[(]([^)]+)[.]woff2[)] format[(]"woff2"[)],url[(][^)]+[)] format[^)]+[)]'
)


def lighten(soup: BeautifulSoup) -> None:
    """Take from a page the icons as a script, unused styles, a font for one icon, far pictures."""
    for script in soup.select('script[src*="fontawesome"], link[href*="fontawesome"][as="script"]'):
        script.decompose()
    if not soup.select('article [class*="sd-"]'):
        for part in soup.select('link[href*="sphinx-design"], script[src*="design-tabs"]'):
            part.decompose()
    for font in soup.select('link[rel="preload"][as="font"]'):  # loaded when a sign needs it
        font.decompose()
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
        css = ICON_RULE.sub(rule, sheet.read_text(encoding="utf-8"))
        sheet.write_text(FONT_FILES.sub(r"url(\1.woff) format('woff')", css), encoding="utf-8")
    sheets = (path.read_text(encoding="utf-8") for path in static.rglob("*.css"))
    found = [sign for css in sheets for sign in SIGN.findall(css)]
    signs = {int(number, 16) if number else ord(sign) for number, sign in found}
    for font in static.rglob("fontawesome/**/*.ttf"):
        cut_font(font, signs)


def cut_font(font: Path, signs: set[int]) -> None:
    """Put the signs that some style names into a ``.woff``, and drop the whole font."""
    cut = TTFont(font, recalcTimestamp=False)  # the same bytes at every build
    subsetter = Subsetter(Options(notdef_outline=True))
    subsetter.populate(unicodes=signs)
    subsetter.subset(cut)
    cut.flavor = "woff"
    cut.save(font.with_suffix(".woff"))
    for whole in (font, font.with_suffix(".woff2")):
        whole.unlink(missing_ok=True)
