"""Opinions that not everybody gives: the loss is at its least, and weights do what they say."""

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.models import OpinionMF
from recsys_lib.models.factors.opinions import giving_chances

CHANCES = {1.0: 0.1, 2.0: 0.2, 4.0: 0.5, 5.0: 0.8}


@pytest.fixture
def log():
    rng = np.random.default_rng(3)
    pairs = rng.permutation(20 * 10)[:90]
    frame = pd.DataFrame({"user_id": pairs // 10, "item_id": pairs % 10})
    frame["value"] = rng.choice(list(CHANCES), len(pairs))
    return Interactions.from_frame(frame, value="value", users=range(20), items=range(11))


def loss(model, log, user, item, user_bias, item_bias) -> float:
    """The docstring's, in loops."""
    total, pull = 0.0, model.imputed_weight if model.imputed is not None else 0.0
    weight = {value: 1 / (model.chances or dict.fromkeys(CHANCES, 1))[value] for value in CHANCES}
    mean = np.mean([weight[value] for value in log.matrix.data.tolist()])
    given = {(u, i): value for u, i, value in log.to_frame().itertuples(index=False)}
    for u in range(log.n_users):
        for i in range(log.n_items):
            expected = model.start_ + user_bias[u] + item_bias[i] + user[u] @ item[i]
            if (u, i) in given:
                total += weight[given[u, i]] / mean * (given[u, i] - expected) ** 2
            if log.user_counts[u] and log.item_counts[i]:
                total += pull * (model.start_ - expected) ** 2
    return total + model.l2 * sum((part**2).sum() for part in (user, item, user_bias, item_bias))


@pytest.mark.parametrize("way", [{}, {"chances": CHANCES}, {"imputed": 2.5, "imputed_weight": 0.1}])
def test_no_small_change_makes_the_loss_smaller(log, way):
    model = OpinionMF(factors=2, l2=1.0, iterations=300, **way).fit(log)
    names = "user_factors_", "item_factors_", "user_bias_", "item_bias_"
    learned = [getattr(model, name) for name in names]
    least, rng = loss(model, log, *learned), np.random.default_rng(0)
    assert np.abs(learned[2]).max() > 0.05
    for _ in range(30):
        moved = [part + 1e-3 * rng.standard_normal(part.shape) for part in learned]
        assert loss(model, log, *moved) > least


def test_the_start_is_a_mean_a_weighted_mean_or_what_is_imputed(log):
    values = log.matrix.data.astype(float)
    weights = [1 / CHANCES[value] for value in values.tolist()]
    assert OpinionMF().fit(log).start_ == pytest.approx(values.mean())
    weighted = OpinionMF(chances=CHANCES).fit(log)
    assert weighted.start_ == pytest.approx(np.average(values, weights=weights))
    assert OpinionMF(imputed=2.0).fit(log).start_ == 2.0


def test_equal_chances_weigh_nothing(log):
    plain = OpinionMF(factors=3).fit(log).score_all(log.users)
    equal = OpinionMF(factors=3, chances=dict.fromkeys(CHANCES, 0.3)).fit(log).score_all(log.users)
    np.testing.assert_allclose(plain, equal, atol=1e-6)


def test_bayes_finds_the_chances_that_opinions_were_given_with():
    rng = np.random.default_rng(1)
    truth = rng.choice(list(CHANCES), 200_000, p=[0.4, 0.3, 0.2, 0.1])
    given = truth[rng.random(len(truth)) < np.vectorize(CHANCES.get)(truth)]
    found = giving_chances(given, rng.choice(truth, 50_000), len(truth))
    assert found == pytest.approx(CHANCES, rel=0.05)


def test_what_cannot_be_is_refused(log):
    with pytest.raises(ArgumentError, match=r"none above 0 for \[5.0\]"):
        OpinionMF(chances=CHANCES | {5.0: 0.0}).fit(log)
    with pytest.raises(DataError, match="3 opinions were given of 2 pairs"):
        giving_chances([1, 1, 2], [1], n_pairs=2)
