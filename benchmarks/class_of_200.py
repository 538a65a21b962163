"""Grade a class of one assignment, hostile ones among it, killed several times and taken up again.

    .venv/bin/python -m benchmarks.class_of_200                       200 students, five kills
    .venv/bin/python -m benchmarks.class_of_200 --students 20 --kills 1

Needs what `make assignments` installs. Most hand in the reference answers or a wrong answer of
`tests/assignments/wrong`; every hostile kind of `tests/assignments/hostile.py` is among them. The
class is graded twice: once without a stop, and once killed at random moments. Prints the times, the
most memory that all processes together held, and whether the tables are the same and everybody else
was graded as alone.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import nbformat
import psutil

from tests.assignments.harness import hand_in, key_of
from tests.assignments.hostile import HOSTILE, NAME

TABLES = ("grades.csv", "questions.csv", "review.csv", "likeness.csv")


def write_class(folder: Path, students: int, hostile: int) -> None:
    """The answer key, and one submission for each student, a few of them hostile."""
    wrong = importlib.import_module(f"tests.assignments.wrong.assignment_{NAME[:2]}").WRONG
    kinds = [hand_in(NAME), *(hand_in(NAME, one.answers) for one in wrong)]
    (folder / "answers").mkdir()
    nbformat.write(key_of(NAME), folder / "answers" / f"{NAME}.ipynb")
    names = random.Random(1).sample(sorted(HOSTILE), min(hostile, len(HOSTILE)))
    for name in names:
        (folder / "submissions" / f"hostile-{name}").mkdir(parents=True)
        HOSTILE[name].write(folder / "submissions" / f"hostile-{name}")
    for number, notebook in enumerate(islice(cycle(kinds), students - len(names))):
        home = folder / "submissions" / f"student{number:03}-{number % len(kinds):02}"
        home.mkdir(parents=True)
        nbformat.write(notebook, home / f"{NAME}.ipynb")


def grade(folder: Path, grades: Path, seconds: float | None = None) -> tuple[float, float]:
    """Seconds, and MB of all processes at the most; killed after so many seconds."""
    command = [sys.executable, "-m", "assignments.tools.grade", str(folder / "submissions")]
    places = ["--answers", str(folder / "answers"), "--grades", str(grades), "--jobs", "2"]
    start, peak = time.monotonic(), 0
    grading = psutil.Popen([*command, *places], stdout=subprocess.DEVNULL)
    while grading.poll() is None:
        peak = max(peak, sum(map(memory, [grading, *children(grading)])))
        if seconds is not None and time.monotonic() - start > seconds:
            grading.send_signal(signal.SIGKILL)
        time.sleep(0.5)
    return time.monotonic() - start, peak / 1e6


def children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def memory(process: psutil.Process) -> int:
    """Bytes of its own in use by one process: pages shared after a fork count once, at the end."""
    try:
        return process.memory_full_info().uss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def unequal(grades: Path) -> list[str]:
    """Students of one kind whose points differ from others' of the same kind."""
    points: dict[str, set] = {}
    with (grades / "questions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["student"].startswith("student"):
                kind = f"{row['student'][-2:]} {row['question']}"
                points.setdefault(kind, set()).add(row["points"])
    return sorted(kind for kind, found in points.items() if len(found) > 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--hostile", type=int, default=5)
    parser.add_argument("--kills", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_class(folder, asked.students, asked.hostile)
        (folder / "whole").mkdir()
        (folder / "killed").mkdir()
        (folder / "whole" / "secret").write_text("the same for both")
        (folder / "killed" / "secret").write_text("the same for both")
        seconds, peak = grade(folder, folder / "whole")
        print(f"{asked.students} submissions in {seconds:.0f} s on {os.cpu_count()} cores,")
        print(f"all processes together held at most {peak:.0f} MB.", flush=True)
        chance = random.Random(2)
        for _ in range(asked.kills):
            grade(folder, folder / "killed", chance.uniform(5, seconds / (asked.kills + 1)))
        grade(folder, folder / "killed")
        for name in TABLES:
            same = (folder / "whole" / name).read_bytes() == (folder / "killed" / name).read_bytes()
            print(f"{name}: {'the same' if same else 'DIFFERENT'} after {asked.kills} kills")
        print(f"Graded unlike others of their kind: {unequal(folder / 'whole') or 'nobody'}")


if __name__ == "__main__":
    main()
