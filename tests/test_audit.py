"""Fairness by group: by hand, and intervals that hold what they promise."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import sparse, stats

from recsys_lib.audit import DEFINITIONS, by_group, exposure_against, gap, lift_by_group
from recsys_lib.errors import DataError
from recsys_lib.metrics.creators import group_recall, list_share
from recsys_lib.metrics.fairness import popularity_lift


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_means_and_lifts_by_hand():
    values = np.array([1.0, 3.0, 5.0, math.nan])
    groups = np.array(["b", "b", "a", "a"])
    table = by_group(values, groups, rng=rng()).set_index("group")
    assert table["mean"].to_dict() == {"a": 5.0, "b": 2.0}
    assert table["users"].to_dict() == {"a": 1, "b": 2}
    assert table[["low", "high"]].isna().all(axis=None), "too few for an interval"
    assert table["gap"].tolist() == [3.0, -3.0]
    watched = np.array([1.0, 1.0, 4.0, 2.0])
    lift = lift_by_group(values, watched, groups, rng=rng()).set_index("group")["mean"]
    assert lift.to_dict() == {"a": 0.25, "b": 1.0}
    assert lift.to_dict() == popularity_lift(values, watched, groups).to_dict()


def test_a_group_without_values_stays_in_the_table():
    table = by_group([math.nan, 1.0], ["a", "b"], rng=rng()).set_index("group")
    assert math.isnan(table.loc["a", "mean"]) and table.loc["a", "users"] == 0


def test_gap_by_hand():
    member = np.array([True, True, False, False])
    values = np.array([4.0, 6.0, 1.0, math.nan])
    difference, low, high = gap(values, member, rng=rng())
    assert difference == 4 and math.isnan(low) and math.isnan(high)
    difference, low, high = gap(np.tile(values, 20), np.tile(member, 20), rng=rng())
    # 40 values of 4 and 6, whose mean has a standard error of 1 / sqrt(39), less 20 ones.
    assert difference == 4
    width = stats.t.ppf(0.975, 19) / math.sqrt(39)
    assert (low, high) == pytest.approx((4 - width, 4 + width), abs=0.1)


def test_exposure_against_by_hand():
    exposure, watched = np.array([0.2, 0.4, 0.9]), np.array([0.4, 0.8, math.nan])
    table = exposure_against(exposure, {"availability": 0.25, "consumption": watched}, rng=rng())
    table = table.set_index("reference")
    assert table["meaning"].tolist() == [DEFINITIONS["availability"], DEFINITIONS["consumption"]]
    assert table.loc["availability", "ratio"] == pytest.approx(0.5 / 0.25)
    assert table.loc["consumption", "ratio"] == pytest.approx(0.3 / 0.6)
    exposure, watched = np.tile(exposure, 5), np.tile(watched, 5)  # ten with both
    table = exposure_against(exposure, {"consumption": watched}, rng=rng()).iloc[0]
    assert table[["low", "high"]].tolist() == pytest.approx([0.5, 0.5])


def test_intervals_hold_the_truth_nearly_as_often_as_they_promise():
    draws, held = rng(1), {"mean": 0, "gap": 0, "ratio": 0}
    for seed in range(200):
        one, two = draws.exponential(1.0, 60), draws.exponential(2.0, 90)
        both, sides = np.r_[one, two], np.r_[np.ones(60, bool), np.zeros(90, bool)]
        table = by_group(one, np.zeros(60), rng=rng(seed), draws=200).iloc[0]
        _, low, high = gap(both, sides, rng=rng(seed), draws=200)
        against = exposure_against(one, {"x": draws.exponential(2.0, 60)}, rng=rng(seed), draws=200)
        ratio = against.iloc[0]
        held["mean"] += table["low"] <= 1.0 <= table["high"]
        held["gap"] += low <= -1.0 <= high
        held["ratio"] += ratio["low"] <= 0.5 <= ratio["high"]
    assert all(0.87 < count / 200 <= 0.99 for count in held.values()), held


def test_the_same_seed_gives_the_same_interval():
    values, groups = rng(3).random(50), np.arange(50) % 2
    assert by_group(values, groups, rng=rng()).equals(by_group(values, groups, rng=rng()))
    assert not by_group(values, groups, rng=rng()).equals(by_group(values, groups, rng=rng(1)))
    generator, alone = rng(), rng()
    by_group(values, np.zeros(50), rng=generator)
    lift_by_group(values, np.ones(50), np.zeros(50), rng=alone)
    assert generator.random() == alone.random(), "the test of the gaps draws from elsewhere"


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="one value and one group"):
        by_group([1.0], ["a", "b"], rng=rng())
    with pytest.raises(DataError, match="both sides"):
        gap([1.0, math.nan], np.array([True, False]), rng=rng())


# What cannot hold together: ten viewers, one slot each, the group made 3 of 4 titles and suits
# only 2 of the 10 viewers. Every way to fill the slots is tried.
SUITS = np.arange(10) < 2  # whether a viewer would truly like the group's titles best
AVAILABLE, PREFERRED = 0.75, 0.2


def test_availability_and_true_preference_cannot_both_be_met_where_they_differ():
    slots = np.array(list(product([0, 1], repeat=10)))  # 1: a title of the group is shown
    share = slots.mean(axis=1)
    assert not (np.isclose(share, AVAILABLE) & np.isclose(share, PREFERRED)).any()
    satisfied = (slots == SUITS).mean(axis=1)
    assert share[satisfied.argmax()] == PREFERRED and satisfied.max() == 1
    near = np.abs(share - AVAILABLE) < 0.06
    assert satisfied[near].max() < 0.6  # what equal exposure costs at best


def test_equal_opportunity_holds_for_the_best_lists_although_exposure_is_unequal():
    # Title 0 is the group's, title 1 the others'; every viewer is shown what suits.
    lists = np.where(SUITS, 0, 1)[:, None]
    relevant = sparse.csr_array(np.c_[SUITS, ~SUITS].astype(int))
    group = np.array([True, False])
    assert np.nanmean(group_recall(lists, relevant, group)) == 1
    assert np.nanmean(group_recall(lists, relevant, ~group)) == 1
    assert list_share(lists, group).mean() == PREFERRED
