"""One example, worked by hand, in the definitions of five libraries.

k = 4. What stands in the slots (+ relevant, - not, . empty) and how many titles are relevant:

    Ada   + - + -   3
    Ben   - + - -   6
    Cleo  + - . .   1

    discounts 1 / log2(rank + 1)           1, .63093, .5, .43068
    ideal lists of 1, 3 and 4 hits         1, 2.13093, 2.56161
    DCG                                    Ada 1 + .5 = 1.5, Ben .63093, Cleo 1
    sums of precision at the hits          Ada 1/1 + 2/3 = 5/3, Ben 1/2, Cleo 1

The libraries are not needed here: each definition was read in the library's source.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recsys_lib.metrics import accuracy, ranking
from recsys_lib.metrics.auc import auc

HITS = np.array([[1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]], dtype=bool)
N_RELEVANT = np.array([3, 6, 1])
FILLED = (4, 4, 2)


def close(values, *expected: float) -> bool:
    return np.allclose(values, expected, atol=1e-5)


def test_lenskit():
    """Precision divides by the length of the list, recall by min(k, relevant)."""
    precision = [
        ranking.precision(HITS[[user], :filled], N_RELEVANT[[user]])[0]
        for user, filled in enumerate(FILLED)
    ]
    assert close(precision, 2 / 4, 1 / 4, 1 / 2)
    assert close(ranking.recall(HITS, N_RELEVANT, attainable=True), 2 / 3, 1 / 4, 1 / 1)
    assert close(ranking.hit_rate(HITS, N_RELEVANT), 1, 1, 1)
    assert close(ranking.reciprocal_rank(HITS, N_RELEVANT), 1, 1 / 2, 1)
    assert close(ranking.ndcg(HITS, N_RELEVANT), 1.5 / 2.13093, 0.63093 / 2.56161, 1)
    # Average precision divides by min(length of the list, relevant).
    assert close(ranking.average_precision(HITS, N_RELEVANT), 5 / 9, 1 / 8, 1)


def test_recbole():
    """Precision divides by k, recall by all relevant, MAP and nDCG by what k slots can hold."""
    assert close(ranking.precision(HITS, N_RELEVANT), 2 / 4, 1 / 4, 1 / 4)
    assert close(ranking.recall(HITS, N_RELEVANT), 2 / 3, 1 / 6, 1 / 1)
    assert close(ranking.hit_rate(HITS, N_RELEVANT), 1, 1, 1)
    assert close(ranking.reciprocal_rank(HITS, N_RELEVANT), 1, 1 / 2, 1)
    assert close(ranking.average_precision(HITS, N_RELEVANT), 5 / 9, 1 / 8, 1)
    assert close(ranking.ndcg(HITS, N_RELEVANT), 1.5 / 2.13093, 0.63093 / 2.56161, 1)


def test_recbole_gauc_weighs_each_user_by_what_is_relevant():
    # Ann's two relevant titles beat 2 and 1 of 2 others, Bob's one beats 0 of 3.
    scores = np.array([[4, 3, 2, 1], [4, 3, 2, 1]])
    relevant = sparse.csr_array(np.array([[1, 0, 1, 0], [0, 0, 0, 1]]))
    each = auc(scores, relevant)
    assert close(each, 3 / 4, 0)
    assert np.average(each, weights=[2, 1]) == pytest.approx((2 * 3 / 4 + 0) / 3)


def test_rectools():
    """The ideal list of nDCG has k hits however few are relevant; MAP divides by all relevant."""
    assert close(ranking.precision(HITS, N_RELEVANT), 2 / 4, 1 / 4, 1 / 4)
    assert close(ranking.recall(HITS, N_RELEVANT), 2 / 3, 1 / 6, 1 / 1)
    every = ranking.average_precision(HITS, N_RELEVANT, attainable=False)
    assert close(every, 5 / 9, 1 / 12, 1)
    full = ranking.ndcg(HITS, N_RELEVANT, attainable=False)
    assert close(full, 1.5 / 2.56161, 0.63093 / 2.56161, 1 / 2.56161)
    # What it calls R-precision divides by min(k, relevant).
    assert close(ranking.recall(HITS, N_RELEVANT, attainable=True), 2 / 3, 1 / 4, 1 / 1)


def test_implicit():
    """`precision` is all hits over all that could be hit: no mean over users, and a recall."""
    attainable = np.minimum(4, N_RELEVANT)
    share = ranking.recall(HITS, N_RELEVANT, attainable=True)
    assert np.average(share, weights=attainable) == pytest.approx((2 + 1 + 1) / (3 + 4 + 1))
    mean_ap = ranking.average_precision(HITS, N_RELEVANT).mean()
    assert mean_ap == pytest.approx((5 / 9 + 1 / 8 + 1) / 3)
    mean_ndcg = ranking.ndcg(HITS, N_RELEVANT).mean()
    assert mean_ndcg == pytest.approx((1.5 / 2.13093 + 0.63093 / 2.56161 + 1) / 3, abs=1e-5)


def test_implicit_auc_takes_what_is_not_listed_as_tied():
    """Of six titles A and B are listed and A, C are relevant.

    A beats all four others; C ties with the three unlisted and loses to B: (4 + 3 / 2) / 8.
    """
    listed = np.array([[2, 1, 0, 0, 0, 0]])
    assert close(auc(listed, sparse.csr_array([[1, 0, 1, 0, 0, 0]])), 5.5 / 8)


def test_surprise():
    """RMSE and MAE weigh every rating alike; its precision divides by what it would recommend."""
    actual, predicted = np.array([4.0, 2.0, 5.0]), np.array([3.0, 2.0, 3.0])
    assert accuracy.rmse(actual, predicted) == pytest.approx((5 / 3) ** 0.5)
    assert accuracy.mae(actual, predicted) == pytest.approx(3 / 3)
    # The recipe in its FAQ, k = 3, threshold 3.5. Rated titles by estimate: 4.5, 4.0, 3.0, 2.0;
    # their true stars: 5, 3, 4, 4. Two are estimated above the threshold, one of them truly is.
    hits, n_relevant = np.array([[True, False]]), np.array([3])
    assert close(ranking.precision(hits, n_relevant), 1 / 2)
    assert close(ranking.recall(hits, n_relevant), 1 / 3)
