"""Sources and notebooks come in pairs that agree."""

from __future__ import annotations

from pathlib import Path

from book.tools.notebooks import runner as notebooks


def test_every_chapter_agrees_with_its_notebook():
    sources = sorted(notebooks.CHAPTERS.glob("[0-9][0-9]_*.md"))
    assert {path.name: notebooks.check(path) for path in sources} == {
        path.name: [] for path in sources
    }


def test_no_notebook_is_without_its_source():
    orphans = [
        path.name
        for path in Path(notebooks.CHAPTERS).glob("*.ipynb")
        if not path.with_suffix(".md").exists()
    ]
    assert orphans == []
