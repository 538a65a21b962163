"""Tables for the teacher: a grade that is not final is empty, never a zero."""

import csv
import zipfile

import pytest

from assignments.tools.handing_back import write_bundles
from assignments.tools.others import Other
from assignments.tools.reports import write_reports
from assignments.tools.results import Result, Standing, load, save
from assignments.tools.roster import Course, due_date, read_roster

NAME = "01_from_log_to_problem"


def graded(student: str, points: dict, *, alarms=(), number="", remarks=()):
    result = Result(
        student, NAME, f"{student}.ipynb", "d", f"{student}-key", number, points=dict(points),
        out_of={"q": 2.0, "w": 1.0}, words={"w": ["text"]},
        told={"q": "Wrong count."} if points.get("q") == 0 else {},
        alarms=list(alarms), remarks=list(remarks),
    )  # fmt: skip
    final = {name: None if alarms else value for name, value in points.items()}
    provisional = {name: value or 0 for name, value in points.items()}
    return result, Standing(final, provisional, {"q": 2.0, "w": 1.0}, {})


CLASS = [
    graded("ada", {"q": 2, "w": 1}),
    graded("ben", {"q": 0, "w": 0.5}, number="77"),
    graded("=cleo()", {"q": 2, "w": None}, remarks=["cell tests-q was changed; put back"]),
    graded("dev", {"q": 2, "w": 1}, alarms=["patched grader?"]),
    graded("eve", {"q": None, "w": None}, alarms=["the file is not JSON"]),
]

ODD = Other(
    "fay", "", "", "fay/odd.pdf", "needs review", "a PDF, not a notebook: ask for the .ipynb"
)


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_only_final_points_are_points(tmp_path):
    write_reports(CLASS, [], tmp_path)
    rows = table(tmp_path / "grades.csv")
    found = {row["student"]: (row["status"], row["points"], row["provisional"]) for row in rows}
    assert found == {
        "ada": ("graded", "3", "3"),
        "ben": ("graded", "0.5", "0.5"),
        "'=cleo()": ("needs marking", "", "2"),
        "dev": ("needs review", "", "3"),
        "eve": ("needs review", "", ""),
    }
    assert all(row["why"] for row in rows if row["status"] != "graded")


def test_the_list_to_look_at_starts_with_what_must_be_decided(tmp_path):
    write_reports(CLASS, [ODD], tmp_path)
    rows = table(tmp_path / "review.csv")
    assert [(row["what"], row["student"]) for row in rows] == [
        ("decide", "dev"),
        ("decide", "eve"),
        ("mark", "'=cleo()"),
        ("mark", "dev"),
        ("mark", "eve"),
        ("not graded", "fay"),
        ("glance", "'=cleo()"),
    ]


def test_a_file_that_could_not_be_graded_has_its_row(tmp_path):
    write_reports(CLASS, [ODD], tmp_path)
    (row,) = [row for row in table(tmp_path / "grades.csv") if row["student"] == "fay"]
    assert (row["status"], row["points"], row["why"]) == ("needs review", "", ODD.why)


def test_canvas_gets_no_empty_cell_for_it_would_clear_a_grade(tmp_path):
    write_reports(CLASS, [], tmp_path)
    rows = table(tmp_path / f"canvas_{NAME}.csv")
    assert rows[0]["Student"].strip() == "Points Possible"
    assert rows[0][NAME] == "3"
    by_student = {row["Student"]: row for row in rows[1:]}
    assert (by_student["ben"]["ID"], by_student["ben"]["SIS Login ID"]) == ("77", "")
    assert (by_student["ada"]["ID"], by_student["ada"]["SIS Login ID"]) == ("", "ada")
    assert set(by_student) == {"ada", "ben"}
    assert all(row[NAME] for row in rows)


def test_moodle_gets_its_worksheet_with_a_date_in_every_row(tmp_path):
    write_reports(CLASS, [], tmp_path)
    rows = {row["Full name"]: row for row in table(tmp_path / f"moodle_{NAME}.csv")}
    assert rows["ben"]["Identifier"] == "Participant 77"
    assert (rows["ben"]["Grade"], rows["ben"]["Maximum Grade"]) == ("0.5", "3")
    assert rows["ben"]["Feedback comments"] == "Wrong count."
    assert set(rows) == {"ada", "ben"}
    assert all(row["Last modified (grade)"] for row in rows.values())


