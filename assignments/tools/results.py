"""What grading one submission brings, as it is kept between runs, and what a person made of it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

ALL = "*"  # the question of a mark that accepts the machine's points for the whole notebook
MARKS = ("student", "assignment", "question", "points", "comment", "seen")


@dataclass
class Result:
    """One submission after the machine has seen it.

    Attributes:
        student, number, key: whose; the platform's number; both as a name for files.
        file: where it lies, below the folder of submissions.
        digest: of everything the result depends on; the same digest need not be graded again.
        points: name of a graded cell → points, None where the machine cannot say.
        out_of: the same → the most there is.
        told: name of a cell of checks that failed → what the student is told.
        words: question in words → texts that may be its answer.
        alarms: why a person must decide before the points count.
        remarks: what was put back or is worth a glance; the points count.
    """

    student: str
    assignment: str
    file: str
    digest: str
    key: str = ""
    number: str = ""
    handed_in: float = 0.0
    late: bool = False
    points: dict[str, float | None] = field(default_factory=dict)
    out_of: dict[str, float] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_bytes: int = 0

    def seen(self, question: str) -> str:
        """What a mark of this question was given for: another answer needs another mark."""
        basis = json.dumps(self.words[question]) if self.words.get(question) else self.digest
        return hashlib.sha256(basis.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Mark:
    """What a person decided on one question, or on all of them."""

    points: float | None
    comment: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Standing:
    """Points by graded cell: final ones (None: a person has yet to decide) and provisional."""

    points: dict[str, float | None]
    provisional: dict[str, float]
    out_of: dict[str, float]
    comments: dict[str, str]

    @property
    def decided(self) -> bool:
        return bool(self.points) and None not in self.points.values()

    @property
    def total(self) -> float | None:
        """The sum, None until everything is decided: a grade that is not final is not a zero."""
        return sum(self.points.values()) if self.decided else None


Marks = dict[tuple[str, str, str], Mark]


def standing(result: Result, marks: Marks) -> Standing:
    """Where a submission stands now, a person's marks included."""
    mine = {
        name: marks.get((result.key, result.assignment, name)) for name in (*result.points, ALL)
    }
    valid = {name: mark for name, mark in mine.items()
             if mark and mark.seen in ("", result.seen(name))}  # fmt: skip
    held = bool(result.alarms) and ALL not in valid
    points, provisional = {}, {}
    for name, machine in result.points.items():
        by_hand = mine[name].points if mine[name] else None
        provisional[name] = by_hand if by_hand is not None else machine or 0
        stale = by_hand is not None and name not in valid
        points[name] = None if stale or (held and by_hand is None) else machine
        if name in valid and by_hand is not None:
            points[name] = by_hand
    comments = {name: mark.comment for name, mark in valid.items() if mark.comment}
    return Standing(points, provisional, result.out_of, comments)


def save(result: Result, path: Path) -> None:
    """Write it whole or not at all."""
    write_whole(path, json.dumps(asdict(result), indent=1))


def write_whole(path: Path, text: str) -> None:
    """Write it whole or not at all; half a character (a lone surrogate) becomes a question mark."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.part")
    half.write_text(text, encoding="utf-8", errors="replace", newline="")
    os.replace(half, path)


def load(path: Path) -> Result | None:
    """The kept result; None where there is none that can be read."""
    try:
        return Result(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def load_all(folder: Path) -> list[Result]:
    """Every result that was ever kept here, this week's and those before."""
    found = filter(None, map(load, sorted(folder.glob("results/*/*.json"))))
    return sorted(found, key=lambda one: (one.assignment, one.student, one.number, one.file))


def load_marks(folder: Path) -> Marks:
    """The table of marks; a row without a number decides nothing."""
    path, marks = folder / "marks.csv", {}
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                points = row["points"].replace(",", ".").strip()
                mark = Mark(float(points) if points else None, row["comment"], row["seen"])
                marks[row["student"], row["assignment"], row["question"]] = mark
    return marks


def save_marks(marks: Marks, folder: Path) -> None:
    rows = []
    for key, mark in sorted(marks.items()):
        points = "" if mark.points is None else f"{mark.points:g}"
        rows.append((*key, points, mark.comment, mark.seen))
    text = io.StringIO()
    csv.writer(text).writerows([MARKS, *rows])
    write_whole(folder / "marks.csv", text.getvalue())
