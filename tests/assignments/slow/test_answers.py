"""Right answers earn everything, none earn nothing, wrong ones lose what they should."""

import importlib
import math
import os
from pathlib import Path

import pytest

from assignments.tools.checker import is_answer
from assignments.tools.master import master_paths
from assignments.tools.release import student_version
from tests.assignments.harness import checks_of, hand_in, key_of, run
from tests.assignments.honest import HONEST
from tests.assignments.quick import failed_checks

NAMES = list(master_paths())
WRONG = {
    name: importlib.import_module(f"tests.assignments.wrong.assignment_{name[:2]}").WRONG
    for name in NAMES
}
CASES = [(name, wrong) for name in NAMES for wrong in WRONG[name]]


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_answers_pass_every_check(name):
    found = run(name, hand_in(name))
    assert found.failed == {}
    assert found.alarms == []


@pytest.mark.parametrize("name", NAMES)
def test_a_second_honest_answer_to_every_question_passes(name):
    """Through the graders' own path, walls and clock included."""
    code = {cell.id for cell in key_of(name).cells if is_answer(cell)}
    assert set(HONEST[name]) == code
    found = run(name, hand_in(name, HONEST[name]))
    assert found.failed == {}
    assert found.alarms == []


@pytest.mark.parametrize("secret", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", NAMES)
def test_both_honest_answers_pass_whatever_is_drawn(name, secret):
    assert failed_checks(name, hand_in(name), secret) == {}
    assert failed_checks(name, hand_in(name, HONEST[name]), secret) == {}


@pytest.mark.parametrize("secret", [6, 7])
@pytest.mark.parametrize("name", NAMES)
def test_wrong_answers_fail_whatever_is_drawn(name, secret):
    for wrong in WRONG[name]:
        assert set(failed_checks(name, hand_in(name, wrong.answers), secret)) == wrong.loses, wrong


@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_answers_pass_in_every_class(name, seed):
    assert failed_checks(name, hand_in(name, seed=seed), seed=seed) == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_answers_pass_on_real_viewers(name):
    if not (Path(os.environ.get("RECSYS_DATA", "")) / "ml-100k").is_dir():
        pytest.skip("MovieLens is absent: RECSYS_DATA names no folder that holds ml-100k")
    variant = {"seed": 1, "data": "movielens-100k"}
    assert failed_checks(name, hand_in(name, **variant), **variant) == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_untouched_release_passes_no_check(name):
    found = run(name, student_version(key_of(name)))
    assert set(found.failed) == set(checks_of(name))
    assert found.alarms == []


@pytest.mark.parametrize("name", NAMES)
def test_there_are_at_least_six_misconceptions(name):
    assert len({wrong.misconception for wrong in WRONG[name]}) >= 6
    lost = set().union(*(wrong.loses for wrong in WRONG[name]))
    assert lost == set(checks_of(name)), "every cell of checks must be able to fail"


@pytest.mark.parametrize(
    ("name", "wrong"), CASES, ids=[f"{name[:2]} {wrong.misconception}" for name, wrong in CASES]
)
def test_a_misconception_loses_its_points_and_no_others(name, wrong):
    failed = failed_checks(name, hand_in(name, wrong.answers))
    assert set(failed) == wrong.loses, failed
    assert all(len(told) > 10 for told in failed.values()), failed


@pytest.mark.parametrize("name", NAMES)
def test_the_quick_path_and_the_graders_agree(name):
    """On a notebook that makes the first misconception about each question."""
    answers = {}
    for wrong in WRONG[name]:
        answers = wrong.answers | answers
    submitted = hand_in(name, answers)
    found = run(name, submitted)
    assert set(found.failed) == set(failed_checks(name, submitted))
    assert found.alarms == []


@pytest.mark.parametrize("name", NAMES)
def test_points_are_whole_and_add_up_to_thirty(name):
    marks = [cell.metadata.nbgrader for cell in key_of(name).cells]
    assert math.isclose(sum(mark.points for mark in marks if mark.grade), 30)
