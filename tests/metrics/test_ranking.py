"""Ranking metrics: against loops that read like the formulas, and what must not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_lib.errors import DataError
from recsys_lib.metrics import ranking

VARIANTS = {
    "precision": ranking.precision,
    "recall": ranking.recall,
    "recall[min]": lambda hits, n: ranking.recall(hits, n, attainable=True),
    "hit_rate": ranking.hit_rate,
    "mrr": ranking.reciprocal_rank,
    "map": ranking.average_precision,
    "map[all]": lambda hits, n: ranking.average_precision(hits, n, attainable=False),
    "ndcg": ranking.ndcg,
    "ndcg[k]": lambda hits, n: ranking.ndcg(hits, n, attainable=False),
}


def naive_values(hits: list[bool], n_relevant: int) -> dict[str, float]:
    """Every metric of one user's list, term by term."""
    k = len(hits)
    found = sum(hits)
    first, precisions, dcg = 0.0, 0.0, 0.0
    for rank in range(1, k + 1):
        if hits[rank - 1]:
            first = first or 1 / rank
            precisions += sum(hits[:rank]) / rank
            dcg += 1 / math.log2(rank + 1)

    def ideal(size: int) -> float:
        return sum(1 / math.log2(rank + 1) for rank in range(1, size + 1))

    return {
        "precision": found / k,
        "recall": found / n_relevant,
        "recall[min]": found / min(k, n_relevant),
        "hit_rate": 1.0 if found else 0.0,
        "mrr": first,
        "map": precisions / min(k, n_relevant),
        "map[all]": precisions / n_relevant,
        "ndcg": dcg / ideal(min(k, n_relevant)),
        "ndcg[k]": dcg / ideal(k),
    }


@st.composite
def lists(draw) -> tuple[np.ndarray, np.ndarray]:
    """hits and n_relevant of up to six users, some with nothing relevant."""
    k = draw(st.integers(1, 8))
    rows = draw(st.lists(st.lists(st.booleans(), min_size=k, max_size=k), min_size=1, max_size=6))
    more = draw(st.lists(st.integers(0, 9), min_size=len(rows), max_size=len(rows)))
    hits = np.array(rows)
    return hits, hits.sum(axis=1) + np.array(more)


@given(lists())
def test_every_metric_equals_the_naive_loop(drawn):
    hits, n_relevant = drawn
    for name, metric in VARIANTS.items():
        values = metric(hits, n_relevant)
        for user, value in enumerate(values):
            if n_relevant[user] == 0:
                assert math.isnan(value)
            else:
                expected = naive_values(hits[user].tolist(), int(n_relevant[user]))[name]
                assert value == pytest.approx(expected, abs=1e-12), name


@given(lists(), st.randoms(use_true_random=False))
def test_values_lie_between_0_and_1_and_go_with_their_user(drawn, random):
    hits, n_relevant = drawn
    order = list(range(len(hits)))
    random.shuffle(order)
    for metric in VARIANTS.values():
        values = metric(hits, n_relevant)
        known = values[n_relevant > 0]
        assert ((known >= 0) & (known <= 1)).all()
        np.testing.assert_array_equal(metric(hits[order], n_relevant[order]), values[order])


@given(lists())
def test_moving_a_hit_up_never_lowers_a_metric(drawn):
    hits, n_relevant = drawn
    better = -np.sort(-hits.astype(int), axis=1) == 1
    for name, metric in VARIANTS.items():
        before, after = metric(hits, n_relevant), metric(better, n_relevant)
        known = n_relevant > 0
        assert (after[known] >= before[known] - 1e-12).all(), name


@pytest.mark.parametrize("n_relevant", [2, 4, 9])
def test_the_best_possible_list_scores_one_where_the_name_says_so(n_relevant):
    hits = np.array([[True] * min(4, n_relevant) + [False] * (4 - min(4, n_relevant))])
    for name in ("recall[min]", "map", "ndcg", "mrr", "hit_rate"):
        assert VARIANTS[name](hits, np.array([n_relevant])) == pytest.approx(1), name
    attained = {"recall": min(4, n_relevant) / n_relevant, "precision": min(4, n_relevant) / 4}
    for name, value in attained.items():
        assert VARIANTS[name](hits, np.array([n_relevant])) == pytest.approx(value), name


def test_padding_a_list_lowers_only_what_divides_by_k():
    short, padded = np.array([[True, False]]), np.array([[True, False, False, False]])
    one = np.array([1])
    for name, metric in VARIANTS.items():
        same = name not in ("precision", "ndcg[k]")
        assert (metric(short, one) == metric(padded, one)).all() == same, name


def test_no_users_give_no_values():
    for metric in VARIANTS.values():
        assert metric(np.empty((0, 3), bool), np.empty(0, int)).shape == (0,)


@pytest.mark.parametrize(
    ("hits", "n_relevant", "message"),
    [
        (np.array([True]), np.array([1]), r"must be \(n_users, k\).*shapes \(1,\) and \(1,\)"),
        (np.empty((1, 0), bool), np.array([1]), "k at least 1"),
        (np.array([[True]]), np.array([1, 2]), r"shapes \(1, 1\) and \(2,\)"),
        (np.array([[1]]), np.array([1]), "hits must be bool.*dtypes int64"),
        (np.array([[True]]), np.array([1.0]), "n_relevant integers.*float64"),
        (np.array([[True], [True]]), np.array([1, 0]), "more hits than relevant.*user 1"),
    ],
)
def test_arrays_that_cannot_be_are_refused(hits, n_relevant, message):
    for metric in VARIANTS.values():
        with pytest.raises(DataError, match=message):
            metric(hits, n_relevant)
