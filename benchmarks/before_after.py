"""The library beside an earlier state of itself: how time grows, before and after.

    git archive COMMIT recsys_lib | tar -x -C FOLDER
    python -m benchmarks.before_after FOLDER [pairs [case ...]]

Each case runs in fresh processes, the two states by turns, so that whatever else the machine does
falls on both. Shown are the median processor seconds, of all threads together: on a machine that
others use too, wall time says more about them; how busy it was is the load. Writes
before_after.csv, in which cases that are not named stay as they are.
"""

from __future__ import annotations

import datetime
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve()
RESULT = HERE.with_name("before_after.csv")
COLUMNS = ["case", "before_seconds", "after_seconds", "pairs", "load", "measured_on"]
MOST = 400  # seconds of wall time after which a run is given up


def log(events: int, users: int, titles: int, strings: bool = False) -> pd.DataFrame:
    """Distinct pairs: users as likely as each other, a title's popularity 1 / (rank + 20)."""
    rng = np.random.default_rng(0)
    weight = np.cumsum(1 / (np.arange(titles) + 20))
    column = np.searchsorted(weight / weight[-1], rng.random(2 * events))
    pairs = np.unique(rng.integers(users, size=2 * events) * titles + column)
    pairs = rng.permutation(pairs)[:events]
    frame = pd.DataFrame({"user_id": pairs // titles, "item_id": pairs % titles})
    return "id-" + frame.astype(str) if strings else frame


def learn(name: str, frame: pd.DataFrame, **settings) -> Callable[[], object]:
    """Learning alone, the log being read."""
    from recsys_lib import models
    from recsys_lib.interactions import Interactions

    train = Interactions.from_frame(frame)
    return lambda: getattr(models, name)(**settings).fit(train)


def ask(frame: pd.DataFrame) -> Callable[[], object]:
    """Ten lists by a fitted model, each for one viewer."""
    from recsys_lib.interactions import Interactions
    from recsys_lib.models import Popular

    model = Popular().fit(Interactions.from_frame(frame))
    some = model.train_.users[:10].tolist()
    return lambda: [model.recommend([user]) for user in some]


def read(frame: pd.DataFrame) -> Callable[[], object]:
    """The log from a frame."""
    from recsys_lib.interactions import Interactions

    return lambda: Interactions.from_frame(frame)


CASES: dict[str, Callable[[], Callable[[], object]]] = {
    "ItemKNN, 400k events, 5k titles": lambda: learn("ItemKNN", log(400_000, 4_000, 5_000)),
    "ItemKNN, 400k events, 20k titles": lambda: learn("ItemKNN", log(400_000, 4_000, 20_000)),
    "BPR, an epoch, 500k events, 5k users": lambda: learn(
        "BPR", log(500_000, 5_000, 2_000), epochs=1
    ),
    "BPR, an epoch, 500k events, 300k users": lambda: learn(
        "BPR", log(500_000, 300_000, 2_000), epochs=1
    ),
    "reading 1M events, integer ids": lambda: read(log(1_000_000, 100_000, 5_000)),
    "reading 1M events, string ids": lambda: read(log(1_000_000, 100_000, 5_000, True)),
    "10 lists, 100k users, string ids": lambda: ask(log(500_000, 100_000, 5_000, True)),
    "ItemKNN, 1M events, 50k titles": lambda: learn("ItemKNN", log(1_000_000, 10_000, 50_000)),
}


def once(case: str, folder: Path) -> float:
    """Processor seconds of one run in a fresh process; NaN if it takes too long."""
    command = [sys.executable, str(HERE), "run", case]
    # Threads of BLAS would only wait for each other here.
    more = {"PYTHONPATH": str(folder), "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, env=os.environ | more, capture_output=True, text=True, check=True, timeout=MOST
        )
    except subprocess.TimeoutExpired:
        return float("nan")
    return float(done.stdout)


def main(before: Path, pairs: int, cases: list[str]) -> None:
    """Run these cases, or all, by turns, and write the medians."""
    kept = pd.read_csv(RESULT).set_index("case") if RESULT.exists() else pd.DataFrame()
    rows = {case: [*row] for case, row in kept.iterrows() if case in CASES}
    for case in cases or CASES:
        times, load = [], os.getloadavg()[0]
        for _ in range(pairs):
            times.append([once(case, folder) for folder in (before, HERE.parents[1])])
            if np.isnan(times[-1][0]):
                break  # one such wait is enough
        first, second = (round(statistics.median(each), 3) for each in zip(*times, strict=True))
        rows[case] = [first, second, len(times), round(load, 1), datetime.date.today()]
        print(case, *rows[case], sep="\t", flush=True)
    table = pd.DataFrame([[case, *rows[case]] for case in CASES if case in rows], columns=COLUMNS)
    table.to_csv(RESULT, index=False, lineterminator="\n")


if __name__ == "__main__":
    if sys.argv[1] == "run":
        work = CASES[sys.argv[2]]()
        start = time.process_time()
        work()
        print(time.process_time() - start)
    else:
        main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3, sys.argv[3:])
