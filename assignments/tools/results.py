"""What grading one submission brings, as it is kept between runs."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Result:
    """One submission after the machine has seen it.

    Attributes:
        points: name of a graded cell → points, None where the machine cannot say.
        told: name of a cell of checks that failed → what the student is told.
        alarms: why a person must decide before the points count.
        remarks: what was put back or is worth a glance; the points count.
        digest: of everything the result depends on; the same digest need not be graded again.
    """

    student: str
    assignment: str
    file: str
    digest: str
    platform_id: str = ""
    points: dict[str, float | None] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_bytes: int = 0


@dataclass(frozen=True)
class Standing:
    """Points by graded cell: final ones (None: a person has yet to decide) and provisional."""

    points: dict[str, float | None]
    provisional: dict[str, float]
    out_of: dict[str, float]
    comments: dict[str, str]

    @property
    def decided(self) -> bool:
        return None not in self.points.values()

    @property
    def total(self) -> float | None:
        """The sum, None until everything is decided: a grade that is not final is not a zero."""
        return sum(self.points.values()) if self.decided else None


def save(result: Result, path: Path) -> None:
    """Write it whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    half.write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False), encoding="utf-8")
    os.replace(half, path)


def load(path: Path) -> Result | None:
    """The kept result; None where there is none that can be read."""
    try:
        return Result(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
