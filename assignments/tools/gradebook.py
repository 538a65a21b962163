"""nbgrader's gradebook: what the machine found, and what a person decided, in one database.

The teacher marks by hand in nbgrader's own pages (formgrader). A grade that a person gave is never
replaced; when the same student hands in again, it is only shown for review once more.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ComputeChecksums, SaveCells
from sqlalchemy.exc import SAWarning

from assignments.tools.results import Result, Standing

CONFIG = """\
# So that nbgrader's pages for marking by hand, opened in this folder, find the gradebook.
c = get_config()
c.CourseDirectory.course_id = "watch-next"
c.CourseDirectory.root = {root!r}
"""


class KeyChangedError(RuntimeError):
    """The questions are no longer those of the submissions already graded."""


class Book:
    """The gradebook in a folder; use as a context."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.url = f"sqlite:///{(folder / 'gradebook.db').resolve()}"

    def __enter__(self) -> Book:
        # nbgrader asks the program `alembic`, which lies beside Python, for its database's version.
        beside = str(Path(sys.executable).parent)
        os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", "")])
        self.book = Gradebook(self.url)
        config = CONFIG.format(root=str(self.folder))
        (self.folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
        return self

    def __exit__(self, *_) -> None:
        self.book.close()

    def open_assignment(self, name: str, key: NotebookNode) -> None:
        """Make the assignment's questions known, so that its submissions can be recorded.

        Raises:
            KeyChangedError: submissions with other questions are in the book.
        """
        self.book.update_or_create_assignment(name)
        key, _ = ComputeChecksums().preprocess(key, {})
        about = {"notebook": name, "assignment": name, "db_url": self.url}
        try:
            SaveCells().preprocess(key, {"nbgrader": about})
        except RuntimeError:
            raise KeyChangedError(
                f"{name}: the questions are not those of the submissions already graded. Grade"
                " into another folder: make grade GRADES=another-folder SUBMISSIONS=..."
            ) from None

    def record(self, result: Result) -> None:
        """The points of one submission, each marked where a person must look."""
        name, student = result.assignment, result.student
        warnings.filterwarnings("ignore", category=SAWarning)  # nbgrader's own, harmless
        self.book.update_or_create_student(student)
        self.book.update_or_create_submission(name, student)
        for cell, points in result.points.items():
            grade = self.book.find_grade(cell, name, name, student)
            grade.auto_score = points
            undecided = bool(result.alarms) or points is None or grade.manual_score is not None
            grade.needs_manual_grade = undecided
        self.book.db.commit()

    def standing(self, assignment: str, student: str) -> Standing:
        """Where a submission stands now, a person's marks included."""
        notebook = self.book.find_submission_notebook(assignment, assignment, student)
        grades = {grade.cell.name: grade for grade in notebook.grades}
        said = {comment.cell.name: comment.comment for comment in notebook.comments}
        return Standing(
            points={
                cell: None if grade.needs_manual_grade else grade.score
                for cell, grade in grades.items()
            },
            provisional={cell: grade.score for cell, grade in grades.items()},
            out_of={cell: grade.cell.max_score for cell, grade in grades.items()},
            comments={cell: text for cell, text in said.items() if text},
        )
