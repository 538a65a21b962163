"""How far people look, on pages whose truth is known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import statsmodels.api as sm

from recsys_lib.errors import DataError
from recsys_lib.pages import fit_cascade, fit_grid, grid_chance

ROW, POSITION = np.divmod(np.arange(20), 5)
LOOK = grid_chance(0.75, 0.88, 4, 5).ravel()


def pages(rng, n=3000, appeal=0.15, spread=0.0):
    """Pages of 20 slots by lot; with `spread`, some viewers click on everything more."""
    keen = np.exp(rng.normal(0, spread, n // 10))[:, None]
    chance = np.clip(appeal * np.repeat(keen, 10, axis=0) * LOOK, 0, 0.9)
    return (rng.random((n, 20)) < chance) * 1.0, np.repeat(np.arange(n // 10), 10)


def fitted(clicks, **options):
    n = len(clicks)
    return fit_grid(np.tile(ROW, n), np.tile(POSITION, n), clicks.ravel(), **options)


def test_decay_is_found_and_its_interval_covers():
    rng, held, values = np.random.default_rng(0), np.zeros(3), []
    truth = np.array([0.15, 0.75, 0.88])
    for _ in range(150):
        look = fitted(pages(rng, n=400)[0])
        held += (look.low <= truth) & (truth <= look.high)
        values.append(look.value)
    assert np.mean(values, axis=0) == pytest.approx(truth, rel=0.02)
    assert ((held / 150 > 0.9) & (held / 150 < 0.99)).all()


def test_it_is_the_likelihood_of_a_log_binomial_model():
    clicks, _ = pages(np.random.default_rng(1))
    look = fitted(clicks)
    design = np.column_stack([np.ones(20), ROW, POSITION])
    counts = np.column_stack([clicks.sum(axis=0), len(clicks) - clicks.sum(axis=0)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a chance by a logarithm could pass 1; here it does not
        family = sm.families.Binomial(sm.families.links.Log())
        peer = sm.GLM(counts, design, family=family).fit(start_params=np.log(look.value))
    assert look.value == pytest.approx(np.exp(peer.params), rel=1e-4)


def ranked(rng, n=3000):
    """Better titles stand on top, but for a fifth of slots that are filled by lot."""
    lot = rng.random((n, 20)) < 0.2
    appeal = np.where(lot, rng.choice(20, (n, 20)), np.arange(20))
    chance = 0.3 * 0.93**appeal * LOOK
    # chance of what stands there: of the slot's own title by rank or by lot, of another by lot
    shown = np.where(appeal == np.arange(20), 0.8 + 0.2 / 20, 0.2 / 20)
    return (rng.random((n, 20)) < chance) * 1.0, lot, (1 / 20) / shown


def test_taste_is_mistaken_for_looking_unless_lots_or_weights_tell_them_apart():
    clicks, lot, weight = ranked(np.random.default_rng(2), n=6000)
    plain = fitted(clicks)
    weighted = fitted(clicks, weight=weight.ravel())
    n = len(clicks)
    by_lot = fit_grid(np.tile(ROW, n)[lot.ravel()], np.tile(POSITION, n)[lot.ravel()],
                      clicks.ravel()[lot.ravel()])  # fmt: skip
    assert plain.high[1] < 0.75  # the decay down the page is overstated, surely and wrongly
    for honest in (weighted, by_lot):
        assert honest.low[1] < 0.75 < honest.high[1]
        assert honest.low[2] < 0.88 < honest.high[2]


def test_slots_taken_for_viewers_do_not_cover():
    rng, held = np.random.default_rng(3), np.zeros(2)
    reference = fitted(pages(np.random.default_rng(99), n=30_000, spread=1.0)[0]).value[0]
    for _ in range(80):
        clicks, users = pages(rng, n=400, spread=1.0)
        by_viewer = fitted(clicks, users=np.repeat(users, 20))
        by_slot = fitted(clicks)
        for side, look in enumerate((by_viewer, by_slot)):
            held[side] += look.low[0] <= reference <= look.high[0]
    assert held[0] / 80 > 0.87
    assert held[1] < held[0] - 8


def first_clicks(rng, n, places=6, appeal=0.25, stay=0.8):
    first, there = np.full(n, -1), np.ones(n, bool)
    for place in range(places):
        click = there & (rng.random(n) < appeal)
        first[click] = place
        there &= ~click & (rng.random(n) < stay)
    return first


def test_a_cascade_is_found_and_its_interval_covers():
    rng, held, values = np.random.default_rng(4), np.zeros(2), []
    for _ in range(200):
        look = fit_cascade(first_clicks(rng, 600), 6)
        held += (look.low <= [0.25, 0.8]) & (look.high >= [0.25, 0.8])
        values.append(look.value)
    assert np.mean(values, axis=0) == pytest.approx([0.25, 0.8], abs=0.01)
    assert ((held / 200 > 0.91) & (held / 200 < 0.985)).all()


def test_a_slot_that_is_none_is_refused():
    with pytest.raises(DataError, match="from 0 to 5"):
        fit_cascade([0, 6], 6)
    with pytest.raises(DataError, match="0 clicks"):
        fit_cascade([-1] * 80, 6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"clicked": np.zeros(400)}, "0 clicks"),
        ({"clicked": np.full(400, 0.5)}, "0 or 1"),
        ({"clicked": np.ones(399)}, "each slot"),
        ({"row": np.zeros(400)}, "two rows"),
        ({"weight": -np.ones(400)}, "at least 0"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, words):
    given = {"row": np.tile(ROW, 20), "position": np.tile(POSITION, 20),
             "clicked": np.tile([1.0, 0.0], 200)} | change  # fmt: skip
    with pytest.raises(DataError, match=words):
        fit_grid(**given)
