"""Grade every submission in a folder.

``python -m assignments.tools.grade submissions``                     into assignments/grades
``python -m assignments.tools.grade submissions --grades elsewhere``
``python -m assignments.tools.grade submissions --roster roster.csv --due "2026-05-08 23:59"``

Stop it whenever you like: started again, it goes on where it stopped, and after marking by hand
it writes the tables and pages anew. Another week's folder adds to the tables.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path

import nbformat
from tqdm import tqdm

from assignments.tools import bounded, classroom, results
from assignments.tools.classroom import Classroom
from assignments.tools.feedback import NOT_RUN, feedback_page
from assignments.tools.handing_back import write_bundles
from assignments.tools.inbox import Submission, best_of, find_submissions
from assignments.tools.likeness import write_likeness
from assignments.tools.master import FOLDER
from assignments.tools.others import keep_others, load_others
from assignments.tools.reports import Graded, status, write_reports
from assignments.tools.roster import Course, due_date, read_roster
from assignments.tools.sandbox import WARNING, shut_in
from assignments.tools.worker import Limits

LOOK_SECONDS = 20
MEMORY = 1_000_000_000  # bytes for the checks of one notebook, its own code not counted
SLACK = 60  # seconds for reading and writing, beside those that the notebook may run


def look(room: Classroom, found: list[Submission], jobs: int) -> list[Submission]:
    """Every notebook in every file, each file read in a process of its own."""
    inside: list[Submission] = []
    work = [partial(classroom.look_inside, room, one) for one in found]
    for place, entries, problem in bounded.each(work, jobs, LOOK_SECONDS):
        entries = entries if entries else [{"reason": f"the file could not be read: {problem}"}]
        inside += [classroom.with_fields(found[place], fields) for fields in entries]
    return inside


def grade_all(room: Classroom, chosen: list[Submission], jobs: int) -> None:
    """Every submission's result is on disk afterwards, the kept ones not computed again."""
    waiting = [one for one in chosen if not is_kept(room, one)]
    if len(waiting) < len(chosen):
        print(f"{len(chosen) - len(waiting)} of {len(chosen)} were graded before.")
    for one in waiting:
        if one.reason:
            classroom.unread(room, one, one.reason)
    waiting = [one for one in waiting if not one.reason]
    for name in sorted({one.assignment for one in waiting}):
        room.prepare(name)
    work = [partial(done, room, one) for one in waiting]
    progress = tqdm(total=len(work), unit="notebook", disable=not work)
    seconds = room.limits.total_seconds + SLACK
    for place, finished, problem in bounded.each(work, jobs, seconds, MEMORY):
        if finished is not True:
            told = problem or str(finished)
            classroom.unread(room, waiting[place], f"the grader could not finish with it: {told}")
        progress.update()
    progress.close()


def done(room: Classroom, submission: Submission) -> bool | str:
    try:
        classroom.grade_one(room, submission)
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    return True


def is_kept(room: Classroom, submission: Submission) -> bool:
    kept = results.load(room.path(submission, ".json"))
    return kept is not None and kept.digest == room.digest(submission)


def write_everything(room: Classroom, course: Course) -> Graded:
    """Tables and feedback of all that was ever graded here, with what a person decided since."""
    marks = results.load_marks(room.folder)
    graded = [(one, results.standing(one, marks)) for one in results.load_all(room.folder)]
    write_reports(graded, load_others(room.folder), room.folder, course)
    for result, standing in graded:
        ran = room.path(result, ".html")
        body = ran.read_text(encoding="utf-8") if ran.exists() and result.seconds else NOT_RUN
        place = room.folder / "feedback" / result.assignment / f"{result.key}.html"
        results.write_whole(place, feedback_page(result, standing, body))
    write_bundles(graded, room.folder)
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
    parser.add_argument("--roster", type=Path, help="a CSV with a column student, and id if known")
    parser.add_argument("--due", type=due_date, help='such as "2026-05-08 23:59"')
    share = "share of the points taken off for each day begun, such as 0.1"
    parser.add_argument("--late-per-day", type=float, default=0.0, metavar="SHARE", help=share)
    sheet = "a grading worksheet downloaded from Moodle, to be filled in"
    parser.add_argument("--worksheet", type=Path, action="append", default=[], help=sheet)
    asked = parser.parse_args(arguments)
    if not asked.submissions.is_dir():
        parser.error(f"{asked.submissions} is not a folder; give the folder of submissions")
    paths = sorted(asked.answers.glob("*.ipynb"))
    asked.keys = {path.stem: nbformat.read(path, 4) for path in paths}
    if not asked.keys:
        parser.error(f"no answer key in {asked.answers}; run make assignments first")
    try:
        people = read_roster(asked.roster) if asked.roster else []
    except (OSError, ValueError) as problem:
        parser.error(f"{asked.roster}: {problem}")
    asked.course = Course(people, asked.due, asked.late_per_day, tuple(asked.worksheet))
    return asked


def main(arguments: list[str] | None = None) -> None:
    asked, closed, started = read_arguments(arguments), shut_in(), time.monotonic()
    if not closed:
        print(WARNING, file=sys.stderr)
    asked.grades.mkdir(parents=True, exist_ok=True)
    limits = Limits(asked.cell_seconds, asked.total_seconds)
    room = Classroom(asked.keys, asked.grades, limits, closed)
    room.secret  # noqa: B018  drawn here, before any process is made that could draw another
    found = look(room, find_submissions(asked.submissions, list(asked.keys)), asked.jobs)
    chosen, rest = best_of([one for one in found if one.assignment])
    try:
        grade_all(room, chosen, asked.jobs)
    except KeyboardInterrupt:
        raise SystemExit("Stopped. The same command goes on from here.") from None
    keep_others(asked.grades, chosen, rest, [one for one in found if not one.assignment])
    write_likeness(chosen, asked.keys, asked.grades, asked.jobs)
    graded = write_everything(room, asked.course)
    print(f"{len(chosen)} submissions, {time.monotonic() - started:.0f} s.")
    print(summary(graded, asked.grades))


if __name__ == "__main__":
    main()
