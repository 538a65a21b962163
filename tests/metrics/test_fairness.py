"""Popularity lift and exposure shares: worked by hand, naive loops, edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse

from recsys_lib.errors import DataError
from recsys_lib.metrics.fairness import (
    exposure_share,
    history_popularity,
    list_popularity,
    popularity_lift,
)

SHARE = np.array([0.8, 0.4, 0.2, 0.1])


def test_popularity_of_lists_and_histories_by_hand():
    lists = np.array([[0, 2, -1], [-1, -1, -1], [3, 1, 0]])
    values = list_popularity(lists, SHARE)
    np.testing.assert_allclose(values, [(0.8 + 0.2) / 2, math.nan, (0.1 + 0.4 + 0.8) / 3])
    watched = sparse.csr_array(np.array([[1, 0, 5, 0], [0, 0, 0, 0], [2, 2, 0, 2]]))
    np.testing.assert_allclose(history_popularity(watched, SHARE), values)


def test_popularity_lift_by_hand():
    # Niche viewers: histories (.1 + .3) / 2 = .2, lists (.4 + .2) / 2 = .3: half as popular again.
    # A user whose list or history is unknown counts in neither mean.
    history = np.array([0.1, 0.5, 0.3, 0.4, math.nan])
    lists = np.array([0.4, 0.5, 0.2, math.nan, 0.9])
    lift = popularity_lift(lists, history, np.array(["niche", "main", "niche", "main", "main"]))
    assert lift.to_dict() == pytest.approx({"main": 0.0, "niche": 0.5})


def test_lift_is_of_group_means_not_the_mean_of_users_lifts():
    lift = popularity_lift(np.array([0.2, 0.4]), np.array([0.1, 0.4]), np.zeros(2, int))
    assert lift[0] == pytest.approx(0.6 / 0.5 - 1)


def test_lists_equal_to_the_histories_have_no_lift_in_any_grouping():
    rng = np.random.default_rng(0)
    popularity = rng.random(50)
    for groups in (rng.integers(0, 5, 50), np.zeros(50, int)):
        np.testing.assert_array_equal(popularity_lift(popularity, popularity, groups), 0)


def test_a_group_without_known_values_is_nan_and_does_not_vanish():
    lift = popularity_lift(np.array([math.nan, 0.2]), np.array([0.1, 0.1]), np.array(["a", "b"]))
    assert math.isnan(lift["a"]) and lift["b"] == pytest.approx(1)


def test_exposure_share_equals_the_naive_loop_and_sums_to_1():
    rng = np.random.default_rng(1)
    columns = np.array([rng.permutation(10)[:4] for _ in range(30)])
    columns[rng.random(columns.shape) < 0.2] = -1
    groups = np.array(["film", "series", "short"])[rng.integers(0, 3, 10)]
    attention = 1 / np.log2(np.arange(1, 5) + 1)
    totals = {group: 0.0 for group in set(groups)}
    for row in columns:
        for slot, column in enumerate(row):
            if column >= 0:
                totals[groups[column]] += attention[slot]
    whole = sum(totals.values())
    shares = exposure_share(columns, groups, attention=attention)
    assert shares.to_dict() == pytest.approx(
        {name: value / whole for name, value in totals.items()}
    )
    assert shares.sum() == pytest.approx(1)
    assert shares.to_dict() != pytest.approx(exposure_share(columns, groups).to_dict())


def test_a_group_that_is_never_shown_has_a_share_of_0():
    shares = exposure_share(np.array([[0], [0]]), np.array(["shown", "hidden"]))
    assert shares.to_dict() == {"hidden": 0.0, "shown": 1.0}


def test_empty_lists_have_no_shares():
    assert exposure_share(np.array([[-1, -1]]), np.array(["a", "b"])).isna().all()


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="lengths 1, 2, 1"):
        popularity_lift(np.zeros(1), np.zeros(2), np.zeros(1))
    with pytest.raises(DataError, match=r"shape \(2,\) for lists of 1"):
        exposure_share(np.array([[0]]), np.array(["a"]), attention=np.ones(2))
    with pytest.raises(DataError, match="at least 0"):
        exposure_share(np.array([[0]]), np.array(["a"]), attention=np.array([-1.0]))
    with pytest.raises(DataError, match="between -1 and 3"):
        list_popularity(np.array([[4]]), SHARE)