def test_a_worksheet_of_moodles_own_is_filled_in_whatever_its_language(tmp_path):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "ID,Vollständiger Name,Status,Bewertung,Maximale Bewertung,Bewertung kann geändert werden,"
        "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar\n"
        'Teilnehmer/in77,ben,Zur Bewertung,,"3,00",Ja,"Freitag, 8. Mai 2026, 12:00",-,\n'
        'Teilnehmer/in78,gil,Keine Abgabe,"2,00","3,00",Ja,-,"Freitag, 8. Mai 2026, 12:00",gut\n',
        encoding="utf-8-sig",
    )
    write_reports(CLASS, [], tmp_path, Course(worksheets=(sheet,)))
    rows = table(tmp_path / "moodle_filled_sheet.csv")
    assert [(row["ID"], row["Bewertung"]) for row in rows] == [("Teilnehmer/in77", "0.5")]
    assert rows[0]["Zuletzt geändert (Bewertung)"] != "-"
    assert rows[0]["Zuletzt geändert (Abgabe)"] == "Freitag, 8. Mai 2026, 12:00"
    sheet.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="downloaded from Moodle"):
        write_reports(CLASS, [], tmp_path, Course(worksheets=(sheet,)))


def test_who_is_missing_and_who_is_late_is_said(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("Student,ID\nada,1\nBen,77\ngil,9\n", encoding="utf-8")
    people = read_roster(roster)
    late = graded("ada", {"q": 2, "w": 1})
    late[0].handed_in = due_date("2026-05-09 12:00")
    course = Course(people, due_date("2026-05-08 00:00"), late_per_day=0.1)
    write_reports([late, CLASS[1]], [], tmp_path, course)
    rows = {row["student"]: row for row in table(tmp_path / "grades.csv")}
    assert rows["gil"]["status"] == "not handed in"
    assert (rows["ada"]["late"], rows["ada"]["points"]) == ("1.5 days", "2.4")
    assert rows["ben"]["status"] == "graded", "known by the number, or by the name in any case"
    assert "Ben" not in rows
    write_reports([late], [], tmp_path, Course(people, due_date("2026-05-08 00:00")))
    rows = {row["student"]: row for row in table(tmp_path / "grades.csv")}
    assert rows["ada"]["points"] == "3", "lateness costs nothing unless it is asked for"


def test_a_roster_without_students_is_refused(tmp_path):
    (tmp_path / "r.csv").write_text("name\nada\n")
    with pytest.raises(ValueError, match="a column called student"):
        read_roster(tmp_path / "r.csv")


def test_feedback_goes_back_under_the_names_that_platforms_know(tmp_path):
    moodle, canvas = (
        graded("Ada Byron", {"q": 2, "w": 1}, number="201"),
        graded("b", {"q": 2, "w": 1}),
    )
    moodle[0].file = f"week 1/Ada Byron_201_assignsubmission_file_/{NAME}.ipynb"
    canvas[0].file, canvas[0].number = f"byronb_118_90125_{NAME}.ipynb", "118"
    for result, _ in (moodle, canvas):
        page = tmp_path / "feedback" / NAME / f"{result.key}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(result.student)
    write_bundles([moodle, canvas, CLASS[2]], tmp_path)
    for platform, name in (
        ("moodle", "student_201_assignsubmission_file_/feedback.html"),
        ("canvas", f"byronb_118_90125_{NAME}.html"),
    ):
        with zipfile.ZipFile(tmp_path / "feedback" / f"{platform}_{NAME}.zip") as bundle:
            assert bundle.namelist() == [name]


def test_no_cell_starts_a_formula(tmp_path):
    write_reports(CLASS, [], tmp_path)
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell[:1] and cell[0] in "=+-@"], path.name


def test_a_kept_result_comes_back_whole_and_a_torn_one_not_at_all(tmp_path):
    result = CLASS[3][0]
    save(result, tmp_path / "x" / "dev.json")
    assert load(tmp_path / "x" / "dev.json") == result
    (tmp_path / "torn.json").write_text('{"student": "dev"')
    assert load(tmp_path / "torn.json") is None
    assert load(tmp_path / "never.json") is None
