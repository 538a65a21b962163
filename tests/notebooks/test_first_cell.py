"""Every chapter opens in Colab: its first cell fetches the course, and touches nothing else."""

from __future__ import annotations

import importlib.util
import re
import sys

import pytest
import yaml

from book.tools.notebooks.first_cell import TEXT, has_it, insert, main
from book.tools.notebooks.runner import ROOT, read_source

HEAD = (
    "---\njupytext:\n  text_representation:\n    extension: .md\n    format_name: myst\n"
    "kernelspec:\n  name: python3\n  display_name: Python 3\n---\n\n# Is it so?\n\n"
)
CODE = "```{code-cell} ipython3\n:tags: [hide-input]\n\n1 + 1\n```\n\n## By hand\n"
SOURCES = sorted(ROOT.glob("chapters/[0-9][0-9]_*.md"))
ADDRESS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]


class Shell:
    """Stands in for the notebook's own."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def system(self, command: str) -> None:
        self.done.append(command)

    def run_line_magic(self, name: str, line: str) -> None:
        self.done.append(f"{name} {line}")


def run(monkeypatch, *, installed: bool) -> list[str]:
    shell = Shell()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if installed else None)
    monkeypatch.setattr(sys, "path", [])
    exec(TEXT, {"get_ipython": lambda: shell})
    return [*shell.done, *sys.path]


def test_where_the_library_is_nothing_is_done(monkeypatch):
    assert run(monkeypatch, installed=True) == []


def test_elsewhere_the_course_is_fetched_and_no_package_is_replaced(monkeypatch):
    clone, pip, cd, path = run(monkeypatch, installed=False)
    assert clone.split()[:2] == ["git", "clone"] and clone.split()[-1] == ADDRESS
    assert "--no-deps" in pip and not re.search("numpy|pandas|upgrade|-U|-r ", pip)
    assert cd.split()[-1] == f"{ADDRESS.rpartition('/')[2]}/chapters"
    assert path == ".."


def test_it_is_put_in_once_before_the_first_code_and_changes_nothing_else(tmp_path, monkeypatch):
    source = tmp_path / "01_is_it_so.md"
    source.write_text(HEAD + CODE)
    before = read_source(source).cells
    assert not has_it(source)
    monkeypatch.setattr("sys.argv", ["first_cell", "--folder", str(tmp_path)])
    main()
    assert has_it(source)
    assert not insert(source)
    cells = read_source(source).cells
    assert cells[1].source == TEXT and cells[1].metadata["tags"] == ["remove-cell"]
    others = [cell for cell in cells if cell.source != TEXT]
    assert [(c.source, c.metadata) for c in others] == [(c.source, c.metadata) for c in before]


@pytest.mark.parametrize("spoilt", [TEXT + "\n", TEXT.replace("--no-deps ", "")])
def test_another_text_is_not_it(tmp_path, spoilt):
    source = tmp_path / "01_is_it_so.md"
    source.write_text(HEAD + CODE)
    insert(source)
    source.write_text(source.read_text().replace(TEXT, spoilt + "1"))
    assert not has_it(source)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_chapter_begins_with_it(source):
    assert has_it(source), "run python -m book.tools.notebooks.first_cell"
