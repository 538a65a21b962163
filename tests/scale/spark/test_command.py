"""The command: stopped in the middle it goes on; what was lost is made again; faults are named."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.models.factors.ease import co_occurrence
from recsys_lib.scale.spark import Checkpoints
from recsys_lib.scale.spark.__main__ import main

PROGRAM = [sys.executable, "-m", "recsys_lib.scale.spark"]
PATIENCE = 300  # seconds; only a hang takes so long


def command(what: str, parquet: str, folder: Path, log, *more: str) -> list[str]:
    return [what, parquet, str(folder), "--titles", str(log.n_items), "--master", "local[2,4]",
            "--parts", "4", *more]  # fmt: skip


def stopped_after(stage: str, arguments: list[str], folder: Path) -> None:
    """Start the command, and kill it with all that it started once this stage stands."""
    with subprocess.Popen(PROGRAM + arguments, start_new_session=True,
                          stdout=subprocess.DEVNULL) as running:  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not (folder / f"{stage}.json").exists():
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGKILL)


def run(arguments: list[str], capsys) -> list[str]:
    assert main(arguments) == 0
    return capsys.readouterr().out.splitlines()


@pytest.fixture(scope="module")
def folder(parquet, log, tmp_path_factory) -> Path:
    """A job of counts that was stopped after its first stage."""
    folder = tmp_path_factory.mktemp("work")
    stopped_after("histories", command("counts", parquet, folder, log), folder)
    assert not (folder / "counts.json").exists(), "stopped too late to try anything"
    return folder


@pytest.fixture(scope="module")
def resumed(folder, parquet, log):
    """What the same command then said, and the files of the first stage before it."""
    before = {file.name: file.stat().st_mtime_ns for file in (folder / "histories").iterdir()}
    done = subprocess.run(PROGRAM + command("counts", parquet, folder, log), text=True,
                          capture_output=True, check=True, timeout=PATIENCE)  # fmt: skip
    return before, done.stdout.splitlines()


def rows_of(stage: Path) -> list[dict]:
    """Read without Spark: what it leaves is plain parquet."""
    import pyarrow.parquet as pq

    return pq.read_table(stage).to_pylist()


def counts_in(folder: Path, log) -> np.ndarray:
    counts = np.zeros((log.n_items, log.n_items))
    for row in rows_of(folder / "counts"):
        counts[row["title"]] = row["counts"]
    return counts


def test_stopped_after_a_stage_it_goes_on_from_there(resumed, folder, log):
    before, said = resumed
    assert said == ["counts: started", "histories: stands", "counts: done"]
    after = {file.name: file.stat().st_mtime_ns for file in (folder / "histories").iterdir()}
    assert before == after
    np.testing.assert_array_equal(counts_in(folder, log), co_occurrence(log.binary()))


def test_what_is_done_is_done_and_what_is_lost_is_made_again(resumed, folder, parquet, log, capsys):
    arguments = command("counts", parquet, folder, log)
    assert run(arguments, capsys) == ["counts: stands"]
    for stage in ("counts", "histories"):
        next((folder / stage).glob("part-*.parquet")).unlink()
    assert run(arguments, capsys) == [
        "counts: 1 files lost, made again", "histories: 1 files lost, made again",
        "histories: done", "counts: done",
    ]  # fmt: skip
    np.testing.assert_array_equal(counts_in(folder, log), co_occurrence(log.binary()))


def test_another_setting_is_not_answered_with_what_stands(resumed, folder, parquet, log, capsys):
    arguments = command("counts", parquet, folder, log, "--user-col", "item_id")
    assert main(arguments) == 2
    assert "another user-col" in capsys.readouterr().err


def test_factors_stand_beside_the_histories_they_came_from(resumed, folder, parquet, log, capsys):
    arguments = command("als", parquet, folder, log, "--factors", "4", "--iterations", "5")
    assert run(arguments, capsys) == ["factors: started", "histories: stands", "factors: done"]
    rows = rows_of(folder / "factors")
    assert {row["side"] for row in rows} == {"viewer", "title"}
    assert sum(row["side"] == "viewer" for row in rows) == log.active_users
    assert all(len(row["features"]) == 4 for row in rows)
    assert not (folder / "als-rounds").exists()


def test_a_mark_cut_short_does_not_count(spark_at, tmp_path):
    spark, said = spark_at("local[2]"), []
    work = Checkpoints(spark, tmp_path, said.append)
    make = lambda: spark.range(7)  # noqa: E731
    assert work.stage("seven", {"n": 7}, make).count() == 7
    mark = tmp_path / "seven.json"
    assert json.loads(mark.read_text())["settings"] == {"n": 7}
    mark.write_text(mark.read_text()[:20])
    (tmp_path / ".seven.json.crc").unlink()
    assert work.stage("seven", {"n": 7}, make).count() == 7
    assert said == ["seven: started", "seven: done"] * 2
    with pytest.raises(ArgumentError, match="another n"):
        work.stage("seven", {"n": 8}, make)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["counts", "nowhere.parquet", "work", "--titles", "4"], "There is no log"),
        (["counts", "a", "b", "--titles", "4", "--factors", "3"], "--factors is for als"),
        (["both", "a", "b", "--titles", "4"], "invalid choice"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(wrong, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*wrong, "--master", "local[2]"]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("recsys_lib:") and said in error
