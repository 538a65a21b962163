"""Grade 200 submissions of one assignment, stopped half-way and taken up again.

    .venv/bin/python -m benchmarks.class_of_200 [assignment]

Needs what `make assignments` installs. The class hands in the reference answers, the untouched
release and every wrong answer of `tests/assignments/wrong` in turn. Prints the time of
both runs and the most memory that all processes together held.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import nbformat
import psutil

from assignments.tools.release import student_version
from tests.assignments.harness import hand_in, key_of

STUDENTS = 200


def write_class(name: str, folder: Path) -> None:
    """The answer key, and one submission for each student."""
    wrong = importlib.import_module(f"tests.assignments.wrong.assignment_{name[:2]}").WRONG
    kinds = [hand_in(name), student_version(key_of(name))]
    kinds += [hand_in(name, one.answers) for one in wrong]
    (folder / "answers").mkdir()
    nbformat.write(key_of(name), folder / "answers" / f"{name}.ipynb")
    for number, notebook in enumerate(islice(cycle(kinds), STUDENTS)):
        home = folder / "submissions" / f"student{number:03}"
        home.mkdir(parents=True)
        nbformat.write(notebook, home / f"{name}.ipynb")


def grade(folder: Path, stop_at: int) -> tuple[float, float]:
    """Seconds, and MB of all processes at the most; interrupted when `stop_at` are graded."""
    command = [sys.executable, "-m", "assignments.tools.grade", str(folder / "submissions")]
    places = ["--answers", str(folder / "answers"), "--grades", str(folder / "grades")]
    start, peak = time.monotonic(), 0
    grading = psutil.Popen([*command, *places])
    while grading.poll() is None:
        peak = max(peak, sum(map(memory, [grading, *grading.children(recursive=True)])))
        if len(list(folder.glob("grades/results/**/*.json"))) >= stop_at:
            grading.send_signal(signal.SIGINT)
            stop_at = STUDENTS + 1
        time.sleep(0.5)
    return time.monotonic() - start, peak / 1e6


def memory(process: psutil.Process) -> int:
    """Bytes in use by one process, none if it has ended meanwhile."""
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def main(name: str = "02_neighbours_from_scratch") -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_class(name, folder)
        first, second = grade(folder, STUDENTS // 2), grade(folder, STUDENTS + 1)
        rows = (folder / "grades" / "grades.csv").read_text(encoding="utf-8").splitlines()[1:]
    print(f"{name}: {len(rows)} of {STUDENTS} submissions graded on {os.cpu_count()} cores.")
    print(f"{first[0]:.0f} s until it was stopped half-way, {second[0]:.0f} s for the rest;")
    print(f"all processes together held at most {max(first[1], second[1]):.0f} MB.")


if __name__ == "__main__":
    main(*sys.argv[1:])
