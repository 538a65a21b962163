"""Finding what was handed in, and building the graded notebook from the teacher's own."""

import copy
import io
import json
import os
import zipfile
from dataclasses import replace

import nbformat
import pytest

from assignments.tools import inbox
from assignments.tools.classroom import Classroom, look_at
from assignments.tools.inbox import best_of, find_submissions, read_file, unzipped
from assignments.tools.release import WORDS, student_version
from assignments.tools.submissions import KEPT, UnreadableError, assemble, read_notebook
from assignments.tools.worker import Limits
from tests.assignments.harness import hand_in, key_of
from tests.assignments.quick import failed_checks

NAME = "01_from_log_to_problem"


def touch(folder, *paths: str):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("{}", encoding="utf-8")


FOLDER = "Ada Byron_4711_assignsubmission_file_"


@pytest.mark.parametrize(
    ("path", "student", "number"),
    [
        (f"ada/{NAME}.ipynb", "ada", ""),
        (f"ada/{NAME}/{NAME}.ipynb", "ada", ""),
        (f"ada_{NAME}.ipynb", "ada", ""),
        (f"{FOLDER}/{NAME}.ipynb", "Ada Byron", "4711"),
        (f"{FOLDER}/answers/{NAME}.ipynb", "Ada Byron", "4711"),
        (f"CS101-Assignment 1-3311/{FOLDER}/{NAME}.ipynb", "Ada Byron", "4711"),
        (f"{FOLDER}{NAME}.ipynb", "Ada Byron", "4711"),
        (f"byronada_118_90125_{NAME}-1.ipynb", "byronada", "118"),
        (f"byronada_LATE_118_90125_{NAME}.ipynb", "byronada", "118"),
        (f"student_test_118_90125_{NAME}.ipynb", "student_test", "118"),
        ("byronada_118_text.html", "byronada", "118"),
        ("ada/01-From Log to PROBLEM (2).ipynb", "ada", ""),
        ("ada/Assignment 1 final.ipynb", "ada", ""),
    ],
)
def test_students_are_known_from_the_path(tmp_path, path, student, number):
    touch(tmp_path, path)
    (one,) = find_submissions(tmp_path, [NAME])
    assert (one.student, one.number) == (student, number)
    assert one.assignment == ("" if path.endswith("text.html") else NAME)


def test_two_students_of_one_name_are_two(tmp_path):
    touch(tmp_path, *(f"Maria Garcia_{n}_assignsubmission_file_/{NAME}.ipynb" for n in (201, 202)))
    chosen, rest = best_of(find_submissions(tmp_path, [NAME]))
    assert [one.number for one in chosen] == ["201", "202"]
    assert len({one.key for one in chosen}) == 2
    assert rest == []


def test_downloads_side_by_side_are_unpacked_in_thought(tmp_path):
    for name in ("Assignment 1-33", "Assignment 2-34"):
        touch(tmp_path, *(f"{name}/{student}/{NAME}.ipynb" for student in ("ada", "ben")))
    assert {one.student for one in find_submissions(tmp_path, [NAME])} == {"ada", "ben"}


def test_a_students_own_folders_are_no_download(tmp_path):
    touch(tmp_path, f"ada/old/{NAME}.ipynb", f"ada/new/{NAME}.ipynb", f"ben/{NAME}.ipynb")
    assert {one.student for one in find_submissions(tmp_path, [NAME])} == {"ada", "ben"}


def test_of_several_files_the_fullest_is_taken_and_then_the_latest(tmp_path):
    touch(tmp_path, f"ada/{NAME}.ipynb", f"ada/b/{NAME}.ipynb", f"ada/c/{NAME}.ipynb")
    found = find_submissions(tmp_path, [NAME])
    for one, moment in zip(found, (100, 200, 300), strict=True):
        os.utime(one.path, (moment, moment))
    found = [replace(one, answered=n) for one, n in zip(found, (5, 5, 0), strict=True)]
    (best,), rest = best_of(found)
    assert best.place == f"ada/b/{NAME}.ipynb"
    assert len(best.copies) == 2
    assert len(rest) == 2
    for one in found:
        os.utime(one.path, (100, 100))
    assert best_of(found)[0][0].answered == 5, "equal times"


def test_no_file_is_left_out(tmp_path):
    touch(
        tmp_path, "ada/homework.ipynb", f"ben/{NAME}.pdf", f"{NAME}.ipynb", ".git/x", "a/.DS_Store"
    )
    os.symlink(tmp_path / "ada", tmp_path / "link")
    os.mkfifo(tmp_path / "pipe")
    names = {one.path.name for one in find_submissions(tmp_path, [NAME])}
    assert names == {"homework.ipynb", f"{NAME}.pdf", f"{NAME}.ipynb", "link", "pipe"}
    with pytest.raises(UnreadableError, match="not an ordinary file"):
        read_file(tmp_path / "pipe")


