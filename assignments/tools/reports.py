"""What the teacher takes away: grades, a list to look at, columns for Canvas and Moodle."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

from assignments.tools.others import Other
from assignments.tools.results import Result, Standing, write_whole
from assignments.tools.roster import Course

Graded = list[tuple[Result, Standing]]

GRADES = (
    "student", "id", "assignment", "status", "points", "provisional", "out_of", "late", "why",
    "file",
)  # fmt: skip
QUESTIONS = ("student", "id", "assignment", "question", "points", "out_of", "told")
REVIEW = ("what", "student", "id", "assignment", "question", "why", "file")
DATE = re.compile(r"^-$|\d{4}.*\d:\d\d|\d:\d\d.*\d{4}")
URGENCY = ("decide", "mark", "not graded", "missing", "copy", "glance")
MOODLE = (
    "Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)",
    "Feedback comments",
)  # fmt: skip


def write_reports(
    graded: Graded, others: list[Other], folder: Path, course: Course | None = None
) -> None:
    """All tables, from the results and the marks as they are now."""
    course = course or Course()
    missing = course.missing([result for result, _ in graded])
    rows = [grade_row(*pair, course) for pair in graded]
    rows += [other_row(one) for one in others]
    rows += [(*who, name, "not handed in", "", "", "", "", "nothing came in", "")
             for *who, name in missing]  # fmt: skip
    rows.sort(key=lambda row: (row[2], row[0], row[1]))
    write(folder / "grades.csv", GRADES, rows)
    write(folder / "questions.csv", QUESTIONS, [row for pair in graded for row in questions(*pair)])
    rows = [row for pair in graded for row in to_look_at(*pair)] + [
        look_other(one) for one in others
    ]
    rows += [("missing", *who, name, "", "nothing came in", "") for *who, name in missing]
    rows.sort(key=lambda row: URGENCY.index(row[0]))
    write(folder / "review.csv", REVIEW, rows)
    for name in sorted({result.assignment for result, _ in graded}):
        mine = [pair for pair in graded if pair[0].assignment == name and pair[1].decided]
        write_canvas(mine, name, folder, course)
        write(folder / f"moodle_{name}.csv", MOODLE, [moodle_row(*pair, course) for pair in mine])
    for sheet in course.worksheets:
        fill_worksheet(sheet, graded, folder, course)


def status(result: Result, standing: Standing) -> str:
    """graded: the points are final. Otherwise a person is needed first, and for what."""
    if standing.decided:
        return "graded"
    return "needs review" if result.alarms else "needs marking"


def final(result: Result, standing: Standing, course: Course) -> str:
    """The grade, what lateness costs taken off; empty until it is decided."""
    return "" if standing.total is None else number(standing.total * course.kept_share(result))


def grade_row(result: Result, standing: Standing, course: Course) -> tuple:
    """`points` stays empty until they are final; `provisional` is what is certain so far."""
    unread = all(points is None for points in result.points.values())
    certain = "" if unread and not standing.decided else number(sum(standing.provisional.values()))
    why = (
        ""
        if standing.decided
        else "; ".join(result.alarms or ["an answer in words is to be marked"])
    )
    return (
        result.student, result.number, result.assignment, status(result, standing),
        final(result, standing, course), certain, number(sum(standing.out_of.values())),
        course.lateness(result), why, result.file,
    )  # fmt: skip


def other_row(one: Other) -> tuple:
    return one.student, one.number, one.assignment, one.status, "", "", "", "", one.why, one.file


def questions(result: Result, standing: Standing) -> list[tuple]:
    who = (result.student, result.number, result.assignment)
    return [
        (*who, name, "" if points is None else number(points), number(standing.out_of[name]),
         result.told.get(name, ""))
        for name, points in standing.points.items()
    ]  # fmt: skip


def to_look_at(result: Result, standing: Standing) -> list[tuple]:
    """decide: the points count only after that. mark: an answer in words. glance: if you like."""
    who, rows = (result.student, result.number, result.assignment), []
    if not standing.decided:
        rows += [("decide", *who, "", why, result.file) for why in result.alarms]
        waiting = [name for name, points in standing.points.items()
                   if points is None and (name in result.words or not result.alarms)]  # fmt: skip
        rows += [("mark", *who, name, "an answer in words", result.file) for name in waiting]
    return rows + [("glance", *who, "", why, result.file) for why in result.remarks]


def look_other(one: Other) -> tuple:
    what = "not graded" if one.status == "needs review" else "copy"
    return what, one.student, one.number, one.assignment, "", one.why, one.file


def write_canvas(graded: Graded, name: str, folder: Path, course: Course) -> None:
    """A gradebook import for Canvas: only students with a grade, for an empty cell clears one."""
    header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", name)
    out_of = number(sum(graded[0][1].out_of.values())) if graded else ""
    rows = [("    Points Possible", "", "", "", "", out_of)]
    for result, standing in graded:
        login = "" if result.number else result.student
        row = (result.student, result.number, "", login, "", final(result, standing, course))
        rows.append(row)
    write(folder / f"canvas_{name}.csv", header, rows if graded else [])


def moodle_row(result: Result, standing: Standing, course: Course) -> tuple:
    """A row of Moodle's offline grading worksheet: Moodle knows a student by the identifier.

    A row whose student has a grade already is skipped unless its date is later than that grade's.
    """
    identifier = f"Participant {result.number}" if result.number else result.student
    told = " ".join(dict.fromkeys(result.told.values()))
    out_of = number(sum(standing.out_of.values()))
    return identifier, result.student, final(result, standing, course), out_of, now(), told


def fill_worksheet(sheet: Path, graded: Graded, folder: Path, course: Course) -> None:
    """Moodle's own worksheet with the grades, its headings and identifiers as Moodle wrote them.

    Columns are known by their place: the identifier is first; the grade stands right before the
    maximum; the date of the grade is the last column in which every row has a date or a dash. Rows
    without a grade are left out, so that none is cleared.

    Raises:
        ValueError: the table is not such a worksheet.
    """
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    finals = {one.number: (one, now_) for one, now_ in graded if one.number and now_.decided}
    dates = [n for n in range(len(header)) if rows and all(DATE.search(row[n]) for row in rows)]
    columns = {n: {plain_number(row[n]) for row in rows} for n in range(2, len(header))}
    most = [n for n, kinds in columns.items() if len(kinds) == 1 and "" not in kinds]
    if not dates or not most:
        raise ValueError(f"{sheet} does not look like a grading worksheet downloaded from Moodle")
    filled = []
    for row in rows:
        found = finals.get(re.search(r"\d*$", row[0])[0])
        if found and plain_number(row[most[0]]) == number(sum(found[1].out_of.values())):
            row[most[0] - 1], row[dates[-1]] = final(*found, course), now()
            filled.append(row)
    write(folder / f"moodle_filled_{sheet.stem}.csv", tuple(header), filled)


def plain_number(cell: str) -> str:
    try:
        return number(float(cell.replace(",", ".")))
    except ValueError:
        return ""


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S +0000")


def number(value: float) -> str:
    return f"{round(value, 2):g}"


def write(path: Path, header: tuple, rows: list[tuple]) -> None:
    """A table that a spreadsheet reads as text: no cell of it starts a formula."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(header)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    write_whole(path, text.getvalue())


def harmless(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text[:1] else text
