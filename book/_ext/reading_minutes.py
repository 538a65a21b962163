"""Say beside *previous* and *next* how many minutes that chapter takes to read."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

READING = re.compile(r"Reading: (\d+ minutes)")


def note_minutes(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what a chapter says under *In this chapter*."""
    found = READING.search(doctree.astext())
    if found:
        app.env.metadata[app.env.docname]["reading"] = found[1]


def show_minutes(app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    _, previous, following = app.builder.relations.get(pagename, (None, None, None))
    for side, page in (("prev", previous), ("next", following)):
        minutes = app.env.metadata[page].get("reading") if page else None
        if minutes:
            title = context[side]["title"]
            context[f"{side}_title"] = f'{title} <span class="minutes">{minutes}</span>'


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", note_minutes)
    app.connect("html-page-context", show_minutes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
