"""Deep models against tuned rivals, over depth and data size: ``python -m benchmarks.deep``.

Writes deep.csv, which chapter 8 reads, in about five minutes on one core. In one world (seed 20)
every model's settings are chosen for each number of viewers, on a validation part; in five others
they are used. Of a world of 2,400 viewers the first 300, 600 and so on are kept, and always the
same 300 are judged: by what they watched after the cut, nDCG@10.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import ParameterGrid

from recsys_lib.datasets import load_matinee
from recsys_lib.leakage import Split
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import EASE, DenoisingAutoencoder, ImplicitALS, Popular, Random
from recsys_lib.simulation import World, simulate
from recsys_lib.simulation.files import write_tables
from recsys_lib.splits import split_by_time
from recsys_lib.tuning import validation

RESULT = Path(__file__).with_name("deep.csv")
HEAD = ["part", "world", "viewers", "model", "settings", "ndcg", "seconds"]
SIZES, JUDGED, WEEKS = (300, 600, 1200, 2400), 300, 12
TUNING_WORLD, WORLDS = 20, (21, 22, 23, 24, 25)
NETWORK = {"l2": [0.002, 0.005, 0.01], "patience": [3]}
MODELS = {
    "lot": (Random, {}),
    "popular": (Popular, {}),
    "EASE": (EASE, {"l2": [25, 50, 100, 200, 400]}),
    "iALS": (ImplicitALS, {"factors": [16, 32, 64], "l2": [0.1, 0.3, 1.0]}),
    "autoencoder": (DenoisingAutoencoder, NETWORK),
    "two layers": (DenoisingAutoencoder, NETWORK | {"hidden": [(64, 64)]}),
    "three layers": (DenoisingAutoencoder, NETWORK | {"hidden": [(64, 64, 64)]}),
}


DEPTH = ("two layers", "three layers")  # tried with all viewers only


def tried_with(size: int) -> list[str]:
    """The models that are tried with so many viewers."""
    return [name for name in MODELS if name not in DEPTH or size == max(SIZES)]


def main() -> int:
    rows, chosen = [], {}
    tuning = world_split(TUNING_WORLD)
    for size in SIZES:
        part = first_viewers(tuning, size)
        inner = validation(part, rng=np.random.default_rng(0))
        for name in tried_with(size):
            make, grid = MODELS[name]
            tried = [
                (measured(make, settings, inner), settings) for settings in ParameterGrid(grid)
            ]
            rows += [row("tuning", TUNING_WORLD, size, name, s, *m) for m, s in tried]
            chosen[name, size] = max(tried, key=lambda pair: pair[0][0])[1]
            write(rows)
    for seed in WORLDS:
        split = world_split(seed)
        for size in SIZES:
            for name in tried_with(size):
                settings = chosen[name, size]
                found = measured(MODELS[name][0], settings, first_viewers(split, size))
                rows.append(row("judged", seed, size, name, settings, *found))
            write(rows)
    return 0


def world_split(seed: int) -> Split:
    """The log of a world, cut in time."""
    with tempfile.TemporaryDirectory() as folder:
        write_tables(simulate(World(seed=seed, n_viewers=max(SIZES), weeks=WEEKS)), Path(folder))
        return split_by_time(load_matinee(folder).watched())


def first_viewers(split: Split, size: int) -> Split:
    """The same split with the first so many viewers."""
    kept = [log.select(log.event_rows < size) for log in (split.train, split.test)]
    return Split(*kept, split.name, split.order, split.recipe)


def measured(make, settings: dict, split: Split) -> tuple[float, float]:
    """Mean nDCG@10 of the judged viewers, and seconds of one core for the fit."""
    start = time.process_time()
    model = make(**settings).fit(split.train)
    seconds = time.process_time() - start
    return judge(model, split), seconds


def judge(model, split: Split) -> float:
    """Mean nDCG@10 of those of the first viewers who watched something before and after."""
    train, test = split.train, split.test
    asked = np.flatnonzero((train.user_counts[:JUDGED] > 0) & (test.user_counts[:JUDGED] > 0))
    lists = model.recommend(train.users[asked])
    columns = train.item_positions(lists["item_id"]).reshape(len(asked), 10)
    relevant = test.binary()[asked].toarray() > 0
    hits = np.take_along_axis(relevant, columns, axis=1)
    return float(ndcg(hits, relevant.sum(axis=1)).mean())


def row(part, world, size, name, settings, value, seconds) -> list:
    text = " ".join(f"{key}={settings[key]}" for key in sorted(settings)).replace(", ", "x")
    return [part, world, size, name, text, round(value, 4), round(seconds, 1)]


def write(rows: list[list]) -> None:
    pd.DataFrame(rows, columns=HEAD).to_csv(RESULT, index=False, lineterminator="\n")


def stored() -> pd.DataFrame:
    """What the last run wrote."""
    return pd.read_csv(RESULT, keep_default_na=False)


if __name__ == "__main__":
    sys.exit(main())
