"""How often estimators from a log of pictures by lot hold the truth, over 200 such logs."""

from __future__ import annotations

import numpy as np

from recsys_lib import offpolicy
from recsys_lib.simulation.service import choosers

REPETITIONS, SOME = 200, 500  # logs; viewers in each


def coverage(place) -> dict:
    """For each estimator: its mean, and the share of intervals that held either truth.

    Viewers are drawn anew for each log, from all; values are clicks a page.
    """
    tiles, _ = place.pages
    model = choosers.expected(place.life, place.log, tiles, place.taste.scores(tiles, place.now))
    new, rng = place.chosen(tiles)["by taste"], np.random.default_rng(5)
    pages = [np.flatnonzero(tiles.viewer == viewer) for viewer in np.unique(tiles.viewer)]
    truth = {"page": tiles.chances(new).sum(axis=1).mean()}
    alone = [tiles.chances_alone(new, tiles.by_lot(rng)).sum(axis=1).mean() for _ in range(20)]
    truth["one slot"], found = np.mean(alone), {}
    for _ in range(REPETITIONS):
        drawn = [pages[number] for number in rng.integers(len(pages), size=SOME)]
        here, users = np.concatenate(drawn), np.repeat(np.arange(SOME), [len(p) for p in drawn])
        for name, one in estimates(tiles.take(here), new[here], model[here], users, rng).items():
            held = [
                one.low <= value / tiles.titles.shape[1] <= one.high for value in truth.values()
            ]
            found.setdefault(name, []).append([one.value * tiles.titles.shape[1], *held])
    for name, values in found.items():
        for measure, value in zip(("mean", *truth), np.mean(values, axis=0), strict=True):
            yield 0.1, f"held {measure}", name, value
    yield from ((0.1, "held truth", name, value) for name, value in truth.items())


def estimates(tiles, new, model, users, rng) -> dict[str, offpolicy.Estimate]:
    """All estimators on one log of these pages, of clicks a slot."""
    shown = tiles.by_lot(rng)
    clicked, users = tiles.click(shown, rng).ravel() * 1.0, np.repeat(users, shown.shape[1])
    propensity, target = 1 / tiles.count.ravel(), (shown == new).ravel() * 1.0
    wanted = (new.ravel()[:, None] == np.arange(4)) * 1.0
    model, shown = model.reshape(-1, 4), shown.ravel()
    return {
        "replay": offpolicy.replay(clicked, target, users=users),
        "model": offpolicy.direct_method(model, wanted, users=users),
        "IPS": offpolicy.ips(clicked, propensity, target, users=users),
        "SNIPS": offpolicy.snips(clicked, propensity, target, users=users),
        "doubly robust": offpolicy.doubly_robust(clicked, propensity, shown, model, wanted,
                                                 users=users),
    }  # fmt: skip
