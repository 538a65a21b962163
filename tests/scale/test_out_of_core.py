"""A log counted from disk, part by part, is the log counted in memory, to the last bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.growth import made_up_log
from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.models import EASE, ItemKNN
from recsys_lib.models.factors.ease import co_occurrence, ease_weights
from recsys_lib.scale import deal_by_viewer, read_part, streamed_co_occurrence


@pytest.fixture(scope="module")
def log():
    return made_up_log(20_000, 300, np.random.default_rng(1))


def shuffled(log, chunk=3_000):
    """The events of a log in chunks, in no order, so that every chunk has most viewers."""
    order = np.random.default_rng(2).permutation(log.n_events)
    who, what = log.event_rows[order], log.matrix.indices[order]
    for start in range(0, len(order), chunk):
        yield who[start : start + chunk], what[start : start + chunk]


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_counts_and_weights_are_those_of_the_log_in_memory(log, tmp_path, parts):
    counts = streamed_co_occurrence(deal_by_viewer(shuffled(log), tmp_path, parts), log.n_items)
    np.testing.assert_array_equal(counts, co_occurrence(log.binary()))
    weights = ease_weights(counts, 100.0).astype(np.float32)
    np.testing.assert_array_equal(weights, EASE(100.0).fit(log).weights_)


def test_item_neighbours_follow_from_the_counts(log, tmp_path):
    counts = streamed_co_occurrence(deal_by_viewer(shuffled(log), tmp_path), log.n_items)
    audience = np.diag(counts)
    cosine = counts / np.sqrt(np.maximum(np.outer(audience, audience), 1))
    model = ItemKNN(neighbors=log.n_items, shrinkage=0).fit(log)
    one = Interactions.from_frame(pd.DataFrame({"user_id": ["new"], "item_id": [log.items[7]]}))
    scores = model.score_histories(one)[0]
    others = np.arange(log.n_items) != 7
    np.testing.assert_allclose(scores[others], cosine[7, others], rtol=1e-6)


def test_a_viewer_in_two_parts_is_counted_wrongly(log, tmp_path):
    """Why the log is dealt by viewer: parts as they come miss what one watched in both."""
    half = [part for number, part in enumerate(shuffled(log)) if number % 2]
    rest = [part for number, part in enumerate(shuffled(log)) if not number % 2]
    files = [deal_by_viewer(part, tmp_path / name, 1)[0] for part, name in
             ((half, "half"), (rest, "rest"))]  # fmt: skip
    counts = streamed_co_occurrence(files, log.n_items)
    whole = co_occurrence(log.binary())
    assert counts.sum() < 0.8 * whole.sum()
    np.testing.assert_array_equal(np.diag(counts), np.diag(whole))


events = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=40)


@settings(max_examples=30, deadline=None)
@given(events=events, parts=st.integers(1, 4), cut=st.integers(1, 40))
def test_any_small_log_with_events_twice(tmp_path_factory, events, parts, cut):
    pairs = np.array(events, int).reshape(-1, 2)
    chunks = [pairs[start : start + cut].T for start in range(0, len(pairs), cut)]
    files = deal_by_viewer(chunks, tmp_path_factory.mktemp("log"), parts)
    matrix = np.zeros((10, 6))
    matrix[pairs[:, 0], pairs[:, 1]] = 1
    np.testing.assert_array_equal(streamed_co_occurrence(files, 6), matrix.T @ matrix)
    assert sum(read_part(file, 6).nnz for file in files) == matrix.sum()


@pytest.mark.parametrize(
    ("viewers", "titles"),
    [([0, 1], [0]), ([0.5], [0]), ([-1], [0]), ([0], [2**31]), ([[0]], [[0]])],
)
def test_bad_chunks_are_named_and_leave_nothing_behind(tmp_path, viewers, titles):
    good = (np.array([1]), np.array([1]))
    with pytest.raises(DataError):
        deal_by_viewer([good, (np.array(viewers), np.array(titles))], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_parts_is_not_written_over(tmp_path):
    deal_by_viewer([], tmp_path, 1)
    with pytest.raises(ArgumentError, match="already"):
        deal_by_viewer([], tmp_path, 1)
    with pytest.raises(ArgumentError):
        deal_by_viewer([], tmp_path / "none", 0)


def test_a_file_cut_short_and_a_title_too_many_are_found(tmp_path):
    (file,) = deal_by_viewer([(np.array([3, 3]), np.array([0, 5]))], tmp_path, 1)
    with pytest.raises(DataError, match="outside"):
        read_part(file, 5)
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(DataError, match="whole event"):
        read_part(file, 6)
