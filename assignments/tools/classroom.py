"""One submission from file to points."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from assignments.tools.execution import is_check, run_notebook
from assignments.tools.inbox import Submission
from assignments.tools.results import Result
from assignments.tools.submissions import UnreadableError, assemble, hidden_of, read_notebook
from assignments.tools.worker import Limits


@dataclass(frozen=True)
class Classroom:
    """Everything that grading a submission depends on beside the submission."""

    keys: dict[str, NotebookNode]
    folder: Path
    limits: Limits
    closed: bool

    def digest(self, submission: Submission) -> str:
        """Of the answer key and the file: while both are the same, so is the result."""
        total = hashlib.sha256(nbformat.writes(self.keys[submission.assignment]).encode())
        with contextlib.suppress(OSError), submission.path.open("rb") as file:
            while block := file.read(1 << 20):
                total.update(block)
        return total.hexdigest()[:16]

    def result_path(self, submission: Submission | Result) -> Path:
        return self.folder / "results" / submission.assignment / f"{submission.student}.json"

    def body_path(self, result: Result) -> Path:
        """The notebook as it ran, as a part of the feedback page."""
        return self.folder / "results" / result.assignment / f"{result.student}.html"

    def notebook_path(self, result: Result | Submission) -> Path:
        """Where nbgrader's pages for marking by hand look for it."""
        name = result.assignment
        return self.folder / "autograded" / result.student / name / f"{name}.ipynb"


def grade_one(room: Classroom, submission: Submission) -> Result:
    """Run one submission; whatever happens, there is a result."""
    key, result = room.keys[submission.assignment], empty_result(room, submission)
    try:
        assembled = assemble(key, read_notebook(submission.path))
    except UnreadableError as problem:
        result.alarms.append(str(problem))
        write_notebook(room.notebook_path(result), nbformat.v4.new_notebook())
        return result
    notebook = assembled.notebook
    result.remarks += assembled.remarks
    run = run_notebook(notebook, hidden_of(key), room.limits, room.closed)
    result.told, result.alarms = run.failed, assembled.alarms + run.alarms
    result.seconds, result.peak_bytes = round(run.seconds, 2), run.peak_bytes
    for cell in notebook.cells:
        if is_check(cell):
            passed = cell.metadata.nbgrader.points if run.complete else None
            result.points[cell.id] = 0 if cell.id in run.failed else passed
        elif cell.id in result.points and cell.id in assembled.untouched:
            result.points[cell.id], result.told[cell.id] = 0, "No answer."
    write_notebook(room.notebook_path(result), notebook)
    return result


def safely(room: Classroom, submission: Submission) -> Result:
    """As `grade_one`, and a failure of the grader itself is one more thing for a person to see."""
    try:
        return grade_one(room, submission)
    except Exception as problem:
        result = empty_result(room, submission)
        result.alarms.append(f"the grader failed: {type(problem).__name__}: {problem}")
        return result


def empty_result(room: Classroom, submission: Submission) -> Result:
    """What is known before anything was run: no points yet, and no zeros either."""
    marks = [cell.metadata.nbgrader for cell in room.keys[submission.assignment].cells]
    several = f"{submission.files} files were handed in; the newest was graded"
    return Result(
        submission.student,
        submission.assignment,
        str(submission.path),
        room.digest(submission),
        submission.platform_id,
        points={mark.grade_id: None for mark in marks if mark.grade},
        remarks=[several] if submission.files > 1 else [],
    )


def write_notebook(path: Path, notebook: NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
