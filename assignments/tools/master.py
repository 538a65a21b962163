"""Read an assignment's master: one text file that holds the questions, answers and all checks.

A master is MyST Markdown. A cell says in its metadata what it is for:

    :answer: pairs              the student's code; what lies between ### BEGIN SOLUTION and
                                ### END SOLUTION is the reference answer
    :tests: pairs  :points: 3   checks of that answer; what lies between ### BEGIN HIDDEN TESTS
                                and ### END HIDDEN TESTS is run by the teacher only
    :helpers: yes               what hidden checks share; only the teacher's copy has it
    +++ {"written": "why", "points": 3}
                                an answer in words, marked by a person; the cell holds the
                                reference answer and, after *Rubric.*, what each point is for; the
                                student gets neither, but a line "How it is marked" in the question

Every other cell is the course's own: a student may add cells but not change these.
"""

from __future__ import annotations

import re
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parents[1]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
HELPERS = "hidden-helpers"
DATA = ("matinee", "movielens-100k")
HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS\n(.*?)^### END HIDDEN TESTS\n?", re.M | re.S)


class MasterError(ValueError):
    """A master that cannot be made into an assignment: which, where, and what to do."""


def master_paths(folder: Path = FOLDER) -> dict[str, Path]:
    """Name of each assignment, such as "01_from_log_to_problem", and its master, in order."""
    return {path.parent.name: path for path in sorted(folder.glob("[0-9][0-9]_*/master.md"))}


def read_master(path: Path, seed: int = 1, data: str = "matinee") -> NotebookNode:
    """The answer key: every cell of the master, marked in nbgrader's metadata.

    Args:
        path: .../NN_name/master.md.
        seed: the class's variant, from 1.
        data: one of `DATA`.

    Raises:
        MasterError: a check without points, two cells of one name, no line for the variant.
    """
    if data not in DATA:
        raise MasterError(f"no data {data!r}; there is {' and '.join(DATA)}")
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
    for number, cell in enumerate(notebook.cells, start=1):
        mark = nbgrader_mark(cell, number)
        cell.id = mark["grade_id"]
        cell.metadata = nbformat.from_dict({"nbgrader": mark})
    names = [cell.id for cell in notebook.cells]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise MasterError(f"{path}: two cells are called {', '.join(twice)}")
    choose_variant(notebook, path, seed, data)
    about = {"assignment": path.parent.name, "class": seed, "data": data}
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "watch_next": about})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def nbgrader_mark(cell: NotebookNode, number: int) -> dict:
    """What nbgrader has to know of a cell."""
    asked = cell.metadata
    mark = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    if "tests" in asked or "written" in asked:
        points = asked.get("points", 0)
        if not points > 0:
            raise MasterError(f"cell {number} is graded and needs :points:, above 0")
        mark |= {"grade": True, "points": points}
    if "helpers" in asked:
        return mark | {"grade_id": HELPERS, "locked": True}
    if "answer" in asked:
        return mark | {"grade_id": asked["answer"], "solution": True}
    if "tests" in asked:
        return mark | {"grade_id": f"tests-{asked['tests']}", "locked": True}
    if "written" in asked:
        return mark | {"grade_id": asked["written"], "solution": True}
    return mark | {"grade_id": f"course-{number:02d}", "locked": True}


def choose_variant(notebook: NotebookNode, path: Path, seed: int, data: str) -> None:
    """Write the class's number and data into the one cell that starts with CLASS and DATA."""
    lines = f'CLASS = {seed}\nDATA = "{data}"'
    changed = 0
    for cell in notebook.cells:
        cell.source, times = re.subn(
            r'^CLASS = \d+\nDATA = "[^"]*"', lines, cell.source, flags=re.M
        )
        changed += times
    if changed != 1:
        raise MasterError(f"{path}: CLASS and DATA must be set in one place, not {changed}")


def visible_part(source: str) -> str:
    """A cell without its hidden checks."""
    return HIDDEN.sub("", source).rstrip("\n")


def rubric_of(key: NotebookNode | None, name: str) -> tuple[str, str]:
    """The reference answer to a question in words, and its rubric."""
    source = next((cell.source for cell in key.cells if cell.id == name), "") if key else ""
    reference, _, rubric = source.partition("*Rubric.*")
    return reference.strip(), rubric.strip()
