"""Every recommender on Matinee and on three sets of real viewers, for chapter 17.

    python -m benchmarks.real_viewers            every model on every set
    python -m benchmarks.real_viewers 100k       on one set; the rows of the others stay

Writes real_viewers.csv, a row a set and model. Protocol: every pair is a positive, whatever the
stars; a random fifth of each viewer's is hidden (seed 0); ten places are filled from all titles
that the viewer has no pair with in train; nDCG@10 with the ideal list over min(10, hidden titles).
Every model that has settings is given six of them, its defaults among them, and keeps the best on a
validation part: a random fifth of train (`GRIDS`). A sum of models has its parents' winners. `gain`
is the difference, viewer by viewer, between a sum and its best parent, with the ends of its 95 %
bootstrap interval. Seconds are wall time of the winner with two threads.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone
from surprise import SVD
from threadpoolctl import threadpool_limits

from benchmarks.protocol import THREADS
from recsys_lib.datasets import load_matinee, load_movielens
from recsys_lib.evaluation import evaluate
from recsys_lib.interactions import Interactions
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.metrics.lists import make_lists
from recsys_lib.models import (
    BPR,
    EASE,
    BiasedMF,
    ContentProfile,
    DemographicGroups,
    FeaturedMF,
    ImplicitALS,
    ItemKNN,
    Popular,
    Random,
    Recommender,
    RP3beta,
    SurpriseModel,
    UserKNN,
    Weighted,
)
from recsys_lib.per_user import per_user, relevant_events
from recsys_lib.splits import Split, split_random
from recsys_lib.tuning import tune

RESULT = Path(__file__).with_name("real_viewers.csv")
SETS = ("matinee", "latest-small", "100k", "1m")
METRICS = ("ndcg", "coverage")
SAID = {"genres": 1.0}
"""All that MovieLens says about every title, beside its name."""

EVERYWHERE: dict[str, Recommender] = {
    "Random": Random(),
    "Popular": Popular(),
    "ItemKNN": ItemKNN(),
    "UserKNN": UserKNN(),
    "RP3beta": RP3beta(),
    "EASE": EASE(),
    "ImplicitALS": ImplicitALS(),
    "BPR": BPR(),
}
SUMS = {
    "EASE + iALS": ("EASE", "ImplicitALS"),
    "EASE + RP3beta + UserKNN": ("EASE", "RP3beta", "UserKNN"),
}
GRIDS: dict[str, dict[str, list]] = {
    "ItemKNN": {"neighbors": [25, 50, 100], "shrinkage": [0, 20]},
    "UserKNN": {"neighbors": [50, 100, 200], "shrinkage": [0, 20]},
    "RP3beta": {"alpha": [0.8, 1.0], "beta": [0.2, 0.4, 0.6]},
    "EASE": {"l2": [50, 100, 200, 500, 1000, 2000]},
    "ImplicitALS": {"factors": [32, 64, 128], "alpha": [0.1, 0.3]},
    "BPR": {"factors": [64, 128], "l2": [0.003, 0.01, 0.03]},
    "DemographicGroups": {"shrinkage": [5, 15, 50, 150, 500, 1500]},
    "FeaturedMF": {"factors": [32, 64, 128], "l2_features": [3, 10]},
    "BiasedMF": {"factors": [50, 100], "l2": [0.01, 0.02, 0.05]},
}
GROUPED = {
    "DemographicGroups": DemographicGroups(),
    "FeaturedMF": FeaturedMF(weights=SAID, columns=("gender", "age_band")),
}
RATED = {"BiasedMF": BiasedMF(), "SVD (Surprise)": SurpriseModel(SVD(random_state=0))}


def load(name: str) -> tuple[Interactions, pd.DataFrame, pd.DataFrame | None]:
    """The log, the titles and, where anything is known of them, the viewers."""
    if name == "matinee":
        data = load_matinee()
        return data.watched(), data.items, data.users
    data = load_movielens(name, progress=False)
    return data.interactions, data.items, data.users


def models(name: str, users: pd.DataFrame | None) -> dict[str, Recommender]:
    """The models that can learn from this set, by name."""
    content = ContentProfile() if name == "matinee" else ContentProfile(SAID)
    rated = {} if name == "matinee" else RATED
    grouped = {} if users is None else GROUPED
    return EVERYWHERE | {"ContentProfile": content} | grouped | rated


def tuned(label: str, model: Recommender, split: Split, items, users):
    """The model with the best of its six settings, and these; {} for a model without."""
    if label not in GRIDS:
        return model, {}
    with threadpool_limits(THREADS):
        found = tune(model, GRIDS[label], split, items=items, users=users, progress=False)
    return clone(found.model), found.best


def each(model: Recommender, split: Split) -> np.ndarray:
    """nDCG@10 of every viewer with a hidden title, by a fitted model."""
    rows, relevant = relevant_events(split.test)
    labels = split.test.users[rows]
    lists = make_lists(model.recommend(labels, 10), labels, 10, split.train, relevant)
    return per_user(lists, ("ndcg",))["ndcg"].to_numpy()


def gain_of(whole: Recommender, parents: dict[str, Recommender], split: Split) -> dict[str, float]:
    """What a sum gains over the best of its parents, viewer by viewer."""
    values = [each(model.fit(split.train), split) for model in parents.values()]
    difference = each(whole.fit(split.train), split) - max(values, key=np.mean)
    ends = bootstrap_interval(difference[:, None], rng=np.random.default_rng(0))
    names = ("gain", "gain_low", "gain_high")
    return {name: round(float(end[0]), 4) for name, end in zip(names, ends, strict=True)}


def measure(split: Split, model: Recommender, items, users) -> dict[str, object]:
    """What one model does on one set, a column a key."""
    with threadpool_limits(THREADS):
        table = evaluate(
            {"": model}, split, metrics=METRICS, items=items, users=users, progress=False
        )
    table = table[table["segment"] == "all"].set_index("metric")
    ndcg = table.loc["ndcg@10"]
    return {
        "ndcg": round(ndcg["mean"], 4),
        "low": round(ndcg["low"], 4),
        "high": round(ndcg["high"], 4),
        "coverage": round(table.loc["coverage@10", "mean"], 4),
        "viewers": int(ndcg["users"]),
        "fit_seconds": round(ndcg["fit_seconds"], 2),
        "recommend_seconds": round(ndcg["recommend_seconds"], 2),
    }


def head(command: str) -> str:
    return (
        f"# Written by `python -m {command}`, {datetime.date.today()}: "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}\n"
    )


def measured_set(name: str) -> list[dict[str, object]]:
    """One row a model and a sum of models, printed as they come."""
    log, items, users = load(name)
    split = split_random(log, rng=np.random.default_rng(0))
    rows, winners = [], {}

    def add(**row) -> None:
        rows.append({"set": name} | row)
        print(*rows[-1].values(), sep="\t", flush=True)

    for label, model in models(name, users).items():
        winners[label], best = tuned(label, model, split, items, users)
        settings = " ".join(f"{setting}={value:g}" for setting, value in best.items())
        found = measure(split, winners[label], items, users)
        add(model=label, settings=settings, **found)
    for label, names in SUMS.items():
        parents = {parent: winners[parent] for parent in names}
        whole = Weighted({parent: clone(model) for parent, model in parents.items()})
        found = measure(split, whole, items, users) | gain_of(whole, parents, split)
        add(model=label, settings="", **found)
    return rows


def write(rows: list[dict[str, object]], path: Path, command: str) -> None:
    """Put the rows of one set into the file, in place of those that it has."""
    table = pd.DataFrame(rows)
    if path.exists():
        old = pd.read_csv(path, comment="#")
        table = pd.concat([old[old["set"] != rows[0]["set"]], table])
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head(command))
        table.to_csv(file, index=False, lineterminator="\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_viewers")
    parser.add_argument("sets", nargs="*", default=SETS, help=", ".join(SETS))
    for name in parser.parse_args().sets:
        write(measured_set(name), RESULT, "benchmarks.real_viewers")


if __name__ == "__main__":
    main()
