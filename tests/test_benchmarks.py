"""The benchmark's own arithmetic: made-up logs, exponents, sections, and names that exist."""

from __future__ import annotations

import datetime
import pickle

import numpy as np
import pandas as pd
import pytest

from benchmarks import __main__ as command
from benchmarks import before_after, contenders, growth, tuned
from benchmarks.protocol import Run, accuracy, ours, race
from recsys_lib.errors import ArgumentError
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


def test_a_row_of_the_table_of_growth_says_when_it_was_measured(tmp_path, monkeypatch):
    stored = tmp_path / "growth.csv"
    sizes = (2000, 50), (4000, 50), (8000, 50), (2000, 80)
    old = [["EASE", *size, 1.0, 2.0, 3, "2001-02-03"] for size in sizes]
    pd.DataFrame(old, columns=growth.COLUMNS).to_csv(stored, index=False)
    monkeypatch.setattr(growth, "RESULT", stored)
    monkeypatch.setattr(growth, "BY_EVENTS", sizes[:3])
    monkeypatch.setattr(growth, "BY_TITLES", sizes[::3])
    monkeypatch.setattr(growth, "alone", lambda make, log: Run(np.array([0.5, 0.25]), 1.0, 9.0))
    growth.main(["Popular"])
    rows = pd.read_csv(stored)
    today = str(datetime.date.today())
    assert rows["measured_on"].tolist() == ["2001-02-03"] * 4 + [today] * 4
    (line,) = [line for line in growth.table() if line[0] == "Popular"]
    assert len(line) == len(growth.HEAD) and line[-1] == today


def test_before_and_after_are_written_from_a_finished_run(tmp_path, monkeypatch):
    stored = tmp_path / "before_after.csv"
    clock = iter([1.0, 2.0, 3.0, 4.0, 5.0, 9.0] * 2)
    monkeypatch.setattr(before_after, "RESULT", stored)
    monkeypatch.setattr(before_after, "CASES", {"a": None, "b": None})
    monkeypatch.setattr(before_after, "once", lambda case, folder: next(clock))
    before_after.main(tmp_path, 3, [])
    table = pd.read_csv(stored)
    assert table.columns.tolist() == before_after.COLUMNS
    assert table.iloc[:, :4].to_numpy().tolist() == [["a", 3, 4, 3], ["b", 3, 4, 3]]
    monkeypatch.setattr(before_after, "once", lambda case, folder: 7.0)
    before_after.main(tmp_path, 1, ["b"])
    assert pd.read_csv(stored).iloc[:, :4].to_numpy().tolist() == [["a", 3, 4, 3], ["b", 7, 7, 1]]
    monkeypatch.setattr(before_after, "once", lambda case, folder: float("nan"))
    before_after.main(tmp_path, 3, ["a"])  # the one that takes too long is waited for once
    assert pd.read_csv(stored)["pairs"].tolist() == [1, 1]


def test_the_stored_growth_holds_every_case():
    table = pd.read_csv(before_after.RESULT)
    assert table["case"].tolist() == list(before_after.CASES)
    assert (table["pairs"] >= 3).all() and table["after_seconds"].notna().all()


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


def test_a_race_run_alone_leaves_the_other_rows_as_they_are(tmp_path, monkeypatch):
    stored = tmp_path / "results.md"
    old = [["A", "a", "1.0", "2.0", "0.500", "–", "2026-11-01"],
           ["B", "b", "9.0", "3.0", "3.000", "0.2", "2026-11-01"]]  # fmt: skip
    names = ["ours", "peer", "ours, s", "peer, s", "ratio", "load", command.DATED]
    stored.write_text(f"<!-- races -->\n## Speed\n\n{command._table(names, old)}\n")
    monkeypatch.setattr(command, "RESULT", stored)
    monkeypatch.setattr(command, "PACKAGES", ("numpy",))
    monkeypatch.setattr(command.os, "getloadavg", lambda: (4.25, 0, 0))
    monkeypatch.setattr(contenders, "RACES", [("A", "a"), ("B", "b")])
    monkeypatch.setattr(contenders, "ALL", dict.fromkeys("AaBb", lambda: None))
    monkeypatch.setattr("benchmarks.protocol.movielens", lambda: None)
    monkeypatch.setattr("benchmarks.protocol.race", lambda *_: (1.5, 2.0, 0.75))
    monkeypatch.setattr(command.sys, "argv", ["", "races", "--of", "B"])
    assert command.main() == 0
    today = str(datetime.date.today())
    assert command._stored_rows("races") == [
        old[0],
        ["B", "b", "1.500", "2.000", "0.750", "4.2", today],
    ]
    assert "Measured on" not in stored.read_text()


def test_who_races_or_is_tuned_is_a_contender():
    named = {name for pair in contenders.RACES for name in pair} | set(tuned.LADDERS)
    assert named <= set(contenders.ALL)


def tried(name: str) -> dict[tuple, float]:
    """The trials of a contender in tuned.csv: values in the order of its ladders → nDCG@10."""
    rows = pd.read_csv(tuned.RESULT).query("contender == @name")
    places = [
        tuple(float(part.split("=")[1]) for part in text.split()) for text in rows["settings"]
    ]
    return dict(zip(places, rows["ndcg"], strict=True))


def test_every_contender_with_ladders_was_searched():
    assert set(pd.read_csv(tuned.RESULT)["contender"]) == set(tuned.LADDERS)


@pytest.mark.parametrize("name", tuned.LADDERS)
def test_the_best_settings_stand_in_no_corner_of_what_was_tried(name):
    """On either side of each of its values a neighbour was tried, and none was better."""
    scores, ladders = tried(name), tuned.LADDERS[name]
    best = max(scores, key=scores.get)
    assert tuned.open_ends(dict(zip(ladders, best, strict=True)), ladders) == []
    place = tuple(values.index(value) for values, value in zip(ladders.values(), best, strict=True))
    for near in tuned.neighbours(place, ladders):
        assert scores[tuple(tuned.settings_at(near, ladders).values())] <= scores[best]


@pytest.mark.parametrize("name", tuned.LADDERS)
def test_contenders_have_the_settings_that_were_found(name):
    scores = tried(name)
    best = dict(zip(tuned.LADDERS[name], max(scores, key=scores.get), strict=True))
    maker = contenders.ALL[name]
    ours = isinstance(maker.args[0], type)
    given = (maker.args[0]().get_params() if ours else {}) | maker.keywords
    assert {setting: given.get(setting) for setting in best} == best


def hill(top: dict[str, float]):
    return lambda **at: -sum(abs(at[name] - value) for name, value in top.items())


def test_the_search_climbs_to_the_best_and_refuses_a_corner():
    ladders = {"a": [1, 2, 3, 4, 5], "b": [0, 1, 2]}
    for top in ({"a": 2, "b": 1}, {"a": 4, "b": 1}):
        trials = list(tuned.climb(hill(top), ladders))
        assert max(trials, key=lambda trial: trial[1])[0] == top
        assert len({tuple(settings.items()) for settings, _ in trials}) == len(trials)
    for corner in ({"a": 5, "b": 1}, {"a": 3, "b": 0}, {"a": 1, "b": 2}):
        with pytest.raises(ArgumentError, match="Lengthen the ladder"):
            list(tuned.climb(hill(corner), ladders))
    limits = {"shrinkage": [0, 5, 10]}  # below nought there is nothing
    trials = list(tuned.climb(hill({"shrinkage": 0}), limits))
    assert max(trials, key=lambda trial: trial[1])[0] == {"shrinkage": 0}
