"""Search the contenders' settings on validation data: `python -m benchmarks.tuned [name ...]`.

From the middle of its ladders each contender climbs to the neighbour with the highest nDCG@10 on a
fifth of the learning part, until none is higher. So the best has been beaten by no neighbour on
either side of any setting; where it stands on a ladder's last rung the search refuses to end, but
for a rung that is the setting's own limit. Writes tuned.csv, a row a trial.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.protocol import THREADS, accuracy, movielens
from recsys_lib.errors import ArgumentError
from recsys_lib.tuning import validation

RESULT = Path(__file__).with_name("tuned.csv")
Ladders = dict[str, list[float]]
Place = tuple[int, ...]

NEIGHBOURS, SHRINKAGE = [25, 50, 100, 200, 400, 800], [0, 5, 10, 20, 40]
WALK = {"alpha": [0.4, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2], "beta": [0.2, 0.3, 0.4, 0.5, 0.6]}
ENDS = [25, 50, 75, 100, 150, 200]
RIDGE = [100, 250, 500, 700, 1000, 1400, 2000]
LADDERS: dict[str, Ladders] = {
    "ItemKNN, tuned": {"neighbors": NEIGHBOURS, "shrinkage": SHRINKAGE},
    "RP3beta": WALK | {"neighbors": ENDS},
    "EASE": {"l2": RIDGE},
    "ImplicitALS": {
        "alpha": [0.05, 0.1, 0.2, 0.4, 0.8],
        "l2": [0.001, 0.003, 0.01, 0.02, 0.04],
    },
    "BPR": {
        "learning_rate": [0.05, 0.1, 0.15, 0.2, 0.3, 0.4],
        "l2": [0, 0.001, 0.003, 0.01, 0.03, 0.1],
    },
    "implicit: ALS": {
        "alpha": [1, 2, 4, 8, 16, 32],
        "regularization": [10, 30, 100, 200, 400],
    },
    "implicit: BPR": {
        "learning_rate": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
        "regularization": [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03],
    },
    "skrecsys: RP3beta": WALK | {"n_neighbors": ENDS},
    "skrecsys: EASE": {"l2_reg": RIDGE},
}
"""Contender → setting → values to try, in ascending order."""
LIMITS = {"shrinkage": 0, "regularization": 0}
"""Setting → a value beyond which there is none."""


def climb(score: Callable[..., float], ladders: Ladders) -> Iterator[tuple[dict, float]]:
    """Every trial on the way from the ladders' middle to a place that no neighbour beats.

    Raises:
        ArgumentError: the best place is the end of a ladder that could be longer.
    """
    scores: dict[Place, float] = {}
    best = tuple(len(values) // 2 for values in ladders.values())
    while True:
        for place in [best, *neighbours(best, ladders)]:
            if place not in scores:
                settings = settings_at(place, ladders)
                scores[place] = score(**settings)
                yield settings, scores[place]
        leader = max(scores, key=scores.get)
        if leader == best:
            break
        best = leader
    at_ends = open_ends(settings_at(best, ladders), ladders)
    if at_ends:
        raise ArgumentError(f"the best stands at the end of {at_ends}", fix="Lengthen the ladder.")


def neighbours(place: Place, ladders: Ladders) -> list[Place]:
    """The places one rung down and one rung up each ladder."""
    steps = [
        (*place[:axis], rung, *place[axis + 1 :])
        for axis in range(len(place))
        for rung in (place[axis] - 1, place[axis] + 1)
    ]
    sizes = [len(values) for values in ladders.values()]
    return [new for new in steps if all(0 <= a < n for a, n in zip(new, sizes, strict=True))]


def settings_at(place: Place, ladders: Ladders) -> dict[str, float]:
    """The values that a place stands for."""
    return {name: ladders[name][rung] for name, rung in zip(ladders, place, strict=True)}


def open_ends(settings: dict[str, float], ladders: Ladders) -> list[str]:
    """The settings whose value is the first or last tried, and not their own limit."""
    return [
        name
        for name, value in settings.items()
        if value in (ladders[name][0], ladders[name][-1]) and value != LIMITS.get(name)
    ]


def main(names: list[str]) -> None:
    """Search for these contenders, or all; the rows of the others stay as they are."""
    from benchmarks.contenders import ALL

    split = validation(movielens(), 0.2, rng=np.random.default_rng(0))
    for name in names or LADDERS:

        def score(make=ALL[name], **settings) -> float:
            with threadpool_limits(THREADS):
                return round(accuracy(make(**settings)(split.train), split), 4)

        rows = []
        for settings, found in climb(score, LADDERS[name]):
            text = " ".join(f"{setting}={value:g}" for setting, value in settings.items())
            rows.append((name, text, found))
            print(*rows[-1], sep="\t", flush=True)
        _store(pd.DataFrame(rows, columns=["contender", "settings", "ndcg"]))


def _store(rows: pd.DataFrame) -> None:
    if RESULT.exists():
        old = pd.read_csv(RESULT)
        rows = pd.concat([old[~old["contender"].isin(rows["contender"])], rows])
    rows.to_csv(RESULT, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
