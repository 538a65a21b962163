"""Tables for the teacher: a grade that is not final is empty, never a zero."""

import csv

from assignments.tools.reports import status, write_reports
from assignments.tools.results import Result, Standing, load, save

NAME = "01_from_log_to_problem"


def graded(student: str, points: dict, *, alarms=(), number="", remarks=()):
    result = Result(
        student, NAME, f"{student}.ipynb", "d", number, points=dict(points),
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


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_only_final_points_are_points(tmp_path):
    write_reports(CLASS, [], tmp_path)
    rows = table(tmp_path / "grades.csv")
    assert [(row["status"], row["points"], row["provisional"]) for row in rows] == [
        ("graded", "3", "3"),
        ("graded", "0.5", "0.5"),
        ("needs marking", "", "2"),
        ("needs review", "", "3"),
        ("needs review", "", ""),
    ]
    assert [status(*pair) for pair in CLASS] == [row["status"] for row in rows]


def test_the_list_to_look_at_starts_with_what_must_be_decided(tmp_path):
    write_reports(CLASS, [tmp_path / "odd.pdf"], tmp_path)
    rows = table(tmp_path / "review.csv")
    assert [(row["what"], row["student"]) for row in rows] == [
        ("decide", "dev"),
        ("decide", "eve"),
        ("mark", "'=cleo()"),
        ("glance", "'=cleo()"),
        ("not graded", ""),
    ]


def test_canvas_gets_points_possible_and_empty_cells(tmp_path):
    write_reports(CLASS, [], tmp_path)
    rows = table(tmp_path / "canvas.csv")
    assert rows[0]["Student"].strip() == "Points Possible"
    assert rows[0][NAME] == "3"
    by_student = {row["Student"]: row for row in rows[1:]}
    assert (by_student["ben"]["ID"], by_student["ben"]["SIS Login ID"]) == ("77", "")
    assert (by_student["ada"]["ID"], by_student["ada"]["SIS Login ID"]) == ("", "ada")
    assert (by_student["ada"][NAME], by_student["dev"][NAME]) == ("3", "")


def test_moodle_gets_its_worksheet(tmp_path):
    write_reports(CLASS, [], tmp_path)
    rows = {row["Full name"]: row for row in table(tmp_path / f"moodle_{NAME}.csv")}
    assert rows["ben"]["Identifier"] == "Participant 77"
    assert (rows["ben"]["Grade"], rows["ben"]["Maximum Grade"]) == ("0.5", "3")
    assert rows["ben"]["Feedback comments"] == "Wrong count."
    assert rows["eve"]["Grade"] == ""


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
