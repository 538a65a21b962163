"""Let the stored figures follow the reader's theme: a light figure gets its dark colours too.

Figures are drawn once, in ``recsys_lib.plotting.PALETTE`` on white. On the site the white
goes, and a style inside each SVG replaces every colour of ``PALETTE`` by its partner in ``DARK``
when the page is dark (an ``<img>`` follows the page's ``color-scheme``).
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

from recsys_lib.plotting import DARK, PALETTE

MARK = "watch-next-dark"


def dark_style() -> str:
    """The style that turns each colour of the palette, as fill or as stroke, into its partner."""
    rules = [
        f'[style*="{part}: {PALETTE[name]}"]{{{part}:{DARK[name]}!important}}'
        for name in PALETTE
        for part in ("fill", "stroke")
        if name != "paper"
    ]
    dark = "".join(rules)
    text = f"text:not([style*='fill']){{fill:{DARK['ink']}}}"
    clear = '[id^="patch_1"]>path[style*="fill: #ffffff"]{fill:none!important}'
    return f'<style id="{MARK}">{clear}@media (prefers-color-scheme:dark){{{dark}{text}}}</style>'


def add_dark_style(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    for path in (Path(app.outdir) / "_images").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        if 'id="figure_1"' in text and MARK not in text:
            path.write_text(text.replace("</svg>", dark_style() + "</svg>"), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", add_dark_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
