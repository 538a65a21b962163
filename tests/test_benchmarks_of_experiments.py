"""Chapter 13's stored tables: a part of each is made again, and is the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import coverage, experiment, foresight
from recsys_lib.errors import DataError
from recsys_lib.offpolicy.estimate import Estimate
from recsys_lib.simulation import live

SEED = foresight.SEEDS[0]


@pytest.fixture(scope="module")
def popular():
    return foresight.study(SEED, only=("popular",))


def test_a_policys_exam_and_life_are_those_that_were_stored(popular):
    stored = pd.read_csv(foresight.RESULT).query("seed == @SEED and policy == 'popular'")
    numbers = ["ndcg", "satisfaction", "minutes", "click", "left"]
    made = popular[0][numbers].to_numpy()
    np.testing.assert_allclose(made, stored[numbers].to_numpy(), atol=0.51e-4)


def test_its_votes_are_those_that_were_stored(popular):
    before = popular[1]
    (made,) = foresight.rivalry(before.world, before, rivals=("popular",))
    stored = pd.read_csv(foresight.PAIRS).query("seed == @SEED and rival == 'popular'")
    for name, value in made.items():
        stored_value = stored[name].item()
        assert stored_value == (value if isinstance(value, str) else pytest.approx(value, abs=1e-4))


def test_all_worlds_are_stored_with_all_policies_and_rivals():
    stored = pd.read_csv(foresight.RESULT)
    expected = [(seed, name) for seed in foresight.SEEDS for name in foresight.POLICIES]
    assert list(zip(stored["seed"], stored["policy"], strict=True)) == expected
    pairs = pd.read_csv(foresight.PAIRS)
    expected = [(seed, name) for seed in foresight.SEEDS for name in foresight.RIVALS]
    assert list(zip(pairs["seed"], pairs["rival"], strict=True)) == expected


def test_one_world_is_stored_among_the_others(tmp_path):
    path = tmp_path / "worlds.csv"
    for seed, value in ((2, 1.0), (1, 5.0), (2, 3.0)):
        foresight.store(path, pd.DataFrame({"seed": [seed], "value": [value]}))
    assert pd.read_csv(path).to_numpy().tolist() == [[1, 5], [2, 3]]


def test_the_exam_is_one_for_those_who_knew(popular):
    before = popular[1]
    world = before.world
    learned = live(world, weeks=foresight.LEARN)

    class Knowing:
        def learn(self, known):
            self.scores = before.state.known.last * 1.0

    class Opposite(Knowing):
        def learn(self, known):
            self.scores = -before.state.known.last * 1.0

    assert foresight.exam(Knowing(), learned, before) == pytest.approx(1)
    assert foresight.exam(Opposite(), learned, before) < 0.05


def test_the_experiments_viewers_stand_in_the_arms_that_lots_gave_them():
    table = experiment.read_experiment_table()
    arms = experiment.arms()
    arm = np.array(arms.names)[arms.arm_of(table["user"].to_numpy() - 1)]
    assert (table["arm"] == arm).all() and table["user"].is_unique
    assert len(table) > 0.9 * experiment.VIEWERS
    days = 7 * experiment.WEEKS
    assert table["day"].between(1, days).all() and (table["day"][table["left"] == 0] == days).all()
    assert (table["clicks"] <= table["pages"]).all()


def test_a_small_experiment_has_the_same_columns_and_counts():
    start, life, _ = experiment.lived(viewers=150, before=1, weeks=2)
    table = experiment.table(start, life)
    assert list(table) == list(experiment.read_experiment_table())
    nights = life.evenings
    assert table["clicks"].sum() == nights["clicked"].sum()
    assert table["left"].sum() == nights["left"].sum()
    assert 2 * table["minutes"].sum() == pytest.approx(nights["minutes"].sum(), rel=0.01)


def test_the_stored_seconds_are_those_of_the_stored_experiment():
    """How many they are depends on the machine, and is no test."""
    (row,) = pd.read_csv(experiment.SECONDS).to_dict("records")
    assert (row["viewers"], row["weeks"]) == (experiment.VIEWERS, experiment.WEEKS) == (20_000, 12)
    pages = experiment.read_experiment_table()["pages"].sum()
    assert 0.7 * row["evenings"] < pages < row["evenings"]  # some go straight to the search


@pytest.mark.parametrize("name", ["share_difference", "retention_difference", "snips",
                                  "pseudo_inverse", "bernstein of ips"])  # fmt: skip
@pytest.mark.parametrize("n", coverage.SIZES[:2])
def test_an_intervals_coverage_is_what_was_stored(name, n):
    stored = pd.read_csv(coverage.RESULT).query("interval == @name and n == @n").iloc[0]
    made = coverage.coverage(name, n)
    assert made["refused"] == stored["refused"]
    # One repetition may fall on the other side on another processor.
    assert made["coverage"] == pytest.approx(stored["coverage"], abs=0.0026)


def test_every_interval_is_in_the_table_at_every_size():
    stored = pd.read_csv(coverage.RESULT)
    expected = [(name, n) for name in coverage.CASES for n in coverage.SIZES]
    assert list(zip(stored["interval"], stored["n"], strict=True)) == expected
    assert (stored["repetitions"] + stored["refused"] == coverage.REPETITIONS).all()


def test_coverage_counts_what_holds_and_what_is_refused(monkeypatch):
    def case(n, rng):
        lot = rng.random()
        if lot < 0.1:
            raise DataError("too few")
        return coverage.holds(Estimate(0.0, 0.0, 0.5, 0.0), lot)

    monkeypatch.setitem(coverage.CASES, "made up", case)
    found = coverage.coverage("made up", 5, repetitions=500)
    assert found["refused"] == pytest.approx(50, abs=20)
    assert found["coverage"] == pytest.approx(0.4 / 0.9, abs=0.07)
    assert found["low"] < found["coverage"] < found["high"]
