"""Files that were handed in and are not the one that is graded: each is in the tables, with why."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from assignments.tools.inbox import Submission
from assignments.tools.results import write_whole


@dataclass(frozen=True)
class Other:
    """A file that has no result of its own.

    status: "needs review" where nobody has dealt with it and its student has nothing else;
        "copy" or "other file" where something of the same student is graded.
    """

    student: str
    number: str
    assignment: str
    file: str
    status: str
    why: str


def keep_others(
    folder: Path, chosen: list[Submission], copies: list[Submission], strays: list[Submission]
) -> None:
    """Add this time's files to those of the weeks before."""
    kept = {(one.file, one.student): one for one in load_others(folder)}
    for one in chosen:
        kept.pop((one.place, one.student), None)
    graded = {(one.student, one.number) for one in chosen if not one.reason}
    for one in copies:
        kept[one.place, one.student] = describe(one, "copy")
    for one in strays:
        known = (one.student, one.number) in graded
        kept[one.place, one.student] = describe(one, "other file" if known else "needs review")
    rows = [asdict(one) for _, one in sorted(kept.items())]
    write_whole(folder / "others.json", json.dumps(rows, indent=1))


def describe(one: Submission, status: str) -> Other:
    why = (
        one.reason or f"another file of this student is graded; this one has {one.answered} answers"
    )
    return Other(one.student, one.number, one.assignment, one.place, status, why)


def load_others(folder: Path) -> list[Other]:
    try:
        rows = json.loads((folder / "others.json").read_text(encoding="utf-8"))
    except OSError:
        return []
    return [Other(**row) for row in rows]
