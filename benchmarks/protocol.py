"""One split, one accuracy, one way of timing, for our models and for those of other libraries."""

from __future__ import annotations

import gc
import multiprocessing
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from recsys_lib.datasets import load_movielens
from recsys_lib.interactions import Interactions
from recsys_lib.metrics.lists import list_columns
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models.base import Recommender
from recsys_lib.splits import Split, split_random

K, THREADS = 10, 2
Contender = Callable[[Interactions], np.ndarray]
"""Learns from train and returns columns of titles, int (n_users, K), best first, -1 for none."""


@cache
def movielens(name: str = "1m") -> Split:
    """80 % of each viewer's ratings to learn from, 20 % to find again; every rating counts."""
    data = load_movielens(name, progress=False).interactions
    return split_random(data, 0.2, rng=np.random.default_rng(0))


def ours(model: Recommender, about: bool = False) -> Contender:
    """A model of this library as a contender; `about` if it reads what titles and viewers are."""

    def run(train: Interactions) -> np.ndarray:
        frames = {}
        if about:
            data = load_movielens("1m", progress=False)
            frames = {"items": data.items, "users": data.users}
        return list_columns(model.fit(train, **frames).recommend(k=K), train.users, K, train)

    return run


def accuracy(columns: np.ndarray, split: Split) -> float:
    """Mean nDCG@10, the ideal list having min(10, relevant titles) hits."""
    relevant = split.test.binary().astype(bool)
    rows = np.arange(len(columns))[:, None]
    # A copy: scipy cannot read an array that lives in another's memory, as one from `alone` does.
    hits = (columns >= 0) & relevant[rows, columns.copy()].toarray()
    return float(np.nanmean(ndcg(hits, split.test.user_counts)))


def seconds(contender: Contender, train: Interactions) -> float:
    """Wall time of learning and of ten titles for every viewer."""
    gc.collect()
    start = time.perf_counter()
    contender(train)
    return time.perf_counter() - start


def race(one: Contender, other: Contender, split: Split, pairs: int) -> tuple[float, float, float]:
    """Median seconds of each and the median of the pairs' ratios one / other.

    The two take turns, so that whatever else the machine does falls on both; the first pair, in
    which libraries wake their threads, is not counted.
    """
    with threadpool_limits(THREADS):
        times = [(seconds(one, split.train), seconds(other, split.train)) for _ in range(pairs + 1)]
    first, second = zip(*times[1:], strict=True)
    ratio = statistics.median(a / b for a, b in times[1:])
    return statistics.median(first), statistics.median(second), ratio


@dataclass(frozen=True)
class Run:
    """What one contender did, alone in a fresh process.

    Attributes:
        columns: its lists.
        seconds: to learn and to make them.
        peak: MB of that process, which holds Python, the libraries and the data too.
    """

    columns: np.ndarray
    seconds: float
    peak: float


def alone(make: Callable[[], Contender], train: Interactions) -> Run:
    """Run `make()` on `train` in a fresh process with two threads."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (make, train))


def _run(make: Callable[[], Contender], train: Interactions) -> Run:
    contender = make()
    # Linux's /proc, because `resource` would count the parent's peak as the child's; the peak of
    # unpacking the data is forgotten.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    with threadpool_limits(THREADS):
        start = time.perf_counter()
        columns = contender(train)
        spent = time.perf_counter() - start
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return Run(columns, spent, int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024)
