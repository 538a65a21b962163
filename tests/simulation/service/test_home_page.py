"""The home page: its recorded propensities are the truth."""

from types import SimpleNamespace

import numpy as np
import pytest

from recsys_lib.simulation.service.home_page import HomePage
from recsys_lib.simulation.service.pages import (
    SLOTS,
    fill_by_lot,
    look_chance,
    places,
    slot_propensity,
)
from recsys_lib.simulation.world.config import POSITIONS, WorldConfig

WEIGHTS = np.array([5.0, 3.0, 1.0, 1.0, 0.0])
EXPLORE = 0.3


def draw(n, n_slots=3, weights=WEIGHTS, seed=0):
    rng = np.random.default_rng(seed)
    uniform = rng.random((n, n_slots)) < EXPLORE
    race, even = rng.standard_exponential((2, n, len(weights)))
    return fill_by_lot(weights, uniform, race=race, even=even)


def naive_propensity(weights, slots, explore):
    """The mixture, one slot at a time, as its definition reads."""
    left = {title: weight for title, weight in enumerate(weights) if weight > 0}
    chances = []
    for title in slots:
        popular = left[title] / sum(left.values())
        chances.append(explore / len(left) + (1 - explore) * popular)
        del left[title]
    return chances


def test_propensity_agrees_with_the_definition():
    rng = np.random.default_rng(1)
    weights = np.round(rng.exponential(size=30), 3) * (rng.random(30) < 0.9)
    slots = draw(50, n_slots=20, weights=weights, seed=2)
    expected = [naive_propensity(weights, page, EXPLORE) for page in slots]
    np.testing.assert_allclose(slot_propensity(weights, slots, EXPLORE), expected, rtol=1e-9)


def test_a_whole_page_is_drawn_as_often_as_its_propensities_say():
    n = 200_000
    pages = draw(n)
    seen, counts = np.unique(pages, axis=0, return_counts=True)
    chance = slot_propensity(WEIGHTS, seen, EXPLORE).prod(axis=1)
    assert len(seen) == 4 * 3 * 2
    assert chance.sum() == pytest.approx(1)
    error = np.sqrt(chance * (1 - chance) / n)
    assert (np.abs(counts / n - chance) < 4.5 * error).all()


def test_no_title_twice_on_a_page_and_none_that_is_not_on_the_shelf():
    pages = draw(2000, n_slots=4)
    assert (np.sort(pages, axis=1) == [0, 1, 2, 3]).all()


