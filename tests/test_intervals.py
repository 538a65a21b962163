"""The bootstrap: exact where it can be enumerated, right in coverage, the same with any threads."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats
from threadpoolctl import threadpool_limits

from recsys_lib.errors import DataError
from recsys_lib.intervals import FEWEST, bootstrap_interval, drawn_means


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_mean_and_percentiles_equal_a_naive_loop():
    values = rng(1).normal(size=(40, 2))
    mean, low, high = bootstrap_interval(values, rng=rng(7), draws=200, level=0.8)
    draws, generator = [], rng(7)
    for _ in range(200):
        rows = generator.integers(0, 40, 40)
        draws.append([sum(values[row, column] for row in rows) / 40 for column in (0, 1)])
    np.testing.assert_allclose(mean, values.mean(axis=0))
    tail = stats.norm.cdf(-math.sqrt(40 / 39) * stats.t.ppf(0.9, 39))  # a little below 10 %
    np.testing.assert_allclose(low, np.percentile(draws, 100 * tail, axis=0))
    np.testing.assert_allclose(high, np.percentile(draws, 100 - 100 * tail, axis=0))


def test_draws_of_three_values_come_as_often_as_counted():
    """Of the 27 resamples of 0, 0, 3 the mean is 0 in 8, 1 in 12, 2 in 6 and 3 in one."""
    values = np.array([0.0, 0.0, 3.0])
    means = [sum(draw) / 3 for draw in product(values, repeat=3)]
    assert [means.count(mean) for mean in (0, 1, 2, 3)] == [8, 12, 6, 1]
    _, drawn, n = drawn_means(values, rng=rng(), draws=4000)
    shares = [(drawn == mean).mean() for mean in (0, 1, 2, 3)]
    np.testing.assert_allclose(shares, np.array([8, 12, 6, 1]) / 27, atol=0.03)
    assert n.tolist() == [3]


SHAPES = {
    "normal": (lambda draw, n: draw.normal(size=n), 0.0),
    "waiting times": (lambda draw, n: draw.exponential(size=n), 1.0),
    "ndcg": (lambda draw, n: np.where(draw.random(n) < 0.5, 0, draw.beta(1.5, 3, n)), 1 / 6),
    "hits": (lambda draw, n: (draw.random(n) < 0.3) * 1.0, 0.3),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [2, 5, 9, 10, 20, 50])
def test_it_holds_the_truth_about_as_often_as_it_says_or_is_not_given(shape, n):
    """Of 95 %: 93 % or more of 600 where values are symmetric, 89 % or more where they are not."""
    make, truth = SHAPES[shape]
    draw, tables = rng(n), 600
    values = np.stack([make(draw, n) for _ in range(tables)], axis=1)  # a column a table
    _, low, high = bootstrap_interval(values, rng=draw)
    if n < FEWEST:
        assert np.isnan(low).all() and np.isnan(high).all()
        return
    held = ((low <= truth) & (truth <= high)).mean()
    assert (0.93 if shape == "normal" else 0.89) <= held <= 0.985


def test_a_column_alone_decides_whether_it_has_enough_values():
    values = rng().random((12, 2))
    values[:3, 1] = np.nan
    _, low, high = bootstrap_interval(values, rng=rng())
    assert low[0] < high[0] and np.isnan([low[1], high[1]]).all()


def test_missing_values_count_for_nothing():
    values = np.array([[1.0, np.nan], [3.0, 5.0], [np.nan, 5.0]])
    mean, drawn, n = drawn_means(np.tile(values, (10, 1)), rng=rng())
    np.testing.assert_array_equal(mean, [2, 5])
    assert n.tolist() == [20, 20]
    assert (drawn[:, 1] == 5).all() and (np.abs(drawn[:, 0] - 2) < 1).all()


def test_a_column_without_values_is_nan_and_warns_of_nothing():
    mean, low, high = bootstrap_interval(np.array([[np.nan, 1.0]] * 10), rng=rng())
    assert np.isnan([mean[0], low[0], high[0]]).all()
    assert (mean[1], low[1], high[1]) == (1, 1, 1)


def test_weights_are_as_good_as_repeating_a_value_in_the_mean():
    mean, drawn, _ = drawn_means(np.array([1.0, 4.0]), weights=np.array([2.0, 1.0]), rng=rng())
    assert mean[0] == 2 and set(drawn[:, 0]) == {1, 2, 4}


def test_the_columns_share_their_draws():
    values = rng(3).normal(size=(50, 1))
    _, low, high = bootstrap_interval(np.hstack([values, values + 1]), rng=rng())
    np.testing.assert_allclose([low[1] - low[0], high[1] - high[0]], 1)


def test_one_seed_one_interval_with_any_number_of_threads():
    values = rng(2).normal(size=(5000, 9))
    results = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            results.append(bootstrap_interval(values, rng=rng(4), draws=50))
    np.testing.assert_array_equal(*results)
    other = bootstrap_interval(values, rng=rng(5), draws=50)
    assert (other[1] != results[0][1]).all()


def test_no_row_is_refused():
    with pytest.raises(DataError, match="at least one row"):
        bootstrap_interval(np.empty((0, 2)), rng=rng())
