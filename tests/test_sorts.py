"""No order is left to the processor: sorts that may meet ties keep them as they came."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from book.tools.notebooks.runner import read_source

ROOT = Path(__file__).resolve().parents[1]
PYTHON = [path for folder in ("recsys_lib", "book", "benchmarks", "assignments")
          for path in sorted((ROOT / folder).rglob("*.py"))]  # fmt: skip
NOTEBOOKS = [*sorted(ROOT.glob("chapters/*.md")), *sorted(ROOT.glob("assignments/*/master.md"))]
UNSTABLE = {"argsort", "sort_values"}
"""By default numpy and pandas sort with whatever is fastest on the processor, ties in any order.

`sort` and `partition` return equal values, which nobody can tell apart; `lexsort`, `nlargest`,
`value_counts`, `sorted` and a list's `sort` keep ties in order.
"""
ITS_TIES_ARE_SETTLED = ROOT / "recsys_lib" / "models" / "top_k.py"


def unstable(source: str) -> list[int]:
    """The lines on which something is sorted without saying that ties stay as they are."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            stable = any(word.arg == "kind" and getattr(word.value, "value", None) == "stable"
                         for word in node.keywords)  # fmt: skip
            if node.func.attr == "argpartition" or (node.func.attr in UNSTABLE and not stable):
                lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_sorts_stably(path):
    if path != ITS_TIES_ARE_SETTLED:
        assert unstable(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_notebook_sorts_stably(path):
    cells = [cell.source for cell in read_source(path).cells if cell.cell_type == "code"]
    assert [cell for cell in cells if unstable(cell)] == []


def test_an_unstable_sort_is_seen():
    assert unstable("a.sort_values('x')\nnp.argsort(-b)\nnp.argpartition(b, 3)") == [1, 2, 3]
    assert unstable("frame.sort_values('x', kind='quicksort')") == [1]
    assert unstable("np.argsort(b, axis=1, kind='stable')\nb.sort()\nnp.sort(b)") == []
