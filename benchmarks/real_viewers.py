"""Every recommender on Matinee and on three sets of real viewers, for chapter 17.

    python -m benchmarks.real_viewers            every model on every set
    python -m benchmarks.real_viewers 100k       on one set; the rows of the others stay

Writes real_viewers.csv, a row a set and model. Protocol: every pair is a positive, whatever the
stars; a random fifth of each viewer's is hidden (seed 0); ten places are filled from all titles
that the viewer has no pair with in train; nDCG@10 with the ideal list over min(10, hidden titles);
models as they come, untuned. Seconds are wall time with two threads.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
from pathlib import Path

import numpy as np
import pandas as pd
from surprise import SVD
from threadpoolctl import threadpool_limits

from benchmarks.protocol import THREADS
from recsys_lib.datasets import load_matinee, load_movielens
from recsys_lib.evaluation import evaluate
from recsys_lib.interactions import Interactions
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
from recsys_lib.splits import Split, split_random

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
    "EASE + iALS": Weighted({"EASE": EASE(), "iALS": ImplicitALS()}),
    "EASE + RP3beta + UserKNN": Weighted(
        {"EASE": EASE(), "RP3beta": RP3beta(), "UserKNN": UserKNN()}
    ),
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


def head() -> str:
    return (
        f"# Written by `python -m benchmarks.real_viewers`, {datetime.date.today()}: "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_viewers")
    parser.add_argument("sets", nargs="*", default=SETS, help=", ".join(SETS))
    asked = parser.parse_args().sets
    rows = []
    for name in asked:
        log, items, users = load(name)
        split = split_random(log, rng=np.random.default_rng(0))
        for label, model in models(name, users).items():
            rows.append({"set": name, "model": label} | measure(split, model, items, users))
            print(*rows[-1].values(), sep="\t", flush=True)
    table = pd.DataFrame(rows)
    if RESULT.exists():
        old = pd.read_csv(RESULT, comment="#")
        table = pd.concat([old[~old["set"].isin(asked)], table])
    with RESULT.open("w", encoding="utf-8", newline="") as file:
        file.write(head())
        table.to_csv(file, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
