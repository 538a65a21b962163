"""One experiment of 20,000 viewers: `python -m benchmarks.experiment` writes experiment.csv.gz.

A week under Matinee's own page and six under EASE's come first. Then half of the viewers, by lot,
keep it for twelve weeks, and half get EASE with opinions. What a service would have of it is
written, a row a viewer, ready for `python -m recsys_lib experiment`; the seconds of the twelve
weeks go to experiment_seconds.csv.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_lib.models import EASE
from recsys_lib.simulation import ByLot, Recommended, WithOpinions, World, WorldConfig, live

RESULT = Path(__file__).with_name("experiment.csv.gz")
SECONDS = Path(__file__).with_name("experiment_seconds.csv")
VIEWERS, BEFORE, WEEKS, SEED = 20_000, 6, 12, 31
SEARCH = 0.2  # as in foresight.py


def arms() -> ByLot:
    """The page as it is, and the page that leans to what viewers gave many stars."""
    return ByLot({"old": Recommended(EASE(100.0)), "new": WithOpinions(EASE(100.0))})


def lived(viewers: int = VIEWERS, seed: int = SEED, before: int = BEFORE, weeks: int = WEEKS):
    """The weeks before, the experiment, and the processor seconds and seconds that it took."""
    world = World(seed, viewers, 1 + before + weeks, WorldConfig(search=SEARCH))
    start = live(world, weeks=1)  # there is nothing to learn from before
    start = live(world, Recommended(EASE(100.0)), weeks=before, start=start, logged=0.0)
    clocks = time.process_time(), time.perf_counter()
    life = live(world, arms(), weeks=weeks, start=start, logged=0.0)
    return start, life, (time.process_time() - clocks[0], time.perf_counter() - clocks[1])


def table(start, life) -> pd.DataFrame:
    """A row for each viewer who came at least once in the experiment.

    user; arm; minutes a week, and minutes_before; pages opened, clicks on them; left, 0 or 1; day
    of the experiment on which those who left had their last evening, from 1, else its length.
    """
    each, nights = life.by_viewer(), life.evenings
    opened = nights.groupby("viewer_id")["opened"].sum()
    clicks = nights.groupby("viewer_id")["clicked"].sum()
    last = nights[nights["left"]].set_index("viewer_id")["day"] - life.first + 1
    day = last.reindex(each.index).fillna(life.day - life.first).astype(int)
    before = start.by_viewer()["minutes"].reindex(each.index).fillna(0.0)
    return pd.DataFrame({
        "arm": each["arm"].astype(str), "minutes": each["minutes"].round().astype(int),
        "minutes_before": before.round().astype(int), "pages": opened.astype(int),
        "clicks": clicks.astype(int), "left": each["left"].astype(int), "day": day,
    }).rename_axis("user").reset_index()  # fmt: skip


def read_experiment_table(path: Path = RESULT) -> pd.DataFrame:
    """The table that `main` wrote."""
    return pd.read_csv(path)


def main() -> int:
    """Run it, two minutes on one core."""
    start, life, (busy, waited) = lived()
    made = table(start, life)
    made.to_csv(RESULT, index=False, lineterminator="\n",
                compression={"method": "gzip", "mtime": 0})  # fmt: skip
    pd.DataFrame({
        "viewers": [VIEWERS], "weeks": [WEEKS], "evenings": [len(life.evenings)],
        "processor_seconds": [round(busy, 1)], "seconds": [round(waited, 1)],
        "measured_on": [np.datetime64("today")],
    }).to_csv(SECONDS, index=False, lineterminator="\n")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
