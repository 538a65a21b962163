"""Write the chapters as students get them in class: every exercise, no solution, no output.

``python -m assignments.tools.student``           into _build/student
``python -m assignments.tools.student --out DIR``

The site keeps the solutions, folded: these notebooks are for a lesson in which they should not be
one click away.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = re.compile(r"^```\{solution-start\} (\S+)\n.*?^```\{solution-end\}\n```\n", re.M | re.S)
SPACE = "```{{code-cell}} ipython3\n# Your answer to {label}\n```\n"


def without_solutions(text: str) -> NotebookNode:
    """A chapter's source as a notebook, with an empty cell where each solution stood.

    Raises:
        ValueError: a solution begins and does not end.
    """
    text = SOLUTION.sub(lambda match: SPACE.format(label=match[1]), text)
    if "{solution" in text:
        raise ValueError("a solution begins and does not end")
    notebook = jupytext.reads(text, fmt="md:myst")
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:03d}"
    return notebook


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "student")
    folder = parser.parse_args(arguments).out
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted((ROOT / "chapters").glob("[0-9][0-9]_*.md")):
        notebook = without_solutions(source.read_text(encoding="utf-8"))
        nbformat.write(notebook, folder / f"{source.stem}.ipynb")
        print(folder / f"{source.stem}.ipynb")


if __name__ == "__main__":
    main()
