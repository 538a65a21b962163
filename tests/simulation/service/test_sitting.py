"""A sitting with a title, and what follows from it."""

import numpy as np
import pytest

from recsys_lib.simulation import WorldConfig
from recsys_lib.simulation.service import sitting as sit_down
from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.world.config import EPISODES_PER_SEASON, FIRST_SEASON

CONFIG = WorldConfig(**FIRST_SEASON)


def sit(
    satisfaction, progress=0.0, runtime=100, seasons=0, minutes=1e4, n=4000, seed=0, config=CONFIG
):
    full = [np.full(n, float(value)) for value in (satisfaction, progress)]
    rest = [np.full(n, value) for value in (runtime, seasons, minutes)]
    return sit_down.watch(*full, *rest, config, Lots(0, 0, 0, n))


def test_a_film_one_likes_is_mostly_seen_to_the_end_and_a_bad_one_mostly_not():
    good, bad = sit(4.5), sit(0.5)
    assert good.finished.mean() > 0.95
    assert bad.finished.mean() < 0.2
    assert (good.completion[good.finished] == 1).all()
    assert (good.minutes[good.finished] == 100).all()
    assert bad.pauses.sum() / bad.minutes.sum() > 1.5 * good.pauses.sum() / good.minutes.sum()


def test_a_film_stops_when_the_time_is_up_and_goes_on_from_there():
    first = sit(5.0, minutes=60)
    stayed = first.stayed
    assert (first.progress[stayed] == 0.6).all()
    assert not first.finished[stayed].any()
    second = sit(5.0, progress=0.6)
    assert (second.minutes[second.finished] == 40).all()


def test_a_series_is_seen_in_whole_episodes_and_not_beyond_a_season():
    first = sit(5.0, runtime=50, seasons=3)
    assert first.progress[first.stayed].max() == EPISODES_PER_SEASON
    np.testing.assert_array_equal(first.progress[first.stayed] % 1, 0)
    np.testing.assert_array_equal(first.finished, first.progress == EPISODES_PER_SEASON)
    later = sit(5.0, progress=14.0, runtime=50, seasons=3)
    assert later.progress.max() == 2 * EPISODES_PER_SEASON
    # 14 episodes are the first season and six of the second.
    np.testing.assert_allclose(later.completion, np.round((later.progress - 8) / 8, 3))
    np.testing.assert_array_equal(later.episode, np.ceil(later.progress))


@pytest.mark.parametrize(
    ("satisfaction", "seasons", "state", "expected"),
    [
        (4, 0, {}, "HALFWAY"),
        (2, 0, {"stayed": False}, "DONE"),
        (4, 0, {"stayed": False}, "HALFWAY"),  # fell asleep over a good film
        (4, 0, {"finished": True, "progress": 1.0}, "DONE"),
        (4, 2, {"finished": True, "progress": 8.0}, "NEXT_SEASON"),
        (4, 2, {"finished": True, "progress": 16.0}, "DONE"),
    ],
)
def test_what_a_title_is_after_a_sitting(satisfaction, seasons, state, expected):
    given = {"finished": False, "stayed": True, "progress": 0.5} | state
    none = np.zeros(1)
    sat = sit_down.Sittings(none, none, none, none, *(np.array([v]) for v in given.values()))
    found = sit_down.next_state(sat, np.array([satisfaction]), np.array([seasons]))
    assert found[0] == getattr(sit_down, expected)


def test_half_watched_titles_pull_and_finished_ones_push():
    pull = sit_down.state_pull(np.array([0, 1, 2, 3]), None, CONFIG)
    expected = [0, CONFIG.resume_pull, CONFIG.next_season_pull, -CONFIG.finished_cost]
    np.testing.assert_array_equal(pull, expected)


def test_pauses_come_at_the_promised_rate():
    good = sit(4.5, n=20_000)
    rate = good.pauses.sum() / good.minutes.sum()
    assert rate == pytest.approx(0.012, abs=4 * 0.012 / np.sqrt(good.pauses.sum()))


def test_opinions_are_given_more_for_extremes_and_more_for_good_than_for_bad():
    bad, middling, good = sit_down.opinion_chance(np.array([1.0, 3.0, 5.0]), CONFIG)
    assert middling < bad < good


@pytest.mark.parametrize(
    ("kind", "expected"), [("stars", [1, 2, 3, 4, 5, 5]), ("thumb", [-1, -1, 1, 1, 2, 2])]
)
def test_the_values_of_opinions(kind, expected):
    felt = np.array([0.2, 2.2, 3.1, 4.1, 4.6, 6.0])
    assert sit_down.opinions(kind, felt, np.zeros(6)).tolist() == expected


@pytest.mark.parametrize(("above", "chance"), [(0, 0.5), (1, 0.8808), (-1, 0.1192)])
def test_how_many_stay_is_a_logit_in_stars(above, chance):
    config = WorldConfig(stay_point=2.5, stay_slope=2.0)
    assert sit(2.5 + above, n=20_000, config=config).stayed.mean() == pytest.approx(
        chance, abs=0.01
    )


def test_the_chance_of_an_opinion_by_hand():
    """The logits of one star, three and five: 0.2 + 0.9 * 2 - 0.5 * 2, 0.2 and 0.2 + 1.8 + 1."""
    config = WorldConfig(stars_rate=0.2, extremity=0.9, positivity=0.5)
    found = sit_down.opinion_chance(np.array([1.0, 3.0, 5.0]), config)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-np.array([1.0, 0.2, 3.0]))))


def test_a_generous_viewer_says_more_than_was_felt():
    felt, generosity = np.array([2.8, 2.8, 4.0]), np.array([0.0, 0.8, 0.5])
    assert sit_down.opinions("stars", felt, generosity).tolist() == [3, 4, 4]
    assert sit_down.opinions("thumb", felt, generosity).tolist() == [-1, 1, 2]
