"""Where does Spark begin to win? The same counts and factors by Spark and by one process.

Events are made up as in `out_of_core.py` and written as parquet; everybody begins by reading that.
Counts end as an array of titles by titles, factors as two arrays, three rounds of iALS with 64
factors (Spark solves each system, ours takes three steps toward its solution). Spark runs with two
workers on this machine. Each way and size is a session of processes of its own; what is counted
there is the work of all of them, Java and Python, and their memory together. All counts must agree
to the last viewer.

    make spark-bench                                # needs Java 17; a quarter of an hour
    python -m benchmarks.spark measure 4000000      # these sizes only; other rows stay
"""

from __future__ import annotations

import csv
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.growth import TITLES
from benchmarks.out_of_core import A_PART, chunks
from recsys_lib.interactions import ITEM, USER

RESULT = Path(__file__).with_name("spark.csv")
COLUMNS = ("events", "way", "step", "seconds", "processor_seconds", "peak_mb", "measured_on",
           "versions")  # fmt: skip
SIZES = (100_000, 1_000_000, 4_000_000, 10_000_000)
A_FILE = 500_000
ROUNDS, WORKERS, MEMORY = 3, 2, "6g"
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PATIENCE = 3600  # seconds; only a hang takes so long


def write(events: int, folder: Path) -> None:
    """The made-up log as files of parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for number, (who, what) in enumerate(chunks(events, size=A_FILE)):
        columns = {USER: who.astype(np.int32), ITEM: what.astype(np.int32)}
        pq.write_table(pa.table(columns), folder / f"{number:04d}.parquet")


def read(folder: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Viewers and titles, a file at a time."""
    import pyarrow.parquet as pq

    for file in sorted(Path(folder).glob("*.parquet")):
        table = pq.read_table(file)
        yield tuple(table.column(name).to_numpy() for name in (USER, ITEM))


def whole(folder: str):
    """All events as one sparse matrix of ones."""
    from scipy import sparse

    who, what = (np.concatenate(part) for part in zip(*read(folder), strict=True))
    matrix = sparse.coo_array((np.ones(len(who), np.float32), (who, what)),
                              shape=(who.max() + 1, TITLES)).tocsr()  # fmt: skip
    matrix.data[:] = 1
    return matrix


