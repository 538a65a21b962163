"""Turn the chapters' sources (MyST Markdown) into executed notebooks, always the same bytes.

``python -m book.tools.notebooks``            execute the stale chapters
``python -m book.tools.notebooks 03``         only those whose name starts so
``python -m book.tools.notebooks --all``      execute whether stale or not
``python -m book.tools.notebooks --check``    execute nothing; fail unless every source agrees
                                              with its notebook and every output is there
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CHAPTERS = ROOT / "chapters"

# Sums depend on how threads share them; one thread makes stored digits the same everywhere.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import jupytext  # noqa: E402
import nbformat  # noqa: E402
from IPython.core.inputtransformer2 import TransformerManager  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellExecutionError  # noqa: E402
from nbformat import NotebookNode  # noqa: E402

from book.tools.notebooks.checks import differences, unfit_outputs  # noqa: E402
from book.tools.notebooks.inputs import inputs  # noqa: E402
from book.tools.notebooks.records import as_shown, places_shown  # noqa: E402

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}


def digest(source: Path) -> str:
    """What a notebook's outputs depend on, in sixteen hexadecimal digits: text, modules, tables."""
    total = hashlib.sha256(source.read_bytes())
    cells = [cell.source for cell in read_source(source).cells if cell.cell_type == "code"]
    code = "".join(map(TransformerManager().transform_cell, cells))  # magics become Python
    for path in inputs(code, ROOT):
        total.update(path.relative_to(ROOT).as_posix().encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def read_source(path: Path) -> NotebookNode:
    """A chapter's source as a notebook without outputs, in this project's minimal form."""
    notebook = jupytext.read(path)
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number:03d}"
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run every cell in ``folder``, in place, and normalise what it printed."""
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    notebook.metadata.language_info = nbformat.from_dict(LANGUAGE)
    shown = places_shown(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = as_shown(merge_streams(cell.outputs), shown)


def merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream, whose cuts depend on timing; shorten tracebacks."""
    merged: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "error":
            output.traceback = [f"{output.ename}: {output.evalue}"]
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and last.name == output.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def is_stale(source: Path, target: Path) -> bool:
    """Whether executing again could change anything: text, module or table is not as it was."""
    if not target.exists():
        return True
    stored = nbformat.read(target, as_version=4)
    same = stored.metadata.get("digest") == digest(source)
    return not same or bool(problems(stored, read_source(source)))


def problems(stored: NotebookNode, source: NotebookNode) -> list[str]:
    """Every way in which a stored notebook is not its source, fully and cleanly executed."""
    places = [str(ROOT), sys.prefix, str(Path.home())]
    return differences(stored, source) + unfit_outputs(stored, places)


def build(source: Path) -> list[str]:
    """Execute one chapter and store it, unless it fails; the reasons why it failed."""
    notebook = read_source(source)
    try:
        execute(notebook, source.parent)
    except CellExecutionError as error:
        return [str(error)]
    found = problems(notebook, read_source(source))
    if not found:
        notebook.metadata["digest"] = digest(source)
        nbformat.validate(notebook)
        text = nbformat.writes(notebook) + "\n"
        source.with_suffix(".ipynb").write_text(text, encoding="utf-8", newline="\n")
    return found


def check(source: Path) -> list[str]:
    """The problems of a stored notebook, without executing it."""
    target = source.with_suffix(".ipynb")
    if not target.exists():
        return ["has no notebook: run make notebooks"]
    return problems(nbformat.read(target, as_version=4), read_source(source))


def handle(source: Path, *, check_only: bool, force: bool) -> tuple[str, list[str]]:
    """Check or execute one chapter: what was done, and what is wrong."""
    if check_only:
        return "agrees with its notebook", check(source)
    if force or is_stale(source, source.with_suffix(".ipynb")):
        print(f"{source.stem}: executing", flush=True)
        return "executed", build(source)
    return "fresh", []


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=[""], help="chapters, by how their names begin")
    parser.add_argument("--all", action="store_true", help="execute fresh chapters too")
    parser.add_argument("--check", action="store_true", help="compare only, execute nothing")
    parser.add_argument("--folder", type=Path, default=CHAPTERS, help="where the chapters are")
    options = parser.parse_args(arguments)
    failed = False
    for source in sorted(options.folder.glob("[0-9][0-9]_*.md")):
        if not source.name.startswith(tuple(options.names)):
            continue
        started = time.perf_counter()
        done, found = handle(source, check_only=options.check, force=options.all)
        seconds = time.perf_counter() - started
        print(f"{source.stem}: {'FAILED' if found else done} ({seconds:.1f} s)", flush=True)
        for problem in found:
            print(f"  {problem}", file=sys.stderr)
        failed |= bool(found)
    return int(failed)
