"""Deep models against tuned rivals, over depth, data size and new titles.

``python -m benchmarks.deep`` writes deep.csv, which chapter 8 reads, in about a quarter of an hour
on one core. Every model has six settings to try. They are chosen on a validation part, for each
number of viewers, in one world (seed 20) and used in five others; for the chapter's own log (world
0, the bundled one) they are chosen there.
Of a world of 2,400 viewers the first 300, 600 and so on are kept, and always the same 300 are
judged: by what they watched after the cut, nDCG@10. For new titles all plays of a fifth of the
titles are hidden, and a row of ten is filled with these. Last come the real viewers of MovieLens
100K, which is fetched or found as in `load_movielens`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import ParameterGrid

from recsys_lib.datasets import load_matinee, load_movielens
from recsys_lib.leakage import Split
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import (
    EASE,
    ContentProfile,
    DenoisingAutoencoder,
    FeaturedMF,
    ImplicitALS,
    MultVAE,
    Popular,
    Random,
    TwoTowers,
)
from recsys_lib.simulation import World, simulate
from recsys_lib.simulation.files import write_tables
from recsys_lib.splits import cold_items, split_by_time, split_random
from recsys_lib.tuning import validation

RESULT = Path(__file__).with_name("deep.csv")
HEAD = ["part", "world", "viewers", "model", "settings", "ndcg", "seconds"]
SIZES, JUDGED, WEEKS = (300, 600, 1200, 2400), 300, 12
BUNDLED, TUNING_WORLD, WORLDS = 0, 20, (21, 22, 23, 24, 25)


def network(depth: int, **fixed) -> dict[str, list]:
    """The grid of a network with so many layers: how wide, and how strong the penalty."""
    widths = [(width,) * depth for width in (32, 64)]
    return {"hidden": widths, "l2": [0.0025, 0.005, 0.01], "patience": [3]} | fixed


MODELS = {
    "lot": (Random, {}),
    "popular": (Popular, {}),
    "EASE": (EASE, {"l2": [25, 50, 100, 200, 400, 800]}),
    "iALS": (ImplicitALS, {"factors": [32, 64], "l2": [0.1, 0.2, 0.3]}),
    "straight": (DenoisingAutoencoder, network(1, bend=["none"])),
    "bent": (DenoisingAutoencoder, network(1)),
    "two layers": (DenoisingAutoencoder, network(2)),
    "three layers": (DenoisingAutoencoder, network(3)),
    "Mult-VAE": (MultVAE, {"beta": [0.05, 0.2], "l2": [1e-4, 1e-3, 0.0025], "patience": [3]}),
}
WITH_ALL_VIEWERS = ("two layers", "three layers", "Mult-VAE")
OTHER_LOTS = "bent, other lots"  # the settings of bent and another seed: what luck can do
FOR_NEW_TITLES = {
    "lot": (Random, {}),
    "popular": (Popular, {}),
    "content": (ContentProfile, {}),
    "featured factors": (FeaturedMF, {"factors": [32, 64], "l2_features": [3.0, 10.0, 30.0]}),
    "two towers": (TwoTowers, {"factors": [16, 32], "l2": [1e-6, 1e-5, 1e-4]}),
}
STRONGER = {"l2": [0.01, 0.02, 0.04]}  # longer histories want stronger penalties
ON_REAL_VIEWERS = MODELS | {
    "EASE": (EASE, {"l2": [50, 100, 200, 500, 1000, 2000]}),
    "straight": (DenoisingAutoencoder, network(1, bend=["none"]) | STRONGER),
    "bent": (DenoisingAutoencoder, network(1) | STRONGER),
    "two layers": (DenoisingAutoencoder, network(2) | STRONGER),
    "three layers": (DenoisingAutoencoder, network(3) | STRONGER),
}


@dataclass(frozen=True)
class Task:
    """What models learn from and are judged by.

    Attributes:
        split: train and test.
        items: table of the titles.
        viewers: how many there are to learn from.
        judged: only the first so many of them are judged.
        candidates: titles that may be listed; None: all.
    """

    split: Split
    items: pd.DataFrame
    viewers: int
    judged: int
    candidates: np.ndarray | None = None

    def inner(self) -> Task:
        """The same task on a validation part of what it learns from."""
        split = validation(self.split, rng=np.random.default_rng(0))
        return replace(self, split=split, candidates=unplayed(split, self.candidates is not None))


def main() -> int:
    rows = []
    bundled = Task(split_by_time(load_matinee().watched()), load_matinee().items, 3000, 3000)
    choose(rows, "tuning", BUNDLED, bundled, MODELS)
    chosen, tuning = {}, world(TUNING_WORLD)
    for size in SIZES:
        chosen[size] = choose(rows, "tuning", TUNING_WORLD, by_time(tuning, size), tried_with(size))
    new = choose(rows, "tuning, new titles", TUNING_WORLD, of_new_titles(tuning), FOR_NEW_TITLES)
    for seed in WORLDS:
        lived = world(seed)
        for size in SIZES:
            judge_all(rows, "judged", seed, by_time(lived, size), tried_with(size), chosen[size])
        judge_all(rows, "new titles", seed, of_new_titles(lived), FOR_NEW_TITLES, new)
    on_real_viewers(rows)
    return 0


def on_real_viewers(rows: list) -> None:
    """MovieLens 100K: a random fifth of each viewer's ratings is hidden, as in chapter 17."""
    data = load_movielens("100k", progress=False)
    split = split_random(data.interactions, 0.2, rng=np.random.default_rng(0))
    task = Task(split, data.items, split.train.n_users, split.train.n_users)
    chosen = choose(rows, "tuning, 100k", BUNDLED, task, ON_REAL_VIEWERS)
    judge_all(rows, "judged, 100k", BUNDLED, task, ON_REAL_VIEWERS, chosen)