def test_a_file_called_like_another_students_download_stays_with_its_student(tmp_path):
    touch(tmp_path, f"Eve_666_assignsubmission_file_{FOLDER}{NAME}.ipynb")
    touch(tmp_path, f"Eve_667_assignsubmission_file_/{FOLDER}/{NAME}.ipynb")
    touch(tmp_path, f"evilin_668_90125_byronada_118_90126_{NAME}.ipynb")
    numbers = {one.number for one in find_submissions(tmp_path, [NAME])}
    assert numbers == {"666", "667", "668"}


@pytest.mark.parametrize("name", [b"\xff\xfe", b"x" * 255, "…".encode() * 80, b"a\nb", b"=cmd()"])
def test_any_name_of_a_folder_can_be_written_down(tmp_path, name):
    place = os.path.join(os.fsencode(tmp_path), name)
    os.mkdir(place)
    with open(os.path.join(place, f"{NAME}.ipynb".encode()), "w") as file:
        file.write("{}")
    (one,) = find_submissions(tmp_path, [NAME])
    one.student.encode(), one.place.encode()
    assert one.student.isprintable()
    assert len(one.key) < 80
    assert one.key.isascii()
    assert one.content() == b"{}"


def test_two_names_that_cannot_be_printed_are_two(tmp_path):
    for name in (b"\xff", b"\xfe"):
        os.mkdir(os.path.join(os.fsencode(tmp_path), name))
        with open(os.path.join(os.fsencode(tmp_path), name, f"{NAME}.ipynb".encode()), "w") as file:
            file.write("{}")
    assert len(best_of(find_submissions(tmp_path, [NAME]))[0]) == 2


def test_a_zip_is_read_without_unpacking(tmp_path):
    path = tmp_path / "ada" / f"{NAME}.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr(f"../../{NAME}.ipynb", "{}")
        zipped.writestr(f"__MACOSX/{NAME}.ipynb", "x")
    assert unzipped(path.read_bytes()) == [(f"../../{NAME}.ipynb", b"{}")]
    for content in (b"PK\x03\x04 and then nothing", path.read_bytes()[:60]):
        with pytest.raises(UnreadableError, match="cannot be opened"):
            unzipped(content)


