"""The cloud by hand: what it costs to stand apart, its whole loss beside loops, what it learns."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError, MissingPackageError
from recsys_lib.models import MultVAE
from recsys_lib.models.deep.variational import cloud_loss
from tests.models.deep.test_autoencoder import taste_log

N = 5  # titles


def parameters(seed: int = 0, hidden: int = 3, latent: int = 2) -> dict[str, np.ndarray]:
    first = MultVAE(hidden=hidden, latent=latent, random_state=seed)._first(N)
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=value.shape) for name, value in first.items()}


def loss(p: dict, y: np.ndarray, beta: float, noise: float = 0.0, l2: float = 0.0) -> float:
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        batch = {"y": y, "beta": beta, "noise": noise, "l2": l2}
        return float(cloud_loss(p, batch, jax.random.key(0)))


def test_what_it_costs_to_stand_apart_by_hand():
    """Mean 1, variance 1 costs 1/2; mean 0, variance 4 costs (4 - 1 - log 4) / 2 = 0.807."""
    p = {name: np.zeros_like(value) for name, value in parameters().items()}
    y = np.array([[1.0, 1, 0, 0, 0], [0, 0, 1, 1, 0]])
    surprise = 2 * np.log(N)  # every title is as likely as another, and two were watched
    assert loss(p, y, beta=1.0) == pytest.approx(surprise)
    p["m"] = np.array([1.0, 0.0])
    assert loss(p, y, beta=1.0) == pytest.approx(surprise + 0.5)
    p["s"] = np.array([0.0, np.log(4)])
    assert loss(p, y, beta=1.0) == pytest.approx(surprise + 0.5 + 0.8068528)
    assert loss(p, y, beta=0.2) == pytest.approx(surprise + 0.2 * 1.3068528)
    assert loss(p, y, beta=0.0) == pytest.approx(surprise)


def test_the_whole_loss_is_what_a_loop_over_viewers_says():
    jax = pytest.importorskip("jax")
    p, y = parameters(1), np.array([[1.0, 0, 1, 1, 0], [0, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    with jax.enable_x64(True):
        for_noise, for_draws = jax.random.split(jax.random.key(0))
        told = np.asarray(jax.random.uniform(for_noise, y.shape)) >= 0.4
        normal = np.asarray(jax.random.normal(for_draws, (3, 2)))
    parts = []
    for row in range(3):
        x = y[row] * told[row]
        x = x / np.sqrt(max(x.sum(), 1))
        inside = np.tanh(x @ p["A"] + p["a"])
        mean, log_variance = inside @ p["M"] + p["m"], inside @ p["S"] + p["s"]
        drawn = mean + np.sqrt(np.exp(log_variance)) * normal[row]
        score = np.tanh(drawn @ p["B"] + p["b"]) @ p["V"] + p["c"]
        chance = np.exp(score) / np.exp(score).sum()
        surprise = -sum(np.log(chance[i]) for i in range(N) if y[row, i])
        # Kullback and Leibler's divergence from a standard normal, a number at a time
        apart = sum(
            -np.log(np.sqrt(np.exp(v))) + (np.exp(v) + m**2) / 2 - 0.5
            for m, v in zip(mean, log_variance, strict=True)
        )
        parts.append(surprise + 0.3 * apart)
    penalty = 0.01 / 2 * sum((p[name] ** 2).sum() for name in "AMSBV")
    expected = np.mean(parts) + penalty
    assert told.sum() < told.size
    assert loss(p, y, beta=0.3, noise=0.4, l2=0.01) == pytest.approx(expected, rel=1e-12)


def test_scores_are_those_of_the_middle_of_the_cloud(make_log):
    pytest.importorskip("jax")
    log = make_log()
    model = MultVAE(hidden=4, latent=3, epochs=3).fit(log)
    p, x = model.parameters_, log.binary().toarray()[:1].astype(float)
    inside = np.tanh(x / np.sqrt(x.sum()) @ p["A"] + p["a"])
    expected = np.tanh((inside @ p["M"] + p["m"]) @ p["B"] + p["b"]) @ p["V"] + p["c"]
    np.testing.assert_allclose(model.score_all(log.users[:1]), expected, rtol=1e-5)
    assert model.item_factors_.shape == (20, 4)


def test_it_learns_who_likes_what_and_keeps_the_best_epoch():
    pytest.importorskip("jax")
    log = taste_log()
    model = MultVAE(hidden=8, latent=2, learning_rate=0.05, l2=0, epochs=200, patience=4).fit(log)
    lists = model.recommend(k=2)
    own = (lists["item_id"] // 10).to_numpy() == (lists["user_id"] % 2).to_numpy()
    assert own.all()
    history = model.history_
    assert len(history) < 200 and history["held_loss"].idxmin() == len(history) - 5
    short = MultVAE(**model.get_params() | {"epochs": len(history) - 4}).fit(log)
    np.testing.assert_array_equal(model.parameters_["V"], short.parameters_["V"])


def test_seeds_differ_and_settings_that_make_no_sense_are_refused(make_log):
    pytest.importorskip("jax")
    log = make_log()
    one, again, other = (MultVAE(hidden=3, latent=2, epochs=2, random_state=seed).fit(log)
                         for seed in (0, 0, 1))  # fmt: skip
    np.testing.assert_array_equal(one.score_all(log.users), again.score_all(log.users))
    assert not np.allclose(one.score_all(log.users), other.score_all(log.users))
    for wrong in (
        {"hidden": 0}, {"latent": 0}, {"beta": -1}, {"noise": 1}, {"noise": -0.1}, {"l2": -1},
        {"learning_rate": 0}, {"epochs": 0}, {"held_out": 1}, {"patience": 0}, {"batch_size": 0},
    ):  # fmt: skip
        with pytest.raises(ArgumentError, match=next(iter(wrong))):
            MultVAE(**wrong).fit(log)


def test_without_jax_there_is_a_clear_error(monkeypatch, make_log):
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(MissingPackageError, match="pip install jax optax"):
        MultVAE(epochs=1).fit(make_log())
