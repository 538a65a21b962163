"""Warn, and so fail a ``-W`` build, when a page would show less than it promises."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

FILE_PATH = re.compile(r"\S+\.(svg|png|jpe?g|gif|webp)$", re.IGNORECASE)


def check_notebook(app: Sphinx, docname: str, source: list[str]) -> None:
    """Every code cell was executed, none stores an error, and each caption has its image."""
    path = Path(app.env.doc2path(docname))
    if path.suffix != ".ipynb":
        return
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
        if cell.cell_type != "code":
            continue
        for problem in cell_problems(cell):
            logger.warning("cell %s %s", number, problem, location=docname)


def cell_problems(cell: nbformat.NotebookNode) -> list[str]:
    found = [] if cell.execution_count else ["was never executed"]
    failed = any(output.output_type == "error" for output in cell.outputs)
    if failed and "raises-exception" not in cell.metadata.get("tags", []):
        found.append("shows a traceback")
    promised = cell.metadata.get("mystnb", {}).get("figure")
    mimetypes = {kind for output in cell.outputs for kind in output.get("data", {})}
    if promised and not any(kind.startswith("image/") for kind in mimetypes):
        found.append("has a caption but no image")
    return found


def check_images(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Every image says in words what it shows: a sentence, not nothing and not a file name."""
    for image in doctree.findall(nodes.image):
        text = image.get("alt", "").strip()
        decorative = "decorative" in image.get("classes", [])
        if not decorative and (len(text.split()) < 5 or FILE_PATH.search(text)):
            logger.warning("image %s: alternative text %r", image["uri"], text, location=image)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", check_notebook)
    app.connect("doctree-resolved", check_images)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