def test_a_logged_slot_is_recovered_by_drawing_it_again(lives):
    """Replay the public log up to a logged page, then draw that page's last slot many times."""
    world, tables = lives[0]
    shown = tables.impressions
    session = shown["session_id"].iloc[len(shown) // 2]
    page = shown[shown["session_id"] == session]
    started = tables.sessions.set_index("session_id")["started_at"]
    weights = replayed_weights(world, tables, started[session])
    slots = page["title_id"].to_numpy()[None] - 1
    chances = slot_propensity(weights, slots, world.config.explore)[0]
    np.testing.assert_allclose(chances, page["propensity"], atol=1e-6)

    rng, n, slot = np.random.default_rng(4), 60_000, 7
    left = weights.copy()
    left[slots[0, :slot]] = 0  # what is on the page already cannot be drawn again
    uniform = rng.random((n, 1)) < world.config.explore
    race, even = rng.standard_exponential((2, n, len(left)))
    again = fill_by_lot(left, uniform, race=race, even=even)[:, 0]
    for title in [*np.argsort(-left)[:3].tolist(), slots[0, slot]]:
        page_then = np.r_[slots[0, :slot], title][None]
        chance = slot_propensity(weights, page_then, world.config.explore)[0, -1]
        assert (again == title).mean() == pytest.approx(
            chance, abs=4.5 * np.sqrt(chance * (1 - chance) / n)
        )


def test_every_logged_propensity_follows_from_the_public_log(lives):
    for world, tables in lives:
        started = tables.sessions.set_index("session_id")["started_at"]
        shown = tables.impressions.assign(
            day=(started[tables.impressions["session_id"]].dt.normalize()).to_numpy()
        )
        for day in sorted(shown["day"].unique())[::20]:
            pages = shown[shown["day"] == day]
            slots = pages["title_id"].to_numpy().reshape(-1, SLOTS) - 1
            weights = replayed_weights(world, tables, day)
            chances = slot_propensity(weights, slots, world.config.explore)
            np.testing.assert_allclose(chances.ravel(), pages["propensity"], atol=1e-6)


def replayed_weights(world, tables, moment):
    """The home page's weights on the day of `moment`, from the plays table alone."""
    page = HomePage(world)
    first = np.datetime64("2025-01-06")
    evening = tables.sessions.set_index("session_id")["started_at"]
    days = (evening[tables.plays["session_id"]].to_numpy() - first).astype("timedelta64[D]")
    today = (np.datetime64(moment, "D") - first).astype(int)
    for day in range(today):
        played = tables.plays["title_id"].to_numpy()[days.astype(int) == day] - 1
        page.note(np.bincount(played, minlength=len(world.titles)))
    return page.weights(today)


def test_the_uniform_share_is_what_was_promised(lives):
    for world, tables in lives:
        uniform = tables.impressions["uniform"]
        error = np.sqrt(0.15 * 0.85 / len(uniform))
        assert uniform.mean() == pytest.approx(world.config.explore, abs=4 * error)


def test_uniform_slots_show_obscure_titles_as_readily_as_known_ones(lives):
    for world, tables in lives:
        slots = tables.impressions[tables.impressions["row"] == 1]
        known = world.awareness > np.median(world.awareness)
        share = known[slots["title_id"] - 1]
        assert share[slots["uniform"]].mean() == pytest.approx(0.5, abs=0.06)
        assert share[~slots["uniform"]].mean() > 0.75


def test_each_picture_of_a_title_is_shown_alike(lives):
    _, tables = lives[0]
    count = tables.artwork.groupby("title_id")["artwork_id"].transform("count")
    expected = (1 / count).round(6).set_axis(tables.artwork["artwork_id"])
    shown = tables.impressions
    np.testing.assert_allclose(shown["artwork_propensity"], expected[shown["artwork_id"]])
    owner = tables.artwork.set_index("artwork_id")["title_id"]
    assert (owner[shown["artwork_id"]].to_numpy() == shown["title_id"]).all()
    first = shown["artwork_id"] == shown.groupby("title_id")["artwork_id"].transform("min")
    assert first.mean() == pytest.approx(shown["artwork_propensity"].mean(), abs=0.02)


def test_what_is_looked_at_most_is_clicked_most(lives):
    by_place = sum(
        tables.impressions[tables.impressions["uniform"]]
        .groupby(["row", "position"])["clicked"].agg(["sum", "count"])
        for _, tables in lives
    )  # fmt: skip
    rate = (by_place["sum"] / by_place["count"]).unstack()
    assert rate.loc[1].mean() > 1.5 * rate.loc[4].mean()
    assert rate[1].mean() > 1.1 * rate[POSITIONS].mean()


def test_look_chance_by_hand():
    chance = look_chance(WorldConfig(row_decay=0.5, position_decay=0.9, billboard_pull=0.0))
    assert chance[0] == 1
    assert chance[POSITIONS] == 0.5
    assert chance[2 * POSITIONS + 2] == pytest.approx(0.25 * 0.81)


def test_slots_have_rows_and_positions_and_a_billboard_stands_above_them():
    row, position = places(SLOTS)
    assert (row[0], position[0], row[7], position[7]) == (1, 1, 2, 3)
    row, position = places(SLOTS + 1)
    assert (row[0], position[0], row[1], position[1], row[-1], position[-1]) == (0, 1, 1, 1, 4, 5)


def test_popularity_is_counted_by_hand():
    """Half of the plays are forgotten each day; three old titles in four come with the first."""
    config = WorldConfig(evenings=0.5, popularity_half_life=1.0, launch_half_life=5.0)
    world = SimpleNamespace(
        config=config, n_viewers=100, added=np.array([-5, 0, 3, 9]),
        awareness=np.array([np.log(3), 0.0, 7.0, 7.0]),
    )  # fmt: skip
    page = HomePage(world)
    # 100 viewers * 0.5 evenings a day add up to 100 when half is kept.
    np.testing.assert_allclose(page.weights(0), [76 * 2, 26 * 3, 0, 0])
    page.note(np.array([4, 0, 2, 0]))
    # Ages 10, 5, 2 and none: 1 + 2 * 0.5 ** (age / 5).
    fresh = 1 + 2 * 0.5**0.4
    np.testing.assert_allclose(page.weights(5), [42.5 * 1.5, 13.5 * 2, 3 * fresh, 0], atol=1e-6)
