"""Two towers: the correction by hand, the loss beside loops, and titles that nobody watched."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError, MissingPackageError
from recsys_lib.interactions import ITEM, USER
from recsys_lib.models import TwoTowers
from recsys_lib.models.deep.two_towers import picking_loss

SIZES = {"T": (4, 3), "G": (2, 3), "a": (3,), "V": (3, 3),
         "F": (5, 3), "own": (4, 3), "b": (3,), "Q": (3, 3)}  # fmt: skip


def parameters(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=size) for name, size in SIZES.items()}


def batch(titles: list[int], log_share, noise: float = 0.0, l2: float = 0.0) -> dict:
    rng, n = np.random.default_rng(1), len(titles)
    return {
        "x": (rng.random((n, 4)) < 0.6).astype(float), "groups": np.eye(2)[rng.integers(0, 2, n)],
        "features": rng.random((n, 5)), "title": np.array(titles),
        "log_share": np.asarray(log_share, float), "noise": noise, "l2": l2,
    }  # fmt: skip


def loss(p: dict, told: dict) -> float:
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        return float(picking_loss(p, told, jax.random.key(0)))


def test_the_correction_by_hand():
    """All scores 0, shares 3/4 and 1/4: corrected, the rare title is picked three times of four.

    s = -log(share) gives 4/3 to the one and 4 to the other, so chances of 1/4 and 3/4, whoever the
    viewer is: a title that fills the batch three times as often is discounted to a third.
    """
    p = parameters() | {"Q": np.zeros((3, 3))}
    corrected = loss(p, batch([0, 1], np.log([0.75, 0.25])))
    assert corrected == pytest.approx(-(np.log(0.25) + np.log(0.75)) / 2)
    assert loss(p, batch([0, 1], [0, 0])) == pytest.approx(np.log(2))


def test_a_title_that_is_in_the_batch_again_is_no_rival_of_itself():
    p = parameters() | {"Q": np.zeros((3, 3))}
    assert loss(p, batch([2, 2, 2], [0, 0, 0])) == pytest.approx(0)
    assert loss(p, batch([2, 2, 1], [0, 0, 0])) == pytest.approx(
        (np.log(2) + np.log(2) + np.log(3)) / 3
    )


def test_the_loss_is_what_a_loop_over_events_says():
    p, told = parameters(3), batch([0, 3, 1, 3], np.log([0.2, 0.5, 0.3, 0.5]), l2=0.01)
    parts = []
    for u in range(4):
        x = told["x"][u] / np.sqrt(max((told["x"][u] ** 2).sum(), 1e-9))
        viewer = np.tanh(x @ p["T"] + told["groups"][u] @ p["G"] + p["a"]) @ p["V"]
        raised = {}
        for j in range(4):
            if j == u or told["title"][j] != told["title"][u]:
                own = p["own"][told["title"][j]]
                title = np.tanh(told["features"][j] @ p["F"] + own + p["b"]) @ p["Q"]
                raised[j] = np.exp(viewer @ title - told["log_share"][j])
        parts.append(-np.log(raised[u] / sum(raised.values())))
    penalty = 0.01 * sum((part**2).sum() for part in p.values())
    assert loss(p, told) == pytest.approx(np.mean(parts) + penalty, rel=1e-12)


def kinds() -> tuple[Interactions, pd.DataFrame]:
    """Viewers of dramas and of comedies; of each kind the last title has never been watched."""
    rng = np.random.default_rng(0)
    pairs = [(user, (user % 2) * 10 + item) for user in range(120)
             for item in rng.choice(9, 6, replace=False)]  # fmt: skip
    log = Interactions.from_frame(pd.DataFrame(pairs, columns=[USER, ITEM]), items=range(20))
    return log, pd.DataFrame({ITEM: range(20), "genres": ["drama"] * 10 + ["comedy"] * 10})


@pytest.fixture(scope="module")
def fitted() -> TwoTowers:
    pytest.importorskip("jax")
    log, items = kinds()
    model = TwoTowers(factors=4, weights={"genres": 1.0}, epochs=30, batch_size=128,
                      learning_rate=0.05, patience=30)  # fmt: skip
    return model.fit(log, items=items)


def test_a_title_that_nobody_watched_stands_where_its_features_put_it(fitted):
    scores = fitted.score_all(fitted.train_.users)
    drama, comedy = scores[:, 9], scores[:, 19]
    dramatic = fitted.train_.users % 2 == 0
    assert (drama > comedy)[dramatic].all() and (comedy > drama)[~dramatic].all()
    log, items = kinds()
    twin = pd.concat([items, pd.DataFrame({ITEM: [20], "genres": ["drama"]})])
    model = TwoTowers(**fitted.get_params()).fit(log.with_axes(items=range(21)), items=twin)
    np.testing.assert_array_equal(model.item_factors_[9], model.item_factors_[20])


def test_it_learns_and_stops_and_is_the_same_again(fitted):
    history = fitted.history_
    assert history["loss"].iloc[-1] < history["loss"].iloc[0] - 0.1
    log, items = kinds()
    again = TwoTowers(**fitted.get_params()).fit(log, items=items)
    np.testing.assert_array_equal(again.item_factors_, fitted.item_factors_)
    early = TwoTowers(**fitted.get_params() | {"patience": 1, "epochs": 200}).fit(log, items=items)
    assert early.history_["held_loss"].idxmin() == len(early.history_) - 2 < 198
    other = TwoTowers(**fitted.get_params() | {"random_state": 1}).fit(log, items=items)
    assert not np.allclose(other.item_factors_, fitted.item_factors_)


def test_corrected_scores_learn_how_often_a_title_is_watched_and_uncorrected_ones_do_not():
    """Everybody watched one title, so nothing is told: the best scores are log(share), or alike.

    Only nearly, as a title is no rival of itself: with large shares both slopes are larger.
    """
    pytest.importorskip("jax")
    shares = np.linspace(9, 1, 20) / 100
    chosen = np.random.default_rng(0).choice(20, 1280, p=shares)
    log = Interactions.from_frame(pd.DataFrame({USER: range(1280), ITEM: chosen}))
    items = pd.DataFrame({ITEM: log.items, "genres": "drama"})
    settings = dict(factors=4, weights={"genres": 1.0}, epochs=30, batch_size=128, held_out=0,
                    l2=0, learning_rate=0.05)  # fmt: skip
    slopes = []
    for corrected in (True, False):
        model = TwoTowers(corrected=corrected, **settings).fit(log, items=items)
        scores = model.score_all([-1])[0]
        slopes.append(np.polyfit(np.log(log.item_counts), scores, 1)[0])
    assert slopes == pytest.approx([1, 0], abs=0.2)


def test_settings_and_tables_that_make_no_sense_are_refused():
    log, items = kinds()
    for wrong in (
        {"factors": 0}, {"said_of": 0}, {"noise": 1}, {"noise": -0.1}, {"l2": -1},
        {"learning_rate": 0}, {"epochs": 0}, {"held_out": 1}, {"patience": 0}, {"batch_size": 0},
    ):  # fmt: skip
        with pytest.raises(ArgumentError, match=next(iter(wrong))):
            TwoTowers(weights={"genres": 1.0}, **wrong).fit(log, items=items)
    with pytest.raises(DataError, match="items"):
        TwoTowers().fit(log)
    with pytest.raises(DataError, match="columns"):
        TwoTowers(weights={"genres": 1.0}, columns=("gender",)).fit(log, items=items)


def test_without_jax_there_is_a_clear_error(monkeypatch):
    log, items = kinds()
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(MissingPackageError, match="pip install jax optax"):
        TwoTowers(weights={"genres": 1.0}, epochs=1).fit(log, items=items)
