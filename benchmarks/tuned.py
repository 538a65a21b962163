"""Search the contenders' settings on validation data: `python -m benchmarks.tuned [name ...]`."""

from __future__ import annotations

import sys

import numpy as np
from sklearn.model_selection import ParameterGrid
from threadpoolctl import threadpool_limits

from benchmarks.contenders import ALL
from benchmarks.protocol import THREADS, accuracy, movielens
from recsys_lib.tuning import validation

WALK = {"alpha": [0.6, 0.8, 1.0], "beta": [0.3, 0.4, 0.5]}
GRIDS: dict[str, dict] = {
    "ItemKNN, 200": {"neighbors": [50, 100, 200], "shrinkage": [0, 10]},
    "skrecsys: item-kNN, 50": {"n_neighbors": [50, 100, 200], "shrink": [0, 10]},
    "RP3beta": WALK | {"neighbors": [50, 75, 100]},
    "skrecsys: RP3beta": WALK | {"n_neighbors": [50, 75, 100]},
    "EASE": {"l2": [250, 500, 700, 1000, 1400]},
    "skrecsys: EASE": {"l2_reg": [250, 500, 700, 1000, 1400]},
    "ImplicitALS": {"alpha": [0.1, 0.2, 0.4], "l2": [0.003, 0.01, 0.02], "nu": [1.0]},
    "implicit: ALS": {"alpha": [4, 8, 16], "regularization": [10, 30, 100, 200]},
    "BPR": {"learning_rate": [0.1, 0.15], "l2": [0.003, 0.01, 0.03]},
    "implicit: BPR": {"learning_rate": [0.003, 0.01], "regularization": [0.01, 0.03, 0.1]},
    "skrecsys: BPR": {"learning_rate": [0.01, 0.02], "regularization": [0.01, 0.03, 0.1]},
    "Cornac: BPR": {"learning_rate": [0.01], "lambda_reg": [0.01, 0.03, 0.1]},
}
"""Contender → setting → values to try."""


def main(names: list[str]) -> None:
    """Print nDCG@10 on a fifth of the learning part for every combination."""
    split = validation(movielens(), 0.2, rng=np.random.default_rng(0))
    for name in names or GRIDS:
        for settings in ParameterGrid(GRIDS[name]):
            with threadpool_limits(THREADS):
                score = accuracy(ALL[name](**settings)(split.train), split)
            print(name, settings, f"{score:.4f}", sep="\t", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
