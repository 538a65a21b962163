"""RMSE and MAE: by user, over all, and how the two go together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_lib.errors import DataError
from recsys_lib.metrics import accuracy

stars = st.floats(0.5, 5)
ratings = st.lists(st.tuples(st.integers(0, 3), stars, stars), min_size=1, max_size=30)


def columns(rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    users, actual, predicted = zip(*rows, strict=True)
    return np.array(actual), np.array(predicted), np.array(users)


@given(ratings)
def test_each_user_equals_the_naive_loop(rows):
    actual, predicted, users = columns(rows)
    squared = accuracy.user_squared_error(actual, predicted, users, 5)
    absolute = accuracy.user_absolute_error(actual, predicted, users, 5)
    for user in range(5):
        errors = [p - a for u, a, p in rows if u == user]
        if not errors:
            assert math.isnan(squared[user]) and math.isnan(absolute[user])
            continue
        assert squared[user] == pytest.approx(sum(e**2 for e in errors) / len(errors))
        assert absolute[user] == pytest.approx(sum(abs(e) for e in errors) / len(errors))


@given(ratings)
def test_users_weighted_by_their_ratings_give_the_value_over_all(rows):
    actual, predicted, users = columns(rows)
    counts = np.bincount(users, minlength=5)
    squared = np.nan_to_num(accuracy.user_squared_error(actual, predicted, users, 5))
    absolute = np.nan_to_num(accuracy.user_absolute_error(actual, predicted, users, 5))
    overall = np.average(squared, weights=counts) ** 0.5
    assert accuracy.rmse(actual, predicted) == pytest.approx(overall)
    assert accuracy.mae(actual, predicted) == pytest.approx(np.average(absolute, weights=counts))


@given(ratings)
def test_rmse_is_at_least_mae_and_both_are_symmetric_and_within_the_scale(rows):
    actual, predicted, _ = columns(rows)
    rmse, mae = accuracy.rmse(actual, predicted), accuracy.mae(actual, predicted)
    assert 0 <= mae <= rmse + 1e-12 and rmse <= 4.5 + 1e-12
    assert accuracy.rmse(predicted, actual) == rmse
    assert accuracy.rmse(actual, actual) == 0


def test_integers_are_not_truncated():
    assert accuracy.mae(np.array([4, 5]), np.array([3.5, 5.0])) == 0.25


@pytest.mark.parametrize(
    ("actual", "predicted", "message"),
    [
        ([], [], "at least 1"),
        ([1.0], [1.0, 2.0], r"shapes \(1,\) and \(2,\)"),
        ([[1.0]], [[1.0]], r"shapes \(1, 1\)"),
        ([1.0, math.nan], [1.0, 1.0], "1 ratings or predictions are not finite.*place 1"),
        ([1.0, 2.0], [math.inf, 1.0], "place 0"),
    ],
)
def test_what_cannot_be_compared_is_refused(actual, predicted, message):
    for metric in (accuracy.rmse, accuracy.mae):
        with pytest.raises(DataError, match=message):
            metric(np.array(actual), np.array(predicted))
