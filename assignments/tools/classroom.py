"""One submission from file to points."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from assignments.tools.checker import Checker, is_answer, is_check
from assignments.tools.execution import run_notebook
from assignments.tools.inbox import Submission, printable, read_file, unzipped
from assignments.tools.pages import notebook_body
from assignments.tools.results import Result, save, write_whole
from assignments.tools.submissions import Assembled, UnreadableError, assemble, read_notebook
from assignments.tools.worker import Limits

NO_NOTEBOOK = {
    ".py": "a Python script: ask for the notebook (.ipynb), or mark it by hand",
    ".html": "a web page, not a notebook: ask for the .ipynb",
    ".pdf": "a PDF, not a notebook: ask for the .ipynb",
}


@dataclass
class Classroom:
    """Everything that grading a submission depends on beside the submission."""

    keys: dict[str, NotebookNode]
    folder: Path
    limits: Limits
    closed: bool

    def __post_init__(self) -> None:
        self.checkers: dict[str, Checker] = {}

    def prepare(self, assignment: str) -> None:
        """Make ready what the checks need, once for all submissions."""
        if assignment not in self.checkers:
            self.checkers[assignment] = Checker(self.keys[assignment])

    @cached_property
    def secret(self) -> str:
        """Drawn when a class is first graded, after its code was written; kept with its grades."""
        path = self.folder / "secret"
        if not path.exists():
            write_whole(path, secrets.token_hex(16))
        return path.read_text(encoding="utf-8")

    def digest(self, submission: Submission) -> str:
        """Of the answer key and the file: while both are the same, so is the result.

        A zip counts as it is: unpacking it is work for a bounded process.
        """
        key = self.keys.get(submission.assignment)
        total = hashlib.sha256(nbformat.writes(key).encode() if key else b"")
        total.update(f"{submission.reason}\0{submission.member}\0{self.secret}".encode())
        try:
            total.update(read_file(submission.path))
        except (UnreadableError, OSError):
            total.update(submission.place.encode())
        return total.hexdigest()[:16]

    def path(self, one: Submission | Result, ending: str) -> Path:
        """Where its result (.json) and the notebook as it ran (.html) are kept."""
        return self.folder / "results" / (one.assignment or "unknown") / f"{one.key}{ending}"


def look_inside(room: Classroom, submission: Submission) -> list[dict]:
    """What a file holds: one entry a notebook, with its assignment and how much is answered.

    Each is a set of fields of `Submission`. Runs in a process of its own.
    """
    try:
        content = read_file(submission.path)
        if content[:4] == b"PK\x03\x04":
            inside = unzipped(content)
            return [{"member": name} | look_at(room, submission, data) for name, data in inside]
        return [look_at(room, submission, content)]
    except (UnreadableError, OSError) as problem:
        return [{"reason": printable(str(problem))}]


def look_at(room: Classroom, submission: Submission, content: bytes) -> dict:
    suffix = submission.path.suffix.lower()
    if suffix in NO_NOTEBOOK:
        return {"reason": NO_NOTEBOOK[suffix]}
    if suffix not in (".ipynb", ".json", "", ".txt", ".zip"):
        return {"reason": f"a {suffix} file, not a notebook: ask for the .ipynb"}
    try:
        notebook = read_notebook(content)
        name = claimed(notebook, room.keys) or submission.assignment
        if not name:
            raise UnreadableError("nothing tells which assignment this is: rename it after one")
        assembled = assemble(room.keys[name], notebook)
    except UnreadableError as problem:
        return {"reason": printable(str(problem))}
    except (TypeError, AttributeError, KeyError, ValueError, RecursionError):
        return {"reason": "a notebook of a broken form: ask to save it again in JupyterLab"}
    return {"assignment": name, "answered": answered(room.keys[name], assembled)}


def claimed(notebook: NotebookNode, keys: dict[str, NotebookNode]) -> str:
    """The assignment that the notebook itself names, or whose cells it holds."""
    about = notebook.metadata.get("watch_next")
    name = about.get("assignment") if isinstance(about, dict) else None
    if name in keys:
        return name
    marks = [cell.metadata.get("nbgrader") for cell in notebook.cells]
    held = {mark.get("grade_id") for mark in marks if isinstance(mark, dict)}
    held |= {cell.get("id") for cell in notebook.cells}
    held = {one for one in held if isinstance(one, str)}
    graded = {key: {cell.id for cell in keys[key].cells if cell.metadata.nbgrader.grade}
              for key in keys}  # fmt: skip
    best = max(keys, key=lambda key: len(graded[key] & held))
    return best if len(graded[best] & held) >= 3 else ""


def answered(key: NotebookNode, assembled: Assembled) -> int:
    names = {cell.id for cell in key.cells if cell.metadata.nbgrader.solution}
    return len(names - assembled.untouched)


def grade_one(room: Classroom, submission: Submission) -> Result:
    """Run one submission. It is kept on disk, and so is the notebook as it ran."""
    key, checker = room.keys[submission.assignment], room.checkers[submission.assignment]
    result = empty_result(room, submission)
    try:
        assembled = assemble(key, read_notebook(submission.content()))
    except UnreadableError as problem:
        result.alarms.append(str(problem))
        return keep(room, result, None)
    checker.draw_anew(
        int(hashlib.sha256(f"{room.secret}{result.digest}".encode()).hexdigest()[:12], 16)
    )
    run = run_notebook(assembled.notebook, checker, room.limits, room.closed)
    result.told, result.words = run.failed, assembled.words
    result.remarks += assembled.remarks
    result.alarms += assembled.alarms + run.alarms + unearned(key, assembled, run.passed)
    result.seconds, result.peak_bytes = round(run.seconds, 2), run.peak_bytes
    for cell in filter(is_check, key.cells):
        if cell.id in run.passed or cell.id in run.failed:
            result.points[cell.id] = cell.metadata.nbgrader.points if cell.id in run.passed else 0
    for name in assembled.words.keys() & assembled.untouched:
        result.points[name], result.told[name] = 0, "No answer."
    return keep(room, result, assembled.notebook)


def unearned(key: NotebookNode, assembled: Assembled, passed: set[str]) -> list[str]:
    """Checks that pass although nobody wrote an answer to their question."""
    answer, alarms = "", []
    for cell in key.cells:
        answer = cell.id if is_answer(cell) else answer
        if is_check(cell) and cell.id in passed and answer in assembled.untouched:
            alarms.append(
                f"{cell.id} passes although {answer} was not answered: read the own cells"
            )
    return alarms


def keep(room: Classroom, result: Result, notebook: NotebookNode | None) -> Result:
    """Record it; its own file comes last, so that what is half recorded is graded again."""
    if notebook is not None:
        write_whole(room.path(result, ".html"), notebook_body(notebook))
    save(result, room.path(result, ".json"))
    return result


def unread(room: Classroom, submission: Submission, reason: str) -> Result:
    """A submission that no machine graded: no points yet, no zeros either, and why."""
    result = empty_result(room, submission)
    result.alarms.append(reason)
    return keep(room, result, None)


def empty_result(room: Classroom, submission: Submission) -> Result:
    """What is known before anything was run."""
    key = room.keys.get(submission.assignment)
    marks = [cell.metadata.nbgrader for cell in key.cells] if key else []
    marks = [mark for mark in marks if mark.grade]
    others = "; ".join(submission.copies)
    return Result(
        submission.student, submission.assignment, submission.place, room.digest(submission),
        key=submission.key, number=submission.number, handed_in=submission.handed_in,
        late=submission.late,
        points={mark.grade_id: None for mark in marks},
        out_of={mark.grade_id: mark.points for mark in marks},
        remarks=[f"other files were handed in, this one is graded: {others}"] if others else [],
    )  # fmt: skip


def with_fields(submission: Submission, fields: dict) -> Submission:
    place = submission.place
    if fields.get("member"):
        place = printable(f"{place}: {fields['member']}")
    return replace(submission, **fields, place=place)
