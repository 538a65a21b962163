"""Titles that are spelled, beside titles with numbers of their own, for chapter 8.

``python -m benchmarks.semantic_ids`` writes semantic_ids.csv in about ten minutes on one core:

- codes: of the 882 titles of Matinee, how many share their whole code, at several sizes.
- judged: learn 2,400 viewers' past and foretell what they watched next, nDCG@10, in five worlds.
- new titles: all plays of a fifth of the titles are hidden, and a row of ten is filled with these.

Tasks, worlds and the measure are those of `deep`. Every model that has settings has four to try, on
a validation part in another world (seed 20). *dealt by lot* is the null of *codes*: the same codes,
dealt by lot among the titles, and the same network. Known titles have a last number, which tells
those of one code apart; *no last number* is *codes* without it, with the settings of *codes*. A new
title could not have taught its last number, so there nothing has one. Networks, k-means and the lot
are seeded with the world, so that an interval over worlds has their luck in it.
"""

from __future__ import annotations

import inspect
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import ParameterGrid

from benchmarks.deep import (
    SIZES,
    TUNING_WORLD,
    WORLDS,
    Task,
    by_time,
    measured,
    of_new_titles,
    world,
)
from recsys_lib.datasets import load_matinee
from recsys_lib.models import (
    ContentProfile,
    FeaturedMF,
    GenerativeRetrieval,
    GRU4Rec,
    Popular,
    Random,
    RecentEASE,
)
from recsys_lib.models.sequences.semantic_ids import collisions, condensed, residual_codes

RESULT = Path(__file__).with_name("semantic_ids.csv")
HEAD = ["part", "world", "model", "settings", "measure", "value"]
BOOKS = ((2, 16), (3, 8), (3, 16), (3, 32), (4, 16))


class DealtByLot(GenerativeRetrieval):
    """The same codes, each for a title that the lot chose: alike titles no longer begin alike."""

    def _codes(self, train, items) -> np.ndarray:
        rng = np.random.default_rng([self.random_state, 1])
        return rng.permutation(super()._codes(train, items))


DROPOUT = {"dropout": [0.2, 0.5]}
KNOWN = {
    "lot": (Random, {}),
    "popular": (Popular, {}),
    "EASE, recent": (RecentEASE, {"l2": [100, 200], "half_life": [5, 15]}),
    "ids": (GRU4Rec, {"factors": [32, 64]} | DROPOUT),
    "codes": (GenerativeRetrieval, {"factors": [32, 64]} | DROPOUT),
    "dealt by lot": (DealtByLot, {"factors": [32, 64]} | DROPOUT),
}
NO_LAST = "no last number"
SPELLED = {"codes": [8, 16], "last": [False]} | DROPOUT
NEW = {
    "lot": (Random, {}),
    "popular": (Popular, {}),
    "content": (ContentProfile, {}),
    "featured factors": (FeaturedMF, {"factors": [32, 64], "l2_features": [3.0, 10.0]}),
    "codes": (GenerativeRetrieval, SPELLED),
    "dealt by lot": (DealtByLot, SPELLED),
}


def main() -> int:
    rows = code_books()
    tuning = world(TUNING_WORLD)
    known = choose(rows, "tuning", everybody(tuning), KNOWN)
    new = choose(rows, "tuning, new titles", of_new_titles(tuning), NEW)
    for seed in WORLDS:
        lived = world(seed)
        judge_all(rows, "judged", seed, everybody(lived), with_no_last(KNOWN), with_no_last(known))
        judge_all(rows, "new titles", seed, of_new_titles(lived), NEW, new)
    return 0


def code_books() -> list[list]:
    """How well codes tell Matinee's titles apart; viewers play no part in it."""
    rows = []
    vectors = title_vectors()
    for levels, codes in BOOKS:
        found = collisions(residual_codes(vectors, levels, codes))
        for measure, value in found._asdict().items():
            rows.append(["codes", 0, f"{levels} x {codes}", "", measure, value])
    return rows


def title_vectors() -> np.ndarray:
    matinee = load_matinee()
    features = ContentProfile().fit(matinee.watched(), items=matinee.items).features_
    return condensed(features, GenerativeRetrieval().components)


def everybody(lived: tuple) -> Task:
    """Foretell what each of the 2,400 watched after the cut."""
    return replace(by_time(lived, max(SIZES)), judged=max(SIZES))


def with_no_last(models: dict) -> dict:
    """Models, or the settings chosen, and those of the codes without a last number."""
    made = models["codes"]
    return models | {NO_LAST: made | {"last": False} if isinstance(made, dict) else made}


def choose(rows: list, part: str, task: Task, models: dict) -> dict[str, dict]:
    """The best settings of each model by the validation part of a task."""
    inner, best = task.inner(), {}
    for name, (make, grid) in models.items():
        tried = []
        for settings in ParameterGrid(grid):
            value = judged(rows, part, TUNING_WORLD, inner, name, make, settings)
            tried.append((value, settings))
        best[name] = max(tried, key=lambda pair: pair[0])[1]
    return best


def judge_all(rows: list, part: str, seed: int, task: Task, models: dict, chosen: dict) -> None:
    for name, (make, _) in models.items():
        judged(rows, part, seed, task, name, make, chosen[name])


def judged(rows: list, part: str, seed: int, task: Task, name: str, make, settings: dict) -> float:
    """nDCG@10 of a model, which goes into the table with the seconds of its fit."""
    value, seconds = measured(make, seeded(make, settings, seed), task)
    text = " ".join(f"{key}={settings[key]}" for key in sorted(settings))
    rows.append([part, seed, name, text, "ndcg", round(value, 4)])
    rows.append([part, seed, name, text, "seconds", round(seconds, 1)])
    pd.DataFrame(rows, columns=HEAD).to_csv(RESULT, index=False, lineterminator="\n")
    return value


def seeded(make, settings: dict, seed: int) -> dict:
    draws = "random_state" in inspect.signature(make).parameters
    return settings | ({"random_state": seed} if draws else {})


def stored() -> pd.DataFrame:
    """What the last run wrote."""
    return pd.read_csv(RESULT, keep_default_na=False)


if __name__ == "__main__":
    sys.exit(main())
