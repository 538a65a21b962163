"""Counting a log that is read from disk: seconds and memory, beside the same log in memory.

Events are made up as in `growth.py`, drawn in chunks of two million in no order of viewers, so
that each chunk has many; dealt by viewer; counted a part at a time. Each size is a process of its
own, whose peak of memory is its own, Python and numpy included. Up to ten million events the log
is counted in memory too, and the two must agree to the last bit.

    python -m benchmarks.out_of_core [FOLDER]      # needs 8 bytes an event of disk
"""

from __future__ import annotations

import csv
import datetime
import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from benchmarks.growth import EVENTS_A_VIEWER, TITLES
from recsys_lib.models.factors.ease import co_occurrence, ease_weights
from recsys_lib.scale import deal_by_viewer, streamed_co_occurrence

RESULT = Path(__file__).with_name("out_of_core.csv")
COLUMNS = ("events", "way", "step", "seconds", "processor_seconds", "peak_mb", "measured_on")
SIZES = (1_000_000, 10_000_000, 100_000_000)
CHUNK, A_PART, IN_MEMORY = 2_000_000, 2_000_000, 10_000_000
L2 = 500.0


def chunks(events: int, titles: int = TITLES, size: int = CHUNK, seed: int = 0) -> Iterator:
    """Viewers and titles of events, `size` at a time, shaped as those of `made_up_log`.

    Some pairs are drawn twice, as in a log where people watch again.
    """
    rng = np.random.default_rng(seed)
    active = np.cumsum(rng.lognormal(0, 1, max(events // EVENTS_A_VIEWER, 1)))
    popular = np.cumsum(1 / (np.arange(titles) + 20))
    for start in range(0, events, size):
        n = min(size, events - start)
        yield tuple(
            np.minimum(np.searchsorted(edges, edges[-1] * rng.random(n)), len(edges) - 1)
            for edges in (active, popular)
        )


def in_memory(events: int) -> np.ndarray:
    """The counts of the same log, held whole."""
    who, what = (np.concatenate(part) for part in zip(*chunks(events), strict=True))
    shape = who.max() + 1, TITLES
    matrix = sparse.coo_array((np.ones(events, np.float32), (who, what)), shape=shape).tocsr()
    matrix.data[:] = 1  # what was drawn twice was added up
    return co_occurrence(matrix)


def peak_mb() -> float:
    """The most memory that this process has held (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


class Clock:
    """Rows of the table, one a step."""

    def __init__(self, events: int, way: str) -> None:
        self.events, self.way, self.rows = events, way, []
        self.lap()

    def lap(self) -> tuple[float, float]:
        before = getattr(self, "_now", (0, 0))
        self._now = time.perf_counter(), time.process_time()
        return self._now[0] - before[0], self._now[1] - before[1]

    def step(self, name: str) -> None:
        wall, processor = self.lap()
        self.rows.append([self.events, self.way, name, f"{wall:.1f}", f"{processor:.1f}",
                          f"{peak_mb():.0f}", datetime.date.today()])  # fmt: skip


def from_disk(events: int, folder: str) -> tuple[list, np.ndarray]:
    clock = Clock(events, "from disk")
    for _ in chunks(events):
        pass
    clock.step("make up the log")
    files = deal_by_viewer(chunks(events), folder, max(1, events // A_PART))
    clock.step("make it up and deal by viewer")
    counts = streamed_co_occurrence(files, TITLES)
    clock.step("count")
    ease_weights(counts, L2)
    clock.step("weights of EASE")
    return clock.rows, counts


def whole(events: int) -> tuple[list, np.ndarray]:
    clock = Clock(events, "in memory")
    counts = in_memory(events)
    clock.step("make it up and count")
    return clock.rows, counts


def alone(function, *arguments):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_limited, (function, arguments))


def _limited(function, arguments):
    with threadpool_limits(2):
        return function(*arguments)


def main(folder: str | None) -> None:
    with RESULT.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for events in SIZES:
            with tempfile.TemporaryDirectory(dir=folder) as parts:
                rows, counts = alone(from_disk, events, parts)
            table.writerows(rows)
            if events <= IN_MEMORY:
                rows, expected = alone(whole, events)
                table.writerows(rows)
                assert np.array_equal(counts, expected), "the two ways disagree"
            file.flush()
            print(f"{events:,} done")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
