"""How long a thumb takes to move a list: `python -m benchmarks.same_minute`.

One viewer's history is scored before and after a press, and the ten best are taken; nothing is
fitted. What a fit would take instead stands beside it. Matinee, one thread.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from recsys_lib.datasets import load_matinee
from recsys_lib.models import EASE, ImplicitALS, ItemKNN

RESULT = Path(__file__).with_name("same_minute.csv")
REPEATS = 200


def measure(repeats: int = REPEATS) -> list[list]:
    """Rows of model, step, milliseconds (median) and the slowest in a hundred."""
    watched, rows = load_matinee().watched(), []
    viewer = int(np.argsort(-watched.user_counts, kind="stable")[watched.n_users // 2])
    one = watched.select(watched.event_rows == viewer)
    titles = one.items[one.matrix.indices[np.argsort(one.times, kind="stable")]]
    for model in (EASE(), ImplicitALS(32), ItemKNN()):
        name = type(model).__name__
        rows.append([name, "fit", *milliseconds(lambda model=model: model.fit(watched), 5)])
        # The press takes the newest title out of the history.
        pressed = milliseconds(lambda model=model: model.recommend_for(titles[:-1]), repeats)
        rows.append([name, "ten titles after a press", *pressed])
    return rows


def milliseconds(step: Callable[[], object], repeats: int) -> tuple[float, float]:
    """The median and the 99th percentile of a step's time."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        taken.append(1e3 * (time.perf_counter() - start))
    return float(np.median(taken)), float(np.quantile(taken, 0.99))


def main() -> None:
    with threadpool_limits(1):
        rows = measure()
    table = pd.DataFrame(rows, columns=["model", "step", "median_ms", "slowest_in_100_ms"])
    table["measured_on"] = str(datetime.date.today())
    table.to_csv(RESULT, index=False, float_format="%.2f", lineterminator="\n")
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
