"""Who should have handed in, and when."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from assignments.tools.results import Result

DAY = 24 * 3600


@dataclass(frozen=True)
class Course:
    """What grading needs to know beside the submissions.

    people: (student, number) of everybody.
    due: seconds since 1970, or None.
    late_per_day: share of the points that each day begun after that costs; 0 only says how late.
    worksheets: grading worksheets downloaded from Moodle, to be filled in.
    """

    people: list[tuple[str, str]] = field(default_factory=list)
    due: float | None = None
    late_per_day: float = 0.0
    worksheets: tuple[Path, ...] = ()

    def late_days(self, result: Result) -> float:
        """Days after the date, by the time of the file; 0 where there is no date."""
        return max(0.0, (result.handed_in - self.due) / DAY) if self.due is not None else 0.0

    def lateness(self, result: Result) -> str:
        """In words, for the tables."""
        days = self.late_days(result)
        if days:
            return f"{days:.1f} days"
        return "the platform says late" if result.late and self.due is None else ""

    def kept_share(self, result: Result) -> float:
        """The share of the points that is left, from 0 to 1."""
        return max(0.0, 1 - self.late_per_day * math.ceil(self.late_days(result)))

    def missing(self, results: list[Result]) -> list[tuple[str, str, str]]:
        """(student, number, assignment) of everybody of whom nothing came in."""
        found = []
        for name in sorted({one.assignment for one in results}):
            mine = [one for one in results if one.assignment == name]
            numbers, names = {one.number for one in mine}, {folded(one.student) for one in mine}
            found += [
                (student, number, name)
                for student, number in self.people
                if not (number and number in numbers) and folded(student) not in names
            ]
        return found


def folded(name: str) -> str:
    return " ".join(name.casefold().split())


def due_date(text: str) -> float:
    """A moment of this machine's clock, as in "2026-05-08 23:59"."""
    return datetime.fromisoformat(text).timestamp()


def read_roster(path: Path) -> list[tuple[str, str]]:
    """Everybody's name and number.

    Raises:
        ValueError: there is no column called student.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        names = {name.strip().lower(): name for name in table.fieldnames or []}
        if "student" not in names:
            raise ValueError("a roster needs a column called student, and may have one called id")
        return [(row[names["student"]].strip(), (row.get(names.get("id", "")) or "").strip())
                for row in table]  # fmt: skip
