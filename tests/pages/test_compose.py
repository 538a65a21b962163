"""Pages by hand, by brute force, and within their limits."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.pages import (
    Limits,
    Moods,
    Row,
    compose,
    grid_chance,
    page_value,
    repeats,
    share_of_looks,
)

EVEN = np.ones((1, 2))


def moods(seed, n=8, m=3):
    rng = np.random.default_rng(seed)
    chance = rng.random(m)
    return Moods(chance / chance.sum(), rng.random((m, n)) ** 2)


def test_two_rows_by_hand():
    """Crime tonight .6, comedy .4; a second crime title adds .6 * .2 * .7, a comedy .4 * .7."""
    tonight = Moods(np.array([0.6, 0.4]), np.array([[0.8, 0.7, 0.0], [0.0, 0.0, 0.7]]))
    page = compose([Row("all", [0, 1, 2])], EVEN, tonight)
    assert page.titles.tolist() == [[0, 2]]
    assert page_value(page.titles, EVEN, tonight) == pytest.approx(0.6 * 0.8 + 0.4 * 0.7)
    assert page_value(np.array([[0, 1]]), EVEN, tonight) == pytest.approx(0.6 * (1 - 0.2 * 0.3))


@given(st.integers(0, 10_000), st.integers(0, 2))
@settings(max_examples=60, deadline=None)
def test_greed_comes_within_its_promise_of_the_best_page(seed, wide):
    tonight = moods(seed, n=6)
    look = grid_chance(0.7, 0.8, 1, 2 + wide)
    greedy = page_value(compose([Row("all", np.arange(6))], look, tonight).titles, look, tonight)
    best = max(page_value(np.array([page]), look, tonight)
               for page in permutations(range(6), 2 + wide))  # fmt: skip
    assert (1 - 1 / np.e) * best - 1e-12 <= greedy <= best + 1e-12


@given(st.integers(0, 10_000), st.lists(st.integers(-1, 7), min_size=4, max_size=4))
@settings(max_examples=80, deadline=None)
def test_what_a_title_adds_shrinks_and_never_harms(seed, shown):
    """f(A + x) - f(A) >= f(B + x) - f(B) >= 0 for A within B, on the same slot."""
    tonight, look = moods(seed), grid_chance(0.6, 0.9, 1, 5)
    b = np.array([[*shown, -1]])
    a = b.copy()
    a[0, ::2] = -1
    for title in range(8):
        gains = []
        for page in (a, b):
            more = page.copy()
            more[0, 4] = title
            gains.append(page_value(more, look, tonight) - page_value(page, look, tonight))
        assert gains[0] >= gains[1] - 1e-12 and gains[1] >= -1e-12


def test_the_value_is_the_chance_that_something_is_played():
    tonight, look = moods(1), grid_chance(0.7, 0.8, 2, 2)
    page = np.array([[0, 3], [5, -1]])
    naive = 0.0
    for mood, outcome in product(range(3), product((0, 1), repeat=3)):
        chance = tonight.chance[mood]
        for hit, slot, title in zip(outcome, ((0, 0), (0, 1), (1, 0)), (0, 3, 5), strict=True):
            play = look[slot] * tonight.fit[mood, title]
            chance *= play if hit else 1 - play
        naive += chance * any(outcome)
    assert page_value(page, look, tonight) == pytest.approx(naive)


def rows(seed, n=30):
    rng = np.random.default_rng(seed)
    return [Row(f"row {i}", rng.permutation(n)[:12]) for i in range(5)]


@given(st.integers(0, 10_000))
@settings(max_examples=50, deadline=None)
def test_a_page_holds_each_title_once_and_each_row_its_own(seed):
    page = compose(rows(seed), grid_chance(0.7, 0.9, 3, 4), moods(seed, n=30))
    assert repeats(page.titles) == 0
    assert len({row.name for row in page.rows}) == 3
    for row, line in zip(page.rows, page.titles, strict=True):
        assert set(line) <= set(row.titles)


def by_trying_all(candidates, look, tonight):
    """Every row left is filled by trying every title, at every place; the best is kept."""
    page, left = np.full(look.shape, -1), list(candidates)
    for place in range(len(look)):
        tried = []
        for row in left:
            one = page.copy()
            for position in range(look.shape[1]):
                values = {}
                for title in row.titles:
                    if title not in one:
                        more = one.copy()
                        more[place, position] = title
                        values[title] = page_value(more, look, tonight)
                one[place, position] = max(values, key=values.get)
            tried.append((page_value(one, look, tonight), one, row))
        best = max(tried, key=lambda found: found[0])
        page, left = best[1], [row for row in left if row is not best[2]]
    return page


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_rows_that_are_passed_over_would_not_have_been_best(seed):
    candidates, look, tonight = rows(seed), grid_chance(0.7, 0.9, 3, 4), moods(seed, n=30)
    page = compose(candidates, look, tonight).titles
    assert page.tolist() == by_trying_all(candidates, look, tonight).tolist()


def test_a_whole_page_beats_rows_that_are_ranked_apart():
    """Apart, each row shows its best titles, and the same ones again."""
    look, gains = grid_chance(0.8, 0.9, 3, 4), []
    for seed in range(30):
        tonight, candidates = moods(seed, n=30, m=6), rows(seed)
        together = compose(candidates, look, tonight)
        mean = tonight.chance @ tonight.fit
        apart = np.array([row.titles[np.argsort(-mean[row.titles], kind="stable")[:4]]
                          for row in candidates[:3]])  # fmt: skip
        gains.append(page_value(together.titles, look, tonight) - page_value(apart, look, tonight))
    assert np.mean(gains) > 3 * np.std(gains) / np.sqrt(30) > 0


def test_a_pinned_row_stands_where_it_must():
    candidates = [*rows(0), Row("continue", [1, 2], pinned=0)]
    page = compose(candidates, grid_chance(0.7, 0.9, 3, 4), moods(0, n=30))
    assert page.rows[0].name == "continue"
    assert set(page.titles[0]) == {1, 2, -1}  # a short row leaves its slots empty
    with pytest.raises(ArgumentError, match="pinned"):
        compose([*candidates, Row("too", [3], pinned=0)], np.ones((3, 4)), moods(0, n=30))


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_a_group_has_its_share_of_looks_and_little_is_lost(share):
    look, group = grid_chance(0.7, 0.9, 3, 4), np.arange(30) % 3 == 0
    lost = []
    for seed in range(20):
        tonight, candidates = moods(seed, n=30), rows(seed)
        free = compose(candidates, look, tonight)
        kept = compose(candidates, look, tonight, limits=Limits(share, group))
        assert share_of_looks(kept.titles, look, group) >= share - 1e-9
        lost.append(page_value(free.titles, look, tonight) - page_value(kept.titles, look, tonight))
    assert np.mean(lost) < 0.15


def test_a_share_that_the_rows_cannot_reach_is_refused():
    with pytest.raises(DataError, match="reach 0% of looks"):
        compose([Row("none", [1, 2, 4])], np.ones((1, 2)), moods(0),
                limits=Limits(0.5, np.arange(8) % 3 == 0))  # fmt: skip


def test_what_was_shown_too_often_stays_away():
    stale = np.arange(30) < 10
    page = compose(rows(2), np.ones((3, 4)), moods(2, n=30), limits=Limits(stale=stale))
    assert not stale[page.titles[page.titles >= 0]].any()


def test_looks_and_not_slots_are_shared():
    look = grid_chance(0.5, 0.5, 1, 2)
    assert share_of_looks(np.array([[0, 1]]), look, np.array([True, False])) == pytest.approx(2 / 3)
    assert share_of_looks(np.array([[-1, -1]]), look, np.array([True])) == 0


@pytest.mark.parametrize("make", [
    lambda: Row("twice", [1, 1]), lambda: Moods(np.array([0.5]), np.zeros((1, 2))),
    lambda: Moods(np.array([1.0]), np.full((1, 2), 1.5)), lambda: Limits(0.5), lambda: Limits(2.0),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(make):
    with pytest.raises(DataError):
        make()


def test_too_few_rows_are_refused():
    with pytest.raises(ArgumentError, match="rows"):
        compose([Row("one", [1])], np.ones((2, 2)), moods(0))
