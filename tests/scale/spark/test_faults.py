"""Workers die, and what they held is lost: the counts are the same, and it did happen."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from recsys_lib.models.factors.ease import co_occurrence
from recsys_lib.scale.spark import as_array, co_occurrence_rows, histories, implicit_als, on_workers
from tests.scale.spark.conftest import PARTS, executors
from tests.scale.spark.test_als import arrays

CLUSTER = "local-cluster[2,1,1024]"  # two workers, each a Java process of its own
PATIENCE = 300  # seconds; only a hang takes so long
KILLED, COUNTED = "killed", "counted"


def deadly(make, notes: str, generations: int | None):
    """`make`, but the first to have started kills: itself, or its parent's parent, the executor.

    Each part that is done leaves a note.
    """

    def made(*arguments):
        work = make(*arguments)

        def done(batches):
            first = next(batches, None)
            if first is None:
                return
            if generations is not None and struck():
                os.kill(ancestor(generations), signal.SIGKILL)
                time.sleep(60)  # Spark may not take what comes after
            yield from work(iter([first, *batches]))
            Path(notes, f"{COUNTED}-{os.getpid()}-{time.monotonic_ns()}").touch()

        return done

    def struck() -> bool:
        try:
            Path(notes, KILLED).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def ancestor(generations: int) -> int:
        pid = os.getpid()
        for _ in range(generations):
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return pid

    return made


@pytest.fixture
def kill(monkeypatch, tmp_path):
    """A function: in this step, let the first worker kill itself (0) or its executor (2)."""
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    steps = {name: getattr(on_workers, name) for name in ("counted", "summed")}

    def plan(step: str, generations: int) -> Path:
        for name, make in steps.items():
            (tmp_path / name).mkdir(exist_ok=True)
            how = generations if name == step else None
            monkeypatch.setattr(on_workers, name, deadly(make, str(tmp_path / name), how))
        return tmp_path

    return plan


def counts_by(spark, parquet, log) -> np.ndarray:
    dealt = histories(spark.read.parquet(parquet), log.n_items, parts=PARTS)
    return as_array(co_occurrence_rows(dealt, log.n_items), log.n_items)


def test_a_python_worker_that_is_killed_is_replaced(spark_at, parquet, log, kill):
    notes = kill("counted", 0)
    counts = counts_by(spark_at("local[2,4]"), parquet, log)
    assert (notes / "counted" / KILLED).exists()
    np.testing.assert_array_equal(counts, co_occurrence(log.binary()))


def test_with_one_attempt_only_the_job_fails_and_so_the_kill_is_one(spark_at, parquet, log, kill):
    kill("counted", 0)
    with pytest.raises(Exception, match="Python worker exited unexpectedly"):
        counts_by(spark_at("local[2]"), parquet, log)


@pytest.fixture(scope="module")
def cluster(spark_at):
    """Two executors, both there."""
    spark, until = spark_at(CLUSTER), time.monotonic() + PATIENCE
    while len(executors()) < 2:
        assert time.monotonic() < until
        time.sleep(0.1)
    return spark


@pytest.mark.parametrize("step", ["counted", "summed"])
def test_an_executor_that_is_killed_takes_its_parts_along_and_they_are_made_again(
    cluster, parquet, log, kill, step
):
    """Killed while it adds up, it loses what it had counted for others too (the shuffle)."""
    notes, before = kill(step, 2), set(executors())
    counts = counts_by(cluster, parquet, log)
    assert (notes / step / KILLED).exists()
    assert before - set(executors())
    np.testing.assert_array_equal(counts, co_occurrence(log.binary()))
    if step == "summed":
        assert len(list((notes / "counted").glob(f"{COUNTED}-*"))) > PARTS


def test_factors_are_learned_though_an_executor_dies_half_way(cluster, parquet, log, tmp_path):
    dealt = histories(cluster.read.parquet(parquet), log.n_items, parts=PARTS).cache()
    dealt.count()
    settings = {"factors": 8, "iterations": 6}
    quiet = [
        arrays(side, n)
        for side, n in zip(
            implicit_als(dealt, log.n_items, tmp_path, **settings), log.matrix.shape, strict=True
        )
    ]
    killed, over = [], threading.Event()

    def strike() -> None:
        """When the new job is in its fourth stage or later."""
        seen: set[int] = set(cluster.sparkContext.statusTracker().getActiveStageIds())
        while not over.wait(0.02):
            seen |= set(cluster.sparkContext.statusTracker().getActiveStageIds())
            if len(seen) >= 6:
                killed.append(executors()[0])
                os.kill(killed[0], signal.SIGKILL)
                return

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        sides = implicit_als(dealt, log.n_items, tmp_path, **settings)
        assert killed, "learned before anybody could be killed"
        again = [arrays(side, n) for side, n in zip(sides, log.matrix.shape, strict=True)]
    finally:
        over.set()
        thread.join()
    for one, other in zip(quiet, again, strict=True):
        np.testing.assert_allclose(other, one, atol=1e-3 * np.abs(one).max())
