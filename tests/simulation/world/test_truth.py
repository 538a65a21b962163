"""The truth, asked for in one place."""

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.simulation import World, WorldConfig, live
from recsys_lib.simulation.service.pages import look_chance


@pytest.fixture(scope="module")
def world():
    return World(
        seed=5,
        n_viewers=60,
        weeks=3,
        config=WorldConfig(row_decay=0.5, pair_stars=0.0, billboard_pull=0.0),
    )


def test_the_worlds_own_names_ask_the_same_truth(world):
    np.testing.assert_array_equal(world.true_utility(week=1), world.truth.utility(week=1))
    np.testing.assert_array_equal(world.true_stars([3]), world.truth.stars([3]))


def test_examination_is_what_viewers_live_by(world):
    table = world.truth.examination()
    np.testing.assert_array_equal(table.to_numpy().ravel(), look_chance(world.config))
    assert (table.loc[3, 1], table.loc[1, 2]) == (0.25, world.config.position_decay)


def test_a_part_of_the_day_that_is_none_is_refused(world):
    with pytest.raises(ArgumentError, match="part"):
        world.truth.mood("noon")


def test_satisfaction_is_utility_and_the_evenings_luck(world):
    life = live(world)
    plays = life.tables.plays.drop_duplicates("session_id", keep=False)
    evenings = life.evenings.set_index("session_id").loc[plays["session_id"]]
    pairs = zip(plays["viewer_id"], plays["title_id"], evenings["day"] // 7, strict=True)
    expected = [world.truth.utility([v], [t], week)[0, 0] for v, t, week in pairs]
    over = evenings["satisfaction"] - expected
    assert over.std() == pytest.approx(world.config.evening_stars, abs=0.05)
    # A bad first title is followed by a second, and such evenings are left out: a little above 0.
    assert 0 < over.mean() < 0.2
    assert np.polyfit(expected, evenings["satisfaction"], 1)[0] == pytest.approx(1, abs=0.15)
