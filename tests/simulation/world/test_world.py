"""The world: what is drawn, and the truth that can be asked for."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from recsys_lib.datasets.movielens_labels import age_bands
from recsys_lib.errors import ArgumentError
from recsys_lib.simulation import World, WorldConfig
from recsys_lib.simulation.world.catalogue import JUDGED, read_catalogue
from recsys_lib.simulation.world.people import draw_habits, draw_viewers
from recsys_lib.simulation.world.shelf import draw_fame
from recsys_lib.simulation.world.truth import to_stars
from recsys_lib.simulation.world.vectors import title_vectors

QUIET = WorldConfig(pair_stars=0.0, own_language=0.0, with_children=0.0)


@pytest.fixture(scope="module")
def world():
    return World(seed=5, n_viewers=2000, weeks=26, config=QUIET)


def test_true_utility_agrees_with_its_formula_in_a_loop(world):
    viewers, titles, week = [3, 1, 2000], [7, 400], 4
    config, gender = world.config, world.viewers["gender"]
    led = world.titles["woman_led"]
    expected = np.empty((3, 2))
    for i, viewer in enumerate(viewers):
        for j, title in enumerate(titles):
            v, t = viewer - 1, title - 1
            affinity = sum(a * b for a, b in zip(world.tastes[week, v], world.vectors[t]))  # noqa: B905
            leaning = {"woman": 1, "man": -1, "nonbinary": 0}[gender[v]]
            affinity += config.own_gender * leaning * (1 if led[t] else -1)
            quality = config.quality_stars * world.quality[t]
            expected[i, j] = config.base_stars + quality + config.taste_stars * affinity
    np.testing.assert_allclose(world.true_utility(viewers, titles, week), expected, atol=1e-5)


def test_without_a_week_the_truth_is_the_average_over_the_window(world):
    weekly = [world.true_utility([9], [1, 2, 3], week) for week in range(world.weeks)]
    np.testing.assert_allclose(world.true_utility([9], [1, 2, 3]), np.mean(weekly, 0), atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"viewers": [0]}, "viewer ids must be from 1 to 2000"),
        ({"viewers": [2001]}, "viewer ids must be from 1 to 2000"),
        ({"titles": [0]}, "title ids must be from 1 to"),
        ({"week": 26}, "week must be from 0 to 25"),
        ({"week": -1}, "week must be from 0 to 25"),
    ],
)
def test_asking_beyond_the_world_is_an_error(world, arguments, message):
    with pytest.raises(ArgumentError, match=message):
        world.true_utility(**arguments)


@pytest.mark.parametrize("arguments", [{"seed": -1}, {"n_viewers": 0}, {"weeks": 0}])
def test_impossible_worlds_are_refused(arguments):
    with pytest.raises(ArgumentError, match="must be an integer of at least"):
        World(**arguments)


def test_true_stars_are_the_rounded_truth_with_the_viewers_kindness(world):
    kindness = world.habits["generosity"].to_numpy()[:, None]
    expected = np.clip(np.rint(world.true_utility() + kindness), 1, 5)
    assert (world.true_stars() == expected).all()
    assert to_stars(np.array([-3.0, 1.4, 2.6, 9.0])).tolist() == [1, 1, 3, 5]


def test_affinity_has_variance_one_between_viewers(world):
    assert world.affinity(0).var(axis=0).mean() == pytest.approx(1, abs=0.05)


def test_the_groups_share_of_taste_is_the_parameter(world):
    """One-way analysis of variance, in unbiased form, of every coordinate of taste."""
    groups = world.viewers["gender"] + age_bands(world.viewers["age"])
    taste = pd.DataFrame(world.tastes[0])
    within = taste.groupby(groups.to_numpy()).transform("mean")
    n, g = len(taste), groups.nunique()
    share = 1 - (((taste - within) ** 2).to_numpy().sum() / (n - g)) / taste.var().sum()
    assert share == pytest.approx(world.config.group_share, abs=0.02)


def test_taste_drifts_slowly_and_keeps_its_spread(world):
    first, second, last = world.tastes[0].ravel(), world.tastes[1].ravel(), world.tastes[-1].ravel()
    config = world.config
    expected = config.group_share + (1 - config.group_share) * config.drift**25
    assert np.corrcoef(first, second)[0, 1] > 0.98
    assert np.corrcoef(first, last)[0, 1] == pytest.approx(expected, abs=0.03)
    assert last.var() == pytest.approx(first.var(), rel=0.03)


def test_only_age_and_gender_bear_on_taste(world):
    for column in ("country", "household", "plan"):
        groups = world.viewers[column].to_numpy()
        taste = pd.DataFrame(world.tastes[0])
        within = taste.groupby(groups).transform("mean")
        n, g = len(taste), len(set(groups))
        share = 1 - (((taste - within) ** 2).to_numpy().sum() / (n - g)) / taste.var().sum()
        assert abs(share) < 0.005


def test_own_gender_preference_is_mild_and_can_be_switched_off():
    def gap(strength):
        config = replace(WorldConfig(), own_gender=strength)
        world = World(seed=2, n_viewers=1500, weeks=1, config=config)
        led, gender = world.titles["woman_led"].to_numpy(), world.viewers["gender"]
        fit = world.affinity(0)
        lean = fit[:, led].mean(axis=1) - fit[:, ~led].mean(axis=1)
        return lean[gender == "woman"].mean() - lean[gender == "man"].mean()

    assert gap(0.05) - gap(0.0) == pytest.approx(4 * 0.05, abs=1e-4)


def fame(titles):
    return ((titles["fame_first"] + titles["fame_second"]) / 2).to_numpy()


@pytest.mark.parametrize("share", [0.0, 0.6, 0.9])
def test_awareness_follows_the_judged_fame_as_far_as_the_parameter_says(share):
    titles = read_catalogue()
    config = replace(WorldConfig(), awareness_fame=share, awareness_quality=0.2)
    found = [draw_fame(titles, config, seed=seed)[1] for seed in range(8)]
    assert np.std(found) == pytest.approx(config.awareness_sd, rel=0.1)
    follows = np.mean([np.corrcoef(fame(titles), awareness)[0, 1] for awareness in found])
    assert follows == pytest.approx(share, abs=0.05)


def test_at_nought_fame_says_nothing():
    titles, config = read_catalogue(), replace(WorldConfig(), awareness_fame=0.0)
    turned = titles.assign(fame_first=6 - titles["fame_first"], fame_second=1)
    for one, other in zip(*(draw_fame(t, config, seed=1) for t in (titles, turned)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_judged_is_no_part_of_the_table_of_titles(world):
    assert not set(JUDGED) & set(world.titles)


def test_similar_titles_lie_near_each_other(world):
    place = {title: index for index, title in enumerate(world.titles["title"])}
    friends = world.vectors @ world.vectors[place["Friends"]]
    for near in ("Cheers", "Seinfeld", "The Office"):
        assert (friends > friends[place[near]]).mean() < 0.05
    assert friends[place["Breaking Bad"]] < 0.3
    np.testing.assert_allclose((world.vectors**2).sum(axis=1), 1, atol=1e-6)


def test_each_kind_of_attribute_has_axes_of_its_own(world):
    used = np.array([(part != 0).any(axis=0) for part in world.parts.values()])
    assert (used.sum(axis=0) == 1).all()
    assert used.sum(axis=1).max() == world.config.axes  # people are many
    for part in world.parts.values():
        assert (part**2).sum(axis=1).mean() == pytest.approx(1, abs=1e-6)
        np.testing.assert_allclose(part.mean(axis=0), 0, atol=1e-8)


@pytest.mark.parametrize(
    "part", ["genre", "theme", "mood", "form", "era", "place", "people", "cycle"]
)
def test_a_kind_of_attribute_of_weight_nought_says_nothing(world, part):
    config = replace(world.config, **{part: 0.0})
    swapped = world.parts | {part: world.parts[part][::-1]}
    np.testing.assert_array_equal(
        title_vectors(world.parts, config), title_vectors(swapped, config)
    )
    assert not np.allclose(title_vectors(swapped, world.config), world.vectors)


def test_a_title_lies_where_its_weighed_parts_add_up_to_by_hand():
    config = replace(WorldConfig(), genre=3.0, theme=4.0)
    parts = {"genre": np.array([[1.0, 0], [0, 0]]), "theme": np.array([[0, 1.0], [0, 2]])}
    np.testing.assert_allclose(title_vectors(parts, config), [[0.6, 0.8], [0, 1]])


def test_a_change_of_the_catalogue_leaves_the_other_titles_as_they_were():
    whole = read_catalogue()
    fewer = whole.drop(index=[10, 500]).reset_index(drop=True)
    fewer["title_id"] = range(1, len(fewer) + 1)
    one, two = (World(seed=1, n_viewers=20, weeks=26, titles=t) for t in (whole, fewer))
    kept = np.delete(np.arange(len(whole)), [10, 500])
    np.testing.assert_array_equal(one.quality[kept], two.quality)
    assert (one.added[kept] == two.added).mean() > 0.98
    assert np.abs(one.awareness[kept] - two.awareness).max() < 0.1
    assert (one.vectors[kept] * two.vectors).sum(axis=1).min() > 0.98
    pd.testing.assert_frame_equal(one.viewers, two.viewers)


def test_arrivals_are_recent_titles_and_about_the_promised_share(world):
    new = world.added > 0
    assert world.titles["year"][new].min() >= 2016
    assert new.mean() == pytest.approx(world.config.arrivals, abs=0.04)
    assert world.added.max() < world.weeks * 7
    released = pd.to_datetime(world.titles["year"].clip(upper=2023).astype(str))
    assert (world.titles["added_on"] >= released).all()


def test_every_title_has_two_to_four_pictures_with_an_emphasis_each(world):
    counts = world.artwork.groupby("title_id").size()
    assert len(counts) == len(world.titles)
    assert counts.between(2, 4).all()
    assert not world.artwork.duplicated(["title_id", "emphasis"]).any()
    uncast = world.titles.loc[world.titles["cast"] == "", "title_id"]
    stars = world.artwork[world.artwork["emphasis"] == "lead actor"]
    assert not stars["title_id"].isin(uncast).any()


def test_another_seed_gives_another_world_and_the_same_seed_the_same():
    one, same, other = (World(seed=seed, n_viewers=50, weeks=2) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.tastes, same.tastes)
    np.testing.assert_array_equal(one.vectors, same.vectors)
    assert not np.allclose(one.tastes, other.tastes)
    assert not np.allclose(one.vectors, other.vectors)


def test_awareness_follows_quality_as_far_as_the_parameter_says():
    titles = read_catalogue()
    for share in (0.4, 0.0):
        config = replace(WorldConfig(), awareness_fame=0.6, awareness_quality=share)
        found = [np.corrcoef(*draw_fame(titles, config, seed=seed))[0, 1] for seed in range(8)]
        assert np.mean(found) == pytest.approx(share, abs=0.05)


def test_a_launch_is_a_bump_that_halves_by_hand():
    """Titles that were there before, on the first day, for a half-life, since today, not yet."""
    shelf = SimpleNamespace(
        added=np.array([-9, 0, 3, 10, 11]), awareness=np.arange(5.0),
        config=WorldConfig(launch_bump=2.0, launch_half_life=7.0),
    )  # fmt: skip
    found = World.awareness_on(shelf, 10)
    np.testing.assert_allclose(found, [0, 1, 2 + 1, 3 + 2, -np.inf])


def test_habits_have_the_mean_and_the_spread_of_their_parameters():
    n, rng = 40_000, np.random.default_rng(0)
    viewers = draw_viewers(n, 1, WorldConfig(), rng=rng)
    config = replace(WorldConfig(), evenings=0.1, activity_sd=0.5, rater_sd=0.3, group_rater=0.4)
    habits = draw_habits(viewers, config, rng=rng)
    assert habits["evenings"].mean() == pytest.approx(0.1, abs=0.002)
    assert np.log(habits["evenings"]).std() == pytest.approx(0.5, abs=0.01)
    groups = (viewers["gender"] + age_bands(viewers["age"])).to_numpy()
    kindness = habits["generosity"]
    own = kindness - kindness.groupby(groups).transform("mean")
    assert own.var() == pytest.approx(0.3**2 * 0.6, rel=0.03)
    alike = draw_habits(viewers, replace(config, group_rater=1.0), rng=rng)["generosity"]
    assert alike.groupby(groups).std().max() < 1e-9 < 0.1 < alike.std() < 0.6
    still = draw_habits(viewers, replace(config, activity_sd=0.0, rater_sd=0.0), rng=rng)
    np.testing.assert_allclose(still["evenings"], 0.1)
    assert (still["generosity"] == 0).all()
