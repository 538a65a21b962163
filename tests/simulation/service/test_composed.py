"""Pages of genre rows, in a life."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_lib.datasets.places import EUROPE, made_in
from recsys_lib.errors import ArgumentError
from recsys_lib.pages import grid_chance, share_of_looks
from recsys_lib.simulation import World, WorldConfig, live
from recsys_lib.simulation.service.again import relive
from recsys_lib.simulation.service.composed import GenreRows
from recsys_lib.simulation.service.known import NEVER

LOOK = grid_chance(0.75, 0.88, 4, 5)


@pytest.fixture(scope="module")
def before():
    config = WorldConfig(billboard_pull=0)
    return live(World(seed=3, n_viewers=60, weeks=5, config=config), weeks=4)


def shown(before, **options):
    return relive(before, {"page": GenreRows(LOOK, **options)}, times=1)["page"].pages.titles


def rows_of(titles):
    return titles.reshape(len(titles), *LOOK.shape)


@pytest.mark.parametrize("how", ["repeating", "apart", "whole"])
def test_a_row_is_of_one_genre_and_of_unseen_titles(before, how):
    titles, world = shown(before, how=how), before.world
    for page in rows_of(titles):
        for row in page:
            assert world.genres[:, row[row >= 0]].all(axis=1).any()
    viewers = np.flatnonzero((world.joined <= before.day) & (before.state.left > before.day))
    last = before.state.known.last[viewers]
    assert (np.take_along_axis(last, titles, axis=1) == NEVER).all()


def test_only_rows_that_repeat_repeat(before):
    def most(how):
        pages = [page[page >= 0] for page in shown(before, how=how)]
        return max(len(page) - len(set(page)) for page in pages)

    assert most("apart") == most("whole") == 0 < most("repeating")


def test_rows_apart_begin_with_the_best_of_their_genre(before):
    policy = GenreRows(LOOK, how="apart")
    policy.learn(before.state.known)
    world, z = before.world, policy.scores[0].copy()
    page = policy.one(0, z, world.genres, world.wishes.genre)
    of_genre = world.genres[int(page.rows[0].name)] > 0
    assert z[page.titles[0, 0]] == z[of_genre].max()


def test_a_share_is_kept_on_every_page(before):
    group = made_in(before.world.titles, EUROPE)
    for page in rows_of(shown(before, share=0.4, group=group)):
        assert share_of_looks(page, LOOK, group) >= 0.4 - 1e-9
    free = [share_of_looks(page, LOOK, group) for page in rows_of(shown(before))]
    assert np.mean(free) < 0.3


def test_what_was_shown_too_often_rests(before):
    life = live(before.world, GenreRows(LOOK, rest=1), weeks=1, start=before, logged=1.0)
    own = life.evenings[["session_id", "viewer_id"]]
    tiles = life.impressions.merge(own, on="session_id")
    assert not tiles.duplicated(["viewer_id", "title_id"]).any()
    steady = live(before.world, GenreRows(LOOK), weeks=1, start=before, logged=1.0)
    tiles = steady.impressions.merge(steady.evenings[["session_id", "viewer_id"]])
    assert tiles.duplicated(["viewer_id", "title_id"]).mean() > 0.3


def test_a_stronger_mood_varies_a_page(before):
    def genres(mood):
        titles = shown(before, mood=mood, base=-2.5, slope=0.25)
        return np.mean([before.world.genres[:, page].any(axis=1).sum() for page in titles])

    assert genres(0.0) < genres(1.5) < genres(4.0)


def test_another_way_to_fill_is_refused():
    with pytest.raises(ArgumentError, match="how"):
        GenreRows(LOOK, "by magic")
