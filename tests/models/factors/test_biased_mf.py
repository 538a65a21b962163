"""BiasedMF: Surprise's SVD to the last digits, and batches that come close to it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from surprise import SVD

from recsys_lib.datasets import load_matinee
from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import Interactions
from recsys_lib.models.factors.biased_mf import BiasedMF
from recsys_lib.models.factors.rating_batches import Batch, products, waves
from recsys_lib.models.factors.surprise_model import SurpriseModel
from recsys_lib.splits import split_random

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40)


def rated(log: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of a viewer and a title that both have a rating."""
    users, items = log.users[log.user_counts > 0], log.items[log.item_counts > 0]
    return np.repeat(users, len(items)), np.tile(items, len(users))


def numbers(model: BiasedMF) -> tuple[np.ndarray, ...]:
    return model.user_factors_, model.item_factors_, model.user_bias_, model.item_bias_


def naive(log: Interactions, model: BiasedMF) -> BiasedMF:
    """The formulas of the docstring, one rating after the other."""
    model._initialise(log)
    P, Q, bu, bi = model.user_factors_, model.item_factors_, model.user_bias_, model.item_bias_
    rate, l2, mean = model.learning_rate, model.l2, log.matrix.data.astype(float).mean()
    for _ in range(model.epochs):
        for u, i, rating in zip(log.event_rows, log.matrix.indices, log.matrix.data, strict=True):
            error = rating - (mean + bu[u] + bi[i] + P[u] @ Q[i])
            bu[u] += rate * (error - l2 * bu[u])
            bi[i] += rate * (error - l2 * bi[i])
            P[u], Q[i] = (P[u] + rate * (error * Q[i] - l2 * P[u]),
                          Q[i] + rate * (error * P[u] - l2 * Q[i]))  # fmt: skip
    return model


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_predictions_equal_those_of_surprise(make_log, seed):
    log = make_log(seed)
    settings = {"random_state": seed, "n_factors": 7, "n_epochs": 11, "lr_all": 0.02}
    theirs = SurpriseModel(SVD(reg_all=0.05, init_std_dev=0.3, **settings)).fit(log)
    ours = BiasedMF(7, 11, 0.02, l2=0.05, init_std=0.3, at_once=1, random_state=seed).fit(log)
    difference = ours.predict(*rated(log)) - theirs.predict(*rated(log))
    assert abs(difference).max() < 1e-8
    assert np.ptp(ours.predict(*rated(log))) > 1  # they are not all the same number


def test_waves_equal_one_rating_after_the_other(make_log):
    log = make_log(5)
    settings = {"factors": 5, "epochs": 6, "learning_rate": 0.05, "at_once": 1}
    fast, slow = BiasedMF(**settings).fit(log), naive(log, BiasedMF(**settings))
    for name in ("user_factors_", "item_factors_", "user_bias_", "item_bias_"):
        np.testing.assert_allclose(getattr(fast, name), getattr(slow, name), rtol=0, atol=1e-12)


def test_a_batch_adds_up_what_its_ratings_ask_for_with_the_old_numbers(make_log):
    log = make_log(8)
    model = BiasedMF(factors=3, epochs=1, learning_rate=0.1, l2=0.3, init_std=0.5).fit(log)
    old = [array.astype(float) for array in numbers(model)]
    new, (P, Q, bu, bi) = [array.copy() for array in old], old
    events = np.arange(0, log.n_events, 2)
    for u, i, rating in zip(log.event_rows[events], log.matrix.indices[events],
                            log.matrix.data[events], strict=True):  # fmt: skip
        error = rating - (model.mean_ + bu[u] + bi[i] + P[u] @ Q[i])
        for to, of, at, toward in zip(new, old, (u, i, u, i), (Q[i], P[u], 1, 1), strict=True):
            to[at] += 0.1 * (error * toward - 0.3 * of[at])
    model._step(Batch.of(log, events))
    for ours, naive_sum in zip(numbers(model), new, strict=True):
        np.testing.assert_allclose(ours, naive_sum, rtol=0, atol=1e-5)


