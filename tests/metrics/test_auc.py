"""AUC against all pairs counted one by one, and against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import roc_auc_score

from recsys_lib.errors import DataError
from recsys_lib.metrics.auc import auc


def naive_auc(scores: list[float], relevant: list[bool]) -> float:
    ours = [score for score, good in zip(scores, relevant, strict=True) if good]
    others = [
        score
        for score, good in zip(scores, relevant, strict=True)
        if not good and not math.isnan(score)
    ]
    wins = [1 if a > b else 0.5 if a == b else 0 for a in ours for b in others]
    return sum(wins) / len(wins) if wins else math.nan


@st.composite
def scored(draw) -> tuple[np.ndarray, np.ndarray]:
    """Scores with many ties and some titles seen (NaN), and what is relevant among the others."""
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 7))
    score = st.sampled_from([-1.5, 0.0, 0.25, 2.0, math.nan])
    cells = st.lists(st.tuples(score, st.booleans()), min_size=math.prod(shape), max_size=99)
    drawn = draw(cells)[: math.prod(shape)]
    scores = np.array([cell[0] for cell in drawn]).reshape(shape)
    wanted = np.array([cell[1] for cell in drawn]).reshape(shape)
    return scores, wanted & ~np.isnan(scores)


@given(scored())
def test_equals_the_naive_loop(drawn):
    scores, relevant = drawn
    expected = [naive_auc(*pair) for pair in zip(scores.tolist(), relevant.tolist(), strict=True)]
    np.testing.assert_allclose(auc(scores, sparse.csr_array(relevant)), expected, atol=1e-12)


@given(scored())
def test_turning_the_scores_round_turns_the_value_round(drawn):
    scores, relevant = drawn
    values = auc(scores, sparse.csr_array(relevant))
    assert not (values < 0).any() and not (values > 1).any()
    turned = auc(-scores, sparse.csr_array(relevant))
    np.testing.assert_allclose(turned, 1 - values, atol=1e-12)


def test_only_the_order_of_the_scores_matters():
    rng = np.random.default_rng(0)
    scores, relevant = rng.normal(size=(20, 30)), sparse.csr_array(rng.random((20, 30)) < 0.2)
    np.testing.assert_array_equal(auc(scores, relevant), auc(np.exp(3 * scores), relevant))


def test_equals_scikit_learn():
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 12, (25, 40)).astype(np.float32)
    relevant = rng.random((25, 40)) < 0.15
    expected = [roc_auc_score(good, row) for good, row in zip(relevant, scores, strict=True)]
    np.testing.assert_allclose(auc(scores, sparse.csr_array(relevant)), expected, atol=1e-12)


def test_users_for_whom_there_is_nothing_to_part_get_nan():
    scores = np.array([[1.0, 2.0], [1.0, 2.0], [np.nan, 2.0]])
    relevant = sparse.csr_array(np.array([[0, 0], [1, 1], [0, 1]]))
    assert np.isnan(auc(scores, relevant)).all()


def test_scores_that_cannot_be_judged_are_refused():
    with pytest.raises(DataError, match=r"shapes \(1, 2\) and \(1, 1\)"):
        auc(np.zeros((1, 2)), sparse.csr_array([[1]]))
    with pytest.raises(DataError, match=r"relevant title has no score.*user 1"):
        auc(np.array([[1.0], [np.nan]]), sparse.csr_array([[1], [1]]))
