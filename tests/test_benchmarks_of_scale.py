"""Chapter 18's stored tables: what no machine can change is made again, and is the same."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import (
    growth_fine,
    nearest,
    on_request,
    out_of_core,
    scale,
    serving,
    spark,
    two_cuts,
)
from recsys_lib.datasets import load_matinee
from recsys_lib.models import Popular
from recsys_lib.models.saved import save
from recsys_lib.scale import deal_by_viewer, streamed_co_occurrence
from recsys_lib.splits import split_random

ROOT = Path(__file__).resolve().parents[1]


def test_a_made_up_log_is_the_same_however_it_is_read_and_counted(tmp_path):
    one, other = (list(out_of_core.chunks(50_000, size=7_000)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert sum(len(who) for who, _ in one) == 50_000
    files = deal_by_viewer(out_of_core.chunks(50_000), tmp_path, 3)
    counts = streamed_co_occurrence(files, out_of_core.TITLES)
    np.testing.assert_array_equal(counts, out_of_core.in_memory(50_000))


def test_the_table_of_logs_on_disk_holds_what_was_counted():
    table = pd.read_csv(out_of_core.RESULT)
    assert tuple(table) == out_of_core.COLUMNS
    from_disk = table[table["way"] == "from disk"]
    assert set(from_disk["events"]) == set(out_of_core.SIZES)
    assert (from_disk.groupby("events")["step"].nunique() == 4).all()


def test_spark_was_measured_beside_both_of_our_ways():
    table = pd.read_csv(spark.RESULT)
    assert tuple(table) == spark.COLUMNS
    for _, some in table.groupby("events"):
        steps = some.groupby("way")["step"].agg(set)
        als = f"iALS of {spark.ROUNDS} rounds"
        assert steps["Spark"] == {"start", "counts", als}
        assert steps["in memory"] == {"counts", als} and steps["from disk"] == {"counts"}
    assert table["versions"].str.contains("pyspark 4.* Java 1.* Python 3.* cores").all()


HEAVY = """
import sys, time
held = b"1" * 200_000_000
while time.process_time() < 0.5:
    pass
print("ready", flush=True)
sys.stdin.read()
"""
SESSION = f"""
import subprocess, sys
from benchmarks.spark import memory, work
before = work(), memory()
pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
with subprocess.Popen([sys.executable, "-c", {HEAVY!r}], **pipes) as heavy:
    heavy.stdout.readline()
    print(work() - before[0], memory() - before[1])
