"""A class from folder to grades: resumed, marked by hand, and never stopped by one of its own."""

import csv
import os

import nbformat
import pytest
from nbgrader.api import Gradebook

from assignments.tools import classroom, grade, sandbox
from assignments.tools.release import main as release
from assignments.tools.release import student_version
from assignments.tools.results import Result
from tests.assignments.harness import hand_in, key_of

NAME = "01_from_log_to_problem"


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """ada is right, ben handed in what he was given, cleo something that is no notebook."""
    folder = tmp_path_factory.mktemp("room")
    release(["--out", str(folder), NAME])
    for student in ("ada", "ben", "cleo"):
        (folder / "in" / student).mkdir(parents=True)
    nbformat.write(hand_in(NAME), folder / "in" / "ada" / f"{NAME}.ipynb")
    nbformat.write(student_version(key_of(NAME)), folder / "in" / "ben" / f"{NAME}.ipynb")
    (folder / "in" / "cleo" / f"{NAME}.ipynb").write_text("by post")
    (folder / "in" / "notes.txt").write_text("not a submission")
    run(folder)
    return folder


def run(folder, *more):
    where = ["--answers", str(folder / "answers"), "--grades", str(folder / "grades")]
    grade.main([str(folder / "in"), *where, "--jobs", "2", *more])


def table(folder, name="grades.csv", key="student"):
    with (folder / "grades" / name).open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def decide(folder, student, cell, score):
    """What a person does in nbgrader's pages."""
    with Gradebook(f"sqlite:///{folder / 'grades' / 'gradebook.db'}") as book:
        found = book.find_grade(cell, NAME, NAME, student)
        found.manual_score, found.needs_manual_grade = score, False
        book.db.commit()


def test_first_come_what_the_machine_knows(room):
    rows = table(room)
    assert [(row["status"], row["points"]) for row in rows.values()] == [
        ("needs marking", ""),
        ("graded", "0"),
        ("needs review", ""),
    ]
    assert rows["ada"]["provisional"] == "27"
    review = list(table(room, "review.csv", "why"))
    assert "the file is not JSON, so not a notebook" in review
    assert table(room, "review.csv", "what")["not graded"]["file"].endswith("notes.txt")


def test_a_second_call_grades_only_what_changed(room, monkeypatch):
    ran = []
    once = classroom.grade_one
    monkeypatch.setattr(classroom, "grade_one", lambda *a: ran.append(a[1].student) or once(*a))
    run(room)
    assert ran == []
    path = room / "in" / "cleo" / f"{NAME}.ipynb"
    path.write_text("by pigeon")
    run(room)
    assert ran == ["cleo"]


def test_a_mark_given_by_hand_completes_the_grade(room):
    decide(room, "ada", "report", 2)
    run(room)
    assert table(room)["ada"]["status"] == "graded"
    assert table(room)["ada"]["points"] == "29"
    assert table(room, "canvas.csv", "Student")["ada"][NAME] == "29"
    page = (room / "grades" / "feedback" / NAME / "ada.html").read_text(encoding="utf-8")
    assert "29 of 30 points" in page


def test_a_decision_on_a_file_that_could_not_be_run_counts(room):
    for cell in key_of(NAME).cells:
        if cell.metadata.nbgrader.grade:
            decide(room, "cleo", cell.id, 1)
    run(room)
    assert (table(room)["cleo"]["status"], table(room)["cleo"]["points"]) == ("graded", "14")


def test_a_failure_of_the_grader_stops_nobody_else(room, tmp_path, monkeypatch):
    def fails(room, submission):
        if submission.student == "ada":
            raise MemoryError("out of luck")
        return Result(submission.student, NAME, "f", "d", points={"report": 1.0})

    monkeypatch.setattr(classroom, "grade_one", fails)
    run(room, "--grades", str(tmp_path / "grades"))
    rows = table(tmp_path)
    assert rows["ada"]["status"] == "needs review"
    assert "out of luck" in table(tmp_path, "review.csv")["ada"]["why"]
    assert set(rows) == {"ada", "ben", "cleo"}


def test_without_bubblewrap_a_warning_and_the_same_points(room, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    run(room, "--grades", str(tmp_path / "grades"))
    assert "bubblewrap is missing" in capsys.readouterr().err
    assert table(tmp_path)["ada"]["provisional"] == "27"


def test_what_is_missing_is_said(room, capsys):
    for arguments, message in (
        ([str(room / "nowhere")], "is not a folder"),
        ([str(room / "in"), "--answers", str(room / "in")], "run make assignments first"),
    ):
        with pytest.raises(SystemExit):
            grade.main(arguments)
        assert message in capsys.readouterr().err


def test_nothing_of_the_teachers_environment_reaches_a_submission():
    os.environ["TEACHERS_TOKEN"] = "s3cret"
    try:
        assert "s3cret" not in str(sandbox.environment("/tmp"))
    finally:
        del os.environ["TEACHERS_TOKEN"]
