"""Make what students get, and what the teacher keeps, from the masters.

``python -m assignments.tools.release``                        every assignment, class 1
``python -m assignments.tools.release --seed 7``               another class's variant
``python -m assignments.tools.release --data movielens-100k``  on real viewers

assignments/release/NN_name/  the notebook without answers and hidden checks, its helpers, and the
    hand-in sheet
assignments/answers/NN_name.ipynb  the answer key, which grading needs: keep it to yourself
assignments/solutions/NN_name.ipynb  a model solution, without hidden checks, to hand out afterwards
"""

from __future__ import annotations

import argparse
import copy
import re
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from assignments.tools.master import (
    DATA,
    FOLDER,
    HELPERS,
    MasterError,
    master_paths,
    read_master,
    visible_part,
)

SUPPORT = FOLDER / "support"  # what every assignment imports beside the library
STUB = 'raise NotImplementedError("your code here")'
SHEET = FOLDER / "HAND_IN.md"
MARK = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.M)
WORDS = "*Your answer, in your own words.*"
SOLUTION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION\n(.*?)^[ \t]*### END SOLUTION[ \t]*$", re.M | re.S
)


def student_version(key: NotebookNode) -> NotebookNode:
    """The answer key without answers, rubrics, hidden checks and outputs.

    Raises:
        MasterError: a line of an answer or of a hidden check would still be readable.
    """
    notebook = copy.deepcopy(key)
    notebook.cells = [cell for cell in notebook.cells if cell.id != HELPERS]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.metadata.nbgrader.solution:
            cell.source = WORDS
        cell.source = SOLUTION.sub(rf"\1{STUB}", visible_part(cell.source))
    left = sorted(secret_lines(key) & lines_in(notebook))
    if left:
        raise MasterError(f"the student version would still hold {left[0]!r}")
    return notebook


def secret_lines(key: NotebookNode) -> set[str]:
    """Lines of answers, rubrics and hidden checks, but for those that visible code has too."""
    secret, visible = set(), set()
    for cell in key.cells:
        written = cell.cell_type == "markdown" and cell.metadata.nbgrader.solution
        inside = written or cell.id == HELPERS
        for line in map(str.strip, cell.source.splitlines()):
            inside &= line not in ("### END SOLUTION", "### END HIDDEN TESTS")
            (secret if inside else visible).add(line)
            inside |= line in ("### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS")
    return {line for line in secret - visible if len(line) > 8}


def lines_in(part: object) -> set[str]:
    """Every line of text in a notebook, metadata and outputs included."""
    if isinstance(part, str):
        return set(map(str.strip, part.splitlines()))
    inside = [*part, *part.values()] if isinstance(part, dict) else part
    return set().union(*map(lines_in, inside)) if isinstance(inside, list) else set()


def write_assignment(name: str, master: Path, seed: int, data: str, out: Path) -> None:
    """One assignment's student version with its helpers, and its answer key."""
    key = read_master(master, seed, data)
    notebook = student_version(key)
    folder = out / "release" / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SUPPORT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    nbformat.write(notebook, folder / f"{name}.ipynb")
    sheet = SHEET.read_text(encoding="utf-8").replace("NN_name", name)
    (folder / "HAND_IN.md").write_text(sheet, encoding="utf-8")
    for place, written in (("answers", key), ("solutions", model_solution(key))):
        (out / place).mkdir(parents=True, exist_ok=True)
        nbformat.write(written, out / place / f"{name}.ipynb")


def model_solution(key: NotebookNode) -> NotebookNode:
    """The reference answers and rubrics, with the visible checks alone."""
    notebook = copy.deepcopy(key)
    notebook.cells = [cell for cell in notebook.cells if cell.id != HELPERS]
    for cell in notebook.cells:
        cell.source = MARK.sub("", visible_part(cell.source))
    return notebook


def refuse_another_class(out: Path, names: list[str], seed: int, data: str) -> None:
    """Answer keys of a class that is not graded yet are not overwritten by another's.

    Raises:
        MasterError: there are keys of another class, or on other data.
    """
    for name in names:
        path = out / "answers" / f"{name}.ipynb"
        if path.exists():
            there = nbformat.read(path, 4).metadata.watch_next
            if (there["class"], there["data"]) != (seed, data):
                raise MasterError(
                    f"{path} is the key of class {there['class']} on {there['data']}, and this"
                    f" would be class {seed} on {data}. For the same class: make assignments"
                    f" SEED={there['class']} DATA={there['data']}. For another one, move release/,"
                    " answers/ and solutions/ away first: grading needs these keys."
                )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="the class's variant, from 1")
    parser.add_argument("--data", choices=DATA, default="matinee")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where release/ and answers/ go")
    parser.add_argument("names", nargs="*", help="only assignments whose name starts so")
    asked = parser.parse_args(arguments)
    wanted = {name: path for name, path in master_paths().items()
              if name.startswith(tuple(asked.names) or "")}  # fmt: skip
    try:
        refuse_another_class(asked.out, list(wanted), asked.seed, asked.data)
    except MasterError as problem:
        parser.error(str(problem))
    for name, master in wanted.items():
        write_assignment(name, master, asked.seed, asked.data, asked.out)
        print(f"{asked.out}/release/{name}/{name}.ipynb")
    print(f"Answer keys, for you alone: {asked.out}/answers")
    print(f"Model solutions, to hand out afterwards: {asked.out}/solutions")


if __name__ == "__main__":
    main()
