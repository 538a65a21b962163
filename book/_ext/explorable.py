"""A directive for a picture that the reader changes: its controls, its data and its scripts.

The body is the HTML of the controls. The data stands inside the page and the scripts are classic
ones, because a browser that opens the page from a folder would refuse to fetch either.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

# `jupyter-book build .` does not look for modules where the book is.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from book.tools.explorables.section import (
    DATA,
    SCRIPTS,
    script_names,
    section_html,
)

logger = logging.getLogger(__name__)

TOOL = "python -m book.tools.explorables"


class Explorable(SphinxDirective):
    """``{explorable} name``, with the option ``label``, which names the section to a listener."""

    required_arguments = 1
    has_content = True
    option_spec = {"label": directives.unchanged_required}  # noqa: RUF012 (as docutils has it)

    def run(self) -> list[nodes.Node]:
        name, root = self.arguments[0], Path(self.env.srcdir)
        data, script = root / DATA / f"{name}.json", root / SCRIPTS / f"{name}.js"
        for path, remedy in ((script, "write it"), (data, f"run {TOOL} {name}")):
            self.env.note_dependency(str(path))
            if not path.is_file():
                where = path.relative_to(root)
                logger.warning("explorable %r needs %s: %s", name, where, remedy,
                               location=self.get_location())  # fmt: skip
                return []
        page = self.env.app.builder.get_target_uri(self.env.docname)
        html = section_html(
            name=name,
            label=self.options.get("label", name),
            controls="\n".join(self.content),
            data=data.read_text(encoding="utf-8"),
            scripts=relative_uri(page, "_static/explore"),
            names=script_names(root, name),
            drawn=self.drawn(root / DATA / f"{name}.drawn.json"),
        )
        return [nodes.raw("", html, format="html")]

    def drawn(self, path: Path) -> dict[str, str]:
        """What the scripts draw at the start."""
        self.env.note_dependency(str(path))
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


WIDE = ('class="explorable"', 'class="home-page"')


def say_wide(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Tell the style sheet in the head: a page that learns late that it is wide moves once more."""
    if any(part in context.get("body", "") for part in WIDE):
        context["metatags"] = context.get("metatags", "") + '<meta name="layout" content="wide">'


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("explorable", Explorable)
    app.connect("html-page-context", say_wide)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
