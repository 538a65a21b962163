"""The autoencoder: its gradient, its straight ancestor, its early stopping, refused settings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError
from recsys_lib.models import DenoisingAutoencoder
from recsys_lib.models.deep.autoencoder import penalised_loss, unit_length
from recsys_lib.models.deep.layers import first_layers


@pytest.mark.parametrize("bend", ["tanh", "none"])
def test_the_gradient_with_its_penalty_is_the_slope_of_the_loss(bend):
    rng = np.random.default_rng(0)
    layers = first_layers((4, 3, 4), rng)
    x, y = rng.random((5, 4)), (rng.random((5, 4)) < 0.5).astype(float)
    _, gradients = penalised_loss(layers, x, y, 0.3, bend)
    for depth, (W, _) in enumerate(layers):
        for place in np.ndindex(W.shape):
            losses = []
            for nudge in (1e-6, -1e-6):
                nudged = [tuple(a.copy() for a in pair) for pair in layers]
                nudged[depth][0][place] += nudge
                losses.append(penalised_loss(nudged, x, y, 0.3, bend)[0])
            slope = (losses[0] - losses[1]) / 2e-6
            assert gradients[depth][0][place] == pytest.approx(slope, abs=1e-8)


def test_scores_are_what_the_network_says_of_the_whole_history(make_log):
    log = make_log()
    model = DenoisingAutoencoder(hidden=(5,), epochs=4).fit(log)
    (W, b), (V, c) = model.layers_
    x = log.binary().toarray()[:1].astype(float)
    expected = np.tanh(x / np.sqrt(x.sum()) @ W + b) @ V + c
    np.testing.assert_allclose(model.score_all(log.users[:1]), expected, rtol=1e-6)
    assert model.item_factors_.shape == (20, 5)


def test_without_the_bend_layers_are_one_straight_line(make_log):
    log = make_log()
    model = DenoisingAutoencoder(hidden=(5, 4), bend="none", epochs=4).fit(log)
    (A, a), (B, b), (C, c) = model.layers_
    x = unit_length(log.binary().toarray().astype(float))
    straight = x @ (A @ B @ C) + ((a @ B + b) @ C + c)
    np.testing.assert_allclose(model.score_all(log.users), straight, rtol=1e-5)


def taste_log() -> Interactions:
    """Two kinds of viewers, who each watch eight of the ten titles of their kind."""
    rng = np.random.default_rng(0)
    pairs = [
        (user, (user % 2) * 10 + item)
        for user in range(200)
        for item in rng.choice(10, 8, replace=False)
    ]
    frame = {"user_id": [u for u, _ in pairs], "item_id": [i for _, i in pairs]}
    return Interactions.from_frame(pd.DataFrame(frame))


def test_it_learns_who_likes_what():
    log = taste_log()
    lists = DenoisingAutoencoder(hidden=(4,), epochs=60).fit(log).recommend(k=2)
    own = (lists["item_id"] // 10).to_numpy() == (lists["user_id"] % 2).to_numpy()
    assert own.all()


def test_it_keeps_the_epoch_that_guessed_the_held_out_viewers_best():
    log = taste_log()
    model = DenoisingAutoencoder(hidden=(8,), learning_rate=0.05, l2=0, epochs=400, patience=3)
    history = model.fit(log).history_
    assert len(history) < 400 and history["held_loss"].idxmin() == len(history) - 4
    short = DenoisingAutoencoder(**model.get_params() | {"epochs": len(history) - 3}).fit(log)
    for ours, theirs in zip(model.layers_, short.layers_, strict=True):
        np.testing.assert_array_equal(ours[0], theirs[0])
    whole = DenoisingAutoencoder(hidden=(8,), held_out=0, epochs=3).fit(log).history_
    assert len(whole) == 3 and whole["held_loss"].isna().all()


def test_seeds_differ_and_settings_that_make_no_sense_are_refused(make_log):
    log = make_log()
    one, other = (DenoisingAutoencoder(epochs=2, random_state=s).fit(log) for s in (0, 1))
    assert not np.allclose(one.score_all(log.users), other.score_all(log.users))
    for wrong in (
        {"noise": 1}, {"noise": -0.1}, {"l2": -1}, {"hidden": (0,)}, {"bend": "relu"},
        {"learning_rate": 0}, {"epochs": 0}, {"held_out": 1}, {"patience": 0},
    ):  # fmt: skip
        with pytest.raises(ArgumentError, match=next(iter(wrong))):
            DenoisingAutoencoder(**wrong).fit(log)


def test_steps_that_are_too_long_are_named(make_log):
    with pytest.raises(ArgumentError, match="the loss grew without bound"):
        DenoisingAutoencoder(learning_rate=1e200, epochs=3, l2=1e200).fit(make_log())
