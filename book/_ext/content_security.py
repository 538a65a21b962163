"""Hold every page to its own host: the browser itself refuses whatever would come from another."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

# The theme and the notebooks have scripts and styles inside the page, hence 'unsafe-inline';
# pictures inside the page are data: addresses; file: lets the book be read from a folder.
POLICY = "; ".join(
    [
        "default-src 'self' file:",
        "script-src 'self' file: 'unsafe-inline'",
        "style-src 'self' file: 'unsafe-inline'",
        "img-src 'self' file: data:",
        "object-src 'none'",
        "base-uri 'self'",
    ]
)


def add_policy(app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    tag = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    context["metatags"] = tag + context.get("metatags", "")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_policy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
