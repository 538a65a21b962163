"""End the first page and every chapter with how to cite it, taken from CITATION.cff."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import yaml
from chapter_numbers import chapter_number
from sphinx.application import Sphinx

BOX = """<div class="cite" role="group" aria-label="How to cite {what}">
<p>To cite {what}: <span class="citation-text">{text}</span></p>
<p><button type="button" hidden>Copy citation</button> <span role="status"></span></p>
</div>"""


def cite(facts: dict[str, Any], part: str = "", address: str = "") -> str:
    """One line of HTML: authors, the part if there is one, the book, its version, the address."""
    authors = ", ".join(author["name"] for author in facts["authors"])
    inside = f"{part} In " if part else ""
    book = f"<cite>{escape(facts['title'])}</cite>"
    place = escape(address or facts["repository-code"])
    return f"{escape(authors)}. {inside}{book}. Version {facts['version']}. {place}"


def add_citation(app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    chapter = chapter_number(pagename)
    if chapter is None and pagename != app.config.root_doc:
        return
    facts = yaml.safe_load(Path(app.confdir, "CITATION.cff").read_text(encoding="utf-8"))
    if chapter is None:
        what, text = "this book", cite(facts)
    else:
        title = context["title"]  # HTML already, and a question: it ends with its own mark
        what = "this chapter"
        text = cite(facts, f"Chapter {chapter}: {title}", context.get("pageurl") or "")
    context["body"] += BOX.format(what=what, text=text)
    app.add_js_file("citing.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_citation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