def zip_of(*entries, method=zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as zipped:
        for name, content in entries:
            zipped.writestr(name, content)
    return target.getvalue()


def test_a_zip_may_not_unpack_to_any_size():
    bomb = zip_of(*((f"{n}/{NAME}.ipynb", b" " * 19_000_000) for n in range(9)))
    with pytest.raises(UnreadableError, match="unpacks to more than 60 MB"):
        unzipped(bomb)
    assert len(unzipped(bomb, f"3/{NAME}.ipynb")) == 1, "one alone is read without the others"


def test_a_zip_with_noise_inside_cannot_be_opened():
    content = bytearray(zip_of((f"{NAME}.ipynb", "words " * 1000)))
    start = 30 + len(f"{NAME}.ipynb")  # where the packed bytes begin: no such kind of block
    content[start : start + 20] = b"\xff" * 20
    with pytest.raises(UnreadableError, match="cannot be opened"):
        unzipped(bytes(content))
    with pytest.raises(UnreadableError, match="without a notebook"):
        unzipped(zip_of((f"{NAME}.ipynb", b"{}"), method=zipfile.ZIP_LZMA))


def test_whether_a_file_was_graded_is_known_without_unpacking_it(tmp_path, monkeypatch):
    (tmp_path / "ada").mkdir()
    path = tmp_path / "ada" / f"{NAME}.zip"
    path.write_bytes(zip_of((f"{NAME}.ipynb", b"{}")))
    (one,) = find_submissions(tmp_path, [NAME])
    one = replace(one, member=f"{NAME}.ipynb")
    room = Classroom({NAME: key_of(NAME)}, tmp_path, Limits(), closed=True)
    monkeypatch.setattr(inbox, "unzipped", None)
    first = room.digest(one)
    path.write_bytes(zip_of((f"{NAME}.ipynb", b"[]")))
    assert room.digest(one) != first


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
def test_a_file_that_is_no_notebook_is_named(content, message):
    with pytest.raises(UnreadableError, match=message):
        read_notebook(content)


def test_a_link_is_refused(tmp_path):
    target = tmp_path / "key"
    nbformat.write(key_of(NAME), target)
    (tmp_path / "x.ipynb").symlink_to(target)
    with pytest.raises(UnreadableError, match="a link"):
        read_file(tmp_path / "x.ipynb")


def test_too_many_cells_are_refused():
    cell = {"cell_type": "raw", "source": "", "metadata": {}}
    with pytest.raises(UnreadableError, match="501 cells"):
        read_notebook(json.dumps({"nbformat": 4, "cells": [cell] * 501}).encode())


def test_a_mark_of_byte_order_is_no_fault():
    content = b"\xef\xbb\xbf" + nbformat.writes(hand_in(NAME)).encode()
    assert len(read_notebook(content).cells) == len(hand_in(NAME).cells)


def named(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def test_an_honest_submission_has_no_remark():
    assembled = assemble(key_of(NAME), hand_in(NAME))
    assert assembled.remarks == []
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


def test_a_notebook_of_an_older_release_is_one_line_to_look_at():
    submitted = hand_in(NAME)
    for cell in submitted.cells:
        cell.source += "\n" if cell.id == "pairs" else ""
        if cell.id.startswith("tests-"):
            cell.source += "\npass"
    submitted.cells.append(copy.deepcopy(named(submitted, "density")))
    one, other = assemble(key_of(NAME), submitted).remarks
    changed = sum(cell.id.startswith("tests-") for cell in submitted.cells)
    assert one.startswith(f"{changed} cells are not as in this release")
    assert "tests-pairs, tests-pairs-time" in one
    assert other.startswith("answer density is there 2 times")


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


def words_of(submitted):
    assembled = assemble(key_of(NAME), submitted)
    return assembled.words["report"], "report" in assembled.untouched


MINE = "I would report the cut by time, because the service lives in the future."


def own_cell_below(notebook):
    named(notebook, "report").source = WORDS
    notebook.cells.append(nbformat.v4.new_markdown_cell(MINE))


def placeholder_deleted(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.id != "report"]
    notebook.cells.append(nbformat.v4.new_markdown_cell(MINE))


def placeholder_as_code(notebook):
    place = [cell.id for cell in notebook.cells].index("report")
    mark = notebook.cells[place].metadata
    notebook.cells[place] = nbformat.v4.new_code_cell(MINE, id="report", metadata=mark)


def placeholder_as_raw(notebook):
    place = [cell.id for cell in notebook.cells].index("report")
    notebook.cells[place] = nbformat.v4.new_raw_cell(MINE, id="report")


def in_the_question(notebook):
    named(notebook, "report").source = WORDS
    question = notebook.cells[[cell.id for cell in notebook.cells].index("report") - 1]
    question.source += f"\n\n{MINE}"


def as_a_comment_of_own_code(notebook):
    named(notebook, "report").source = WORDS
    notebook.cells.append(nbformat.v4.new_code_cell(f"# {MINE}\npass"))


def printed(notebook):
    named(notebook, "report").source = ""
    notebook.cells.append(nbformat.v4.new_code_cell(f"print({MINE!r})"))


@pytest.mark.parametrize(
    "where",
    [own_cell_below, placeholder_deleted, placeholder_as_code, placeholder_as_raw,
     in_the_question, as_a_comment_of_own_code, printed],
)  # fmt: skip
def test_words_are_found_wherever_they_stand(where):
    submitted = hand_in(NAME)
    where(submitted)
    texts, untouched = words_of(submitted)
    assert any(MINE in text for text in texts)
    assert not untouched


def test_without_any_words_there_is_no_answer():
    submitted = hand_in(NAME, {"report": WORDS})
    assert words_of(submitted) == ([], True)


def test_an_answer_in_an_own_cell_counts_and_the_placeholder_is_left_out():
    submitted = hand_in(NAME)
    cell = named(submitted, "density")
    own = nbformat.v4.new_code_cell(cell.source)
    cell.source = named(student_version(key_of(NAME)), "density").source
    submitted.cells.append(own)
    assembled = assemble(key_of(NAME), submitted)
    assert assembled.untouched == set()
    assert "density" not in [cell.id for cell in assembled.notebook.cells]
    assert assembled.remarks == [
        "answer density stands in a cell of the student's own; that one counts"
    ]


@pytest.mark.parametrize("kept", ["marks", "identifiers", "neither"])
def test_cells_are_known_by_their_mark_by_their_identifier_or_by_what_they_say(kept):
    submitted = hand_in(NAME)
    for number, cell in enumerate(submitted.cells):
        if kept != "marks":
            cell.metadata = nbformat.NotebookNode()
        if kept != "identifiers":
            cell.id = f"cell-{number}"
    assembled = assemble(key_of(NAME), submitted)
    assert not assembled.untouched - {"report"}
    assert failed_checks(NAME, submitted) == {}


def test_answers_to_other_questions_call_a_person():
    submitted = hand_in(NAME)
    named(submitted, "density").metadata.nbgrader.grade_id = "sparsity"
    named(submitted, "density").id = "sparsity"
    (alarm,) = assemble(key_of(NAME), submitted).alarms
    assert "does not ask: sparsity" in alarm


def test_a_novel_is_kept_as_far_as_a_person_may_read_it():
    submitted = hand_in(NAME)
    submitted.cells.append(nbformat.v4.new_markdown_cell("and then " * 1_000_000))
    mine, novel = assemble(key_of(NAME), submitted).words["report"]
    assert mine == named(submitted, "report").source, "what stands at its place comes first"
    assert KEPT - 10 < len(mine) + len(novel) < KEPT + 200
    assert novel.endswith("in all; the file holds them)")


def test_names_that_are_no_words_are_a_broken_form(tmp_path):
    touch(tmp_path, f"ada/{NAME}.ipynb")
    (one,) = find_submissions(tmp_path, [NAME])
    room = Classroom({NAME: key_of(NAME)}, tmp_path, Limits(), closed=True)
    notebook = json.loads(nbformat.writes(hand_in(NAME)))
    notebook["metadata"] = {"watch_next": {"assignment": ["01"]}}
    found = look_at(room, one, json.dumps(notebook).encode())
    assert "broken form" in found["reason"]
