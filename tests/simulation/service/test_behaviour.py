"""What viewers do, one step at a time."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from recsys_lib.simulation import WorldConfig
from recsys_lib.simulation.service import behaviour as act
from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.service.pages import EMPTY, SLOTS

CONFIG = WorldConfig()


def world_by_hand(**config):
    """Three titles, of 30, 105 and 165 minutes: none, one and two hours beyond 45 minutes."""
    return SimpleNamespace(
        config=WorldConfig(**config),
        titles=pd.DataFrame({"runtime_min": [30, 105, 165]}),
        tones=np.array([[1.0, 0, 1], [0, 1, 0]]),
        genres=np.array([[0.0, 0, 1], [1, 1, 0]]),
        awareness=np.array([0.5, -1.0, 2.0]),
        hooks=np.array([0.2, -0.4]),
    )


def test_the_appeal_of_titles_tonight_by_hand():
    world = world_by_hand(affinity_sd=2.0, mood_pull=3.0, genre_pull=0.5, length_cost=1.5)
    none = np.zeros(2)
    tonight = act.Evenings(
        none, none, none, np.array([0, 1]), np.array([1, 0]), np.array([True, False]), none, none
    )
    fit, pull = np.array([[1.0, 0, -1], [0.5, 0, 0]]), np.array([[0.0, 0, -8], [0, 10, 0]])
    expected = [
        [2 + 3 + 0.5, 0.5 - 1.5, -2 - 8 + 3 - 3],  # the first tone, the second genre, in a hurry
        [1.0, 10 + 3, 0.5],  # the second tone, the first genre, in no hurry
    ]
    np.testing.assert_allclose(act.evening_appeal(world, tonight, fit, pull), expected)
    off = dict.fromkeys(("affinity_sd", "mood_pull", "genre_pull", "length_cost"), 0.0)
    without = act.evening_appeal(world_by_hand(**off), tonight, fit, pull)
    np.testing.assert_array_equal(without, pull)


def test_the_worth_of_slots_by_hand():
    pages = SimpleNamespace(titles=np.array([[2, 0]]), artwork=np.array([[1, 0]]))
    appeal, art = np.array([[1.0, 9, 4]]), np.array([[0.5, -1.0]])
    numbers = {"artwork_pull": 2.0, "page_awareness": 0.5}
    for billboard in (0.75, 0.0):
        world = world_by_hand(billboard_pull=billboard, **numbers)
        expected = [[4 + 2 * 0.5 + 0.5 * 2 - 0.4 + billboard, 1 - 2 + 0.5 * 0.5 + 0.2]]
        np.testing.assert_allclose(act.slot_worth(world, appeal, pages, art), expected)
    world = world_by_hand(billboard_pull=0.0, artwork_pull=0.0, page_awareness=0.0)
    world.hooks = 0 * world.hooks
    np.testing.assert_array_equal(act.slot_worth(world, appeal, pages, art), [[4, 1]])


def test_clicks_are_a_logit_over_what_is_looked_at_and_nothing():
    """Two titles on a page: one is always looked at, one begins the second row."""
    n, config = 60_000, WorldConfig(row_decay=0.6, outside=1.0, billboard_pull=0.0)
    titles = np.full((n, SLOTS), EMPTY)
    titles[:, 0], titles[:, 5] = 2, 1
    worth = np.full((n, SLOTS), 9.0)  # of empty slots nobody asks
    worth[:, 0], worth[:, 5] = 0.5, 2.0
    lots, world = Lots(0, 0, 0, n), SimpleNamespace(config=config)
    slot = act.browse(world, worth, SimpleNamespace(titles=titles), lots.gumbel("luck", 3), lots)
    first, second, nothing = np.exp([0.5, 2.0, 1.0])
    both = first + second + nothing
    expected = {0: 0.6 * first / both + 0.4 * first / (first + nothing), 5: 0.6 * second / both}
    for place, chance in expected.items():
        assert (slot == place).mean() == pytest.approx(chance, abs=0.008)
    assert set(np.unique(slot)) == {act.NOTHING, 0, 5}


@pytest.mark.parametrize(("day", "factor"), [(0, 0.85), (4, 1.15), (6, 1.2)])
def test_who_comes_for_how_long_and_opens_the_page(day, factor):
    n, config = 40_000, WorldConfig(search=0.3, evening_minutes=100.0)
    world = SimpleNamespace(
        config=config,
        habits=pd.DataFrame({"evenings": np.full(n, 0.4), "device": np.zeros(n, int)}),
        joined=np.where(np.arange(n) < n // 2, day, day + 1),
        wishes=SimpleNamespace(draw=lambda part, *_: (part, part)),
    )
    found = act.draw_evenings(world, day, np.arange(n), Lots(1, day, 0, n))
    assert (world.joined[found.viewer] <= day).all()
    assert len(found.viewer) / (n / 2) == pytest.approx(0.4 * factor, abs=0.015)
    assert found.opens.mean() == pytest.approx(0.7, abs=0.02)
    late = (found.start >= 22 * 60) | (found.device == act.SMALL_SCREEN)
    np.testing.assert_array_equal(found.hurry, late)
    assert np.median(found.minutes[late]) == pytest.approx(60, abs=4)
    assert np.median(found.minutes[~late]) == pytest.approx(100, abs=4)


def test_search_is_a_multinomial_logit():
    appeal, awareness = np.array([1.0, 0.0, 2.0, 9.0]), np.array([0.5, 1.0, -1.0, -np.inf])
    n = 100_000
    luck = Lots(0, 0, 0, n).gumbel("luck", 4)
    chosen = act.search(np.tile(appeal, (n, 1)), awareness, luck)
    weight = np.exp(appeal + awareness)
    chance = weight / weight.sum()
    error = np.sqrt(chance * (1 - chance) / n)
    assert (np.abs(np.bincount(chosen, minlength=4) / n - chance) <= 4.5 * error).all()


def test_each_bad_evening_in_a_row_makes_leaving_likelier():
    chance = act.leave_chance(np.arange(5), CONFIG)
    np.testing.assert_allclose(chance[1:] / chance[:-1], np.exp(CONFIG.leave_growth))
    assert chance[0] == CONFIG.leave
    assert act.leave_chance(np.array([20]), CONFIG)[0] == 0.5
