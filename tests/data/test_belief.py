"""The measures of belief: by hand, by a naive loop, and where nothing is to be believed."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks import belief, story
from benchmarks.same_films import same_films
from recsys_lib.datasets import load_matinee
from recsys_lib.interactions import ITEM, USER, Interactions
from recsys_lib.simulation import World, live


def log_of(seen):
    users, items = np.nonzero(seen)
    return Interactions.from_frame(pd.DataFrame({USER: users, ITEM: items}))


@pytest.fixture(scope="module")
def log():
    rng = np.random.default_rng(1)
    keen, known = rng.random((60, 1)), rng.random(15)
    return log_of(rng.random((60, 15)) < 0.1 + 0.8 * keen * known)


def test_a_film_is_found_by_name_and_year_whatever_its_article_accents_and_brackets():
    titles = pd.DataFrame(
        [(1, "The Godfather", 1972, "film"), (2, "Amélie", 2001, "film"),
         (3, "Kolya", 1996, "film"), (4, "Fargo", 2014, "series"), (5, "Psycho", 1960, "film"),
         (6, "Heat", 1995, "film")],
        columns=[ITEM, "title", "year", "kind"],
    )  # fmt: skip
    items = pd.DataFrame(
        [(10, "Godfather, The", 1972), (20, "Fabuleux destin d'Amélie, Le (Amelie)", 2001),
         (30, "Kolya", 1997), (40, "Fargo", 2014), (50, "Psycho", 1998), (60, "Heat", pd.NA)],
        columns=[ITEM, "title", "year"],
    )  # fmt: skip
    assert same_films(titles, items) == ([1, 2, 3], [10, 20, 30])


def test_chances_add_up_to_every_count(log):
    chance = belief.chances(log.user_counts, log.item_counts)
    assert ((chance > 0) & (chance < 1)).all()
    np.testing.assert_allclose(chance.sum(axis=1), log.user_counts, rtol=1e-3)
    np.testing.assert_allclose(chance.sum(axis=0), log.item_counts, rtol=1e-3)


def test_likeness_agrees_with_its_formula_in_a_loop(log):
    chance = belief.chances(log.user_counts, log.item_counts)
    columns, seen = [2, 7, 11], log.binary().toarray()
    expected = np.empty((3, 3))
    for i, one in enumerate(columns):
        for j, other in enumerate(columns):
            common = sum(seen[u, one] * seen[u, other] for u in range(log.n_users))
            by_chance = sum(chance[u, one] * chance[u, other] for u in range(log.n_users))
            expected[i, j] = (common + 5) / (by_chance + 5)
    np.testing.assert_allclose(belief.likeness(log, np.array(columns)), expected, rtol=1e-5)


def test_a_busy_few_make_lift_see_likeness_where_there_is_none():
    """Ten of a hundred viewers watch half of all titles, the others a twentieth, all by lot."""
    rng = np.random.default_rng(0)
    share = np.where(np.arange(1000) < 100, 0.5, 0.05)[:, None]
    busy = log_of(rng.random((1000, 60)) < share)
    pairs, columns = np.triu_indices(60, 1), np.arange(60)
    assert belief.lift(busy, columns)[pairs].mean() > 1.5
    assert belief.likeness(busy, columns)[pairs].mean() == pytest.approx(1, abs=0.05)


def test_the_same_nearest_are_ten_of_itself_and_few_of_noise():
    rng = np.random.default_rng(0)
    one, other = rng.random((2, 101, 101))
    assert belief.same_nearest(one, one) == 10
    assert belief.same_nearest(one, other) == pytest.approx(1, abs=0.35)  # 100 / 100


def test_matinee_agrees_with_itself_and_not_with_lots():
    matinee = load_matinee()
    items, watched = matinee.items, matinee.watched()
    real = SimpleNamespace(interactions=watched, items=items[items["kind"] == "film"])
    itself = belief.believe(watched, items, real, least=100)
    assert itself["popularity, rank correlation"] == "1.00"
    assert itself["likeness, rank correlation"] == "1.00"
    assert itself["of the ten nearest, the same"] == "10.00"
    lots = np.random.default_rng(0).permutation(watched.n_items)
    shuffled = Interactions.from_frame(
        watched.to_frame()[[USER, ITEM]].assign(
            **{ITEM: lambda pairs: watched.items[lots[watched.item_positions(pairs[ITEM])]]}
        )
    )
    by_lot = belief.believe(shuffled, items, real, least=100)
    assert abs(float(by_lot["likeness, rank correlation"])) < 0.1
    near, lot = (float(by_lot[label]) for label in ("of the ten nearest, the same", "by lot"))
    assert near == pytest.approx(lot, abs=0.6)


def test_a_story_is_told_by_a_model_that_puts_the_kin_first_enough():
    found = pd.DataFrame({
        "title": ["Friends", "Friends"], "kin": ["Cheers", "Seinfeld"], "first": [10, 10],
        **{name: [10, 11] for name in story.MODELS},
    })  # fmt: skip
    assert story.told(found).to_dict() == {
        "Friends → Cheers": len(story.MODELS), "Friends → Seinfeld": 0
    }  # fmt: skip


def test_a_stranger_is_shown_what_the_viewers_of_that_title_watch(monkeypatch):
    """Cheers goes with Friends in every history, Dexter with Breaking Bad; the rest is by lot."""
    names = ["Friends", "Breaking Bad", "Cheers", "Seinfeld", "The Office", "Dexter", "The Wire"]
    titles = pd.DataFrame({ITEM: range(47), "title": names + [f"other {n}" for n in range(40)]})
    rng = np.random.default_rng(0)
    seen = rng.random((400, 47)) < 0.1
    seen[:, 2] = seen[:, 0]
    seen[:, 5] = seen[:, 1]
    chosen = {name: story.MODELS[name] for name in ("shrunk lift", "EASE", "iALS")}
    monkeypatch.setattr(story, "MODELS", chosen)
    found = story.places(log_of(seen), titles)
    firsts = found[found["kin"].isin(["Cheers", "Dexter"])]
    assert (firsts[list(chosen)] == 1).all(axis=None)
    others = found[~found["kin"].isin(["Cheers", "Dexter"])]
    assert (others[list(chosen)] > 1).all(axis=None)


def test_the_places_of_a_world_are_those_of_its_plays(monkeypatch):
    world = World(seed=3, n_viewers=150, weeks=3)
    monkeypatch.setattr(story, "MODELS", {"item neighbours": story.MODELS["item neighbours"]})
    plays = live(world).tables.plays
    pairs = plays.rename(columns={"viewer_id": USER, "title_id": ITEM})[[USER, ITEM]]
    titles = world.titles.rename(columns={"title_id": ITEM})
    expected = story.places(Interactions.from_frame(pairs.drop_duplicates()), titles)
    pd.testing.assert_frame_equal(story.world_places(world), expected)
