"""Grade a class of one assignment, hostile ones among it, killed several times and taken up again.

    .venv/bin/python -m benchmarks.class_of_200                       200 students, five kills
    .venv/bin/python -m benchmarks.class_of_200 --students 40 --kills 1 --no-csv

Needs what `make assignments` installs. Five hand in something that acts in a browser, five are
after points that they did not earn, of five the words stand at an odd place, five have odd names or
files, five stop or slow down whatever reads them; all others hand in the reference answers, a
second honest solution or a misconception of `tests/assignments/wrong`. Each of those is also graded
by itself. The class is graded twice: without a stop, and killed (SIGKILL) at random moments.
Written to `class_of_200.csv`: times, memory, and how many tables, rows or grades are other than
they should be. Processor seconds are those of every process that was seen, five times a second.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil

from assignments.tools.classroom import Classroom, grade_one
from assignments.tools.inbox import find_submissions
from assignments.tools.results import Result, load
from assignments.tools.sandbox import shut_in
from assignments.tools.worker import Limits
from benchmarks.odd_class import HONEST_KINDS, ODD, folder_of
from tests.assignments.harness import key_of
from tests.assignments.hostile import NAME

TABLES = ("grades.csv", "questions.csv", "review.csv", "likeness.csv", f"canvas_{NAME}.csv")
TARGET = Path(__file__).with_suffix(".csv")
LOOK_EVERY = 0.2
SECRET = "the same for all"


def write_class(folder: Path, students: int) -> None:
    """The answer key, the odd and hostile ones, and honest ones up to so many students."""
    (folder / "answers").mkdir(parents=True)
    nbformat.write(key_of(NAME), folder / "answers" / f"{NAME}.ipynb")
    for one in ODD:
        one.write(folder / "submissions")
    kinds = list(HONEST_KINDS.items())
    for number in range(students - len(ODD)):
        kind, content = kinds[number % len(kinds)]
        home = folder_of(folder / "submissions", f"{kind} {number:03}", 5000 + number)
        (home / f"{NAME}.ipynb").write_bytes(content)


class Grading:
    """One run of the command, and what it used."""

    def __init__(self, folder: Path, grades: Path, kill_after: float | None = None) -> None:
        grades.mkdir(exist_ok=True)
        (grades / "secret").write_text(SECRET)
        command = [sys.executable, "-m", "assignments.tools.grade", str(folder / "submissions")]
        places = ["--answers", str(folder / "answers"), "--grades", str(grades), "--jobs", "2"]
        start = time.monotonic()
        self.resident = self.own = 0
        self.killed, family, seconds = False, [], {}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        grading = psutil.Popen([*command, *places], **quiet)
        while grading.poll() is None:
            family = [grading, *children(grading)]
            seconds |= {process.pid: processor_seconds(process) for process in family}
            used = [memory(process) for process in family]
            self.resident = max(self.resident, sum(rss for rss, _ in used))
            self.own = max(self.own, sum(pss for _, pss in used))
            if kill_after is not None and time.monotonic() - start > kill_after:
                family = [grading, *children(grading)]
                grading.send_signal(signal.SIGKILL)
                self.killed = True
                break
            time.sleep(LOOK_EVERY)
        self.code = grading.wait()
        self.seconds = time.monotonic() - start
        _, alive = psutil.wait_procs(family, timeout=10)
        self.left = [one for one in alive if running(one)]
        self.processor = sum(seconds.values())


def processor_seconds(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0
    return used.user + used.system


def running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def memory(process: psutil.Process) -> tuple[int, int]:
    """Resident bytes of one process; and with pages that it shares divided among their users."""
    try:
        used = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0, 0
    return used.rss, used.pss


def table(grades: Path, name: str) -> list[dict[str, str]]:
    with (grades / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def unlike_alone(folder: Path, grades: Path) -> list[str]:
    """Honest students whose result is any other than that of the same file graded by itself."""
    (folder / "alone").mkdir()
    (folder / "alone" / "secret").write_text(SECRET)
    key = {NAME: key_of(NAME)}
    room = Classroom(key, folder / "alone", Limits(), shut_in())
    room.prepare(NAME)
    alone, unlike = {}, []
    for one in find_submissions(folder / "submissions", [NAME]):
        kind = one.student[:-4]
        if kind in HONEST_KINDS:
            alone[kind] = alone.get(kind) or outcome(grade_one(room, one))
            kept = load(grades / "results" / NAME / f"{one.key}.json")
            unlike += [] if kept and outcome(kept) == alone[kind] else [one.student]
    return unlike


def outcome(result: Result) -> list:
    return [result.points, result.told, result.alarms, result.remarks, result.words]


def missing(grades: Path, students: int) -> list[str]:
    """Who has no row, or more than one, or what an odd one's row says against what it should."""
    rows = [row for row in table(grades, "grades.csv") if row["status"] != "copy"]
    wrong = [] if len(rows) == students else [f"{len(rows)} rows"]
    for one in ODD:
        mine = [row for row in rows if (row["student"], row["id"]) == one.identity]
        mine = mine or [row for row in rows if one.part_of_name and one.part_of_name in row["file"]]
        if len(mine) != 1 or not one.right(mine[0], table(grades, "questions.csv")):
            wrong.append(f"{one.way}: {one.name} {mine}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=2, help="of the moments of the kills")
    parser.add_argument("--no-csv", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_class(folder, asked.students)
        whole = Grading(folder, folder / "whole")
        report = {
            "submissions": asked.students, "odd or hostile": len(ODD), "cores": os.cpu_count(),
            "seconds": round(whole.seconds), "processor seconds": round(whole.processor),
            "load average of 15 minutes": round(os.getloadavg()[2], 1),
            "MB resident, all processes": round(whole.resident / 1e6),
            "MB resident, shared pages once": round(whole.own / 1e6),
        }  # fmt: skip
        print(report, flush=True)
        wrong = missing(folder / "whole", asked.students)
        unlike = unlike_alone(folder, folder / "whole")
        report |= {"rows missing or wrong": len(wrong), "graded unlike alone": len(unlike)}
        print(*wrong, *unlike, report, sep="\n", flush=True)
        chance, killed, left = random.Random(asked.seed), [], 0
        moments = sorted(chance.uniform(0, whole.seconds * 0.9) for _ in range(asked.kills))
        for begin, end in zip([0.0, *moments], moments, strict=False):
            run = Grading(folder, folder / "killed", max(0.5, end - begin))
            killed.append(run.killed)
            left += len(run.left)
        last = Grading(folder, folder / "killed")
        names = [name for name in TABLES if (folder / "whole" / name).exists()]
        other = [name for name in names if (folder / "whole" / name).read_bytes()
                 != (folder / "killed" / name).read_bytes()]  # fmt: skip
        report |= {
            "killed": sum(killed), "processes that outlived a kill": left,
            "exit code after the kills": last.code, "tables compared": len(names),
            "tables other after the kills": len(other),
        }  # fmt: skip
        print(*other, report, sep="\n")
    if not asked.no_csv:
        with TARGET.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("what", "value"), *report.items()])


if __name__ == "__main__":
    main()
