"""Pages with open pictures: the formula against behaviour, and what may be learned of them."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.online.context import liking
from recsys_lib.simulation import World, live
from recsys_lib.simulation.service import choosers
from recsys_lib.simulation.service.audit import guessed, levelled, telling
from recsys_lib.simulation.service.behaviour import NOTHING, pick_slot
from recsys_lib.simulation.service.tiles import open_pages
from recsys_lib.simulation.world.circles import CircledWorld


@pytest.fixture(scope="module")
def life():
    return live(World(seed=5, n_viewers=80, weeks=2), logged=1.0)


@pytest.fixture(scope="module")
def tiles(life):
    return open_pages(life, 3)


def test_the_formula_is_what_viewers_do(tiles):
    """Gumbel luck on what is looked at, many times over, as `browse` has it."""
    page, rng, n = tiles.take([0]), np.random.default_rng(0), 40_000
    picture = page.by_lot(rng)
    worth = page.base + np.take_along_axis(page.pull, picture[:, :, None], 2)[:, :, 0]
    luck = rng.gumbel(size=(n, worth.shape[1]))
    slot = pick_slot(np.tile(worth, (n, 1)), np.tile(page.looked, (n, 1)), luck,
                     page.outside + rng.gumbel(size=n))  # fmt: skip
    share = np.bincount(slot[slot != NOTHING], minlength=worth.shape[1]) / n
    assert share == pytest.approx(page.chances(picture)[0], abs=0.012)


def test_one_slot_changed_is_the_page_with_that_slot_changed(tiles):
    old, new = (tiles.by_lot(np.random.default_rng(seed)) for seed in (1, 2))
    alone = tiles.chances_alone(new, old)
    for slot in (0, 7, 20):
        page = old.copy()
        page[:, slot] = new[:, slot]
        assert tiles.chances(page)[:, slot] == pytest.approx(alone[:, slot])


def test_each_picture_of_a_slot(tiles):
    others = tiles.by_lot(np.random.default_rng(1))
    each = tiles.chances_of_each(3, others)
    for number in range(4):
        there = tiles.count[:, 3] > number
        page = others.copy()
        page[there, 3] = number
        assert each[there, number] == pytest.approx(tiles.chances(page)[there, 3])
        assert (each[~there, number] == 0).all()


def test_clicks_are_drawn_with_their_chance(tiles):
    page, rng = tiles.take(np.zeros(20_000, int)), np.random.default_rng(3)
    picture = np.zeros(page.count.shape, int)
    clicked = page.click(picture, rng)
    assert clicked.sum(axis=1).max() == 1
    assert clicked.mean(axis=0) == pytest.approx(page.chances(picture)[0], abs=0.015)


def test_the_same_life_has_the_same_pages_and_another_time_others(life, tiles):
    again = open_pages(life, 3)
    assert np.array_equal(again.base, tiles.base) and np.array_equal(again.looked, tiles.looked)
    assert len(tiles) > len(open_pages(life, 1)) > 10


def test_a_billboard_stands_alone_in_the_first_slot(life):
    title = int(np.flatnonzero(life.state.known.shelf)[0])
    board = open_pages(life, 2, billboard=title)
    assert (board.titles[:, 0] == title).all() and (board.titles[:, 1:] != title).all()
    assert (board.looked[:, 0]).all() and not board.looked[board.titles < 0].any()
    with pytest.raises(ArgumentError, match="no title"):
        open_pages(life, billboard=10**6)


def test_a_picture_that_a_title_has_not_is_refused(tiles):
    with pytest.raises(ArgumentError, match="pictures"):
        tiles.chances(tiles.count)
    with pytest.raises(ArgumentError, match="pictures"):
        tiles.chances(np.zeros((1, 1), int))


def test_rates_are_drawn_to_the_title_s_and_that_to_all(life):
    log = choosers.PictureLog.of(life)
    rates, trust = log.rates(), choosers.TRUST
    art = int(log.artwork[0])
    title = log.title == log.owner[art]
    of_title = (log.clicked[title].sum() + trust * log.clicked.mean()) / (title.sum() + trust)
    mine = log.artwork == art
    expected = (log.clicked[mine].sum() + trust * of_title) / (mine.sum() + trust)
    assert rates[art] == pytest.approx(expected)
    assert log.propensity == pytest.approx(
        1 / np.bincount(log.owner)[log.title], abs=1e-5
    )  # pictures by lot


def test_choosers_choose_pictures_that_are_there(life, tiles):
    log, items = (
        choosers.PictureLog.of(life),
        life.world.titles.rename(columns={"title_id": "item_id"}),
    )
    fits = liking(life.state.known.watched(), items)
    taste = choosers.ByTaste(log, fits)
    scores = [choosers.for_all(log, choosers.artworks(life, tiles)),
              choosers.by_own_clicks(log, tiles), taste.scores(tiles, fits)]  # fmt: skip
    for score in scores:
        assert (tiles.best(score) < tiles.count).all()
    shelf = choosers.every_title(life)
    place = tiles.viewer[:, None], tiles.titles
    assert np.array_equal(shelf.emphasis[place], tiles.emphasis)
    model = choosers.expected(life, log, tiles, taste.scores(tiles, fits))
    assert model.shape == tiles.emphasis.shape and (model >= 0).all() and (model <= 1).all()


def test_a_circle_that_decides_the_picture_is_guessed_and_none_is_not():
    rng = np.random.default_rng(0)
    circle = rng.permutation(200) % 2
    told = np.where(rng.random((200, 30)) < 0.8, circle[:, None], rng.integers(2, size=(200, 30)))
    assert guessed(told, circle).mean() > 0.95
    assert abs(guessed(rng.integers(3, size=(200, 30)), circle).mean() - 0.5) < 0.12
    assert guessed(np.zeros((200, 5), int), circle).mean() == 0.5
    with pytest.raises(DataError, match="circles"):
        guessed(told, np.zeros(200, int))
    with pytest.raises(DataError, match="circle"):
        guessed(told[:3], circle)


def test_levelled_scores_are_alike_on_average_and_keep_what_is_not_there():
    rng = np.random.default_rng(1)
    circle, scores = rng.permutation(60) % 2, rng.normal(size=(60, 5, 4))
    scores[circle == 1, :, 2] += 3
    scores[:, 1, 3] = -np.inf
    level = levelled(scores, circle)
    there = np.isfinite(scores[0])
    means = [level[circle == one].mean(axis=0)[there] for one in (0, 1)]
    assert means[0] == pytest.approx(means[1])
    assert (level[:, 1, 3] == -np.inf).all()


def test_without_a_share_there_is_no_circle():
    plain, none = World(seed=3, n_viewers=20, weeks=1), CircledWorld(3, 0.0, n_viewers=20, weeks=1)
    assert np.array_equal(plain.tastes, none.tastes)
    some = CircledWorld(3, 0.5, n_viewers=20, weeks=1)
    assert sorted(np.bincount(some.circle)) == [10, 10]
    inside = np.corrcoef(some.tastes[0][some.circle == 0]).mean()
    across = np.corrcoef(some.tastes[0])[some.circle == 0][:, some.circle == 1].mean()
    assert inside > across + 0.3
    with pytest.raises(ArgumentError, match="share"):
        CircledWorld(3, 1.0, n_viewers=20, weeks=1)


def test_levelled_by_those_who_told_is_alike_among_them():
    rng = np.random.default_rng(4)
    circle, scores, told = rng.permutation(60) % 2, rng.normal(size=(60, 5, 4)), np.arange(60) < 30
    level = levelled(scores, circle, told)
    means = [level[told & (circle == one)].mean(axis=0) for one in (0, 1)]
    assert means[0] == pytest.approx(means[1])
    shift = level - scores
    for one in (0, 1):  # the others get what was learned, not what they are
        assert shift[circle == one] == pytest.approx(
            np.broadcast_to(shift[circle == one][0], shift[circle == one].shape)
        )


def test_what_a_picture_tells_by_hand():
    circle = np.array([0, 0, 1, 1])
    pictures = np.array([[0, 1, 0], [0, 1, 1], [1, 1, 0], [2, 1, 0]])
    assert telling(pictures, circle) == pytest.approx([1, 0, 0.5])
