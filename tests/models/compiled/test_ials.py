"""What Numba's steps of iALS arrive at is what numpy's do, but for the order of their sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from recsys_lib import parallel
from recsys_lib.models import ImplicitALS
from recsys_lib.models.factors import compiled
from recsys_lib.models.factors.least_squares import batches

LAST_DIGIT = {"rtol": 2e-7, "atol": 1e-9}  # of float32, as between two processors
TABLES = arrays(np.int64, st.tuples(st.integers(1, 12), st.integers(1, 9)),
                elements=st.sampled_from([0, 0, 1, 1, 2, 5]))  # fmt: skip


@pytest.fixture
def by_numba(monkeypatch):
    """Fits a model on a log by Numba's code, which must be used, in so many threads."""
    used = []
    steps_toward = compiled.steps_toward

    def watched(*arguments):
        used.append(True)
        return steps_toward(*arguments)

    def fitted(model, log, threads: int = 2, piece: int = 64):
        with monkeypatch.context() as patch:
            patch.setattr(parallel, "workers", lambda: threads)
            patch.setattr(compiled, "PIECE", piece)
            patch.setattr(compiled, "WORTH", 0)
            patch.setattr(compiled, "steps_toward", watched)
            used.clear()
            fit = model.fit(log)
            assert used
        return fit

    return fitted


@pytest.mark.parametrize("factors", [1, 3, 16, 21])
@pytest.mark.parametrize("more", [{}, {"steps": 1}, {"nu": 1.0, "alpha": 0.05}, {"weighted": True}],
                         ids=str)  # fmt: skip
def test_models_learn_and_list_the_same(make_log, by_numba, factors, more):
    log = make_log(8, users=300, items=60, events=4000)
    one = by_numba(ImplicitALS(factors, **more), log)
    listed = one.recommend(k=10)
    other = ImplicitALS(factors, **more).fit(log)
    for name in ("item_factors_", "user_factors_"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), **LAST_DIGIT)
    expected = other.recommend(k=10)
    assert listed[["user_id", "item_id", "rank"]].equals(expected[["user_id", "item_id", "rank"]])
    np.testing.assert_allclose(listed["score"], expected["score"], rtol=1e-6)


def test_neither_threads_nor_pieces_leave_a_trace(make_log, by_numba):
    log = make_log(8, users=300, items=60, events=4000)
    ways = [(1, 10**6), (4, 64), (2, 1)]
    fits = [by_numba(ImplicitALS(16), log, *way) for way in ways]
    learned = [(fit.item_factors_.copy(), fit.user_factors_.copy()) for fit in fits]
    for items, users in learned[1:]:
        np.testing.assert_array_equal(items, learned[0][0])
        np.testing.assert_array_equal(users, learned[0][1])


@settings(deadline=None, max_examples=100)
@given(TABLES, st.integers(1, 6), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_half_a_round_of_any_table_is_numpys(table, factors, steps, seed):
    """With rows without events, of one event and of more than four; to the digits of float64."""
    r = sparse.csr_array(table.astype(np.float32))
    rng = np.random.default_rng(seed)
    H, start = rng.normal(size=(r.shape[1], factors)), rng.normal(size=(r.shape[0], factors))
    start[table.sum(axis=1) == 0] = 0
    model = ImplicitALS(factors, alpha=0.3, l2=0.5, steps=steps)
    one, other = start.copy(), start.copy()
    model._improve_compiled(one, H, r, r.shape[1])
    model._improve(other, H, batches(r), r.shape[1])
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-10)


def test_where_it_starts_at_the_solution_it_stays():
    """No direction is left: nothing is divided by the zero that remains."""
    W, H, r = np.zeros((2, 3)), np.zeros((4, 3)), sparse.csr_array(np.eye(2, 4, dtype=np.float32))
    compiled.steps_toward(W, H, r, np.zeros((3, 3)), np.ones(2), 3, slice(0, 2))
    assert (W == 0).all()


def test_one_row_by_hand():
    """One viewer with titles A and B at 1 and 2, one step from 0 along 1 * A + 1 * B."""
    r = sparse.csr_array(np.array([[1, 1]], np.float32))
    W, H = np.zeros((1, 1)), np.array([[1.0], [2.0]])
    # (1 + 4) x + alpha 0.1 * 5 x + 0.5 x = 1 + 2, which one step solves for one factor
    compiled.steps_toward(W, H, r, 0.1 * H.T @ H, np.array([0.5]), 1, slice(0, 1))
    np.testing.assert_allclose(W, 3 / 6)


def test_what_nobody_watched_stays_at_nothing(make_log, by_numba):
    log = make_log(8, items=40, events=90)
    model = by_numba(ImplicitALS(factors=3), log)
    assert (log.item_counts == 0).any() and (model.item_factors_[log.item_counts == 0] == 0).all()
