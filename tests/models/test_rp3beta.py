"""RP3beta: the walk by hand, the walk by loops, and what beta does to popular titles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import Interactions
from recsys_lib.models.rp3beta import RP3beta


def naive_votes(watched: np.ndarray, alpha: float, beta: float) -> np.ndarray:
    n_users, n_items = watched.shape
    n_titles, n_viewers = watched.sum(axis=1), watched.sum(axis=0)
    votes = np.zeros((n_items, n_items))
    for i in range(n_items):
        for j in range(n_items):
            for v in range(n_users):
                if i != j and watched[v, i] and watched[v, j]:
                    chances = (1 / n_viewers[i]) ** alpha * (1 / n_titles[v]) ** alpha
                    votes[i, j] += chances / n_viewers[j] ** beta
    return votes


def test_three_viewers_by_hand():
    # Ada: Friends, Cheers. Ben: Friends, Cheers, Dark. Cleo: Friends.
    log = pd.DataFrame({"user_id": [1, 1, 2, 2, 2, 3], "item_id": ["Friends", "Cheers", "Friends",
                        "Cheers", "Dark", "Friends"]})  # fmt: skip
    model = RP3beta(alpha=1, beta=0).fit(Interactions.from_frame(log))
    cheers, dark, _ = model.score_all([3])[0]
    # From Friends to one of its three viewers by lot, then to one of that viewer's titles:
    assert cheers == pytest.approx(1 / 3 * 1 / 2 + 1 / 3 * 1 / 3)
    assert dark == pytest.approx(1 / 3 * 1 / 3)
    cheers, dark, _ = RP3beta(alpha=1, beta=1).fit(Interactions.from_frame(log)).score_all([3])[0]
    assert cheers == pytest.approx((1 / 6 + 1 / 9) / 2)  # two viewers
    assert dark == pytest.approx(1 / 9)  # one


@pytest.mark.parametrize(("alpha", "beta"), [(1, 0), (0.7, 0.6), (0, 0.3)])
def test_votes_equal_the_naive_loop(make_log, alpha, beta):
    log = make_log(1)
    votes = RP3beta(alpha=alpha, beta=beta).fit(log).votes_.toarray()
    naive = naive_votes(log.binary().toarray(), alpha, beta)
    np.testing.assert_allclose(votes, naive, rtol=1e-6)


def test_the_largest_votes_for_each_title_are_kept(make_log):
    log = make_log(2)
    every = RP3beta().fit(log).votes_.toarray()
    kept = RP3beta(neighbors=3).fit(log).votes_.toarray()
    for column in range(log.n_items):
        best = np.sort(every[:, column])[::-1][:3]
        found = np.sort(kept[:, column])[::-1]
        assert found[:3].tolist() == best.tolist() and not found[3:].any()


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
