"""How well recommenders serve groups of real viewers, for chapter 14.

    RECSYS_DATA=folder/with/ml-100k/and/ml-1m python -m benchmarks.real_viewers_fairness

Writes real_viewers_fairness.csv: figures of whole groups, nothing of single people. Protocol: every
rating is a positive; a random fifth of each viewer's is hidden (seed 0); ten titles are filled from
all that the viewer has not rated in train; models as they come, untuned. Intervals are 95 %
bootstraps over viewers. Measures:

    ndcg            nDCG@10 of each group of viewers
    gap             nDCG@10 of women less that of men
    gap, like       the same, each viewer compared with viewers of like record length (ten bands)
    lift            popularity of the lists over that of the same people's hidden films, less 1

Hidden films, not the records: with the records below the line, groups that are cut by their
popularity differ in lift whatever is listed, lots included.

Groups by "history": the fifth of viewers with the least popular records is "niche", the fifth with
the most popular ones "hits".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from recsys_lib.audit import by_group, gap, lift_by_group
from recsys_lib.datasets import load_movielens
from recsys_lib.interactions import USER
from recsys_lib.metrics.fairness import history_popularity, list_popularity
from recsys_lib.metrics.lists import make_lists
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import EASE, ImplicitALS, ItemKNN, Popular
from recsys_lib.per_user import relevant_events
from recsys_lib.splits import split_random

RESULT = Path(__file__).with_name("real_viewers_fairness.csv")
SETS = ("100k", "1m")
MODELS = {"Popular": Popular(), "ItemKNN": ItemKNN(), "EASE": EASE(), "ImplicitALS": ImplicitALS()}
COLUMNS = ["set", "model", "measure", "by", "group", "mean", "low", "high", "users"]


def measure(name: str) -> pd.DataFrame:
    """Every measure of every model on one data set."""
    data = load_movielens(name, progress=False)
    split = split_random(data.interactions, rng=np.random.default_rng(0))
    rows, relevant = relevant_events(split.test)
    train, labels = split.train, split.train.users[rows]
    share = train.item_share
    watched, hidden = (history_popularity(part.matrix[rows], share) for part in (train, split.test))
    groups = data.users.set_index(USER).loc[labels, ["gender", "age_band"]]
    groups["history"] = fifths(watched)
    tables = []
    for model_name, model in MODELS.items():
        frame = model.fit(train).recommend(labels, 10)
        lists = make_lists(frame, labels, 10, train, relevant)
        right = ndcg(lists.hits, lists.n_relevant)
        table = summary(right, list_popularity(lists.columns, share), hidden, groups, train, rows)
        tables.append(table.assign(set=name, model=model_name))
    return pd.concat(tables)


def summary(right, listed, hidden, groups: pd.DataFrame, train, rows) -> pd.DataFrame:
    """All measures of one model's lists."""
    tables = []
    for by in groups:
        labels, rng = groups[by].to_numpy(), np.random.default_rng(0)
        tables.append(by_group(right, labels, rng=rng).assign(measure="ndcg", by=by))
        lift = lift_by_group(listed, hidden, labels, rng=rng)
        tables.append(lift.assign(measure="lift", by=by))
    women = (groups["gender"] == "F").to_numpy()
    bands = pd.qcut(train.user_counts[rows], 10, labels=False)
    like = right - pd.Series(right).groupby(bands).transform("mean").to_numpy()
    for kind, values in {"gap": right, "gap, like": like}.items():
        mean, low, high = gap(values, women, rng=np.random.default_rng(0))
        row = {"group": "F", "mean": mean, "low": low, "high": high, "users": len(women)}
        tables.append(pd.DataFrame([row | {"measure": kind, "by": "gender"}]))
    return pd.concat(tables)


def fifths(popularity: np.ndarray) -> np.ndarray:
    """Label of each viewer: "niche", "middle" or "hits"."""
    low, high = np.nanquantile(popularity, [0.2, 0.8])
    return np.where(popularity < low, "niche", np.where(popularity > high, "hits", "middle"))


def main() -> None:
    """Measure both sets and write the file."""
    table = pd.concat([measure(name) for name in tqdm(SETS)], ignore_index=True)
    table[COLUMNS].round(5).to_csv(RESULT, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
