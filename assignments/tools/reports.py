"""What the teacher takes away: grades, a list to look at, columns for Canvas and Moodle."""

from __future__ import annotations

import csv
from pathlib import Path

from assignments.tools.results import Result, Standing

Graded = list[tuple[Result, Standing]]


def write_reports(graded: Graded, others: list[Path], folder: Path) -> None:
    """All tables, from the results and the gradebook as they are now."""
    write(folder / "grades.csv", GRADES, [grade_row(*pair) for pair in graded])
    write(folder / "questions.csv", QUESTIONS, [row for pair in graded for row in questions(*pair)])
    rows = [row for pair in graded for row in to_look_at(*pair)]
    rows.sort(key=lambda row: URGENCY.index(row[0]))
    rows += [("not graded", "", "", "", "no student or assignment in its path", p) for p in others]
    write(folder / "review.csv", REVIEW, rows)
    write_canvas(graded, folder / "canvas.csv")
    for name in sorted({result.assignment for result, _ in graded}):
        mine = [pair for pair in graded if pair[0].assignment == name]
        write(folder / f"moodle_{name}.csv", MOODLE, [moodle_row(*pair) for pair in mine])


GRADES = ("student", "assignment", "status", "points", "provisional", "out_of", "file")
QUESTIONS = ("student", "assignment", "question", "points", "out_of", "told")
REVIEW = ("what", "student", "assignment", "question", "why", "file")
URGENCY = ("decide", "mark", "glance")
MOODLE = (
    "Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)",
    "Feedback comments",
)  # fmt: skip


def status(result: Result, standing: Standing) -> str:
    """graded: the points are final. Otherwise a person is needed first, and for what."""
    if standing.decided:
        return "graded"
    return "needs review" if result.alarms else "needs marking"


def grade_row(result: Result, standing: Standing) -> tuple:
    """`points` stays empty until they are final; `provisional` is what is certain so far."""
    unread = all(points is None for points in result.points.values())
    provisional = (
        "" if unread and not standing.decided else number(sum(standing.provisional.values()))
    )
    total = "" if standing.total is None else number(standing.total)
    state, out_of = status(result, standing), number(sum(standing.out_of.values()))
    return result.student, result.assignment, state, total, provisional, out_of, result.file


def questions(result: Result, standing: Standing) -> list[tuple]:
    who = (result.student, result.assignment)
    return [
        (*who, name, "" if points is None else number(points), number(standing.out_of[name]),
         result.told.get(name, ""))
        for name, points in standing.points.items()
    ]  # fmt: skip


def to_look_at(result: Result, standing: Standing) -> list[tuple]:
    """decide: the points count only after that. mark: an answer in words. glance: if you like."""
    who, rows = (result.student, result.assignment), []
    if not standing.decided:
        rows += [("decide", *who, "", why, result.file) for why in result.alarms]
        if not result.alarms:
            waiting = [name for name, points in standing.points.items() if points is None]
            rows += [("mark", *who, name, "an answer in words", result.file) for name in waiting]
    return rows + [("glance", *who, "", why, result.file) for why in result.remarks]


def write_canvas(graded: Graded, path: Path) -> None:
    """A gradebook import for Canvas: one row a student, one column an assignment."""
    names = sorted({result.assignment for result, _ in graded})
    out_of = {result.assignment: sum(standing.out_of.values()) for result, standing in graded}
    students: dict[str, dict] = {}
    for result, standing in graded:
        row = students.setdefault(result.student, {"ID": result.platform_id})
        row[result.assignment] = "" if standing.total is None else number(standing.total)
    header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names)
    rows = [("    Points Possible", "", "", "", "", *(number(out_of[name]) for name in names))]
    for student, row in sorted(students.items()):
        login = "" if row["ID"] else student
        rows.append((student, row["ID"], "", login, "", *(row.get(name, "") for name in names)))
    write(path, header, rows)


def moodle_row(result: Result, standing: Standing) -> tuple:
    """A row of Moodle's offline grading worksheet: Moodle knows a student by the identifier."""
    identifier = f"Participant {result.platform_id}" if result.platform_id else result.student
    total = "" if standing.total is None else number(standing.total)
    told = " ".join(dict.fromkeys(result.told.values())) if standing.decided else ""
    return identifier, result.student, total, number(sum(standing.out_of.values())), "", told


def number(value: float) -> str:
    return f"{value:g}"


def write(path: Path, header: tuple, rows: list[tuple]) -> None:
    """A table that a spreadsheet reads as text: no cell of it starts a formula."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(header)
        table.writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text[:1] else text
