"""Chapter 18's two cuts on MovieLens 1M: what is left of EASE's hits among a few candidates.

The split and the settings are those of the races (`protocol.py`, `tuned.py`). Hits are the share
of what a list of ten can hit that it does hit; `can` is the best that any ranker could do with the
candidates. Figures of all viewers together only.

    RECSYS_DATA=path/to/datasets python -m benchmarks.two_cuts
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from benchmarks.protocol import K, movielens
from recsys_lib.models import EASE, ImplicitALS, Popular, Random
from recsys_lib.models.top_k import top_k

RESULT = Path(__file__).with_name("two_cuts.csv")
COLUMNS = ("first", "candidates", "can", "hits")
FIRST = {"iALS": ImplicitALS(), "popular": Popular(), "lot": Random()}
SIZES = (10, 20, 50, 100, 200, 400)


def among(scores: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """The ten best by some scores among each viewer's candidates."""
    best = top_k(np.take_along_axis(scores, candidates, axis=1), K)
    return np.take_along_axis(candidates, best, axis=1)


def hits(ten: np.ndarray, later: np.ndarray) -> float:
    right = np.take_along_axis(later, ten, axis=1).sum(axis=1)
    return float(np.mean(right / np.minimum(later.sum(axis=1), K)))


def measure(split, sizes=SIZES) -> list[list]:
    """A row for each first stage and number of candidates; the first one is without a cut."""
    seen, later = (part.binary().toarray() > 0 for part in (split.train, split.test))
    asked = np.flatnonzero(later.any(axis=1))
    later = later[asked]

    def scores(model) -> np.ndarray:
        found = model.fit(split.train).score_all(split.train.users)
        return np.where(seen, -np.inf, found)[asked]

    ranker = scores(EASE())
    perfect = np.where(seen[asked], -np.inf, later)
    rows = [["all titles", 0, 1.0, round(hits(top_k(ranker, K), later), 4)]]
    for name, model in FIRST.items():
        by = scores(model)
        for n in sizes:
            few = top_k(by, n)
            can = hits(among(perfect, few), later)
            rows.append([name, n, round(can, 4), round(hits(among(ranker, few), later), 4)])
    return rows


if __name__ == "__main__":
    with RESULT.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *measure(movielens())])
