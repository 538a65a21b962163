"""Write 404.html, which a server shows for an address that is not there, however deep.

From an unknown depth no relative address leads home: the page carries its own style, asks for
nothing, and its links start with ``html: baseurl`` of _config.yml.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from sphinx.application import Sphinx

PAGE = Path(__file__).with_suffix(".html")


def write_page(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    text = Template(PAGE.read_text(encoding="utf-8")).substitute(
        language=app.config.language,
        site=app.config.html_title,
        base=app.config.html_baseurl,
        issues=app.config.html_theme_options["repository_url"] + "/issues",
    )
    Path(app.outdir, "404.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", write_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
