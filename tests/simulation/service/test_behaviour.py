"""What viewers do, one step at a time."""

import numpy as np
import pytest

from recsys_lib.simulation import WorldConfig
from recsys_lib.simulation.service import behaviour as act
from recsys_lib.simulation.world.config import EPISODES_PER_SEASON

CONFIG = WorldConfig()


def test_search_is_a_multinomial_logit():
    appeal, awareness = np.array([1.0, 0.0, 2.0, 9.0]), np.array([0.5, 1.0, -1.0, -np.inf])
    n = 100_000
    chosen = act.search(np.tile(appeal, (n, 1)), awareness, rng=np.random.default_rng(0))
    weight = np.exp(appeal + awareness)
    chance = weight / weight.sum()
    error = np.sqrt(chance * (1 - chance) / n)
    assert (np.abs(np.bincount(chosen, minlength=4) / n - chance) <= 4.5 * error).all()


def sit(satisfaction, progress=0.0, runtime=100, seasons=0, minutes=1e4, n=4000, seed=0):
    full = [np.full(n, float(value)) for value in (satisfaction, progress)]
    rest = [np.full(n, value) for value in (runtime, seasons, minutes)]
    return act.watch(*full, *rest, CONFIG, rng=np.random.default_rng(seed))


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


def test_half_watched_titles_pull_and_finished_ones_push():
    film, series = np.array([0]), np.array([2])

    def pull(satisfaction, seasons, **state):
        fields = {"finished": False, "stayed": True, "progress": 0.5} | state
        none = np.zeros(1)
        sat = act.Sittings(none, none, none, none, *(np.array([v]) for v in fields.values()))
        return act.next_pull(sat, np.array([satisfaction]), seasons, CONFIG)[0]

    assert pull(4, film) == CONFIG.resume_pull
    assert pull(2, film, stayed=False) == -CONFIG.finished_cost
    assert pull(4, film, stayed=False) == CONFIG.resume_pull  # fell asleep over a good film
    assert pull(4, film, finished=True, progress=1.0) == -CONFIG.finished_cost
    assert pull(4, series, finished=True, progress=8.0) == CONFIG.next_season_pull
    assert pull(4, series, finished=True, progress=16.0) == -CONFIG.finished_cost


def test_opinions_are_given_more_for_extremes_and_more_for_good_than_for_bad():
    bad, middling, good = act.opinion_chance(np.array([1.0, 3.0, 5.0]), CONFIG)
    assert middling < bad < good


@pytest.mark.parametrize(
    ("kind", "expected"), [("stars", [1, 2, 3, 4, 5, 5]), ("thumb", [-1, -1, 1, 1, 2, 2])]
)
def test_the_values_of_opinions(kind, expected):
    felt = np.array([0.2, 2.2, 3.1, 4.1, 4.6, 6.0])
    assert act.opinions(kind, felt, np.zeros(6)).tolist() == expected


def test_each_bad_evening_in_a_row_makes_leaving_likelier():
    chance = act.leave_chance(np.arange(6), CONFIG)
    np.testing.assert_allclose(chance[1:] / chance[:-1], np.exp(CONFIG.leave_growth))
    assert act.leave_chance(np.array([20]), CONFIG)[0] == 0.5
