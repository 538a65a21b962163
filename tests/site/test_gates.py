"""Each gate turns red when what it guards against is planted, and is green when nothing is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from book.tools.notebooks import runner as notebooks

pytestmark = pytest.mark.xdist_group("gates")  # built once, by one worker

ROOT = Path(__file__).resolve().parents[2]
TOC = "format: jb-book\nroot: book/index\nchapters:\n  - file: chapters/01_small.ipynb\n"
ALT = "A line that rises from zero to one and falls back."
SOURCE = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A small chapter?

See [the landing page](../book/index.md) and $\\hat r = \\frac{1}{2}$.

```{code-cell} ipython3
---
mystnb:
  image:
    alt: ALT
  figure:
    name: fig-line
    caption: What rises falls.
---
import matplotlib.pyplot as plt

from recsys_lib import plotting

plotting.use_style()
plt.plot([0, 1, 0])
plt.show()
```
""".replace("ALT", ALT)


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A book of one page and one executed chapter, with the real configuration and extensions."""
    book = tmp_path_factory.mktemp("sound")
    for name in ("book/_ext", "book/_static", "book/tools/explorables"):
        shutil.copytree(ROOT / name, book / name)
    shutil.copy(ROOT / "book/references.bib", book / "book")
    for name in ("_config.yml", "CITATION.cff"):
        shutil.copy(ROOT / name, book)
    (book / "_toc.yml").write_text(TOC)
    (book / "book/index.md").write_text("# A small book\n")
    (book / "chapters").mkdir()
    (book / "chapters/01_small.md").write_text(SOURCE)
    assert notebooks.build(book / "chapters/01_small.md") == []
    return book


def build(book: Path) -> subprocess.CompletedProcess:
    """What ``make book`` does, in a folder without an earlier build."""
    options = ["--warningiserror", "--nitpick", "--keep-going", "--quiet", "."]
    command = [Path(sys.executable).with_name("jupyter-book"), "build", *options]
    return subprocess.run(command, cwd=book, capture_output=True, text=True)


def cell_change(change: Callable[[nbformat.NotebookNode], object]) -> Callable[[str], str]:
    """A fault planted in the code cell of a notebook's text."""

    def plant(text: str) -> str:
        notebook = nbformat.reads(text, as_version=4)
        change(notebook.cells[1])
        return nbformat.writes(notebook)

    return plant


def text_change(old: str, new: str) -> Callable[[str], str]:
    """A fault planted by replacing words."""

    def plant(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return plant


ERROR = nbformat.v4.new_output("error", ename="E", evalue="oops", traceback=["E: oops"])
FAULTS = {
    "shows a traceback": cell_change(lambda cell: cell.outputs.append(ERROR)),
    "was never executed": cell_change(lambda cell: cell.update(execution_count=None)),
    "has a caption but no image": cell_change(lambda cell: cell.update(outputs=[])),
    "alternative text ''": cell_change(lambda cell: cell.metadata.mystnb.image.update(alt="")),
    "alternative text 'line.svg'": text_change(ALT, "line.svg"),
    "nowhere.md": text_change("../book/index.md", "../book/nowhere.md"),
    "no-figure": text_change("See [", "{numref}`no-figure` ["),
    "nobody1999": text_change("See [", "{cite}`nobody1999` ["),
    "this formula cannot be shown": text_change("frac{1}", "fraction{1}"),
}


@pytest.fixture(scope="module")
def complaints(sound: Path, tmp_path_factory) -> tuple[int, str]:
    """One build of a book in which each chapter has one fault, and a page is missing."""
    book = tmp_path_factory.mktemp("faulty") / "book"
    shutil.copytree(sound, book, ignore=shutil.ignore_patterns("_build"))
    text = (book / "chapters/01_small.ipynb").read_text(encoding="utf-8")
    toc = TOC + "  - file: book/missing\n"
    for number, plant in enumerate(FAULTS.values(), start=2):
        name = f"chapters/{number:02}_small.ipynb"
        (book / name).write_text(plant(text.replace("fig-line", f"fig-{number}")))
        toc += f"  - file: {name}\n"
    (book / "_toc.yml").write_text(toc)
    result = build(book)
    return result.returncode, result.stderr


def test_a_sound_book_is_green(sound):
    result = build(sound)
    assert (result.returncode, "WARNING" in result.stderr) == (0, False), result.stderr
    assert (sound / "_build/html/chapters/01_small.html").exists()


def test_a_build_that_failed_fails_again_until_it_is_mended(sound, tmp_path):
    """Sphinx alone would call the second one a success: nothing has changed since."""
    book = shutil.copytree(sound, tmp_path / "book", ignore=shutil.ignore_patterns("_build"))
    shutil.copy(ROOT / "Makefile", book)
    shutil.copytree(ROOT / "book/tools", book / "book/tools", dirs_exist_ok=True)
    notebook = book / "chapters/01_small.ipynb"
    right = notebook.read_text(encoding="utf-8")
    options = ["-o", ".venv/.ready", f"BIN={Path(sys.executable).parent}"]
    wrong = right.replace("../book/index.md", "../book/nowhere.md")
    for text, returned in ((right, 0), (wrong, 2), (wrong, 2), (right, 0)):
        if notebook.read_text(encoding="utf-8") != text:
            notebook.write_text(text, encoding="utf-8")
        preview = subprocess.run(["make", *options, "preview"], cwd=book, capture_output=True)
        assert preview.returncode == returned
        assert (b"nowhere.md" in preview.stderr) == (returned != 0)


@pytest.mark.parametrize("complaint", [*FAULTS, "book/missing"])
def test_a_planted_fault_turns_the_build_red(complaints, complaint):
    returned, said = complaints
    assert returned != 0
    assert any("WARNING" in line and complaint in line for line in said.splitlines()), said


def test_a_stale_notebook_fails_the_check(sound, tmp_path):
    source = Path(shutil.copytree(sound / "chapters", tmp_path / "chapters")) / "01_small.md"
    assert notebooks.check(source) == []
    source.write_text(SOURCE.replace("[0, 1, 0]", "[0, 2, 0]"))
    assert "differ from cell 2" in notebooks.check(source)[0]


def test_a_wrong_stored_number_fails_nbval(tmp_path):
    source = tmp_path / "01_sum.md"
    source.write_text(SOURCE.split("# A small")[0] + "```{code-cell} ipython3\n1 + 1\n```\n")
    assert notebooks.build(source) == []
    path = source.with_suffix(".ipynb")
    assert recompute(path).returncode == 0
    path.write_text(path.read_text().replace('"2"', '"3"'))
    assert recompute(path).returncode == 1


def recompute(notebook: Path) -> subprocess.CompletedProcess:
    options = ["-p", "no:xdist", "--nbval", "--nbval-current-env", str(notebook)]
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *options], capture_output=True)


def test_a_wrong_claim_fails_pytest(tmp_path):
    claim = tmp_path / "test_claim.py"
    claim.write_text("def test_lift_finds_the_sitcom():\n    assert (2 / 3) / (2 / 5) > 2\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", str(claim)]
    assert subprocess.run(command, capture_output=True).returncode == 1
