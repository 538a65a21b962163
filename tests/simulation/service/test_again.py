"""One evening, many times over."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.models import Popular, Random
from recsys_lib.simulation import Recommended, World, WorldConfig, live
from recsys_lib.simulation.service import behaviour as act
from recsys_lib.simulation.service.again import relive
from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.service.pages import look_chance


@pytest.fixture(scope="module")
def before():
    return live(World(seed=5, n_viewers=80, weeks=4), weeks=3)


POLICIES = {"popular": Recommended(Popular()), "lot": Recommended(Random(random_state=1))}


def test_the_same_policy_meets_the_same_luck_whoever_else_is_tried(before):
    alone = relive(before, {"lot": POLICIES["lot"]}, times=4)["lot"]
    beside = relive(before, POLICIES, times=4)["lot"]
    assert (alone.slot == beside.slot).all() and (alone.pages.titles == beside.pages.titles).all()


def test_evenings_differ_and_leave_the_life_as_it_was(before):
    last, day = before.state.known.last.copy(), before.day
    again = relive(before, POLICIES, times=6)["popular"]
    assert len({tuple(column) for column in again.slot.T}) == 6
    assert (before.state.known.last == last).all() and before.state.day == day
    assert not hasattr(POLICIES["popular"], "scores") or POLICIES["popular"].scores is None


def test_a_choice_is_the_best_slot_looked_at_one_viewer_at_a_time(before):
    """By hand: looks, worth and luck of each slot, against choosing nothing."""
    found, world = relive(before, POLICIES, times=1)["popular"], before.world
    day, n = before.day, len(found.viewer)
    lots = Lots(world.seed, day, 0, n, name="again 0 ")
    looks, luck = lots.uniform("look", 21), lots.gumbel("luck", len(world.titles))
    nothing, mood = lots.gumbel("nothing"), lots.uniform("mood", 2)
    inner = deepcopy(before.state.inner)
    inner.week = day // 7
    chance, fit, pull = look_chance(world.config), *inner.appeal(found.viewer, day)
    device = world.habits["device"].to_numpy()[found.viewer]
    art = inner.art_fit(type("Visit", (), {"viewer": found.viewer}), found.pages)
    for row in range(n):
        tone, genre = world.wishes.draw(np.array([1]), False, mood[[row], 0], mood[[row], 1])
        one = act.Evenings(
            found.viewer[[row]], np.array([1215]), device[[row]], tone, genre,
            device[[row]] == act.SMALL_SCREEN, np.array([0.0]), np.array([True]),
        )  # fmt: skip
        appeal = act.evening_appeal(world, one, fit[[row]], pull[[row]])
        worth = act.slot_worth(world, appeal, found.pages.take([row]), art[[row]])[0]
        best, slot = world.config.outside + nothing[row], -1
        for place, title in enumerate(found.pages.titles[row]):
            value = worth[place] + luck[row, title]
            if looks[row, place] < chance[place] and value > best:
                best, slot = value, place
        assert found.slot[row, 0] == slot


def test_nobody_leaves_empty_handed_who_cannot_choose_nothing():
    world = World(seed=5, n_viewers=40, weeks=3, config=WorldConfig(outside=-50))
    again = relive(live(world, weeks=2), POLICIES, times=5)
    assert again["lot"].click == 1.0  # the billboard is always looked at
    assert 1 < again["lot"].taken < 5


def test_stars_are_those_of_what_was_taken(before):
    again = relive(before, POLICIES, times=3)["popular"]
    truth = before.world.truth
    felt = [
        truth.utility([viewer + 1], [again.pages.titles[row, slot] + 1], week=3)[0, 0]
        for row, viewer in enumerate(again.viewer)
        for slot in again.slot[row] if slot >= 0
    ]  # fmt: skip
    assert again.taken == pytest.approx(np.mean(felt), abs=1e-3)


def test_some_viewers_are_the_first(before):
    some = relive(before, POLICIES, times=2, viewers=10)["popular"]
    assert some.slot.shape == (10, 2)
    with pytest.raises(ArgumentError, match="times"):
        relive(before, POLICIES, times=0)
