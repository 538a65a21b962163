"""The headline claims of chapter 11: over small worlds, and over its stored long runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import home_pages, looking
from recsys_lib.datasets.places import EUROPE, made_in
from recsys_lib.pages import Moods, fit_cascade, grid_chance, page_value
from recsys_lib.simulation import World, WorldConfig, live
from recsys_lib.simulation.service.again import relive
from recsys_lib.simulation.service.composed import GenreRows
from recsys_lib.simulation.world.catalogue import read_catalogue

SEEDS = (11, 12, 13, 14, 15)
TRUTH = {"row_decay": 0.75, "position_decay": 0.88}
LOOK = grid_chance(*TRUTH.values(), 4, 5)
TUNED = {"base": home_pages.BASE, "slope": home_pages.SLOPE}


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    return pd.read_csv(home_pages.RESULT)


def clicks(runs, world: str) -> pd.DataFrame:
    """Clicks per 100 pages: one row a world, one column a way."""
    return 100 * runs[runs["world"] == world].pivot(index="seed", columns="way", values="click")


def gaps(runs, world: str, first: str, second: str) -> np.ndarray:
    both = clicks(runs, world)
    return (both[first] - both[second]).to_numpy()


def lives(seed: int, titles=None, **config):
    world = World(seed=seed, n_viewers=250, weeks=5, titles=titles,
                  config=WorldConfig(billboard_pull=0.0, **config))  # fmt: skip
    return live(world, weeks=4)


def click_gap(seed: int, first: str, second: str, titles=None, **config) -> float:
    kinds = {how: GenreRows(LOOK, how, **TUNED) for how in (first, second)}
    found = relive(lives(seed, titles, **config), kinds, times=30, viewers=80)
    return 100 * (found[first].click - found[second].click)


# How far people look.


def understated(slots: pd.DataFrame) -> list[float]:
    """By how much all clicks, as they are, understate each decay of looking."""
    look = looking.looked(slots)
    return [truth - value for truth, value in zip(TRUTH.values(), look.value[1:], strict=True)]


def test_clicks_as_they_are_understate_how_far_people_look(small_worlds, surely_positive):
    found = []
    for small in small_worlds:
        who = small.matinee.sessions[["session_id", "viewer_id"]]
        shown = small.matinee.impressions.merge(who)
        found.append(understated(shown[shown["row"] > 0]))
    down, along = np.transpose(found)
    assert surely_positive(down, by=0.01) and surely_positive(along, by=0.05)


ROWS, PLACES = 4, 5
STARTS = PLACES * np.arange(1, ROWS)  # the slots at which a new row begins, read like a text


def rises_at_a_new_row(first: np.ndarray) -> np.ndarray:
    """Clicks on the first tile of rows 2, 3 and 4, over those on the tile before, in a text."""
    counts = np.bincount(first[first >= 0], minlength=ROWS * PLACES)
    return counts[STARTS] / counts[STARTS - 1]


def test_clicks_rise_where_a_row_begins_which_no_cascade_along_the_text_allows(small_worlds):
    rng = np.random.default_rng(0)
    for small in small_worlds:
        shown = small.matinee.impressions
        shown = shown[shown["row"] > 0]
        spot = (shown["row"] - 1) * PLACES + shown["position"] - 1
        clicked = spot[shown["clicked"] == 1].groupby(shown["session_id"]).min()
        first = clicked.reindex(shown["session_id"].unique(), fill_value=-1).to_numpy()
        assert (rises_at_a_new_row(first) > 1.3).all()
        # The null world: as many pages, read by the cascade that fits these clicks best.
        appeal, stay = fit_cascade(first, ROWS * PLACES).value
        falls = appeal * ((1 - appeal) * stay) ** np.arange(ROWS * PLACES)
        chances = np.r_[falls, 1 - falls.sum()]
        read = rng.choice(ROWS * PLACES + 1, len(first), p=chances)
        read[read == ROWS * PLACES] = -1
        assert (rises_at_a_new_row(read) < 1.3).all()


def test_where_every_slot_is_by_lot_they_understate_nothing(surely_positive):
    """The null world: what stands on top is no better."""
    found = []
    for seed in SEEDS:
        config = WorldConfig(explore=1.0, row_meaning=0.0)
        world = World(seed=seed, n_viewers=600, weeks=3, config=config)
        found.append(understated(looking.slots(live(world, logged=1.0))))
    down, along = np.transpose(found)
    assert not surely_positive(down, by=0.01) and not surely_positive(along, by=0.02)
    assert abs(along.mean()) < 0.03 > abs(down.mean())


def test_intervals_from_lots_and_weights_hold_the_truth_and_plain_ones_do_not():
    stored = pd.read_csv(looking.RESULT)
    truth = stored["decay"].map(TRUTH)
    holds = (stored["low"] <= truth) & (truth <= stored["high"])
    share = holds.groupby([stored["estimate"], stored["decay"]]).mean().unstack()
    assert len(stored.drop_duplicates(["seed", "group"])) == 200
    assert (share.loc[["slots by lot", "all, weighted"]] > 0.88).all(axis=None)
    assert (share.loc["all, as they are"] < 0.6).all()


def test_the_stored_intervals_are_what_the_script_makes():
    stored = pd.read_csv(looking.RESULT)
    seed = looking.SEEDS[0]
    made = looking.repetitions(seed, groups=2)
    there = stored[(stored["seed"] == seed) & (stored["group"] < 2)].reset_index(drop=True)
    pd.testing.assert_frame_equal(made, there, atol=2e-4)


# Eyes that did otherwise.


def lost(life) -> np.ndarray:
    """What pages lose, in percent: composed for even eyes, rows apart, turned upside down."""
    world, known = life.world, life.state.known
    policy, even = GenreRows(LOOK, mood=1.5, **TUNED), np.full(LOOK.shape, LOOK.mean())
    policy.learn(known)
    values, chance = [], world.wishes.genre / world.wishes.genre.sum()
    for viewer in range(60):
        z = np.where(known.last[viewer] >= 0, -np.inf, policy.scores[viewer])
        tonight = Moods(chance, policy.fit(z, world.genres))
        best, others, apart = (
            GenreRows(look, how, mood=1.5, **TUNED).one(viewer, z, world.genres, chance).titles
            for look, how in ((LOOK, "whole"), (even, "whole"), (LOOK, "apart"))
        )
        made = (best, others, apart, best[::-1, ::-1])
        values.append([page_value(page, LOOK, tonight) for page in made])
    best, *rest = 100 * np.mean(values, axis=0)
    return best - np.array(rest)


def test_composing_for_other_eyes_costs_less_than_rows_apart_but_they_must_begin_on_top(
    surely_positive,
):
    """The null is a page whose eyes begin at the bottom: there the claim must not hold."""
    others, apart, upside_down = np.transpose([lost(lives(seed)) for seed in SEEDS])
    assert surely_positive(apart - others, by=1) and surely_positive(0.5 - others)
    assert not surely_positive(apart - upside_down)
    assert surely_positive(upside_down, by=5)


# A page is more than its rows.


@pytest.mark.parametrize("world", list(home_pages.WORLDS))
def test_repeats_cost_most_and_rows_apart_cost_some(runs, surely_positive, world):
    repeats = gaps(runs, world, "rows apart", "rows, repeating")
    whole = gaps(runs, world, "whole page", "rows apart")
    assert surely_positive(repeats, by=0.5) and surely_positive(whole, by=0.2)
    assert surely_positive(repeats - whole)


def test_they_cost_in_worlds_made_on_the_spot(surely_positive):
    found = [click_gap(seed, "whole", "repeating") for seed in SEEDS]
    assert surely_positive(found, by=0.3)


def test_where_no_title_belongs_to_two_rows_they_cost_nothing(surely_positive):
    """The null world: every title has its first genre only, so rows cannot compete for it."""
    titles = read_catalogue()
    titles = titles.assign(genres=titles["genres"].str.split("|").str[0])
    found = [click_gap(seed, "whole", "repeating", titles) for seed in SEEDS]
    assert not surely_positive(found)
    assert abs(np.mean(found)) < 0.3


@pytest.mark.parametrize("world", list(home_pages.WORLDS))
def test_a_whole_page_is_as_good_as_the_twenty_best_and_no_better(runs, surely_positive, world):
    gap = gaps(runs, world, "whole page", "twenty best")
    assert surely_positive(gap + 0.6) and surely_positive(0.6 - gap)
    assert not surely_positive(gap)
    assert surely_positive(gaps(runs, world, "whole page", "popular"), by=3)
    assert surely_positive(gaps(runs, world, "popular", "by lot"), by=3)


@pytest.mark.parametrize("world", list(home_pages.WORLDS))
def test_knowing_of_moods_adds_nothing_that_we_see(runs, surely_positive, world):
    for way in ("with moods", "double mood"):
        gap = gaps(runs, world, way, "whole page")
        assert not surely_positive(gap) and surely_positive(gap + 2)
    # The null: lists that know of nothing are told from both.
    assert surely_positive(gaps(runs, world, "with moods", "by lot"), by=10)


def test_the_stored_clicks_are_what_the_script_makes(runs):
    some = ("rows, repeating", "rows apart", "whole page")
    made = home_pages.compare("choosy", home_pages.SEEDS[0], some)
    stored = runs[(runs["world"] == "choosy") & (runs["seed"] == home_pages.SEEDS[0])]
    stored = stored[stored["way"].isin(some)].reset_index(drop=True)
    pd.testing.assert_frame_equal(made, stored, atol=2e-5)


# A share of looks.


def new_tiles(life) -> float:
    """Tiles of a hundred whose title no earlier page of the viewer showed."""
    shown = life.impressions.merge(life.evenings[["session_id", "viewer_id"]])
    old = shown.duplicated(["viewer_id", "title_id"])
    first = shown.groupby("viewer_id")["session_id"].transform("min")
    return 100 * (1 - old[shown["session_id"] > first].mean())


def test_resting_titles_brings_some_new_ones_and_costs_no_clicks_that_we_see(surely_positive):
    fresher, clicked = [], []
    for seed in SEEDS:
        config = WorldConfig(billboard_pull=0.0)
        world = World(seed=seed, n_viewers=300, weeks=7, config=config)
        before, after = live(world, weeks=4), {}
        for rest in (0, 3):
            life = live(world, GenreRows(LOOK, rest=rest, **TUNED), weeks=2, start=before,
                        logged=1.0)  # fmt: skip
            after[rest] = new_tiles(life), 100 * world.truth.value(life)["click"].iloc[0]
        gained = np.subtract(after[3], after[0])
        fresher.append(gained[0])
        clicked.append(gained[1])
    assert surely_positive(np.array(fresher), by=1.5) and max(fresher) < 5
    assert np.abs(clicked).max() < 1


def test_personal_pages_give_europe_less_than_half_of_what_lots_give(runs, surely_positive):
    share = 100 * runs[runs["world"] == "Matinee"].pivot(
        index="seed", columns="way", values="europe"
    )
    assert surely_positive(share["by lot"] / 2 - share["whole page"], by=2)
    # The null: lots give a group its share of the catalogue.
    catalogue = 100 * made_in(read_catalogue(), EUROPE).mean()
    assert abs(share["by lot"].mean() - catalogue) < 1.5
    assert (share["European"] >= 30 - 1e-6).all()


def test_the_share_costs_no_clicks_that_we_see_on_matinee_and_some_where_viewers_are_choosy(
    runs, surely_positive
):
    here = gaps(runs, "Matinee", "whole page", "European")
    assert not surely_positive(here) and surely_positive(0.3 - here)
    choosy = gaps(runs, "choosy", "whole page", "European")
    assert surely_positive(choosy) and surely_positive(1.5 - choosy)
