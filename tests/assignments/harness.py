"""Hand in an assignment as a student would, and see what each cell of checks says."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from functools import cache

import nbformat
from nbformat import NotebookNode

from assignments.tools.checker import Checker
from assignments.tools.classroom import unearned
from assignments.tools.execution import Run, run_notebook
from assignments.tools.master import master_paths, read_master
from assignments.tools.release import student_version
from assignments.tools.submissions import assemble
from assignments.tools.worker import Limits

MARKS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.M)


@dataclass(frozen=True)
class Wrong:
    """A misconception, the answers that someone who holds it gives, and the checks that fail."""

    misconception: str
    answers: dict[str, str]
    loses: set[str]


@cache
def key_of(name: str, seed: int = 1, data: str = "matinee") -> NotebookNode:
    return read_master(master_paths()[name], seed, data)


def hand_in(name: str, answers: dict[str, str] | None = None, **variant) -> NotebookNode:
    """The release with every reference answer filled in, but for those given."""
    key = key_of(name, **variant)
    reference = {cell.id: MARKS.sub("", cell.source) for cell in key.cells}
    notebook = copy.deepcopy(student_version(key))
    for cell in notebook.cells:
        if cell.metadata.nbgrader.solution:
            cell.source = reference[cell.id]
    for cell in notebook.cells:
        cell.source = (answers or {}).get(cell.id, cell.source)
    unknown = set(answers or {}) - {cell.id for cell in notebook.cells}
    assert not unknown, f"no cell is called {unknown}"
    return notebook


def with_cell(notebook: NotebookNode, code: str, before: str | None = None) -> NotebookNode:
    """The notebook with a cell of the student's own, before a named one or at the end."""
    names = [cell.id for cell in notebook.cells]
    place = names.index(before) if before else len(names)
    notebook.cells.insert(place, nbformat.v4.new_code_cell(code))
    return notebook


@cache
def checker_of(name: str, seed: int = 1, data: str = "matinee") -> Checker:
    return Checker(key_of(name, seed, data))


def run(name: str, submitted: NotebookNode, limits: Limits | None = None) -> Run:
    assembled = assemble(key_of(name), submitted)
    found = run_notebook(assembled.notebook, checker_of(name), limits or Limits())
    found.alarms += unearned(key_of(name), assembled, found.passed)
    return found


def checks_of(name: str) -> dict[str, float]:
    """Name of each cell of checks → its points."""
    marks = [cell.metadata.nbgrader for cell in key_of(name).cells]
    return {mark.grade_id: mark.points for mark in marks if mark.grade and not mark.solution}
