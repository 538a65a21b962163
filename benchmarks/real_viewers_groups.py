"""Are women and men, young and old, served alike? Each claim beside lists that know nothing.

    python -m benchmarks.real_viewers_groups

Writes real_viewers_groups.csv, a row a set, group and kind of list: figures of whole groups,
nothing of single people. Protocol: every rating is a positive, a random fifth of each person's is
hidden (seed 0), ten titles are filled from all that the person has no rating for in train; models
as they come.

lists   lot           ten titles drawn by lot for each person
        one shelf     ten titles drawn by lot, the same for everybody
        own choices   ten of the person's own hidden titles
        popular, EASE, iALS and, as a difference, "EASE - popular"
gap     mean nDCG@10 of the group minus that of everybody else
like    the same among people with records of like length: each person's value minus the mean of
        one of ten bands
p       share of `DRAWS` shuffles of the labels within these bands that give a `like` as far from 0
holm    p, corrected by Holm for all the comparisons in the file
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from recsys_lib.datasets import load_movielens
from recsys_lib.interactions import USER
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import EASE, ImplicitALS, Popular, Random
from recsys_lib.models.top_k import top_k
from recsys_lib.splits import Split, split_random

RESULT = Path(__file__).with_name("real_viewers_groups.csv")
SETS = ("100k", "1m")
MODELS = {"lot": Random(), "popular": Popular(), "EASE": EASE(), "iALS": ImplicitALS()}
BANDS, DRAWS = 10, 9_999


def lists(split: Split, models=MODELS) -> pd.DataFrame:
    """nDCG@10 of everybody with hidden titles, by label, one column a kind of list."""
    rows = np.flatnonzero(split.test.user_counts)
    labels = split.test.users[rows]
    hidden = split.test.binary()[rows].astype(bool).toarray()
    seen = split.train.binary()[rows].astype(bool).toarray()
    shelf = np.random.default_rng(0).random(split.train.n_items)
    scores = {"one shelf": np.tile(shelf, (len(rows), 1)), "own choices": hidden.astype(float)}
    scores |= {name: model.fit(split.train).score_all(labels) for name, model in models.items()}
    values = {}
    for name, score in scores.items():
        best = top_k(np.where(seen, -np.inf, score), 10)
        values[name] = ndcg(np.take_along_axis(hidden, best, axis=1), hidden.sum(axis=1))
    return pd.DataFrame(values, labels)


def members(users: pd.DataFrame) -> pd.DataFrame:
    """One column of 0 and 1 a group: women, and each band of ages."""
    ages = pd.get_dummies(users["age_band"], dtype=float)
    return ages.assign(women=(users["gender"] == "F").astype(float))


def gaps(values: pd.DataFrame, groups: pd.DataFrame, known: np.ndarray) -> pd.DataFrame:
    """gap, like and p of every group and kind of list, see the module.

    Args:
        values: one row a person; groups: the same rows, 0 or 1.
        known: length of each person's record.
    """
    bands = pd.Series(pd.qcut(known, BANDS, labels=False, duplicates="drop"))
    order, rng = np.argsort(bands.to_numpy(), kind="stable"), np.random.default_rng(0)
    like = (values - values.groupby(bands.to_numpy()).transform("mean")).to_numpy()[order]
    belongs = groups.to_numpy()[order]
    found, extreme = difference(like, belongs), 0
    for _ in range(DRAWS):
        shuffled = np.lexsort((rng.random(len(order)), bands.to_numpy()[order]))
        extreme = extreme + (np.abs(difference(like[shuffled], belongs)) >= np.abs(found) - 1e-12)
    whole = difference(values.to_numpy()[order], belongs)
    table = {"gap": whole, "like": found, "p": (1 + extreme) / (1 + DRAWS)}
    frames = {
        name: pd.DataFrame(part, groups.columns, values.columns).stack()
        for name, part in table.items()
    }
    return pd.DataFrame(frames).rename_axis(["group", "lists"])


def difference(values: np.ndarray, belongs: np.ndarray) -> np.ndarray:
    """Mean of the members minus mean of the others, a row a group, a column a kind of list."""
    inside = belongs.T @ values / belongs.sum(axis=0)[:, None]
    return inside - (1 - belongs).T @ values / (1 - belongs).sum(axis=0)[:, None]


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's correction: the chance of one false alarm or more among all stays below what is read.

    >>> holm(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.06, 0.06])
    """
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(raised, 1)
    return corrected


def measured_set(name: str) -> pd.DataFrame:
    """Every group and kind of list of one set."""
    data = load_movielens(name, progress=False)
    split = split_random(data.interactions, rng=np.random.default_rng(0))
    values = lists(split)
    values["EASE - popular"] = values["EASE"] - values["popular"]
    groups = members(data.users.set_index(USER).loc[values.index])
    known = split.train.user_counts[split.train.user_positions(values.index)]
    table = gaps(values, groups, known).reset_index()
    return table.assign(set=name, people=table["group"].map(groups.sum().astype(int)))


def main() -> None:
    table = pd.concat([measured_set(name) for name in SETS], ignore_index=True)
    table["holm"] = holm(table["p"].to_numpy())
    columns = ["set", "group", "people", "lists", "gap", "like", "p", "holm"]
    table[columns].round(5).to_csv(RESULT, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
