"""nbval, as the chapters are tested, turns red at each cell whose stored output was doctored."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from book.tools.notebooks import runner

ROOT = Path(__file__).resolve().parents[2]
HEAD = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A small chapter, which shows {glue:text}`gain:.2f` of {glue:text}`users`?

"""
SETUP = """import matplotlib.pyplot as plt
import pandas as pd

from recsys_lib import plotting
from recsys_lib.prose import quote

plotting.use_style()
table = pd.DataFrame({"mean": [0.4123, 0.2087], "users": [98765, 98765]}, ["EASE", "popular"])"""
RECORD = "quote(gain=0.4123 / 3, users=98765)"
FIGURE = "plt.plot([0, 1, 0.317])\nplt.show()"
CASES = {
    "honest table": ("table", "EASE", "EASE"),
    "honest figure": (FIGURE, "stroke", "stroke"),
    "one unit in a table": ("table", "0.4123", "0.4124"),
    "one unit in the prose": (RECORD, "0.14", "0.13"),
    "two units in the prose": (RECORD, "0.14", "0.16"),
    "the third digit": ("table", "0.4123", "0.4133"),
    "fewer digits": ("table", "0.4123", "0.412"),
    "a count": ("table", "98765", "98766"),
    "a word": ("table", "popular", "Popular"),
    "what is printed": ("print('the whole truth')", "the whole", "half the"),
    "a name in the prose": (RECORD, '"gain"', '"loss"'),
    "a moved line": (FIGURE, None, None),
    "no output": ("table", None, None),
}
"""What a cell runs, and how its stored output is doctored."""
GREEN = [name for name in CASES if name.startswith(("honest", "one unit"))]


@pytest.fixture(scope="module")
def executed(tmp_path_factory) -> NotebookNode:
    source = tmp_path_factory.mktemp("chapters") / "01_small.md"
    cells = [SETUP, *(code for code, _, _ in CASES.values())]
    body = "\n".join(f"```{{code-cell}} ipython3\n{code}\n```\n" for code in cells)
    source.write_text(HEAD + body, encoding="utf-8")
    assert runner.build(source) == []
    return nbformat.read(source.with_suffix(".ipynb"), as_version=4)


def code_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return dict(zip(["setup", *CASES], code, strict=True))


def figure_of(notebook: NotebookNode) -> str:
    return code_cells(notebook)["honest figure"].outputs[0].data["image/svg+xml"]


def doctored(notebook: NotebookNode) -> NotebookNode:
    """A copy in which the outputs of each case say something else than its cell."""
    copy = deepcopy(notebook)
    cells = code_cells(copy)
    point = figure_of(copy).split("L ")[-1].split()[0]
    moved = (f"L {point} ", f"L {float(point) + 0.02:.2f} ")
    for name, (_, old, new) in (CASES | {"a moved line": (FIGURE, *moved)}).items():
        if old:
            before = json.dumps(cells[name].outputs)
            assert old in before
            cells[name].outputs = nbformat.from_dict(json.loads(before.replace(old, new)))
    cells["no output"].outputs = []
    return copy


@pytest.fixture(scope="module")
def outcome(executed, tmp_path_factory) -> str:
    """What pytest says of the doctored notebook, tested as the chapters are."""
    folder = tmp_path_factory.mktemp("doctored")
    nbformat.write(doctored(executed), folder / "01_small.ipynb")
    (folder / "conftest.py").write_text((ROOT / "chapters" / "conftest.py").read_text("utf-8"))
    options = ["-q", "-rA", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    command = [sys.executable, "-m", "pytest", *options, "--nbval", "--nbval-current-env", folder]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout


def verdict(outcome: str, name: str) -> str:
    number = ["setup", *CASES].index(name)
    return re.search(rf"^(PASSED|FAILED) \S*::Cell {number}\b", outcome, re.MULTILINE)[1]


def test_what_is_stored_is_what_is_shown(executed):
    stored = nbformat.writes(executed)
    assert '"0.14"' in stored and "0.1374" not in stored
    paths = re.findall(r'd="(M [^"]*)"', figure_of(executed))
    assert paths and not any(re.search(r"\.\d{3}", path) for path in paths)


@pytest.mark.parametrize("name", CASES)
def test_honest_cells_and_one_unit_are_green_and_doctored_ones_red(outcome, name):
    assert verdict(outcome, name) == ("PASSED" if name in GREEN else "FAILED")


def test_the_gate_says_where_they_differ(outcome):
    assert "image/svg+xml differs" in outcome
    assert "0 outputs are stored, 1 were computed" in outcome
    assert "stored:   half the truth" in outcome and "computed: the whole truth" in outcome
