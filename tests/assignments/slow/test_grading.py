"""A class from folder to grades: resumed, marked by hand, and never stopped by one of its own."""

import csv
import os
import time

import nbformat
import pytest

from assignments.tools import classroom, grade, results, sandbox
from assignments.tools.release import main as release
from assignments.tools.release import student_version
from tests.assignments.harness import hand_in, key_of

pytestmark = pytest.mark.xdist_group("grading")  # its class is graded once, by one process

NAME = "01_from_log_to_problem"
WHO = ("ada", "ben", "cleo", "notes")


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


def decide(folder, student, cell, points):
    """What a person does in the page for marking."""
    (one,) = [one for one in results.load_all(folder / "grades") if one.student == student]
    marks = results.load_marks(folder / "grades")
    marks[one.key, NAME, cell] = results.Mark(points, "", one.seen(cell))
    results.save_marks(marks, folder / "grades")
    return one


def test_first_come_what_the_machine_knows(room):
    rows = table(room)
    assert [(rows[name]["status"], rows[name]["points"]) for name in WHO] == [
        ("needs marking", ""),
        ("graded", "0"),
        ("needs review", ""),
        ("needs review", ""),
    ]
    assert rows["ada"]["provisional"] == "27"
    assert rows["cleo"]["why"] == "the file is not JSON, so not a notebook; ask for the .ipynb"
    assert rows["notes"]["status"] == "needs review"
    assert table(room, "review.csv", "what")["not graded"]["file"] == "notes.txt"


def moments(folder):
    return {
        path.name: path.stat().st_mtime_ns for path in (folder / "grades").glob("results/*/*.json")
    }


def test_a_second_call_grades_only_what_changed(room):
    before = moments(room)
    run(room)
    assert moments(room) == before
    (room / "in" / "cleo" / f"{NAME}.ipynb").write_text("by pigeon")
    run(room)
    changed = {name for name, moment in moments(room).items() if moment != before[name]}
    assert [name[:4] for name in changed] == ["cleo"]


def test_a_mark_given_by_hand_completes_the_grade(room):
    decide(room, "ada", "report", 2)
    run(room)
    assert table(room)["ada"]["status"] == "graded"
    assert table(room)["ada"]["points"] == "29"
    assert table(room, f"canvas_{NAME}.csv", "Student")["ada"][NAME] == "29"
    (page,) = (room / "grades" / "feedback" / NAME).glob("ada-*.html")
    page = page.read_text(encoding="utf-8")
    assert "29 of 30 points" in page


def test_a_decision_on_a_file_that_could_not_be_run_counts(room):
    for cell in key_of(NAME).cells:
        if cell.metadata.nbgrader.grade:
            decide(room, "cleo", cell.id, 1)
    run(room)
    assert (table(room)["cleo"]["status"], table(room)["cleo"]["points"]) == ("graded", "14")


def test_another_week_in_the_same_place_keeps_the_first_in_all_tables(room, tmp_path):
    other = tmp_path / "in" / "gil"
    other.mkdir(parents=True)
    (other / f"{NAME}.ipynb").write_text("late, and no notebook")
    where = ["--answers", str(room / "answers"), "--grades", str(room / "grades")]
    grade.main([str(tmp_path / "in"), *where])
    assert set(table(room)) >= {*WHO, "gil"}
    assert "ada" in table(room, "questions.csv")


@pytest.mark.parametrize("harm", ["raises", "never ends", "ends Python", "eats the memory"])
def test_a_failure_of_the_grader_stops_nobody_else(room, tmp_path, monkeypatch, harm):
    once = classroom.grade_one

    def fails(room, submission):
        if submission.student != "ada":
            return once(room, submission)
        if harm == "raises":
            raise ValueError("out of luck")
        if harm == "never ends":
            time.sleep(3600)
        if harm == "ends Python":
            os.abort()
        return bytearray(1 << 45)

    monkeypatch.setattr(classroom, "grade_one", fails)
    monkeypatch.setattr(grade, "SLACK", 60 if harm != "never ends" else -570)
    run(room, "--grades", str(tmp_path / "grades"))
    rows = table(tmp_path)
    assert rows["ada"]["status"] == "needs review"
    assert "the grader could not finish with it" in rows["ada"]["why"]
    assert set(rows) == set(WHO)
    assert harm == "never ends" or rows["ben"]["status"] == "graded"


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
