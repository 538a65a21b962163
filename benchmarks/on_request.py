"""What one viewer waits for: a list made beforehand, scored on request, or after a new fit.

A made-up log of two million events (`growth.py`: 20,000 viewers, 4,000 titles), EASE and iALS.
One viewer at a time, one thread, no network: what is measured is the model's part of an answer.
`looked up` reads ten titles from an array; `bare numpy` multiplies and picks the ten best and does
nothing else; `recommend` and `recommend_for` are the library's own calls, which check and return a
DataFrame. p50 and p99: half of the requests, or all but one in a hundred, took at most so long.
"""

from __future__ import annotations

import csv
import datetime
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.growth import TITLES, made_up_log
from benchmarks.protocol import K
from recsys_lib.models import EASE, ImplicitALS
from recsys_lib.models.top_k import top_k

RESULT = Path(__file__).with_name("on_request.csv")
COLUMNS = ("model", "way", "requests", "p50_ms", "p99_ms", "measured_on")
EVENTS, REQUESTS = 2_000_000, 1_000


def waits(answer: Callable[[int], object], rows: np.ndarray) -> tuple[float, float]:
    """Median and 99th percentile of the milliseconds of an answer; the first ten do not count."""
    spent = np.empty(len(rows))
    for place, row in enumerate(rows):
        start = time.perf_counter()
        answer(row)
        spent[place] = 1e3 * (time.perf_counter() - start)
    return tuple(np.percentile(spent[10:], [50, 99]))


def bare(model, log) -> Callable[[int], np.ndarray]:
    """The ten best of one row, without a check and without a frame."""

    def answer(row: int) -> np.ndarray:
        history = log.matrix.indices[log.matrix.indptr[row] : log.matrix.indptr[row + 1]]
        if isinstance(model, EASE):
            scores = model.weights_[history].sum(axis=0)
        else:
            scores = model.item_factors_ @ model.user_factors_[row]
        scores[history] = -np.inf
        return top_k(scores[None], K)

    return answer


def measure() -> list[list]:
    log = made_up_log(EVENTS, TITLES, np.random.default_rng(0))
    today, table = datetime.date.today(), []
    rows = np.random.default_rng(1).choice(log.n_users, REQUESTS + 10, replace=False)
    histories = [log.items[log.matrix[[row]].indices] for row in range(log.n_users)]
    for name, make in {"EASE": EASE, "iALS": ImplicitALS}.items():
        start = time.perf_counter()
        model = make().fit(log)
        fitted = 1e3 * (time.perf_counter() - start)
        lists = model.recommend(log.users, K)["item_id"].to_numpy().reshape(-1, K)
        ways = {
            "looked up": lambda row, lists=lists: lists[row].copy(),
            "bare numpy": bare(model, log),
            "recommend": lambda row, model=model: model.recommend([log.users[row]], K),
            "recommend_for": lambda row, model=model: model.recommend_for(histories[row], K),
        }
        for way, answer in ways.items():
            p50, p99 = waits(answer, rows)
            table.append([name, way, REQUESTS, f"{p50:.4f}", f"{p99:.4f}", today])
        table.append([name, "fit", 1, f"{fitted:.0f}", "", today])
    return table


def main() -> None:
    with threadpool_limits(1):
        rows = measure()
    with RESULT.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