print(work() - before[0], memory() - before[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc, which Linux has")
def test_the_work_and_memory_of_a_session_are_those_of_all_its_processes():
    done = subprocess.run([sys.executable, "-c", SESSION], start_new_session=True, check=True,
                          capture_output=True, text=True, cwd=ROOT)  # fmt: skip
    alive, ended = ([float(number) for number in line.split()] for line in done.stdout.splitlines())
    assert alive[0] > 0.45 and ended[0] > 0.45
    assert alive[1] > 190 > 50 > ended[1]


def test_growth_was_measured_at_every_size():
    table = pd.read_csv(growth_fine.RESULT)
    assert tuple(table) == growth_fine.COLUMNS
    assert set(table["events"]) == set(growth_fine.SIZES)
    assert (table.groupby("events")["model"].nunique() == len(growth_fine.NAMES)).all()


def test_waiting_was_measured_for_every_way():
    table = pd.read_csv(on_request.RESULT)
    assert tuple(table) == on_request.COLUMNS
    assert (table.groupby("model")["way"].nunique() == 5).all()
    timed = table[table["way"] != "fit"]
    assert (timed["p50_ms"] <= timed["p99_ms"]).all()


def test_exact_search_is_exact_and_recall_counts():
    vectors = nearest.made_up_vectors(500, np.ones(8), np.random.default_rng(0))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    found = nearest.exact(vectors, vectors[:20])
    order = np.argsort(-(vectors[:20] @ vectors.T), axis=1)[:, : nearest.K]
    assert (found[:, 0] == np.arange(20)).all() and nearest.recall(found, order) == 1
    assert nearest.recall(np.array([[1, 2, 9]]), np.array([[1, 2, 3]])) == pytest.approx(2 / 3)


def test_the_wider_a_graph_is_searched_the_more_it_finds():
    table = pd.read_csv(nearest.RESULT)
    assert tuple(table) == nearest.COLUMNS
    for _, some in table[table["effort"] > 0].groupby("titles"):
        assert (some.sort_values("effort")["recall"].diff().dropna() > -0.002).all()
        assert some["recall"].max() > 0.9 > some["recall"].min()


def test_two_cuts_on_a_small_log_keep_what_they_promise():
    log = load_matinee().watched()
    split = split_random(log.select(log.event_rows < 400), 0.2, rng=np.random.default_rng(0))
    table = pd.DataFrame(two_cuts.measure(split, (10, 50)), columns=two_cuts.COLUMNS)
    assert (table["hits"] <= table["can"]).all()
    rows = table.set_index(["first", "candidates"])["hits"]
    assert rows["iALS", 50] > rows["popular", 50] > rows["lot", 50]


def test_the_stored_cuts_lie_under_their_ceilings():
    table = pd.read_csv(two_cuts.RESULT)
    assert tuple(table) == two_cuts.COLUMNS and (table["hits"] <= table["can"]).all()
    few = table[table["candidates"] == 10]
    assert (few["hits"] == few["can"]).all()  # of ten candidates all are shown


def test_a_load_counts_what_came_back(tmp_path):
    log = load_matinee().watched()
    save(Popular().fit(log), tmp_path / "model.zip")
    with serving.Server(tmp_path / "model.zip", "matinee", ("--in-flight", "1")) as server:
        right = server.press(["/recommend?user=17&k=3"], 1, seconds=0.3)
        wrong = server.press(["/recommend?user=17&k=0", "/health"], 1, seconds=0.3)
        by_chance = server.press(["/health"], 5, rate=50.0, seconds=0.5)
        assert server.health()["viewers"] == log.n_users
    assert right["answered"] > 0 and right["failed"] == right["shed"] == 0
    assert float(right["p50_ms"]) <= float(right["p99_ms"])
    assert abs(wrong["answered"] - wrong["failed"]) <= 1 < wrong["failed"]
    assert by_chance["answered"] > 0 and by_chance["failed"] == 0


def test_the_server_s_load_was_measured_in_every_way():
    table = pd.read_csv(serving.RESULT, comment="#")
    assert tuple(table) == serving.COLUMNS
    each = table.groupby(["set", "model", "way", "run"])["part"].value_counts().unstack()
    kinds = len(serving.SETS) * len(serving.MODELS) * len(serving.WAYS)
    assert len(each) == kinds * table["run"].nunique()
    wanted = {"levels": len(serving.CLIENTS), "overload": len(serving.OFFERED), "reload": 1}
    assert (each == pd.Series(wanted)).all(axis=None)
    assert (table["p50_ms"] <= table["p99_ms"]).all() and (table["rss_mb"] > 0).all()


def test_no_request_failed_while_models_were_replaced():
    table = pd.read_csv(serving.RESULT, comment="#")
    reload = table[table["part"] == "reload"]
    assert (reload["failed"] == 0).all() and (reload["reloads"] > 0).all()
    assert (reload["answered"] > 100).all()


def test_one_command_makes_every_table_that_the_chapter_reads():
    chapter = (ROOT / "chapters" / "18_a_hundred_million_viewers.md").read_text(encoding="utf-8")
    read = set(re.findall(r"\.\./benchmarks/(\w+)\.csv", chapter))
    assert read == {table.name for table in scale.TABLES}
    assert all((ROOT / "benchmarks" / f"{name}.py").is_file() for name in read)


@pytest.fixture
def in_a_folder(tmp_path, monkeypatch):
    """A folder in which `python` is an environment's, Spark lies ready, and there is no Java."""
    for room in (".venv", ".venv-bench"):
        link = scale.Table("", "peers" * (room == ".venv-bench")).python.relative_to(ROOT)
        (tmp_path / link).parent.mkdir(parents=True)
        (tmp_path / link).write_text("")
    (tmp_path / "benchmarks").mkdir()
    monkeypatch.setattr(scale, "ROOT", tmp_path)
    monkeypatch.setattr(scale, "SPARK", tmp_path)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    return tmp_path


def test_what_cannot_be_made_here_is_named_and_the_rest_is_made(in_a_folder, monkeypatch, capsys):
    monkeypatch.setattr(scale, "made", lambda table: True)
    assert scale.main([]) == 1
    out, err = capsys.readouterr()
    assert [line.split()[-1] for line in out.splitlines()] == [
        f"benchmarks.{table.name}" for table in scale.TABLES if table.name != "spark"
    ]
    assert err.startswith("spark: cannot be made here. Spark runs on Java, and there is none")
    assert err.endswith("Not made: spark\n")
    assert scale.main(["nearest", "two_cuts"]) == 0


def test_a_dry_run_runs_nothing(in_a_folder, monkeypatch, capsys):
    monkeypatch.setattr(scale, "made", lambda table: pytest.fail("it ran"))
    assert scale.main(["--dry", "nearest"]) == 0
    assert capsys.readouterr().out == "[1/1] python -m benchmarks.nearest\n"
    scale.Table("", "peers").python.unlink()
    assert scale.main(["--dry", "nearest"]) == 1
    assert "there is no .venv-bench" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        scale.main(["nearests"])


@pytest.mark.parametrize(("code", "stored"), [("", "half"), ("exit(3)", "whole")])
def test_a_table_that_breaks_off_stays_as_it_was(in_a_folder, monkeypatch, code, stored):
    table = in_a_folder / "benchmarks" / "two_cuts.csv"
    table.write_text("whole")
    writes = f"open({str(table)!r}, 'w').write('half').bit_length(); {code}"
    monkeypatch.setattr(scale.Table, "command", [sys.executable, "-c", writes])
    assert scale.main(["two_cuts"]) == int(bool(code))
    assert table.read_text() == stored


def test_a_table_that_is_interrupted_stays_as_it_was(in_a_folder, monkeypatch):
    table = in_a_folder / "benchmarks" / "two_cuts.csv"
    table.write_text("whole")

    def interrupted(*arguments, **more):
        table.write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(scale.subprocess, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        scale.main(["two_cuts"])
    assert table.read_text() == "whole"
