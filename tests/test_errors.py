"""Errors read well, survive pickling and are what the standard library's kin expect."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from recsys_lib import errors

NAMED = [
    errors.DataError,
    errors.LeakageError,
    errors.ArgumentError,
    errors.UnknownUserError,
    errors.UnsupportedError,
    errors.TooLargeError,
    errors.FetchError,
    errors.MissingPackageError,
]


@pytest.mark.parametrize("kind", NAMED)
def test_the_message_says_what_where_and_what_to_do(kind):
    error = kind("a cell is empty", where="row 3", fix="Fill it.")
    assert str(error) == "a cell is empty (row 3). Fill it."
    assert str(kind("a cell is empty")) == "a cell is empty."


@pytest.mark.parametrize("kind", NAMED)
def test_pickling_keeps_the_kind_and_the_message(kind):
    error = kind("what", where="where", fix="fix")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind and str(copy) == str(error)


def test_each_can_be_caught_as_the_builtin_that_it_resembles():
    for kind, builtin in (
        (errors.DataError, ValueError),
        (errors.LeakageError, errors.DataError),
        (errors.UnknownUserError, KeyError),
        (errors.UnsupportedError, NotImplementedError),
        (errors.TooLargeError, MemoryError),
        (errors.FetchError, OSError),
        (errors.MissingPackageError, ImportError),
    ):
        assert issubclass(kind, builtin)


def test_a_choice_that_is_not_offered_is_refused_with_those_that_are():
    errors.check_choice("order", "user", ("user", "none"))
    with pytest.raises(errors.ArgumentError, match=r"order='x' is not known. Choose one of 'user'"):
        errors.check_choice("order", "x", ("user", "none"))


@pytest.mark.parametrize("value", [1, 1.0, 7, np.int64(1), np.float32(2)])
def test_integers_at_and_above_the_limit_pass(value):
    errors.check_at_least("k", value, 1, integer=True)


@pytest.mark.parametrize(
    "value", [0, 0.99, 1.5, -1, True, None, "3", float("nan"), float("inf"), 1j]
)
def test_what_is_no_integer_of_at_least_one_is_refused(value):
    with pytest.raises(errors.ArgumentError, match="k must be an integer of at least 1, not"):
        errors.check_at_least("k", value, 1, integer=True)


def test_numbers_need_not_be_whole():
    errors.check_at_least("shrinkage", 0.5, 0)
    errors.check_at_least("shrinkage", 0, 0)
    with pytest.raises(errors.ArgumentError, match=r"a number of at least 0, not -0\.1"):
        errors.check_at_least("shrinkage", -0.1, 0)
