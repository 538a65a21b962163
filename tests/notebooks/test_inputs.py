"""A notebook is stale when what it imports or reads has changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from book.tools.notebooks import runner
from book.tools.notebooks.inputs import inputs

FILES = {
    "book/tools/notebooks/records.py": "",
    "lib/__init__.py": '"""Front door."""\nfrom lib.log import Log\n',
    "lib/log.py": "import lib.errors\nLog = 1\n",
    "lib/errors.py": "",
    "lib/tables.py": 'FILE = "plays.csv.gz"\nCATALOGUE = "catalogue"\n',
    "lib/models/__init__.py": "from lib.models.ease import EASE\nfrom lib.models.bpr import BPR\n"
    '__all__ = ["BPR", "EASE"]\n',
    "lib/models/ease.py": "import numpy\ndef fit():\n    from lib.models.base import solve\n",
    "lib/models/base.py": "def solve(): ...\n",
    "lib/models/bpr.py": '"""Reads \'requests\'."""\n',
    "lib/busy/__init__.py": "from lib.busy.one import f\nregister = []\n",
    "lib/busy/one.py": "def f(): ...\n",
    "lib/busy/two.py": "",
    "data/plays.csv.gz": "1",
    "data/requests.csv": "2",
    "data/catalogue/films.csv": "3",
    "data/README.md": "4",
    "benchmarks/real.csv": "5",
}
HEAD = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

```{code-cell} ipython3
"""


@pytest.fixture
def root(tmp_path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def found(code: str, root: Path) -> set[str]:
    paths = {path.relative_to(root).as_posix() for path in inputs(code, root)}
    return paths - {"book/tools/notebooks/records.py"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import numpy as np", set()),
        ("from lib import Log", {"lib/log.py", "lib/errors.py"}),
        ("from lib.models import EASE", {"lib/models/ease.py", "lib/models/base.py"}),
        ("if x:\n    from lib.models.bpr import BPR", {"lib/models/bpr.py"}),
        ("from lib.models import ease", {"lib/models/ease.py", "lib/models/base.py"}),
        ("from lib.busy import two",
         {"lib/busy/__init__.py", "lib/busy/one.py", "lib/busy/two.py"}),
        ("import lib.busy", {"lib/busy/__init__.py", "lib/busy/one.py"}),
        ("from lib import tables",
         {"lib/tables.py", "data/plays.csv.gz", "data/catalogue/films.csv"}),
        ("read_csv('../data/requests.csv')", {"data/requests.csv"}),
        ("read('requests')", {"data/requests.csv"}),
        ("'''About requests.'''", set()),
        ("open('../benchmarks/real.csv')", {"benchmarks/real.csv"}),
        ("read('data')", set()),
    ],
)  # fmt: skip
def test_what_code_imports_and_names(root, code, expected):
    assert found(code, root) == expected


@pytest.mark.parametrize("code", ["import lib.models", "from lib.models import *"])
def test_a_whole_package_is_all_that_it_imports(root, code):
    expected = {f"lib/models/{name}.py" for name in ("__init__", "ease", "base", "bpr")}
    assert found(code, root) == expected


@pytest.fixture
def digest(root, monkeypatch):
    """A function: the digest of a chapter that uses EASE and the plays, after files changed."""
    monkeypatch.setattr(runner, "ROOT", root)
    source = root / "01_small.md"
    source.write_text(HEAD + "from lib.models import EASE\nfrom lib import tables\n```\n")

    def after(**changed: str) -> str:
        for name, text in changed.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        return runner.digest(source)

    return after


@pytest.mark.parametrize(
    "name",
    ["01_small.md", "lib/models/ease.py", "lib/models/base.py", "data/plays.csv.gz",
     "lib/tables.py", "data/catalogue/films.csv", "data/catalogue/new.csv"],
)  # fmt: skip
def test_a_change_in_what_it_uses_makes_a_chapter_stale(digest, root, name):
    before = digest()
    old = (root / name).read_text() if (root / name).exists() else ""
    assert digest(**{name: old + "\n"}) != before


@pytest.mark.parametrize(
    "name",
    ["lib/models/bpr.py", "lib/models/__init__.py", "lib/models/new.py", "lib/log.py",
     "data/requests.csv", "data/README.md", "benchmarks/real.csv"],
)  # fmt: skip
def test_a_change_elsewhere_leaves_it_fresh(digest, root, name):
    before = digest()
    old = (root / name).read_text() if (root / name).exists() else ""
    assert digest(**{name: old + "\n"}) == before


def used_by(number: str) -> set[str]:
    (source,) = runner.CHAPTERS.glob(f"{number}_*.md")
    cells = [cell.source for cell in runner.read_source(source).cells if cell.cell_type == "code"]
    return found("\n".join(cells), runner.ROOT)


def test_in_this_book():
    bubble, talk = used_by("15"), used_by("06")
    assert "recsys_lib/models/factors/ease.py" in bubble and "data/feedback_loop.csv.gz" in bubble
    assert "recsys_lib/models/content/maturity.py" not in bubble
    assert "recsys_lib/models/content/maturity.py" in talk and "data/requests.csv" in talk
    assert "data/feedback_loop.csv.gz" not in talk and "recsys_lib/cli.py" not in talk | bubble
