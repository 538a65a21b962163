"""Exact search and HNSW: how many of the ten nearest are found, and how many queries a second.

Vectors are made up, of 64 numbers and length 1. Their spectrum is that of the vectors which iALS
learns on Matinee: drawn evenly in all directions, as is often done, there would be no near and far
to find, and every graph would look bad. Queries are drawn like the vectors. One thread, whose
processor seconds are counted, since the machine has other work. Whoever asks 256 at once shares
the reading of the vectors among them.

Needs faiss-cpu (`benchmarks/requirements.txt`), and some ten minutes for a million vectors.
"""

from __future__ import annotations

import csv
import datetime
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from recsys_lib.datasets import load_matinee
from recsys_lib.models import ImplicitALS

RESULT = Path(__file__).with_name("nearest.csv")
COLUMNS = ("titles", "way", "effort", "recall", "queries_per_second", "build_seconds", "mb",
           "measured_on")  # fmt: skip
SIZES = (1_000, 4_000, 10_000, 100_000, 1_000_000)
NUMBERS, K, LINKS, CARE = 64, 10, 16, 100  # of a vector; neighbours; of a node, and when building
EFFORTS = (10, 20, 40, 80, 160, 320, 640, 1280)  # nodes that a search keeps open
BATCH, REPEATS = 256, 3


def spectrum() -> np.ndarray:
    """Standard deviations of iALS's vectors of Matinee's titles along their main directions."""
    vectors = ImplicitALS(factors=NUMBERS).fit(load_matinee().watched()).item_factors_
    return np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False)


def made_up_vectors(n: int, deviations: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """float32 (n, NUMBERS), each of length 1."""
    drawn = rng.standard_normal((n, len(deviations)), np.float32) * deviations.astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def exact(vectors: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """The K nearest by multiplying with all, best first."""
    scores = queries @ vectors.T
    tenth = np.partition(scores, -K, axis=1)[:, [-K]]
    best = np.nonzero(scores >= tenth)[1].reshape(len(queries), K)  # drawn vectors do not tie
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1)


def recall(found: np.ndarray, nearest: np.ndarray) -> float:
    """Share of the true K nearest that were found, mean over queries."""
    return float(np.mean([np.isin(a, b).mean() for a, b in zip(nearest, found, strict=True)]))


def speed(search: Callable[[np.ndarray], np.ndarray], queries: np.ndarray, batch: int) -> float:
    """Queries a processor second, the median of some rounds."""
    rates = []
    for _ in range(REPEATS):
        start = time.process_time()
        for first in range(0, len(queries), batch):
            search(queries[first : first + batch])
        rates.append(len(queries) / (time.process_time() - start))
    return float(np.median(rates))


def graph(vectors: np.ndarray):
    """An HNSW index of faiss, on inner products; building may use all cores."""
    import faiss

    index = faiss.IndexHNSWFlat(NUMBERS, LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = CARE
    index.add(vectors)
    faiss.omp_set_num_threads(1)
    return index


def megabytes(index) -> float:
    import faiss

    return faiss.serialize_index(index).nbytes / 1e6


def measure(n: int, deviations: np.ndarray) -> list[list]:
    rng = np.random.default_rng(18)
    vectors = made_up_vectors(n, deviations, rng)
    queries = made_up_vectors(1_024 if n <= 100_000 else 256, deviations, rng)
    nearest, today, rows = exact(vectors, queries), datetime.date.today(), []
    for way, batch in (("exact, one at a time", 1), ("exact, 256 at once", BATCH)):
        rate = speed(lambda some: exact(vectors, some), queries, batch)
        rows.append([n, way, 0, 1.0, f"{rate:.0f}", 0, f"{vectors.nbytes / 1e6:.1f}", today])
    start = time.process_time()
    index = graph(vectors)
    built = time.process_time() - start
    for effort in EFFORTS:
        index.hnsw.efSearch = effort
        found = index.search(queries, K)[1]
        rate = speed(lambda some: index.search(some, K)[1], queries, 1)
        rows.append([n, "HNSW, one at a time", effort, f"{recall(found, nearest):.4f}",
                     f"{rate:.0f}", f"{built:.1f}", f"{megabytes(index):.1f}", today])  # fmt: skip
    return rows


def main(sizes: list[int]) -> None:
    deviations = spectrum()
    with RESULT.open("w", newline="", encoding="utf-8") as file, threadpool_limits(1):
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for n in sizes:
            table.writerows(measure(n, deviations))
            file.flush()
            print(n, "done")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
