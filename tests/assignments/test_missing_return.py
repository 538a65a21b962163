"""A forgotten `return` is told in words, by every cell of checks that a student sees."""

import ast

import numpy as np
import pandas as pd
import pytest

from assignments.support.checks import (
    check_frame,
    check_given,
    check_list,
    check_number,
    check_numbers,
    check_part,
    check_parts,
    check_table,
)
from assignments.tools.checker import defined, is_check, loaded
from assignments.tools.master import HELPERS, master_paths
from assignments.tools.release import student_version
from tests.assignments.harness import checker_of, checks_of, key_of

NAMES = list(master_paths())
CELLS = [(name, cell.id) for name in NAMES for cell in student_version(key_of(name)).cells
         if is_check(cell)]  # fmt: skip
TOLD = "is None (is a return missing?)"


def course_names(name: str) -> dict:
    """What stands in a student's notebook before the answers: no helper of the hidden checks."""
    helpers = [cell.source for cell in key_of(name).cells if cell.id == HELPERS]
    hidden = {"SECRET"}.union(*(names for source in helpers for names in defined(source)))
    return {key: value for key, value in checker_of(name).names.items() if key not in hidden}


def told_of_none(name: str, source: str) -> tuple[str, set[str]]:
    """What a check says where every answer is None, and which functions of the student it calls."""
    checker = checker_of(name)
    functions = {one: lambda *args, **named: None for one in checker.functions}
    names = course_names(name) | dict.fromkeys(checker.values) | functions
    try:
        exec(compile(source, "<check>", "exec"), names)
    except Exception as problem:
        told = f"{type(problem).__name__}: {problem}"
    else:
        told = "nothing"
    return told, loaded(ast.parse(source)) & checker.functions


@pytest.mark.parametrize(
    ("name", "cell"), CELLS, ids=[f"{name[:2]} {cell}" for name, cell in CELLS]
)
def test_every_visible_check_says_that_a_return_is_missing(name, cell):
    source = next(one.source for one in student_version(key_of(name)).cells if one.id == cell)
    told, functions = told_of_none(name, source)
    assert told.startswith("AssertionError: ")
    if functions:
        assert TOLD in told
    else:  # a value that is set, where nothing is returned
        assert "None" in told


def test_no_cell_of_checks_is_forgotten():
    assert {cell for _, cell in CELLS} >= {cell for name in NAMES for cell in checks_of(name)}
    assert len(CELLS) == sum(len(checks_of(name)) for name in NAMES) == 92


@pytest.mark.parametrize(
    "source",
    [
        "train, test = split_by_time(ten, share=0.3)",
        "assert leaks(ten, ten)['in both'] == 10",
        "if not np.isnan(density(ten, [1], [2])):\n    raise AssertionError('not nan')",
        "check_number(float('nan'), 0.5, 'the density of ' + str(density(ten, [1], [2])))",
        "split_by_time(ten)",
    ],
)
def test_a_check_that_only_breaks_is_found(source):
    told, functions = told_of_none(NAMES[0], source)
    assert functions and TOLD not in told


@pytest.mark.parametrize(
    "check",
    [
        lambda: check_given(None, "it"),
        lambda: check_parts(None, "low, high", "it"),
        lambda: check_part(None, 3, "it"),
        lambda: check_numbers(None, "it"),
        lambda: check_number(None, 1, "it"),
        lambda: check_list(None, [1], "it"),
        lambda: check_table(None, [1], "it"),
        lambda: check_frame(None, pd.DataFrame({"a": [1]}), "it"),
    ],
)
def test_every_check_function_knows_none(check):
    with pytest.raises(AssertionError, match=r"it.* is None \(is a return missing\?\)"):
        check()


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (lambda: check_parts(5, "low, high", "f"), "f should return low, high, not int"),
        (
            lambda: check_parts([1, 2, 3], "low, high", "f"),
            "f should return low, high, not 3 values",
        ),
        (lambda: check_part({"a": 1}, "b", "f"), "f lacks 'b'"),
        (lambda: check_part(5, "b", "f"), "f should hold 'b', and is int"),
        (lambda: check_numbers("x", "f"), "f should be an array, not str"),
        (lambda: check_numbers([1, None], "f"), "f holds None, at place 1"),
        (lambda: check_numbers([1], "f", (2,)), r"f should have the shape \(2,\), not \(1,\)"),
        (lambda: check_given(None, "GAIN", "value"), r"GAIN is None \(is a value missing\?\)"),
    ],
)
def test_an_answer_of_another_kind_is_named(check, told):
    with pytest.raises(AssertionError, match=told):
        check()


def test_right_answers_come_through():
    assert check_parts((1, 2), "low, high", "f") == [1, 2]
    assert check_part([4, 5], 1, "f") == 5
    assert check_part({"a": None}, "a", "f") is None, (
        "a part may be None: a reading that was refused"
    )
    assert np.array_equal(check_numbers([[1, 2]], "f", (1, 2)), [[1.0, 2.0]])
