"""Thumbs for three genres, and a race between ways to choose: the race is run here, by the library.

What a viewer's own thumbs make of the beliefs is computed by the page; a test holds it to
`BetaThompson`.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from recsys_lib.online import BanditWorld, BetaThompson, EpsilonGreedy, play

GENRES = ("comedy", "crime", "romance")
EVENINGS, BATCH, RUNS = 600, 10, 20  # of a race; evenings until the next thumbs are learned; races
WORLDS = {"far apart": (0.75, 0.5, 0.25), "close": (0.55, 0.5, 0.45)}
"""How different the genres are → the true chance of a thumb up in each."""
POLICIES = {
    "greedy": lambda: EpsilonGreedy(len(GENRES), 0.0),
    "one evening in ten by lot": lambda: EpsilonGreedy(len(GENRES), 0.1),
    "Thompson": lambda: BetaThompson(len(GENRES)),
}


def make() -> dict:
    """Regret along the race of every policy in both worlds.

    Returns:
        genres, evenings; races: world → policy → {mean: cumulated regret after every `BATCH`
        evenings, in evenings lost, the mean of `RUNS` races; low, high: of its 95 % t interval at
        the end}.
    """
    return {
        "genres": GENRES, "evenings": EVENINGS, "policies": [*POLICIES], "worlds": WORLDS,
        "races": {world: {name: summary(race(world, name)) for name in POLICIES}
                  for world in WORLDS},
    }  # fmt: skip


def race(world: str, policy: str, runs: int = RUNS) -> np.ndarray:
    """Cumulated regret after each batch, one race a row: float64 (runs, EVENINGS / BATCH)."""
    truth = BanditWorld(np.zeros((1, 1)), np.array([WORLDS[world]]))
    rounds = EVENINGS // BATCH
    played = (play(POLICIES[policy](), truth, rounds=rounds, batch=BATCH, seed=seed)
              for seed in range(runs))  # fmt: skip
    return np.array([one.groupby("round")["regret"].sum().cumsum() for one in played])


def summary(races: np.ndarray) -> dict:
    ends = races[:, -1]
    half = stats.t.ppf(0.975, len(ends) - 1) * ends.std(ddof=1) / np.sqrt(len(ends))
    middle = ends.mean()
    low, high = (round(float(middle + side), 1) for side in (-half, half))
    return {"mean": np.round(races.mean(axis=0), 1).tolist(), "low": low, "high": high}