def parts_of(folder: str, least: int) -> int:
    """Into how many the log is dealt: two million events each."""
    return max(least, len(list(Path(folder).glob("*.parquet"))) * A_FILE // A_PART)


# The ways ----------------------------------------------------------------------------------------


def in_memory(folder: str, clock: Clock) -> np.ndarray:
    from recsys_lib.interactions import Interactions
    from recsys_lib.models import ImplicitALS
    from recsys_lib.models.factors.ease import co_occurrence

    clock.start()
    counts = co_occurrence(whole(folder))
    clock.step("counts")
    matrix = whole(folder)
    matrix.sort_indices()
    log = Interactions(np.arange(matrix.shape[0]), np.arange(TITLES), matrix)
    ImplicitALS(iterations=ROUNDS).fit(log)
    clock.step(f"iALS of {ROUNDS} rounds")
    return counts


def from_disk(folder: str, clock: Clock) -> np.ndarray:
    from recsys_lib.scale import deal_by_viewer, streamed_co_occurrence

    clock.start()
    with tempfile.TemporaryDirectory() as dealt:
        files = deal_by_viewer(read(folder), dealt, parts_of(folder, 1))
        counts = streamed_co_occurrence(files, TITLES)
    clock.step("counts")
    return counts


def by_spark(folder: str, clock: Clock) -> np.ndarray:
    from recsys_lib.scale.spark import (
        as_array,
        co_occurrence_rows,
        histories,
        implicit_als,
        session,
    )  # fmt: skip

    clock.start()
    with tempfile.TemporaryDirectory() as scratch:
        spark = session(f"local[{WORKERS}]", memory=MEMORY, options={"spark.local.dir": scratch})
        spark.range(10).count()
        clock.step("start")
        log, parts = spark.read.parquet(folder), parts_of(folder, WORKERS)
        dealt = histories(log, TITLES, parts=parts)
        counts = as_array(co_occurrence_rows(dealt, TITLES), TITLES)
        clock.step("counts")
        dealt = histories(log, TITLES, parts=parts).cache()
        for side in implicit_als(dealt, TITLES, f"{scratch}/rounds", iterations=ROUNDS):
            side.toArrow()
        clock.step(f"iALS of {ROUNDS} rounds")
        spark.stop()
    return counts


WAYS: dict[str, Callable] = {"in memory": in_memory, "from disk": from_disk, "Spark": by_spark}


# The work of a whole session of processes (Linux) ------------------------------------------------


def members() -> list[Path]:
    """The processes of this one's session, Java and its workers among them."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getsid(int(entry.name)) == os.getsid(0):
                found.append(entry)
        except OSError:  # it ended meanwhile
            continue
    return found


def work() -> float:
    """Processor seconds of them all, and of children that ended."""
    ticks = 0
    for process in members():
        try:
            ticks += sum(map(int, _stat(process)[11:15]))
        except OSError:
            continue
    return ticks / TICKS


def _stat(process: Path) -> list[str]:
    return (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def memory() -> float:
    """MB that they hold together; what several share counts once."""
    total = 0
    for process in members():
        try:
            text = (process / "smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += int(text.partition("\nPss:")[2].split()[0])
    return total / 1024


class Clock:
    """Rows of the table, one a step."""

    def __init__(self) -> None:
        self.rows: list[list] = []
        self.peak = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.peak = max(self.peak, memory())
            time.sleep(0.5)

    def start(self) -> None:
        self.now, self.peak = (time.perf_counter(), work()), 0.0

    def step(self, name: str) -> None:
        then, now = self.now, (time.perf_counter(), work())
        wall, processor = (after - before for before, after in zip(then, now, strict=True))
        peak = max(self.peak, memory())
        self.rows.append([name, f"{wall:.1f}", f"{processor:.1f}", f"{peak:.0f}"])
        self.start()


def versions() -> str:
    from recsys_lib.scale.spark import java

    asked = subprocess.run([java(), "-version"], capture_output=True, text=True, check=True)
    number = asked.stderr.split('"')[1]
    return (f"pyspark {version('pyspark')}, Java {number}, Python {platform.python_version()},"
            f" {os.cpu_count()} cores ({platform.machine()})")  # fmt: skip


def alone(way: str, folder: str, counts: str) -> list[list]:
    """The rows of one way, from a session of its own; its counts go into a file."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.spark", "one", way, folder, counts],
                          start_new_session=True, stdout=subprocess.PIPE, text=True, check=True,
                          timeout=PATIENCE)  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main(sizes: list[int]) -> None:
    """Measure these sizes, or all, and put them into spark.csv."""
    sizes, kept = sizes or list(SIZES), []
    if RESULT.exists():
        with RESULT.open(encoding="utf-8", newline="") as file:
            kept = [row for row in list(csv.reader(file))[1:] if int(row[0]) not in sizes]
    which, today, rows = versions(), datetime.date.today(), []
    for events in sizes:
        for row in measured(events):
            rows.append([events, *row, today, which])
        everything = sorted(kept + rows, key=lambda row: int(row[0]))
        with RESULT.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *everything])


def measured(events: int) -> Iterator[list]:
    """Rows of every way at one size; all must count the same."""
    with tempfile.TemporaryDirectory() as place:
        log, found, known = Path(place, "log"), Path(place, "counts.npy"), None
        log.mkdir()
        write(events, log)
        for way in WAYS:
            for row in alone(way, str(log), str(found)):
                print(events, way, *row, flush=True)
                yield [way, *row]
            counts = np.load(found)
            assert known is None or np.array_equal(counts, known), f"{way} disagrees"
            known = counts


def one(way: str, folder: str, found: str) -> None:
    """What a session of its own does."""
    clock = Clock()
    with threadpool_limits(2):
        np.save(found, WAYS[way](folder, clock))
    print(json.dumps(clock.rows))


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(*sys.argv[2:])
    else:
        main([int(size) for size in sys.argv[2:]])
