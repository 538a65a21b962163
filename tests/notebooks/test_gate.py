"""nbval, as the chapters are tested, turns red where a stored output was doctored."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from book.tools.notebooks import runner

ROOT = Path(__file__).resolve().parents[2]
SOURCE = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A small chapter?

```{code-cell} ipython3
import matplotlib.pyplot as plt
import pandas as pd

from recsys_lib import plotting
from recsys_lib.prose import quote

plotting.use_style()
table = pd.DataFrame({"mean": [0.4123, 0.2087], "users": [943, 943]}, ["EASE", "popular"])
quote(gain=table.loc["EASE", "mean"] / 3, users=943)
table
```

```{code-cell} ipython3
plt.plot([0, 1, 0.317])
plt.show()
```

```{code-cell} ipython3
print("the whole truth")
```

Of {glue:text}`users` viewers {glue:text}`gain:.2f` gained.
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory) -> str:
    source = tmp_path_factory.mktemp("chapters") / "01_small.md"
    source.write_text(SOURCE, encoding="utf-8")
    assert runner.build(source) == []
    return source.with_suffix(".ipynb").read_text(encoding="utf-8")


def recompute(notebook: str, folder: Path) -> subprocess.CompletedProcess:
    path = folder / "01_small.ipynb"
    path.write_text(notebook, encoding="utf-8")
    (folder / "conftest.py").write_text((ROOT / "chapters" / "conftest.py").read_text("utf-8"))
    options = ["-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    command = [sys.executable, "-m", "pytest", *options, "--nbval", "--nbval-current-env", path]
    environment = os.environ | {"RECSYS_DATA": "anywhere"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_what_is_stored_is_what_is_shown(executed):
    assert '"0.14"' in executed and "0.1374" not in executed
    assert not re.search(r"\d\.\d{3}", "".join(re.findall(r'[ML] [^"]*', executed)))


def test_an_honest_notebook_is_green_and_so_is_one_unit(executed, tmp_path):
    assert '"0.14"' in executed and "0.2087" in executed
    nearly = executed.replace('"0.14"', '"0.13"').replace("0.2087", "0.2088")
    assert recompute(nearly, tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.4123", "0.4133"),
        ("0.4123", "0.412"),
        ("943", "944"),
        ("popular", "Popular"),
        ('"0.14"', '"0.16"'),
        ("the whole truth", "half the truth"),
    ],
)
def test_a_doctored_notebook_is_red(executed, tmp_path, old, new):
    assert old in executed
    done = recompute(executed.replace(old, new), tmp_path)
    assert done.returncode == 1 and "Cell outputs differ" in done.stdout
    assert "1 failed" in done.stdout


def test_a_moved_line_is_red(executed, tmp_path):
    (point,) = set(re.findall(r'L (\d+)\.\d+ \d+\.?\d* \\n"', executed)[-1:])
    doctored = executed.replace(f"L {point}.", f"L {int(point) + 1}.")
    assert "image/svg+xml differs" in recompute(doctored, tmp_path).stdout


def test_a_missing_output_is_red(executed, tmp_path):
    notebook = runner.nbformat.reads(executed, as_version=4)
    notebook.cells[3].outputs = []
    done = recompute(runner.nbformat.writes(notebook), tmp_path)
    assert "0 outputs are stored, 1 were computed" in done.stdout
