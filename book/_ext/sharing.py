"""Tell search engines and social networks what each page is: a description, a card, a picture.

Networks want absolute addresses. They start with ``html: baseurl`` of _config.yml; without one,
a card has words and no picture.
"""

from __future__ import annotations

import posixpath
import textwrap
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from social_card import HEIGHT, WIDTH, draw
from sphinx.application import Sphinx

PICTURE = "_static/social-card.png"
PICTURE_IN_WORDS = "Watch Next: a course on recommender systems, above rows of coloured tiles."
LONGEST = 160  # characters of a description that search engines show

ROOT_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="refresh" content="0; url={page}">{tags}</head>
<body><p><a href="{page}">{title}</a></p></body></html>
"""


def describe(doctree: nodes.document | None) -> str:
    """A page's first paragraph of prose without a formula, cut after a word; "" if it has none."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        if isinstance(paragraph.parent, nodes.section) and not paragraph.next_node(nodes.math):
            return textwrap.shorten(paragraph.astext(), LONGEST, placeholder=" …")
    return ""


def tags(app: Sphinx, page: str, title: str, description: str) -> str:
    """The meta elements of one page."""
    base = app.config.html_baseurl
    graph = {
        "og:site_name": app.config.html_title,
        "og:type": "website" if page == app.config.root_doc else "article",
        "og:title": title,
        "og:description": description,
    }
    if base:
        graph["og:url"] = posixpath.join(base, app.builder.get_target_uri(page))
        graph["og:image"] = posixpath.join(base, PICTURE)
        graph["og:image:alt"] = PICTURE_IN_WORDS
        graph["og:image:width"], graph["og:image:height"] = str(WIDTH), str(HEIGHT)
    size = "summary_large_image" if base else "summary"
    named = {"description": description, "twitter:card": size}
    return "".join(
        f'<meta {kind}="{key}" content="{escape(text)}">'
        for kind, pairs in (("name", named), ("property", graph))
        for key, text in pairs.items()
    )


def describe_root(app: Sphinx) -> str:
    """What the book is, in the words that its first page begins with."""
    return describe(app.env.get_doctree(app.config.root_doc))


def add_tags(app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    title = Markup(context.get("title", "")).striptags() or app.config.html_title
    description = describe(doctree) or describe_root(app)
    context["metatags"] = context.get("metatags", "") + tags(app, pagename, title, description)


def finish(app: Sphinx, error: Exception | None) -> None:
    """The picture, and the way in from the site's root: the address that people share."""
    if error or app.builder.format != "html":
        return
    draw(Path(app.outdir, PICTURE))
    root, title = app.config.root_doc, app.config.html_title
    text = ROOT_PAGE.format(
        language=app.config.language,
        title=title,
        page=app.builder.get_target_uri(root),
        tags=tags(app, root, title, describe_root(app)),
    )
    Path(app.outdir, "index.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", finish, priority=400)  # before a bare redirect is written
    return {"parallel_read_safe": True, "parallel_write_safe": True}
