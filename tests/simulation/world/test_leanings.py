"""Leanings of a household: each does what its sentence says, and 0 is its absence."""

from dataclasses import replace

import numpy as np
import pytest

from recsys_lib.simulation import World, WorldConfig, simulate
from recsys_lib.simulation.world.leanings import FOR_CHILDREN, LANGUAGES, draw_leanings
from recsys_lib.simulation.world.people import COUNTRIES

OFF = replace(WorldConfig(), own_gender=0.0, own_language=0.0, with_children=0.0)


def leaning(world, **strength):
    config = replace(OFF, **strength)
    wants, has = draw_leanings(world.viewers, world.titles, config)
    return wants @ has.T


@pytest.fixture(scope="module")
def world():
    return World(seed=4, n_viewers=800, weeks=1, config=OFF)


def test_every_country_has_a_language_of_the_catalogue(world):
    assert set(LANGUAGES) == set(COUNTRIES)
    spoken = {language for languages in LANGUAGES.values() for language in languages}
    assert spoken <= set(world.titles["language"])


def test_a_household_leans_to_titles_in_its_languages_and_to_no_others(world):
    found = leaning(world, own_language=0.4)
    for viewer in range(40):
        ours = LANGUAGES[world.viewers["country"][viewer]]
        expected = [0.4 if language in ours else 0.0 for language in world.titles["language"]]
        np.testing.assert_allclose(found[viewer], expected)


def test_a_family_leans_to_what_is_fit_for_children_and_nobody_else_does(world):
    found = leaning(world, with_children=0.4)
    for viewer in range(40):
        family = world.viewers["household"][viewer] == "family"
        expected = [0.4 * family * FOR_CHILDREN.get(age, 0) for age in world.titles["maturity"]]
        np.testing.assert_allclose(found[viewer], expected)
    assert set(FOR_CHILDREN) <= set(world.titles["maturity"])


@pytest.mark.parametrize("strength", ["own_gender", "own_language", "with_children"])
def test_at_nought_affinity_is_taste_alone_and_else_taste_and_leaning(world, strength):
    taste = np.einsum("vd,td->vt", world.tastes[0], world.vectors)
    np.testing.assert_array_equal(world.affinity(0), np.round(taste, 6))
    other = World(seed=4, n_viewers=800, weeks=1, config=replace(OFF, **{strength: 0.4}))
    expected = taste + leaning(world, **{strength: 0.4})
    np.testing.assert_allclose(other.affinity(0), expected, atol=1e-6)
    np.testing.assert_array_equal(other.tastes, world.tastes)
    part = other.affinity(0, np.array([3, 5]), np.array([7, 400, 800]))
    np.testing.assert_array_equal(part, other.affinity(0)[np.ix_([3, 5], [7, 400, 800])])


@pytest.mark.parametrize("strength", ["own_language", "with_children"])
def test_what_is_watched_shows_the_leaning_only_where_it_is_on(strength):
    """Of the plays of those who lean, the share that goes to such titles, less the others'."""

    def gap(value):
        world = World(3, 500, 6, replace(OFF, **{strength: value}))
        plays = simulate(world).plays
        viewer, title = plays["viewer_id"] - 1, plays["title_id"] - 1
        if strength == "own_language":
            leans = world.viewers["country"].isin(["Spain", "Mexico"]).to_numpy()[viewer]
            fits = (world.titles["language"] == "Spanish").to_numpy()[title]
        else:
            leans = (world.viewers["household"] == "family").to_numpy()[viewer]
            fits = world.titles["maturity"].isin(["all", "7+"]).to_numpy()[title]
        return fits[leans].mean() - fits[~leans].mean()

    assert abs(gap(0.0)) < 0.04
    assert gap(1.2) > 0.08
