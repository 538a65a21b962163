"""EASE: the closed formula, the regressions it stands for, and products that never vary."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import ArgumentError, TooLargeError
from recsys_lib.interactions import ITEM, USER, Interactions
from recsys_lib.models import numerics
from recsys_lib.models.factors import ease
from recsys_lib.models.factors.ease import EASE, _norm, co_occurrence, ease_weights, sparse_dot


@pytest.fixture
def watched(make_log) -> np.ndarray:
    return make_log(3).binary().toarray().astype(np.float64)


@pytest.mark.parametrize("l2", [0.5, 20.0, 1000.0])
def test_the_weights_are_those_of_the_textbook_formula(watched, l2):
    precision = np.linalg.inv(watched.T @ watched + l2 * np.eye(watched.shape[1]))
    textbook = np.eye(len(precision)) - precision @ np.diag(1 / np.diag(precision))
    weights = ease_weights(watched.T @ watched, l2)
    np.testing.assert_allclose(weights, textbook, rtol=0, atol=1e-8)
    assert (np.diag(weights) == 0).all()


def test_each_column_is_the_ridge_regression_of_its_title_on_all_others(watched):
    weights = ease_weights(watched.T @ watched, 3.0)
    for title in range(watched.shape[1]):
        others = np.arange(watched.shape[1]) != title
        X, y = watched[:, others], watched[:, title]
        ridge = np.linalg.solve(X.T @ X + 3.0 * np.eye(X.shape[1]), X.T @ y)
        np.testing.assert_allclose(weights[others, title], ridge, rtol=0, atol=1e-8)


def test_only_the_lower_triangle_is_read_and_nothing_is_written(watched):
    gram = watched.T @ watched
    lower = np.tril(gram)
    before = lower.copy()
    np.testing.assert_array_equal(ease_weights(lower, 5.0), ease_weights(gram, 5.0))
    np.testing.assert_array_equal(lower, before)


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_viewers_in_common_are_counted_exactly(make_log, chunk):
    log = make_log(1)
    matrix = log.binary()
    titles = [set(log.event_rows[log.matrix.indices == i]) for i in range(log.n_items)]
    naive = [[len(a & b) for b in titles] for a in titles]
    assert co_occurrence(matrix, chunk).tolist() == naive


def test_a_score_adds_up_the_weights_of_what_was_watched(make_log):
    log = make_log(2)
    model = EASE(l2=4.0).fit(log)
    row = int(np.argmax(log.user_counts))
    history = log.matrix.indices[log.event_rows == row]
    expected = [sum(model.weights_[i, j] for i in history) for j in range(log.n_items)]
    np.testing.assert_allclose(model.score_all(log.users[row])[0], expected, atol=1e-6)


def test_the_value_of_an_event_plays_no_part(make_log):
    log = make_log(2)
    rated = EASE(l2=4.0).fit(log).weights_
    assert len(set(log.matrix.data)) > 1
    counted = ease_weights(log.binary().T @ log.binary().toarray(), 4.0)
    np.testing.assert_allclose(rated, counted, atol=1e-7)


def test_a_row_of_weights_lies_in_one_piece_so_that_one_viewer_is_scored_without_a_copy(make_log):
    assert EASE().fit(make_log(3)).weights_.flags.c_contiguous


def test_a_title_that_nobody_watched_scores_nothing(make_log):
    log = make_log(4, items=40, events=90)
    unwatched = log.item_counts == 0
    assert unwatched.any()
    weights = EASE().fit(log).weights_
    assert (weights[unwatched] == 0).all() and (weights[:, unwatched] == 0).all()


def test_a_sparse_product_is_the_same_to_the_last_bit_however_it_is_cut(make_log):
    history = make_log(5, users=60, items=300, events=2000).binary()
    weights = np.random.default_rng(0).normal(size=(300, 300)).astype(np.float32)
    whole = sparse_dot(history, weights)
    np.testing.assert_array_equal(whole, sparse_dot(history, weights, width=7))
    rows = [sparse_dot(history[[row]], weights)[0] for row in range(60)]
    np.testing.assert_array_equal(whole, rows)
    np.testing.assert_allclose(whole, history.toarray() @ weights, atol=1e-4)


@pytest.mark.parametrize("l2", [0, -1, float("nan")])
def test_a_penalty_that_is_none_is_refused(make_log, l2):
    with pytest.raises(ArgumentError, match="l2 must be above 0"):
        EASE(l2=l2).fit(make_log())
    EASE(l2=1e-6).fit(make_log())


def test_a_penalty_under_which_the_weights_would_be_noise_is_refused():
    """Two titles with the same viewers: without a penalty their counts have no inverse."""
    log = Interactions.from_frame(pd.DataFrame({USER: [1, 1, 2, 2], ITEM: list("ABAB")}))
    for l2 in (1e-17, 1e-14):
        with pytest.raises(ArgumentError, match=f"l2={l2} is too small for 2 titles"):
            EASE(l2=l2).fit(log)
    # gram + l2 is [[2 + l2, 2], [2, 2 + l2]], so a weight is 2 / (2 + l2).
    np.testing.assert_allclose(EASE(l2=1e-9).fit(log).weights_, [[0, 1], [1, 0]], atol=1e-6)


def test_the_estimate_of_the_condition_reads_the_lower_triangle_only(watched):
    gram = watched.T @ watched
    assert _norm(np.tril(gram)) == pytest.approx(np.abs(gram).sum(axis=0).max())


def test_weights_that_do_not_fit_into_memory_are_refused_before_any_work(make_log, monkeypatch):
    log = make_log()
    monkeypatch.setattr(ease, "co_occurrence", lambda matrix: pytest.fail("work was begun"))
    monkeypatch.setattr(numerics, "available_memory", lambda: 20 * log.n_items**2 - 1)
    with pytest.raises(TooLargeError, match=r"EASE for 20 titles need 8,000 bytes.*7,999 are free"):
        EASE().fit(log)
    monkeypatch.undo()
    monkeypatch.setattr(numerics, "available_memory", lambda: 20 * log.n_items**2)
    EASE().fit(log)
