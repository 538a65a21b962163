"""What a submission may cost the grader: a piece of memory, a page, a table that can be written."""

import json
import os
import resource
from functools import partial

import nbformat
import pytest

from assignments.tools import bounded
from assignments.tools.execution import SHOWN, kept_outputs
from assignments.tools.pages import LARGEST, notebook_body
from assignments.tools.reports import write_reports
from assignments.tools.results import Result, load_all, save, standing

NAME = "01_from_log_to_problem"


def eats(megabytes):
    return len(bytearray(megabytes * 1_000_000))


def dies():
    os._exit(3)


def limits():
    return resource.getrlimit(resource.RLIMIT_AS)


def test_work_that_eats_the_memory_costs_only_itself():
    work = [partial(eats, 1), partial(eats, 400), dies, partial(eats, 2)]
    found = {place: result for place, result, _ in bounded.each(work, 2, 60, memory=200_000_000)}
    assert found == {0: 1_000_000, 1: None, 2: None, 3: 2_000_000}


def test_the_limit_is_soft_so_that_a_submission_has_its_own():
    ((_, (soft, hard), _),) = bounded.each([limits], 1, 60, memory=200_000_000)
    assert 200_000_000 < soft < 5_000_000_000
    assert hard == limits()[1]


@pytest.mark.parametrize("kind", ["text/plain", "image/png"])
def test_of_what_a_notebook_shows_only_so_much_is_kept(kind):
    sent = [{"data": {kind: "x" * 900_000}}] * 50
    kept, used = kept_outputs(sent, SHOWN)
    assert len(kept) == SHOWN // 900_000 + 1
    assert used == SHOWN, "nothing is left for the cells after it"
    assert "shows too much" in kept[-1].text
    few, used = kept_outputs(sent[:2], SHOWN)
    assert (len(few), used) == (2, 1_800_000)


def test_a_page_has_an_end():
    cells = [nbformat.v4.new_code_cell('"' * 60_000) for _ in range(400)]
    body = notebook_body(nbformat.v4.new_notebook(cells=cells))
    assert LARGEST - 500_000 < len(body) < LARGEST + 1000
    assert "The rest is left out" in body
    assert "left out" not in notebook_body(nbformat.v4.new_notebook(cells=cells[:10]))


def test_half_a_character_can_be_written_into_every_table(tmp_path):
    half = "gone \ud800"
    one = Result("ada", NAME, "ada/x.ipynb", "d", key="ada-1", points={"q": 0.0}, out_of={"q": 1.0},
                 told={"q": half}, alarms=[half], remarks=[half], words={"w": [half]})  # fmt: skip
    save(one, tmp_path / "results" / NAME / "ada-1.json")
    assert load_all(tmp_path) == [one]
    write_reports([(one, standing(one, {}))], [], tmp_path)
    assert "gone ?" in (tmp_path / "questions.csv").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "results" / NAME / "ada-1.json").read_bytes())
