"""How learning and lists grow with the events, in steps of two up to 32 million (chapter 18).

`growth.py` has three sizes and all models; an exponent needs more sizes to have an interval. Here
four models meet nine sizes of the same made-up logs, three times below eight million. Processor
seconds are counted, of all threads, because on a machine with other work the clock on the wall
tells of that work too.
"""

from __future__ import annotations

import csv
import datetime
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from benchmarks.growth import MODELS, TITLES, made_up_log
from benchmarks.protocol import Contender, K, alone
from recsys_lib.interactions import Interactions
from recsys_lib.models import Recommender

RESULT = Path(__file__).with_name("growth_fine.csv")
COLUMNS = ("model", "events", "run", "fit_seconds", "lists_seconds", "peak_mb", "measured_on")
NAMES = ("Popular", "ItemKNN", "EASE", "ImplicitALS")
SIZES = tuple(125_000 * 2**step for step in range(9))
ONCE = 8_000_000  # from here on one run
LISTS = 1_000  # viewers whose ten titles are made


def worked(make: Callable[[], Recommender]) -> Contender:
    """A contender that returns its processor seconds to learn, and for a thousand lists."""

    def run(train: Interactions) -> np.ndarray:
        with threadpool_limits(1):  # threads of linear algebra burn time while they wait
            start = time.process_time()
            model = make().fit(train)
            learned = time.process_time()
            model.recommend(train.users[:LISTS], K)
            return np.array([learned - start, time.process_time() - learned])

    return run


def measure(events: int, names: list[str], runs: int) -> list[list[str]]:
    """Each model on a log of so many events, each run in a process of its own, taking turns."""
    log, rows = made_up_log(events, TITLES, np.random.default_rng(0)), []
    for turn in range(runs):
        for name in names:
            found = alone(partial(worked, MODELS[name]), log)
            fit, lists = found.columns
            numbers = f"{fit:.4f}", f"{lists:.4f}", f"{found.peak:.0f}"
            rows.append([name, str(events), turn, *numbers, datetime.date.today()])
    return rows


def main(wanted: list[str]) -> None:
    """Measure the models and sizes named, or all, and keep what is stored of the others.

    Written size by size, so that what was measured is kept if the rest is not.
    """
    names = [name for name in NAMES if name in wanted] or list(NAMES)
    sizes = [size for size in SIZES if str(size) in wanted] or list(SIZES)
    kept = []
    if RESULT.exists():
        with RESULT.open(encoding="utf-8") as file:
            kept = list(csv.reader(file))[1:]
    for events in tqdm(sizes, desc="growth"):
        kept = [row for row in kept if row[0] not in names or row[1] != str(events)]
        kept += measure(events, names, 1 if events >= ONCE else 3)
        with RESULT.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *kept])


if __name__ == "__main__":
    main(sys.argv[1:])
