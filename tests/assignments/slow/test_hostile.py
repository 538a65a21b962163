"""Submissions that mean harm gain nothing unseen, and harm nobody else."""

import csv
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from assignments.tools.release import main as release
from assignments.tools.sandbox import ROOT, shut_in
from tests.assignments.harness import MARKS, hand_in, key_of
from tests.assignments.hostile import HOSTILE, NAME, base, save
from tests.assignments.hostile_too import HOSTILE_TOO

pytestmark = pytest.mark.xdist_group("hostile")  # its class is graded once, by one process

KINDS = HOSTILE | HOSTILE_TOO
NAMES = ("html", "head", "title", "style", "body", "h1", "h2", "h3", "p", "pre")
NAMES += ("table", "thead", "tbody", "tr", "th", "td")
OURS = {f"<{end}{name}" for name in NAMES for end in ("", "/")} | {"<!DOCTYPE", "<meta", "<img"}
ODD_NAMES = (b"\xff\xfe\xfd", b"x" * 255)
HONEST = ("an-honest-first", "zz-an-honest-last")


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """All of them in one class with two honest students, graded by one command."""
    assert shut_in(), "these tests need bubblewrap: apt-get install bubblewrap"
    folder = tmp_path_factory.mktemp("class")
    release(["--out", str(folder), NAME])
    for student, hostile in KINDS.items():
        (folder / "submissions" / student).mkdir(parents=True)
        hostile.write(folder / "submissions" / student)
    for student in HONEST:
        (folder / "submissions" / student).mkdir()
        save(hand_in(NAME), folder / "submissions" / student)
    for name in ODD_NAMES:
        place = os.path.join(os.fsencode(folder / "submissions"), name)
        os.mkdir(place)
        with open(os.path.join(place, f"{NAME}.ipynb".encode()), "w", encoding="utf-8") as file:
            nbformat.write(base(), file)
    command = [sys.executable, "-m", "assignments.tools.grade", str(folder / "submissions")]
    command += ["--answers", str(folder / "answers"), "--grades", str(folder / "grades")]
    command += ["--cell-seconds", "20", "--total-seconds", "200", "--jobs", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    yield folder
    shutil.rmtree(folder)


def table(classroom, name: str) -> list[dict[str, str]]:
    with (classroom / "grades" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row_of(classroom, student: str) -> dict[str, str]:
    (row,) = [row for row in table(classroom, "grades.csv") if row["student"] == student]
    return row


def points_of(classroom, student: str) -> dict[str, str]:
    rows = [row for row in table(classroom, "questions.csv") if row["student"] == student]
    return {row["question"]: row["points"] for row in rows}


def test_there_are_enough_kinds():
    assert len(HOSTILE) >= 53
    assert len(HOSTILE_TOO) >= 20
    assert len(KINDS) == len(HOSTILE) + len(HOSTILE_TOO)


@pytest.mark.parametrize("student", HONEST)
def test_the_honest_are_graded_as_ever(classroom, student):
    row = row_of(classroom, student)
    assert (row["status"], row["provisional"]) == ("needs marking", "27")
    assert not [line for line in table(classroom, "review.csv") if line["student"] == student][1:]


@pytest.mark.parametrize("student", KINDS)
def test_nothing_is_gained_unseen(classroom, student):
    row = row_of(classroom, student)
    if KINDS[student].flagged:
        assert row["status"] == "needs review", row
        assert row["points"] == "", "no final points before a person has decided"
        reasons = [line["why"] for line in table(classroom, "review.csv")
                   if (line["student"], line["what"]) == (student, "decide")]  # fmt: skip
        assert all(reasons)
        assert reasons
    else:
        assert points_of(classroom, student)["tests-density"] == "0"
        if not KINDS[student].harms_itself:
            assert row["provisional"] == "25", "its honest answers still count"


@pytest.mark.parametrize("student", [name for name in KINDS if not KINDS[name].loses])
def test_nothing_is_gained_at_all(classroom, student):
    """Not even by whoever accepts every alarm: the points of 25 honest answers, and no more."""
    assert points_of(classroom, student)["tests-density"] in ("0", "")
    assert float(row_of(classroom, student)["provisional"]) <= 25


@pytest.mark.parametrize("student", [name for name in KINDS if KINDS[name].loses])
def test_what_cannot_be_read_is_never_a_zero(classroom, student):
    row = row_of(classroom, student)
    assert (row["points"], row["provisional"]) == ("", "")


@pytest.mark.parametrize("student", ["exits", "endless-loop", "hundreds-of-processes"])
def test_a_cell_that_ends_the_process_costs_only_itself(classroom, student):
    assert row_of(classroom, student)["provisional"] == "25"


def test_checks_that_were_never_reached_earn_nothing_yet(classroom):
    row = row_of(classroom, "ends-the-process-five-times")
    assert "never reached" in row["why"]
    assert 0 < float(row["provisional"]) < 25, "what came before the end was judged"


def test_what_was_changed_is_put_back_and_named(classroom):
    for student in ("deletes-tests", "edits-tests", "edits-points", "doubles-tests"):
        lines = [line for line in table(classroom, "review.csv") if line["student"] == student]
        assert any(line["what"] == "glance" for line in lines), student


def test_a_flood_is_cut(classroom):
    (path,) = (classroom / "grades" / "results" / NAME).glob("prints-500-megabytes-*.html")
    assert path.stat().st_size < 1_000_000
    assert "was not kept" in path.read_text(encoding="utf-8")


def test_a_page_holds_no_more_than_a_browser_can_show(classroom):
    for path in (classroom / "grades").rglob("*.html"):
        assert path.stat().st_size < 25_000_000, path.name
    (path,) = (classroom / "grades" / "results" / NAME).glob("forty-large-pictures-*.html")
    page = path.read_text(encoding="utf-8")
    assert 5 < page.count("<img") < 30
    assert "shows too much" in page


def test_no_feedback_holds_a_hidden_check_or_an_answer(classroom):
    hidden = [cell.source for cell in key_of(NAME).cells if "HIDDEN TESTS" in cell.source]
    inside = [part.split("### END")[0] for text in hidden for part in text.split("TESTS\n")[1::2]]
    lines = {line.strip() for part in inside for line in part.splitlines() if "(" in line}
    lines |= {line.strip() for line in MARKS.sub("", named_helpers()).splitlines() if "(" in line}
    lines = {line for line in lines if not line.startswith("with idea(")}
    assert len(lines) > 40
    for page in (classroom / "grades" / "feedback").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not [line for line in lines if len(line) > 25 and line in text], page.name
        assert "<script" not in text


def named_helpers() -> str:
    return next(cell.source for cell in key_of(NAME).cells if cell.id == "hidden-helpers")


def test_nothing_is_left_outside_or_running(classroom):
    for folder in ("", "assignments", "assignments/grades", "recsys_lib", "/", "/usr", "/tmp"):
        assert not (ROOT / folder / "harm.txt").exists()
    assert not list((classroom / "grades").rglob("harm.txt"))
    sleeping = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert "sleep 300" not in sleeping
    assert "sleep 301" not in sleeping


def test_no_page_holds_a_tag_of_a_students(classroom):
    pages = list((classroom / "grades" / "feedback").rglob("*.html"))
    assert len(pages) >= len(KINDS)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        tags = set(re.findall(r"<[a-zA-Z/!][^>\s]*", text))
        assert tags <= OURS, (page.name, tags - OURS)


def test_names_of_bytes_that_are_no_text_stop_nobody(classroom):
    rows = [
        row for row in table(classroom, "grades.csv") if row["student"].startswith(("?", "x" * 99))
    ]
    assert [row["provisional"] for row in rows] == ["25", "25"]
