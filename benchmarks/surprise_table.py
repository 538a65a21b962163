"""Surprise's published table for MovieLens 100K, reproduced with this library's own protocol.

    python -m benchmarks.surprise_table

Published: the section "Benchmarks" of the README of scikit-surprise 1.1.5; 5-fold cross-validation,
default parameters, the folds of `KFold(random_state=0)`. Here every algorithm goes through
`SurpriseModel`, `Interactions` and our own RMSE and MAE, on the same folds.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import surprise
from sklearn.model_selection import KFold

from recsys_lib.datasets import load_movielens
from recsys_lib.interactions import ITEM, USER, VALUE, Interactions
from recsys_lib.metrics.accuracy import mae, rmse
from recsys_lib.models.factors.surprise_model import SurpriseModel

RESULT = Path(__file__).with_name("surprise_table.csv")

PUBLISHED = {
    "SVD": (surprise.SVD(random_state=0), 0.934, 0.737),
    "SVD++": (surprise.SVDpp(random_state=0, cache_ratings=True), 0.919, 0.721),
    "NMF": (surprise.NMF(random_state=0), 0.963, 0.758),
    "Slope One": (surprise.SlopeOne(), 0.946, 0.743),
    "k-NN": (surprise.KNNBasic(verbose=False), 0.98, 0.774),
    "Centred k-NN": (surprise.KNNWithMeans(verbose=False), 0.951, 0.749),
    "k-NN baseline": (surprise.KNNBaseline(verbose=False), 0.931, 0.733),
    "Co-clustering": (surprise.CoClustering(random_state=0), 0.963, 0.753),
    "Baseline": (surprise.BaselineOnly(verbose=False), 0.944, 0.748),
    "Random": (surprise.NormalPredictor(), 1.518, 1.219),
}
"""Name → algorithm, published RMSE, published MAE; in the published order."""


def folds(ratings: pd.DataFrame) -> Iterator[tuple[Interactions, pd.DataFrame]]:
    """Train and test parts; scikit-learn shuffles with the same generator as Surprise's `KFold`."""
    for train, test in KFold(5, shuffle=True, random_state=0).split(ratings):
        axes = {"users": ratings[USER].unique(), "items": ratings[ITEM].unique()}
        yield Interactions.from_frame(ratings.iloc[train], value=VALUE, **axes), ratings.iloc[test]


def cross_validate(algorithm: surprise.AlgoBase, ratings: pd.DataFrame) -> tuple[float, float]:
    """Mean RMSE and mean MAE over the folds."""
    np.random.seed(0)  # noqa: NPY002 - NormalPredictor has no generator of its own
    errors = []
    for train, test in folds(ratings):
        predicted = SurpriseModel(algorithm).fit(train).predict(test[USER], test[ITEM])
        errors.append((rmse(test[VALUE], predicted), mae(test[VALUE], predicted)))
    return tuple(np.mean(errors, axis=0))


def main() -> None:
    ratings = load_movielens("100k").ratings
    rows = []
    for name, (algorithm, published_rmse, published_mae) in PUBLISHED.items():
        start = time.perf_counter()
        ours_rmse, ours_mae = cross_validate(algorithm, ratings)
        seconds = time.perf_counter() - start
        row = {
            "algorithm": name,
            "rmse_published": f"{published_rmse:.3f}",
            "rmse_ours": f"{ours_rmse:.4f}",
            "rmse_difference": f"{ours_rmse - published_rmse:+.4f}",
            "mae_published": f"{published_mae:.3f}",
            "mae_ours": f"{ours_mae:.4f}",
            "mae_difference": f"{ours_mae - published_mae:+.4f}",
            "seconds": f"{seconds:.0f}",
        }
        print(*row.values(), sep="\t", flush=True)
        rows.append(row)
    with RESULT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