def tried_with(size: int) -> dict[str, tuple]:
    """The models that are tried with so many viewers."""
    return {name: pair for name, pair in MODELS.items()
            if name not in WITH_ALL_VIEWERS or size == max(SIZES)}  # fmt: skip


def choose(rows: list, part: str, seed: int, task: Task, models: dict) -> dict[str, dict]:
    """The best settings of each model by the validation part of a task."""
    inner, best = task.inner(), {}
    for name, (make, grid) in models.items():
        tried = [(measured(make, settings, inner), settings) for settings in ParameterGrid(grid)]
        rows += [row(part, seed, task, name, settings, *found) for found, settings in tried]
        best[name] = max(tried, key=lambda pair: pair[0][0])[1]
        write(rows)
    return best


def judge_all(rows: list, part: str, seed: int, task: Task, models: dict, chosen: dict) -> None:
    """A row for each model with the settings chosen, and one for the network with other lots."""
    for name, (make, _) in models.items():
        rows.append(row(part, seed, task, name, chosen[name], *measured(make, chosen[name], task)))
        if name == "bent":
            again = chosen[name] | {"random_state": 1}
            rows.append(row(part, seed, task, OTHER_LOTS, again, *measured(make, again, task)))
    write(rows)


def world(seed: int) -> tuple:
    """The log of a world and the table of its titles."""
    with tempfile.TemporaryDirectory() as folder:
        write_tables(simulate(World(seed=seed, n_viewers=max(SIZES), weeks=WEEKS)), Path(folder))
        matinee = load_matinee(folder)
        return matinee.watched(), matinee.items


def by_time(lived: tuple, size: int) -> Task:
    """Learn from the first so many viewers' past, and foretell what the judged watch next."""
    split = split_by_time(lived[0])
    kept = [log.select(log.event_rows < size) for log in (split.train, split.test)]
    return Task(Split(*kept, split.name, split.order, split.recipe), lived[1], size, JUDGED)


def of_new_titles(lived: tuple) -> Task:
    """Foretell who watches which of the titles whose plays are all hidden."""
    split = cold_items(lived[0], 0.2, rng=np.random.default_rng(0))
    everybody = split.train.n_users
    return Task(split, lived[1], everybody, everybody, unplayed(split, True))


def unplayed(split: Split, wanted: bool) -> np.ndarray | None:
    """Titles that the test has and what is learned from has not."""
    new = (split.train.item_counts == 0) & (split.test.item_counts > 0)
    return split.train.items[new] if wanted else None


def measured(make, settings: dict, task: Task) -> tuple[float, float]:
    """Mean nDCG@10 of the judged viewers, and seconds of processor time for the fit."""
    start = time.process_time()
    model = make(**settings).fit(task.split.train, items=task.items)
    seconds = time.process_time() - start
    return judge(model, task), seconds


def judge(model, task: Task) -> float:
    """Mean nDCG@10 of those of the judged viewers who watched something before and after."""
    train, test, n = task.split.train, task.split.test, task.judged
    asked = np.flatnonzero((train.user_counts[:n] > 0) & (test.user_counts[:n] > 0))
    lists = model.recommend(train.users[asked], items=task.candidates)
    columns = train.item_positions(lists["item_id"]).reshape(len(asked), 10)
    relevant = test.binary()[asked].toarray() > 0
    hits = np.take_along_axis(relevant, columns, axis=1)
    return float(ndcg(hits, relevant.sum(axis=1)).mean())


def row(part, seed, task, name, settings, value, seconds) -> list:
    text = " ".join(f"{key}={settings[key]}" for key in sorted(settings)).replace(", ", "x")
    return [part, seed, task.viewers, name, text, round(value, 4), round(seconds, 1)]


def write(rows: list[list]) -> None:
    pd.DataFrame(rows, columns=HEAD).to_csv(RESULT, index=False, lineterminator="\n")


def stored() -> pd.DataFrame:
    """What the last run wrote."""
    return pd.read_csv(RESULT, keep_default_na=False)


if __name__ == "__main__":
    sys.exit(main())
