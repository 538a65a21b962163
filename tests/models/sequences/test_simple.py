"""Markov and recency beside naive loops, and by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import ITEM, TIME, USER
from recsys_lib.models import EASE, ItemKNN, Markov, RecentEASE, RecentItemKNN
from tests.models.sequences.test_order import in_order


def test_the_chain_counts_who_went_on_where(make_log):
    log, prior = make_log(1), 4.0
    histories = {user: in_order(log, user) for user in log.users}
    pairs = [pair for h in histories.values() for pair in pairwise(h)]
    scores = Markov(prior).fit(log).score_all(log.users)
    for row, user in enumerate(log.users):
        if not histories[user]:
            continue
        last = histories[user][-1]
        left = [after for before, after in pairs if before == last]
        for column in range(log.n_items):
            share = sum(after == column for _, after in pairs) / len(pairs)
            expected = (left.count(column) + prior * share) / (len(left) + prior)
            assert scores[row, column] == pytest.approx(expected, rel=1e-6)


def test_the_chain_by_hand():
    frame = pd.DataFrame({USER: [1, 1, 2, 2, 3], ITEM: list("ABABA"), TIME: [1, 2, 1, 2, 1]})
    model = Markov(prior=2).fit(Interactions.from_frame(frame, time=TIME))
    # Two steps, both from A to B: (2 + 2 * 1) / (2 + 2) = 1 after A; (0 + 2 * 1) / 2 = 1 after B.
    np.testing.assert_allclose(model.score_all([3, 1]), [[0, 1], [0, 1]])
    assert model.similar_items("A")[ITEM].tolist() == ["B"]


@pytest.mark.parametrize("half_life", [0.5, 1.0, 7.0])
@pytest.mark.parametrize("kind", ["ease", "knn"])
def test_a_history_that_fades_adds_up_halved_weights(kind, half_life, make_log):
    log = make_log(2)
    if kind == "ease":
        model, plain = RecentEASE(20, half_life), EASE(20).fit(log)
        adds = plain.weights_
    else:
        model, plain = RecentItemKNN(5, half_life=half_life), ItemKNN(5).fit(log)
        adds = plain.support_.toarray().T
    scores = model.fit(log).score_all(log.users)
    for row, user in enumerate(log.users):
        history = in_order(log, user)[::-1]
        if history:
            expected = sum(0.5 ** (age / half_life) * adds[i] for age, i in enumerate(history))
            np.testing.assert_allclose(scores[row], expected, atol=1e-5)


def test_with_an_endless_half_life_nothing_fades(make_log):
    log = make_log(3)
    known = log.users[log.user_counts > 0]
    for recent, plain in (
        (RecentEASE(9, 1e12), EASE(9)),
        (RecentItemKNN(half_life=1e12), ItemKNN()),
    ):
        ours, theirs = (model.fit(log).score_all(known) for model in (recent, plain))
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), "2", None])
def test_settings_outside_their_values_are_refused(wrong, make_log):
    log = make_log()
    for model in (Markov(wrong), RecentEASE(half_life=wrong), RecentItemKNN(half_life=wrong)):
        with pytest.raises(ArgumentError, match="must be above 0"):
            model.fit(log)
