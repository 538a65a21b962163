"""The tool that executes chapters: same bytes every time, and no fault slips through."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from book.tools.notebooks import runner as notebooks

HEAD = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A small chapter?
"""
GOOD = """
```{code-cell} ipython3
import matplotlib.pyplot as plt
import numpy as np

from recsys_lib import plotting

plotting.use_style()
```

```{code-cell} ipython3
---
mystnb:
  image:
    alt: A line that rises from zero to one and falls back.
---
draws = np.random.default_rng(7).normal(size=(300, 300))
print("first")
print(np.linalg.svd(draws @ draws.T)[1][:2])
plt.plot([0, 1, 0])
plt.show()
```
"""
ROOT = Path(__file__).resolve().parents[2]


def cell(code: str) -> str:
    return f"\n```{{code-cell}} ipython3\n{code}\n```\n"


def write(folder: Path, body: str) -> Path:
    source = folder / "01_small.md"
    source.write_text(HEAD + body, encoding="utf-8")
    return source


def run(folder: Path, *options: str, threads: int = 1) -> subprocess.CompletedProcess:
    environment = os.environ | {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "book.tools.notebooks", "--folder", str(folder), *options]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def executed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("chapters")
    write(folder, GOOD)
    assert run(folder).returncode == 0
    return folder / "01_small.ipynb"


def test_two_runs_with_one_thread_or_two_give_the_same_bytes(executed):
    before = executed.read_bytes()
    assert run(executed.parent, "--all", threads=2).returncode == 0
    assert executed.read_bytes() == before


def test_a_notebook_holds_nothing_that_time_or_place_decides(executed):
    notebook = nbformat.read(executed, as_version=4)
    assert [cell.id for cell in notebook.cells] == ["cell-001", "cell-002", "cell-003"]
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2]
    assert set(notebook.metadata) == {"kernelspec", "language_info", "digest"}
    assert notebook.cells[2].outputs[0].text.startswith("first\n")
    picture = notebook.cells[2].outputs[1].data["image/svg+xml"]
    assert "dc:date" not in picture and "<dc:title>" not in picture


def test_a_fresh_chapter_is_not_executed_again(executed):
    assert "fresh" in run(executed.parent).stdout
    assert "agrees" in run(executed.parent, "--check").stdout


def test_a_changed_source_is_stale(executed, tmp_path):
    target = tmp_path / executed.name
    target.write_bytes(executed.read_bytes())
    source = write(tmp_path, GOOD.replace("first", "second"))
    assert notebooks.is_stale(source, target)
    assert "differ from cell 3" in notebooks.check(source)[0]


def test_a_source_without_a_notebook_fails_the_check(tmp_path):
    assert notebooks.check(write(tmp_path, GOOD)) == ["has no notebook: run make notebooks"]


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import warnings; warnings.warn('old')", "writes to stderr"),
        ("import sys; print(sys.prefix + '/lib')", "path or an address"),
        ("class Thing: pass\nThing()", "path or an address"),
    ],
)
def test_an_unfit_chapter_is_refused_and_nothing_is_written(tmp_path, code, complaint):
    source = write(tmp_path, cell(code))
    assert complaint in "".join(notebooks.build(source))
    assert not source.with_suffix(".ipynb").exists()


def test_an_error_that_is_the_lesson_is_kept_without_its_traceback(tmp_path):
    lesson = '---\ntags: [raises-exception]\n---\nraise ValueError("the lesson")'
    source = write(tmp_path, cell(lesson))
    assert notebooks.build(source) == []
    (output,) = nbformat.read(source.with_suffix(".ipynb"), as_version=4).cells[1].outputs
    assert output.traceback == ["ValueError: the lesson"]


def test_stripped_outputs_fail_the_check(executed, tmp_path):
    source = write(tmp_path, GOOD)
    notebook = nbformat.read(executed, as_version=4)
    notebook.cells[1].execution_count = None
    nbformat.write(notebook, tmp_path / executed.name)
    assert notebooks.check(source) == ["cell 2 was not executed"]
