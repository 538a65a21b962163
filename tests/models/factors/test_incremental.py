"""Factors that learn an event at a time: the formula, and the same in whatever parts."""

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.models import IncrementalMF
from recsys_lib.models.factors.incremental import visit


@pytest.fixture
def log():
    rng = np.random.default_rng(4)
    pairs = rng.permutation(30 * 12)[:150]
    frame = pd.DataFrame(
        {"user_id": pairs // 12, "item_id": pairs % 12, "at": rng.permutation(150)}
    )
    return Interactions.from_frame(frame, time="at", users=range(30), items=range(12))


def naive(P, Q, rows, columns, wanted, rate, l2):
    """One event after the other, as the docstring says."""
    for u, i, y in zip(rows, columns, wanted, strict=True):
        error = y - P[u] @ Q[i]
        P[u] += rate * (error * Q[i] - l2 * P[u])
        Q[i] += rate * (error * P[u] - l2 * Q[i])


def test_many_at_a_time_is_one_after_the_other():
    rng = np.random.default_rng(0)
    P, Q = rng.normal(size=(6, 3)), rng.normal(size=(5, 3))
    rows, columns, wanted = rng.integers(0, 6, 80), rng.integers(0, 5, 80), rng.integers(0, 2, 80)
    ours, theirs = (P.copy(), Q.copy()), (P.copy(), Q.copy())
    visit(*ours, rows, columns, wanted, 0.05, 0.1)
    naive(*theirs, rows, columns, wanted, 0.05, 0.1)
    assert not np.allclose(ours[0], P)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-12)


def test_one_step_by_hand():
    """P = 2, Q = 0.25, wanted 1: error 0.5; P = 2 + 0.1 * 0.125; Q = 0.25 + 0.1 * 0.5 * P."""
    P, Q = np.array([[2.0]]), np.array([[0.25]])
    visit(P, Q, np.array([0]), np.array([0]), np.array([1.0]), 0.1, 0.0)
    assert (P.item(), Q.item()) == pytest.approx((2.0125, 0.350625))


@pytest.mark.parametrize("negatives", [0, 3])
def test_learned_in_parts_it_is_the_model_of_the_whole_log(log, negatives):
    settings = {"factors": 4, "negatives": negatives, "learning_rate": 0.05}
    whole = IncrementalMF(**settings).fit(log)
    parts = IncrementalMF(**settings).fit(log.select(log.times < 60))
    first = parts.item_factors_.copy()
    for until in (90, 90, 150):  # one part is empty
        parts.learn(log.select(log.times < until))
    assert not np.allclose(first, parts.item_factors_)
    np.testing.assert_allclose(parts.user_factors_, whole.user_factors_, rtol=1e-12)
    np.testing.assert_allclose(parts.item_factors_, whole.item_factors_, rtol=1e-12)
    pd.testing.assert_frame_equal(parts.recommend(k=3), whole.recommend(k=3))


def test_it_learns_in_the_order_of_time(log):
    backwards = Interactions(log.users, log.items, log.matrix, 150 - log.times)
    ours, theirs = (IncrementalMF(factors=4, negatives=0).fit(part) for part in (log, backwards))
    assert not np.allclose(ours.user_factors_, theirs.user_factors_)


def test_a_log_that_is_not_longer_is_refused(log):
    model = IncrementalMF(factors=2).fit(log)
    with pytest.raises(DataError, match="events that the model has seen are missing"):
        model.learn(log.select(log.times < 100))
    with pytest.raises(DataError, match="other viewers or titles"):
        model.learn(log.with_axes(items=range(13)))


def test_steps_that_are_too_long_are_refused(log):
    with pytest.raises(ArgumentError, match="not finite"):
        IncrementalMF(learning_rate=5.0, passes=20).fit(log)
