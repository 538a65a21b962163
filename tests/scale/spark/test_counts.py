"""Counts by Spark are the counts in memory, to the last viewer."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.models import EASE, ItemKNN
from recsys_lib.models.factors.ease import co_occurrence, ease_weights
from recsys_lib.models.top_k import top_k
from recsys_lib.scale.spark import as_array, co_occurrence_rows, histories, on_workers
from tests.scale.spark.conftest import written


@pytest.fixture(scope="module")
def counts(dealt, log):
    return as_array(co_occurrence_rows(dealt, log.n_items), log.n_items)


def test_a_history_is_a_viewer_s_titles_each_once(dealt, log):
    found = {row.user_id: row.item_ids for row in dealt.collect()}
    assert len(found) == log.active_users
    for row in range(log.n_users):
        mine = log.matrix.indices[log.matrix.indptr[row] : log.matrix.indptr[row + 1]]
        assert found.get(row, []) == mine.tolist()


def test_counts_are_those_in_memory(counts, log):
    assert log.n_events > 100_000
    np.testing.assert_array_equal(counts, co_occurrence(log.binary()))


def test_ease_and_its_lists_follow_to_the_last_bit(counts, log):
    model = EASE().fit(log)
    weights = ease_weights(counts, model.l2).astype(np.float32)
    np.testing.assert_array_equal(weights, model.weights_)


def test_item_neighbours_and_their_lists_follow(counts, log):
    model = ItemKNN(neighbors=log.n_items).fit(log)
    audience = np.diag(counts)
    cosine = counts / np.sqrt(np.maximum(np.outer(audience, audience), 1))
    np.fill_diagonal(cosine, 0)
    some = np.flatnonzero(log.user_counts > 0)[:300]
    seen = log.binary()[some].toarray()
    ours = top_k(np.where(seen > 0, -np.inf, model.score_all(log.users[some])), 10)
    spark = top_k(np.where(seen > 0, -np.inf, (seen @ cosine).astype(np.float32)), 10)
    assert (ours == spark).mean() > 0.999  # two titles may tie but for the last digit


@pytest.mark.parametrize("at_most", [1, 7_000, 10**9])
def test_how_much_a_worker_multiplies_at_once_changes_nothing(dealt, log, counts, at_most,
                                                              monkeypatch):  # fmt: skip
    counted = on_workers.counted
    monkeypatch.setattr(on_workers, "counted", lambda n: counted(n, at_most))
    again = as_array(co_occurrence_rows(dealt.limit(700), log.n_items), log.n_items)
    X = np.zeros((700, log.n_items))
    for place, row in enumerate(dealt.limit(700).collect()):
        X[place, row.item_ids] = 1
    np.testing.assert_array_equal(again, X.T @ X)


def test_titles_without_a_viewer_and_any_cut_into_files(spark, tmp_path):
    who, what = np.array([0, 0, 5, 5, 5, 2**31 - 1]), np.array([1, 6, 6, 1, 1, 6])
    for files in (1, 3, 6):
        events = spark.read.parquet(written(who, what, tmp_path / str(files), files))
        counts = as_array(co_occurrence_rows(histories(events, 9, parts=3), 9), 9)
        expected = np.zeros((9, 9))
        expected[np.ix_([1, 6], [1, 6])] = [[2, 2], [2, 3]]
        np.testing.assert_array_equal(counts, expected)


def test_the_workers_do_not_need_this_library(dealt, log, counts, tmp_path, monkeypatch):
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    counted, note = on_workers.counted, str(tmp_path / "note")

    def noted(n_items):
        count = counted(n_items)

        def watched(histories):
            yield from count(histories)
            Path(note).write_text(str("recsys_lib" in sys.modules))

        return watched

    monkeypatch.setattr(on_workers, "counted", noted)
    again = as_array(co_occurrence_rows(dealt, log.n_items), log.n_items)
    np.testing.assert_array_equal(again, counts)
    assert Path(note).read_text() == "False"


@pytest.mark.parametrize(
    ("who", "what", "said"),
    [
        ([0.5], [1], "holds double"),
        (["a"], [1], "holds string"),
        ([0], [4], "outside"),
        ([-1], [1], "outside"),
        ([2**31], [1], "outside"),
        ([], [], "no event"),
    ],
)
def test_bad_logs_are_named(spark, tmp_path, who, what, said):
    who = np.array(who, None if who else int)
    events = spark.read.parquet(written(who, np.array(what, int), tmp_path / "log", 1))
    with pytest.raises(DataError, match=said):
        histories(events, 4)


def test_missing_columns_labels_and_parts_are_named(spark):
    events = spark.createDataFrame([(0, 1), (None, 2)], "user_id int, item_id int")
    with pytest.raises(DataError, match="1 events have no user_id"):
        histories(events, 4)
    with pytest.raises(DataError, match="no column 'film'"):
        histories(events, 4, item="film")
    with pytest.raises(ArgumentError, match="parts"):
        histories(events, 4, parts=0)