@pytest.mark.parametrize("at_once", [8, 128])
def test_batches_come_as_close_to_the_stars_as_one_rating_after_the_other(at_once):
    split = split_random(load_matinee().stars(), rng=np.random.default_rng(0))

    def errors(model: BiasedMF) -> list[float]:
        """Root mean squared error on train and on test."""
        model.fit(split.train)
        parts = [(log.users[log.event_rows], log.items[log.matrix.indices], log.matrix.data)
                 for log in (split.train, split.test)]  # fmt: skip
        return [np.sqrt(np.mean((model.predict(*at) - stars) ** 2)) for *at, stars in parts]

    exact, fast = (errors(BiasedMF(factors=20, at_once=each)) for each in (1, at_once))
    np.testing.assert_allclose(fast, exact, rtol=0, atol=0.002)
    assert exact[0] < 0.99 * split.train.matrix.data.std()  # something was learned


def test_the_busiest_appears_at_most_so_often_in_a_batch_on_average(make_log):
    log = make_log(9)
    busiest = max(log.user_counts.max(), log.item_counts.max())
    visits = BiasedMF(at_once=3)._visits(log)
    assert len(visits) == -(-busiest // 3)
    assert sorted(np.concatenate(visits)) == list(range(log.n_events))


def test_products_of_many_pairs_equal_the_formula():
    rng = np.random.default_rng(0)
    P, Q = rng.normal(size=(30, 4)), rng.normal(size=(20, 4))
    rows, columns = rng.integers(0, 30, 2500), rng.integers(0, 20, 2500)
    np.testing.assert_allclose(products(P, Q, rows, columns), (P @ Q.T)[rows, columns], atol=1e-12)


@given(pairs)
def test_in_a_wave_nobody_meets_and_who_meets_keeps_their_order(drawn):
    rows, columns = np.array(drawn).T
    order, bounds = waves(rows, columns)
    assert sorted(order) == list(range(len(drawn)))
    wave = np.empty(len(drawn), int)
    for number, (start, stop) in enumerate(pairwise(bounds)):
        inside = order[start:stop]
        wave[inside] = number
        assert len(set(rows[inside])) == len(set(columns[inside])) == len(inside) > 0
    for later in range(len(drawn)):
        for earlier in range(later):
            if rows[earlier] == rows[later] or columns[earlier] == columns[later]:
                assert wave[earlier] < wave[later]


def test_whole_rows_equal_pairs_also_for_titles_without_rating(make_log):
    log = make_log(6, items=40, events=90)
    assert (log.item_counts == 0).any()
    model = BiasedMF(factors=4, learning_rate=0.05, init_std=0.5).fit(log)
    users = log.users[log.user_counts > 0]
    expected = model.predict(np.repeat(users, log.n_items), np.tile(log.items, len(users)))
    np.testing.assert_allclose(np.clip(model.score_all(users), 1, 5).ravel(), expected, atol=1e-6)
    assert expected.min() >= 1 and expected.max() <= 5
    assert model.score_all(users).max() > 5.01  # lists are ranked by what was computed


def test_more_epochs_fit_the_ratings_better(make_log):
    log = make_log(7)

    def rmse(epochs: int) -> float:
        model = BiasedMF(factors=8, epochs=epochs, learning_rate=0.02).fit(log)
        users, items = log.users[log.event_rows], log.items[log.matrix.indices]
        return np.sqrt(np.mean((model.predict(users, items) - log.matrix.data) ** 2))

    errors = [rmse(epochs) for epochs in (1, 10, 100)]
    assert errors[0] > errors[1] > errors[2] and errors[2] < 0.6 * errors[0]


def test_steps_that_are_too_long_are_an_error_not_a_model_full_of_nan(make_log):
    with pytest.raises(ArgumentError, match="learning_rate=9 is too large"):
        BiasedMF(learning_rate=9, epochs=50).fit(make_log())


@pytest.mark.parametrize(
    ("argument", "wrong", "right"),
    [("factors", 0, 1), ("epochs", 0, 1), ("learning_rate", 0, 1e-9), ("l2", -0.1, 0),
     ("init_std", -0.1, 0), ("at_once", 0, 1)],
)  # fmt: skip
def test_arguments_outside_their_values_are_refused(make_log, argument, wrong, right):
    with pytest.raises(ArgumentError, match=f"{argument} must be"):
        BiasedMF(**{argument: wrong}).fit(make_log())
    BiasedMF(**{argument: right}).fit(make_log())
