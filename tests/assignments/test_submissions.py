"""Finding what was handed in, and building the graded notebook from the teacher's own."""

import copy
import json
import os

import nbformat
import pytest

from assignments.tools.inbox import find_submissions, newest
from assignments.tools.submissions import (
    UnreadableError,
    assemble,
    read_notebook,
    unusual,
)
from tests.assignments.harness import hand_in, key_of

NAME = "01_from_log_to_problem"


def touch(folder, *paths: str):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "student", "number"),
    [
        (f"ada/{NAME}.ipynb", "ada", ""),
        (f"ada/{NAME}/{NAME}.ipynb", "ada", ""),
        (f"ada_{NAME}.ipynb", "ada", ""),
        (f"Ada Byron_4711_assignsubmission_file/{NAME}.ipynb", "Ada Byron", "4711"),
        (f"byronada_118_90125_{NAME}-1.ipynb", "byronada", "118"),
        (f"byronada_LATE_118_90125_{NAME}.ipynb", "byronada", "118"),
    ],
)
def test_students_are_known_from_the_path(tmp_path, path, student, number):
    touch(tmp_path, path)
    ((one,), others) = find_submissions(tmp_path, [NAME])
    assert (one.student, one.assignment, one.platform_id) == (student, NAME, number)
    assert others == []


def test_of_several_files_the_newest_is_taken(tmp_path):
    touch(tmp_path, f"ada/old/{NAME}.ipynb", f"ada/{NAME}.ipynb", f"ben/{NAME}.ipynb")
    os.utime(tmp_path / "ada" / "old" / f"{NAME}.ipynb", (1, 1))
    ada, ben = newest(find_submissions(tmp_path, [NAME])[0])
    assert (ada.path, ada.files) == (tmp_path / "ada" / f"{NAME}.ipynb", 2)
    assert (ben.student, ben.files) == ("ben", 1)


def test_other_files_are_listed_not_lost(tmp_path):
    touch(
        tmp_path, "ada/homework.ipynb", f"ben/{NAME}.pdf", f"{NAME}.ipynb", ".git/x", "a/.DS_Store"
    )
    found, others = find_submissions(tmp_path, [NAME])
    assert found == []
    assert {path.name for path in others} == {"homework.ipynb", f"{NAME}.pdf", f"{NAME}.ipynb"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe{", "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b"[1, 2]", "not a notebook"),
        (b'{"nbformat": 3}', "old notebook format"),
        (b'{"nbformat": 4, "cells": 3}', "not a notebook"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "heading", "source": ""}]}', "unknown kind"),
        (b'{"nbformat": 4, "cells": [{"source": ["a", 1]}]}', "not a notebook"),
        (b"x" * 20_000_001, "20 MB; 20 are allowed"),
    ],
)
def test_a_file_that_is_no_notebook_is_named(tmp_path, content, message):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=message):
        read_notebook(path)


def test_a_link_is_refused(tmp_path):
    target = tmp_path / "key"
    nbformat.write(key_of(NAME), target)
    (tmp_path / "x.ipynb").symlink_to(target)
    with pytest.raises(UnreadableError, match="a link"):
        read_notebook(tmp_path / "x.ipynb")


def test_too_many_cells_are_refused(tmp_path):
    cell = {"cell_type": "raw", "source": "", "metadata": {}}
    (tmp_path / "x.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [cell] * 501}))
    with pytest.raises(UnreadableError, match="501 cells"):
        read_notebook(tmp_path / "x.ipynb")


def named(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def test_an_honest_submission_has_no_remark():
    assembled = assemble(key_of(NAME), hand_in(NAME))
    assert assembled.remarks == []
    assert assembled.alarms == []
    assert assembled.untouched == set()
    nbformat.validate(assembled.notebook)


def test_changed_missing_and_doubled_cells_are_put_back_and_named():
    submitted = hand_in(NAME)
    named(submitted, "tests-split").source = "pass"
    named(submitted, "tests-leaks-both").metadata.nbgrader.points = 99
    submitted.cells.append(copy.deepcopy(named(submitted, "tests-pairs")))
    submitted.cells = [
        cell for cell in submitted.cells if cell.id not in ("tests-recall", "popular")
    ]
    assembled = assemble(key_of(NAME), submitted)
    assert set(assembled.remarks) == {
        "cell tests-split was changed; put back",
        "points or marks of cell tests-leaks-both were changed; put back",
        "cell tests-pairs is there 2 times; the copies were left out",
        "cell tests-recall is missing; put back",
        "cell popular is missing; put back",
    }
    ours = assemble(key_of(NAME), hand_in(NAME)).notebook
    graded = [cell for cell in assembled.notebook.cells if cell.id.startswith("tests-")]
    assert [cell.source for cell in graded] == [
        cell.source for cell in ours.cells if cell.id.startswith("tests-")
    ]
    assert assembled.untouched == {"popular"}


def test_own_cells_stay_where_they_were_without_their_marks():
    submitted = hand_in(NAME)
    own = nbformat.v4.new_code_cell("helper = 1")
    own.metadata["nbgrader"] = {"grade_id": "bonus", "grade": True, "points": 50}
    place = [cell.id for cell in submitted.cells].index("split")
    submitted.cells.insert(place, own)
    cells = assemble(key_of(NAME), submitted).notebook.cells
    (mine,) = [cell for cell in cells if cell.source == "helper = 1"]
    assert cells[cells.index(mine) + 1].id == "split"
    assert "nbgrader" not in mine.metadata


def test_of_two_answers_both_run_and_the_last_counts():
    submitted = hand_in(NAME)
    first = named(submitted, "density")
    again = copy.deepcopy(first)
    again.source = "def density(*_):\n    return 7"
    submitted.cells.append(again)
    assembled = assemble(key_of(NAME), submitted)
    assert named(assembled.notebook, "density").source == again.source
    assert first.source in [cell.source for cell in assembled.notebook.cells]
    assert assembled.remarks == ["answer density is there 2 times; all ran, the last counts"]


def test_a_notebook_of_something_else_is_unreadable():
    with pytest.raises(UnreadableError, match="no cell of this assignment"):
        assemble(key_of(NAME), nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))


@pytest.mark.parametrize(("part", "value"), [("class", 2), ("data", "movielens-100k")])
def test_a_notebook_of_another_class_is_not_held_against_this_key(part, value):
    submitted = hand_in(NAME)
    submitted.metadata.watch_next[part] = value
    with pytest.raises(UnreadableError, match=f"the notebook is of {part} {value!r}"):
        assemble(key_of(NAME), submitted)


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("class A:\n    def __eq__(self, other): return True", "__eq__"),
        ("import sys\nsys.modules['checks']", "sys.modules"),
        ("import inspect", "inspect"),
        ("frame['x'].eq(1); inspection = setattribute = 2", ""),
    ],
)
def test_code_that_no_answer_needs_is_named(code, named):
    cell = nbformat.v4.new_code_cell(code)
    assert unusual(cell) == ([f"cell {cell.id} holds {named}: read it"] if named else [])
