"""What was handed in: whose it is, and for which assignment."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

# Moodle unpacks to "Full Name_1234_assignsubmission_file", Canvas to "name_1234_5678_file.ipynb".
MOODLE = re.compile(r"(?P<student>.+)_(?P<id>\d+)_assignsubmission_file_?")
CANVAS = re.compile(r"(?P<student>[^_]+)(_LATE)?_(?P<id>\d+)_\d+_$")


@dataclass(frozen=True)
class Submission:
    """One file handed in: whose, for which assignment, the number that the platform gave.

    files: how many the student handed in for it; this is the newest.
    """

    student: str
    assignment: str
    path: Path
    platform_id: str = ""
    files: int = 1


def find_submissions(folder: Path, assignments: list[str]) -> tuple[list[Submission], list[Path]]:
    """Every file below `folder` that belongs to an assignment, and those that do not.

    A file belongs to the assignment whose name is in its path. The student is the folder directly
    below `folder`, or, where files lie there directly, what stands before the assignment's name.
    """
    found, others = [], []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if not path.is_file() or any(part.startswith(".") for part in inside.parts):
            continue
        name = next((name for name in assignments if name in str(inside)), None)
        student, number = who(inside, name) if name else ("", "")
        if student and path.suffix == ".ipynb":
            found.append(Submission(student, name, path, number))
        else:
            others.append(path)
    return found, others


def who(inside: Path, assignment: str) -> tuple[str, str]:
    """Student and the platform's number, from the path below the folder of submissions."""
    if len(inside.parts) > 1:
        match = MOODLE.fullmatch(inside.parts[0])
        return (match["student"], match["id"]) if match else (inside.parts[0], "")
    before = inside.name.split(assignment)[0]
    match = CANVAS.fullmatch(before)
    return (match["student"], match["id"]) if match else (before.strip("_-. "), "")


def newest(submissions: list[Submission]) -> list[Submission]:
    """Of several files that a student handed in for one assignment, the newest."""
    chosen: dict[tuple, Submission] = {}
    for one in sorted(submissions, key=lambda one: one.path.lstat().st_mtime):
        chosen[one.student, one.assignment] = one
    files = Counter((one.student, one.assignment) for one in submissions)
    ordered = sorted(chosen.values(), key=lambda one: (one.assignment, one.student))
    return [replace(one, files=files[one.student, one.assignment]) for one in ordered]
