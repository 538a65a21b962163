"""Number figures, exercises and equations by the chapter's file name: in ``03_…``, Figure 3.1.

Sphinx numbers by the place in the table of contents, where chapters yet to be written would
shift every number after them.
"""

from __future__ import annotations

import re
from copy import deepcopy

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

CHAPTER = re.compile(r"chapters/(\d\d)_")


def chapter_number(docname: str) -> int | None:
    """The number of a chapter's page; None for any other page."""
    found = CHAPTER.match(docname)
    return int(found[1]) if found else None


def give_back(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Let Sphinx compare its new numbers with its own, not ours: else every chapter has changed."""
    env.toc_fignumbers = getattr(env, "numbers_by_place", {})
    return []


def renumber(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Replace the numbers that Sphinx has just given, kind by kind, in order of appearance."""
    env.numbers_by_place = deepcopy(env.toc_fignumbers)
    for docname, kinds in env.toc_fignumbers.items():
        chapter = chapter_number(docname)
        if chapter is None:
            continue
        for numbers in kinds.values():
            for position, label in enumerate(numbers, start=1):
                numbers[label] = (chapter, position)
    return []


def name_chapter(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Say above a chapter's title which chapter it is."""
    chapter = chapter_number(page)
    if chapter is not None:
        eyebrow = f'<p class="chapter-number">Chapter {chapter}</p><h1'
        context["body"] = context["body"].replace("<h1", eyebrow, 1)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("env-get-updated", give_back, priority=100)
    app.connect("env-get-updated", renumber, priority=900)
    app.connect("html-page-context", name_chapter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
