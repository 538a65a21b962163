"""Miscalibration: a naive loop, what zero and the most mean, and Steck's own requirements."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.metrics.calibration import miscalibration


def naive_miscalibration(titles, weights, shares, alpha) -> float:
    n_genres = len(shares[0])
    p = [sum(w * row[g] for w, row in zip(weights, shares, strict=True)) for g in range(n_genres)]
    q = [sum(shares[title][g] for title in titles) for g in range(n_genres)]
    if not sum(p) or not sum(q):
        return math.nan
    p, q = [x / sum(p) for x in p], [x / sum(q) for x in q]
    mixed = [(1 - alpha) * b + alpha * a for a, b in zip(p, q, strict=True)]
    return sum(a * math.log(a / b) for a, b in zip(p, mixed, strict=True) if a > 0)


@pytest.mark.parametrize("alpha", [0.01, 0.3])
def test_equals_the_naive_loop_and_lies_in_bounds(alpha):
    rng = np.random.default_rng(2)
    shares = rng.random((12, 4)) * (rng.random((12, 4)) < 0.5)
    history = rng.integers(0, 4, (40, 12)) * (rng.random((40, 12)) < 0.3)
    columns = np.array([rng.permutation(12)[:5] for _ in range(40)])
    columns[rng.random(columns.shape) < 0.2] = -1
    values = miscalibration(columns, sparse.csr_array(history), shares, alpha=alpha)
    naive = [
        naive_miscalibration([c for c in row if c >= 0], weights, shares.tolist(), alpha)
        for row, weights in zip(columns.tolist(), history.tolist(), strict=True)
    ]
    np.testing.assert_allclose(values, naive, atol=1e-12)
    assert not (values < -1e-12).any() and not (values > math.log(1 / alpha)).any()


GENRES = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])


def value(titles: list[int], history: list[float], **more) -> float:
    return miscalibration(np.array([titles]), sparse.csr_array([history]), GENRES, **more)[0]


def test_zero_is_the_same_proportions():
    assert value([0, 1], [3.0, 3.0, 0.0]) == pytest.approx(0, abs=1e-12)
    assert value([2], [1.0, 1.0, 0.0]) == pytest.approx(0, abs=1e-12)


def test_a_list_without_any_genre_of_the_history_is_the_most():
    assert value([1], [1.0, 0.0, 0.0]) == pytest.approx(math.log(1 / 0.01))


def test_a_miss_weighs_more_where_the_genre_is_rare():
    """Steck: a genre played 2 % and shown 1 % is worse served than one of 50 % shown 49 %."""
    shares = np.eye(2)

    def shown(percent: int, played: int) -> float:
        titles = np.array([[0] * percent + [1] * (100 - percent)])
        history = sparse.csr_array([[float(played), 100.0 - played]])
        return miscalibration(titles, history, shares)[0]

    assert shown(1, played=2) > shown(49, played=50) > 0


def test_the_order_of_users_and_genres_does_not_matter():
    columns = np.array([[0, 2], [1, -1]])
    history = sparse.csr_array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]])
    values = miscalibration(columns, history, GENRES)
    np.testing.assert_allclose(miscalibration(columns, history, GENRES[:, ::-1]), values)
    turned = miscalibration(columns[::-1], history[::-1], GENRES)
    np.testing.assert_allclose(turned, values[::-1])


def test_nothing_to_compare_is_nan():
    assert math.isnan(value([0], [0.0, 0.0, 0.0]))
    assert math.isnan(value([-1, -1], [1.0, 0.0, 0.0]))


def test_what_does_not_fit_is_refused():
    history = sparse.csr_array([[1.0, 0.0, 0.0]])
    for alpha in (0, 1, -0.1):
        with pytest.raises(ArgumentError, match="alpha must lie between 0 and 1"):
            value([0], [1.0, 0.0, 0.0], alpha=alpha)
    with pytest.raises(DataError, match=r"shape \(1, 3\) for 2 lists and 3 titles"):
        miscalibration(np.array([[0], [1]]), history, GENRES)
    with pytest.raises(DataError, match="at least 0"):
        miscalibration(np.array([[0]]), -history, GENRES)
    with pytest.raises(DataError, match="between -1 and 2"):
        value([3], [1.0, 0.0, 0.0])
