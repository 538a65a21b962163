"""Sessions of Spark, Matinee as parquet in no order, and ways to kill what works on it.

Run by `make spark-test`, in the environment of requirements.lock here; not by `make test`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from recsys_lib.datasets import load_matinee
from recsys_lib.interactions import ITEM, USER, Interactions
from recsys_lib.scale.spark import histories, session

QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # Java for minutes, not for days
OPTIONS = {"spark.sql.shuffle.partitions": "4"}
PARTS = 4


def pytest_collection_modifyitems(items) -> None:
    """pyspark leaves its own sockets to the garbage collector, whenever that comes."""
    for item in items:
        item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
        item.add_marker(
            pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
        )


@pytest.fixture(scope="session", autouse=True)
def _scratch(tmp_path_factory) -> Iterator[None]:
    """What Spark leaves behind lies with pytest's own files."""
    if find_spec("pyspark") is None or find_spec("pyarrow") is None:
        pytest.fail("pyspark and pyarrow are not here: run make spark-test")
    import pyspark

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_DIRS", str(tmp_path_factory.mktemp("scratch")))
        patch.setenv("JAVA_TOOL_OPTIONS", QUICK)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_WORKER_DIR", str(tmp_path_factory.mktemp("workers")))
        home = Path(pyspark.__file__).parent
        patch.setenv("SPARK_HOME", str(home))  # for local-cluster
        # Its workers are told anew where pyarrow is: where pyspark is.
        patch.setitem(OPTIONS, "spark.executorEnv.PYTHONPATH", str(home.parent))
        yield


@pytest.fixture(scope="session")
def log() -> Interactions:
    """Matinee: some hundred thousand events of three thousand viewers."""
    return load_matinee().watched()


def written(who, what, folder: Path, files: int = 4) -> str:
    """These events as a folder of parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True)
    for number, part in enumerate(np.array_split(np.arange(len(who)), files)):
        table = pa.table({USER: who[part], ITEM: what[part]})
        pq.write_table(table, folder / f"{number}.parquet")
    return str(folder)


@pytest.fixture(scope="session")
def parquet(log, tmp_path_factory) -> str:
    """The log by row and column, in no order, and a tenth of its events twice."""
    rng = np.random.default_rng(18)
    order = rng.permutation(np.r_[: log.n_events, : log.n_events // 10])
    return written(log.event_rows[order], log.matrix.indices[order],
                   tmp_path_factory.mktemp("log") / "parts")  # fmt: skip


@pytest.fixture(scope="module")
def spark_at() -> Iterator[Callable]:
    """A function from a master to its session; the one before is stopped."""
    running = []

    def start(master: str):
        stop()
        running.append(session(master, options=OPTIONS))
        return running[0]

    def stop() -> None:
        while running:
            running.pop().stop()

    yield start
    stop()


@pytest.fixture(scope="module")
def spark(spark_at):
    """Two cores of this machine."""
    return spark_at("local[2]")


@pytest.fixture(scope="module")
def dealt(spark, parquet, log):
    """Matinee's histories, kept."""
    return histories(spark.read.parquet(parquet), log.n_items, parts=PARTS).cache()


def processes() -> dict[int, tuple[int, str]]:
    """Parent and command line of each process of this machine (Linux)."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                found[int(entry.name)] = int(parent), (entry / "cmdline").read_text()
            except OSError:  # it ended meanwhile
                continue
    return found


def executors() -> list[int]:
    """The Java processes of our own that execute for a local-cluster."""
    alive = processes()

    def ours(pid: int) -> bool:
        while pid in alive and pid != os.getpid():
            pid = alive[pid][0]
        return pid == os.getpid()

    return [pid for pid, (_, line) in alive.items()
            if "CoarseGrainedExecutorBackend" in line and "java" in line.split("\0")[0]
            and ours(pid)]  # fmt: skip
