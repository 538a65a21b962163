"""Grade every submission in a folder.

``python -m assignments.tools.grade submissions``                     into assignments/grades
``python -m assignments.tools.grade submissions --grades elsewhere``
``python -m assignments.tools.grade submissions --jobs 4``

Stop it whenever you like: started again, it goes on where it stopped, and after marking by hand
it writes the tables and pages anew.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import compress
from pathlib import Path

import nbformat
from tqdm import tqdm

from assignments.tools import classroom, results
from assignments.tools.classroom import Classroom
from assignments.tools.feedback import NOT_RUN, as_html, feedback_page
from assignments.tools.gradebook import Book
from assignments.tools.inbox import Submission, find_submissions, newest
from assignments.tools.master import FOLDER
from assignments.tools.reports import Graded, status, write_reports
from assignments.tools.results import Result
from assignments.tools.sandbox import WARNING, shut_in
from assignments.tools.worker import Limits


def grade_all(
    room: Classroom, book: Book, submissions: list[Submission], jobs: int
) -> list[Result]:
    """Every submission's result, the kept ones not computed again."""
    known = [results.load(room.result_path(one)) for one in submissions]
    fresh = [
        kept is not None and kept.digest == room.digest(one)
        for one, kept in zip(submissions, known, strict=True)
    ]
    finished = list(compress(known, fresh))
    if finished:
        print(f"{len(finished)} of {len(submissions)} were graded before.")
    with ThreadPoolExecutor(jobs) as pool:
        new = compress(submissions, (not one for one in fresh))
        waiting = [pool.submit(classroom.safely, room, one) for one in new]
        try:
            progress = tqdm(as_completed(waiting), total=len(waiting), unit="notebook")
            for future in progress:
                keep(room, book, future.result())
                finished.append(future.result())
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise SystemExit("Stopped. The same command goes on from here.") from None
    return sorted(finished, key=lambda result: (result.assignment, result.student))


def keep(room: Classroom, book: Book, result: Result) -> None:
    """Record it; its own file comes last, so that what is half recorded is graded again."""
    book.record(result)
    if result.seconds:
        ran = nbformat.read(room.notebook_path(result), 4)
        room.body_path(result).parent.mkdir(parents=True, exist_ok=True)
        room.body_path(result).write_text(as_html(ran), encoding="utf-8")
    results.save(result, room.result_path(result))


def write_everything(
    room: Classroom, book: Book, finished: list[Result], others: list[Path]
) -> Graded:
    """Tables and feedback, with what a person decided since."""
    graded = [(one, book.standing(one.assignment, one.student)) for one in finished]
    write_reports(graded, others, room.folder)
    for result, standing in graded:
        ran = room.body_path(result)
        body = ran.read_text(encoding="utf-8") if result.seconds else NOT_RUN
        page = room.folder / "feedback" / result.assignment / f"{result.student}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(feedback_page(result, standing, body), encoding="utf-8")
    return graded


def summary(graded: Graded, folder: Path) -> str:
    """How many stand where, and what the greediest used."""
    states = [status(*pair) for pair in graded]
    kinds = ("graded", "needs marking", "needs review")
    lines = [f"{states.count(state):5} {state}" for state in kinds]
    if graded:
        seconds = max(result.seconds for result, _ in graded)
        peak = max(result.peak_bytes for result, _ in graded) / 1e6
        lines.append(f"The slowest took {seconds:.0f} s, the largest {peak:,.0f} MB.")
    return "\n".join([*lines, f"Grades, the list to look at and feedback are in {folder}"])


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """The command line, with `keys`: the answer key of each assignment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("submissions", type=Path)
    parser.add_argument("--answers", type=Path, default=FOLDER / "answers")
    parser.add_argument("--grades", type=Path, default=FOLDER / "grades")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--cell-seconds", type=float, default=Limits.cell_seconds)
    parser.add_argument("--total-seconds", type=float, default=Limits.total_seconds)
    asked = parser.parse_args(arguments)
    if not asked.submissions.is_dir():
        parser.error(f"{asked.submissions} is not a folder; give the folder of submissions")
    paths = sorted(asked.answers.glob("*.ipynb"))
    asked.keys = {path.stem: nbformat.read(path, 4) for path in paths}
    if not asked.keys:
        parser.error(f"no answer key in {asked.answers}; run make assignments first")
    return asked


def main(arguments: list[str] | None = None) -> None:
    asked, closed, started = read_arguments(arguments), shut_in(), time.monotonic()
    if not closed:
        print(WARNING, file=sys.stderr)
    asked.grades.mkdir(parents=True, exist_ok=True)
    found, others = find_submissions(asked.submissions, list(asked.keys))
    limits = Limits(asked.cell_seconds, asked.total_seconds)
    room = Classroom(asked.keys, asked.grades, limits, closed)
    with Book(asked.grades) as book:
        for name in sorted({one.assignment for one in found}):
            book.open_assignment(name, asked.keys[name])
        finished = grade_all(room, book, newest(found), asked.jobs)
        graded = write_everything(room, book, finished, others)
    print(f"{len(graded)} submissions, {time.monotonic() - started:.0f} s.")
    print(summary(graded, asked.grades))


if __name__ == "__main__":
    main()
