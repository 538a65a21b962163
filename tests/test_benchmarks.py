"""The benchmark's own arithmetic: made-up logs, exponents, sections, and names that exist."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from benchmarks import __main__ as command
from benchmarks import contenders, growth, tuned
from benchmarks.protocol import accuracy, ours, race
from recsys_lib.interactions import Interactions
from recsys_lib.models import Popular
from recsys_lib.splits import split_random


@pytest.fixture(scope="module")
def log() -> Interactions:
    return growth.made_up_log(20_000, 400, np.random.default_rng(0))


def test_a_made_up_log_has_the_stated_shape(log):
    assert (log.n_events, log.n_items) == (20_000, 400)
    assert log.n_users == 200
    share = np.sort(log.item_counts)[::-1] / log.n_events
    assert 2 < share[:20].mean() / share[200:220].mean() < 12  # uneven, as 1 / (rank + 20) is
    assert set(np.unique(log.matrix.data)) == {1, 2, 3, 4, 5}


def test_the_exponent_of_a_power_law_is_found_and_missing_sizes_are_left_out():
    sizes = pd.MultiIndex.from_tuples([(500, 10), (2000, 10), (8000, 10)])
    seconds = pd.Series(3e-6 * np.array([500, 2000, 8000]) ** 1.5, sizes)
    assert growth.exponent(seconds, 0) == pytest.approx(1.5)
    seconds.iloc[2] = np.nan
    assert growth.exponent(seconds, 0) == pytest.approx(1.5)


def test_accuracy_is_one_for_lists_of_what_was_watched_and_nought_for_empty_ones(log):
    split = split_random(log, rng=np.random.default_rng(0))
    found, empty = np.full((2, log.n_users, 10), -1)
    for row, columns in enumerate(
        np.split(split.test.matrix.indices, split.test.matrix.indptr)[1:-1]
    ):
        found[row, : len(columns)] = columns[:10]
    assert accuracy(found, split) == 1
    assert accuracy(empty, split) == 0
    popular = ours(Popular())(split.train)
    assert 0 < accuracy(popular, split) < 1
    sent = pickle.loads(pickle.dumps(popular))  # as it comes from a process of its own
    assert accuracy(sent, split) == accuracy(popular, split)


def test_a_race_gives_the_median_ratio_of_the_pairs(log, monkeypatch):
    clock = iter([9, 9, 2.0, 1.0, 3.0, 1.0, 8.0, 2.0])  # the first pair is not counted
    monkeypatch.setattr("benchmarks.protocol.seconds", lambda *_: next(clock))
    split = split_random(log, rng=np.random.default_rng(0))
    assert race(None, None, split, pairs=3) == (3, 1, 3)


def test_a_part_run_alone_leaves_the_other_sections_as_they_are(tmp_path, monkeypatch):
    stored = tmp_path / "results.md"
    stored.write_text("# Results\n\n<!-- races -->\n## A\n\nold\n\n<!-- growth -->\n## B\n\nold\n")
    monkeypatch.setattr(command, "RESULT", stored)
    assert command._stored() == {"races": "## A\n\nold", "growth": "## B\n\nold"}


def test_who_races_or_is_tuned_is_a_contender():
    named = {name for pair in contenders.RACES for name in pair} | set(tuned.GRIDS)
    assert named <= set(contenders.ALL)
