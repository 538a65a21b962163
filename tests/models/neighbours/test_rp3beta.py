"""RP3beta: the walk by hand, the walk by loops, and what beta does to popular titles."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import Interactions
from recsys_lib.models.neighbours.rp3beta import RP3beta, addable


def naive_walk(r: np.ndarray, alpha: float, beta: float) -> np.ndarray:
    n_users, n_items = r.shape
    n_titles, n_viewers = r.sum(axis=1), r.sum(axis=0)
    walk = np.zeros((n_items, n_items))
    for i in range(n_items):
        for j in range(n_items):
            for v in range(n_users):
                if i != j and r[v, i] and r[v, j]:
                    step = (1 / n_titles[v]) ** alpha / n_viewers[j] ** beta
                    walk[i, j] += r[v, i] * r[v, j] * step
    return walk


def naive_votes(walk: np.ndarray, neighbors: int) -> np.ndarray:
    votes = np.zeros_like(walk)
    for i, ends in enumerate(walk):
        kept = np.argsort(-ends, kind="stable")[:neighbors]
        votes[i, kept] = ends[kept] / max(ends[kept].sum(), 1e-300)
    for votes_for in votes.T:
        votes_for[np.argsort(-votes_for, kind="stable")[neighbors:]] = 0
    return votes


def test_three_viewers_by_hand():
    # Ada: Friends, Cheers. Ben: Friends, Cheers, Dark. Cleo: Friends.
    log = pd.DataFrame({"user_id": [1, 1, 2, 2, 2, 3], "item_id": ["Friends", "Cheers", "Friends",
                        "Cheers", "Dark", "Friends"]})  # fmt: skip
    model = RP3beta(alpha=1, beta=0).fit(Interactions.from_frame(log))
    cheers, dark, _ = model.score_all([3])[0]
    # Over Ada one ends at Cheers with 1/2, over Ben at Cheers or Dark with 1/3 each: 5/6 to 1/3.
    assert cheers == pytest.approx(5 / 7)
    assert dark == pytest.approx(2 / 7)
    cheers, dark, _ = RP3beta(alpha=1, beta=1).fit(Interactions.from_frame(log)).score_all([3])[0]
    assert cheers == pytest.approx(5 / 9)  # Cheers has two viewers: 5/12 to 1/3
    assert dark == pytest.approx(4 / 9)
    model = RP3beta(alpha=1, beta=0, neighbors=1).fit(Interactions.from_frame(log))
    assert model.score_all([3])[0].tolist() == [1, 0, 0]  # the whole vote of Friends


@pytest.mark.parametrize(("alpha", "beta"), [(1, 0), (0.7, 0.6), (0, 0.3)])
def test_votes_equal_the_naive_loop(make_log, alpha, beta):
    log = make_log(1)
    votes = RP3beta(alpha, beta, neighbors=100).fit(log).votes_.toarray()
    walk = naive_walk(log.binary().toarray(), alpha, beta)
    np.testing.assert_allclose(votes, naive_votes(walk, 100), rtol=1e-5)
    weighed = RP3beta(alpha, beta, neighbors=4, weighted=True).fit(log)
    r = log.matrix.toarray().astype(float)
    expected = naive_votes(naive_walk(r, alpha, beta), 4)
    np.testing.assert_allclose(weighed.votes_.toarray(), expected, rtol=1e-5)
    np.testing.assert_allclose(
        weighed.score_all(log.users)[log.user_counts > 0],
        (r @ expected)[log.user_counts > 0],
        rtol=1e-5,
    )


@pytest.mark.parametrize("neighbors", [1, 4])
def test_the_likeliest_ends_and_then_the_largest_votes_are_kept(make_log, neighbors):
    log = make_log(2, users=60, items=12, events=400)  # so dense that no two walks are alike
    votes = RP3beta(0.7, 0.6, neighbors).fit(log).votes_.toarray()
    walk = naive_walk(log.binary().toarray(), 0.7, 0.6)
    np.testing.assert_allclose(votes, naive_votes(walk, neighbors), rtol=1e-5)
    assert (votes > 0).sum() < log.n_items * neighbors  # some title got more votes than count


def test_a_score_adds_up_the_votes_of_what_was_watched(make_log):
    log = make_log(3)
    model = RP3beta(neighbors=4).fit(log)
    expected = log.binary().toarray() @ model.votes_.toarray()
    served = log.user_counts > 0
    np.testing.assert_allclose(model.score_all(log.users[served]), expected[served], rtol=1e-5)


def test_the_higher_beta_the_less_popular_the_lists(make_log):
    log = make_log(4, users=120, items=60, events=1500)

    def popularity(beta: float) -> float:
        items = RP3beta(beta=beta).fit(log).recommend(k=5)["item_id"]
        return log.item_counts[log.item_positions(items)].mean()

    means = [popularity(beta) for beta in (0, 0.5, 1, 1.5)]
    assert means == sorted(means, reverse=True) and means[0] > 1.5 * means[-1]


@pytest.mark.parametrize(
    ("argument", "wrong", "right"),
    [("alpha", -0.1, 0), ("beta", -0.1, 0), ("neighbors", 0, 1), ("neighbors", 1.5, 1)],
)
def test_arguments_outside_their_values_are_refused(make_log, argument, wrong, right):
    with pytest.raises(ArgumentError, match=f"{argument} must be"):
        RP3beta(**{argument: wrong}).fit(make_log())
    RP3beta(**{argument: right}).fit(make_log())


@given(st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=300), st.randoms(use_true_random=False))
def test_addable_weights_have_one_sum_in_any_order_and_are_what_they_were(weights, random):
    rounded = addable(np.array(weights))
    forwards = np.cumsum(rounded)[-1]
    shuffled = rounded.tolist()
    random.shuffle(shuffled)
    assert np.cumsum(shuffled)[-1] == forwards == math.fsum(shuffled)
    np.testing.assert_allclose(rounded, weights, atol=1e-15 * sum(weights), rtol=0)
