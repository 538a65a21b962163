"""Questions about the next title, and shuffled orders, beside loops that read like sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.models import EASE, Popular
from recsys_lib.next_title import Questions, finds, is_found, next_titles, shuffled


def in_order(log: Interactions, row: int) -> list[tuple[int, int]]:
    """A row's (time, column), oldest first."""
    part = slice(log.matrix.indptr[row], log.matrix.indptr[row + 1])
    return sorted(zip(log.times[part].tolist(), log.matrix.indices[part].tolist(), strict=True))


@pytest.fixture
def log(make_log) -> Interactions:
    return make_log(1)


@pytest.mark.parametrize("most", [None, 2])
def test_each_later_title_is_asked_about_with_all_that_came_before(log, most):
    cut, least = np.quantile(log.times, 0.6), 3
    asked, number = next_titles(log, log.times >= cut, least=least, most=most), 0
    for row in range(log.n_users):
        history, of_row = in_order(log, row), 0
        for place, (time, column) in enumerate(history):
            is_later = time >= cut
            if is_later and place >= least and (most is None or of_row < most):
                assert (asked.viewers[number], asked.answers[number]) == (row, column)
                assert asked.times[number] == time
                assert in_order(asked.histories, number) == history[:place]
                number += 1
            of_row += is_later
    assert number == len(asked.answers) == asked.histories.n_users > 20


def test_an_answer_is_found_among_the_best_that_are_not_in_the_history(log):
    asked = next_titles(log, log.times >= np.quantile(log.times, 0.6))
    scores = np.random.default_rng(0).integers(0, 4, asked.histories.matrix.shape).astype(float)
    before = scores.copy()
    found = is_found(scores, asked, k=4)
    np.testing.assert_array_equal(scores, before)
    for number, answer in enumerate(asked.answers):
        history = {column for _, column in in_order(asked.histories, number)}
        ranked = sorted((-scores[number, c], c) for c in range(log.n_items) if c not in history)
        assert found[number] == (answer in [column for _, column in ranked[:4]])


def test_a_model_is_asked_by_its_scores_for_histories(log):
    later = log.times >= np.quantile(log.times, 0.6)
    asked = next_titles(log, later)
    model = EASE(20).fit(log.select(~later))
    expected = is_found(model.score_histories(asked.histories), asked, 3)
    np.testing.assert_array_equal(finds(model, asked, 3), expected)


def test_shuffled_the_same_titles_stand_in_another_order(log):
    drawn = shuffled(log, np.random.default_rng(0))
    np.testing.assert_array_equal(drawn.matrix.toarray(), log.matrix.toarray())
    moved = 0
    for row in range(log.n_users):
        ours, theirs = in_order(drawn, row), in_order(log, row)
        assert [time for time, _ in ours] == list(range(1, len(ours) + 1))
        assert sorted(c for _, c in ours) == sorted(c for _, c in theirs)
        moved += [c for _, c in ours] != [c for _, c in theirs]
    assert moved > 20
    again = shuffled(log, np.random.default_rng(0))
    np.testing.assert_array_equal(drawn.times, again.times)


def test_every_order_of_three_is_drawn_equally_often():
    n = 6000
    user, item = np.repeat(np.arange(n), 3), np.tile([1, 2, 3], n)
    frame = pd.DataFrame({"user_id": user, "item_id": item, "time": item})
    drawn = shuffled(Interactions.from_frame(frame, time="time"), np.random.default_rng(0))
    orders = drawn.times.reshape(n, 3) @ [100, 10, 1]
    counts = np.unique(orders, return_counts=True)[1]
    assert len(counts) == 6 and (abs(counts - 1000) < 120).all()  # four standard errors


def test_within_sittings_no_title_leaves_its_sitting(log):
    pause = 60 * 20
    drawn = shuffled(log, np.random.default_rng(1), sitting=pause)
    moved = 0
    for row in range(log.n_users):
        theirs, ours = in_order(log, row), [column for _, column in in_order(drawn, row)]
        sitting, groups = [], []
        for place, (time, column) in enumerate(theirs):
            if place and time - theirs[place - 1][0] >= pause:
                groups.append(sitting)
                sitting = []
            sitting.append(column)
        start = 0
        for group in [*groups, sitting]:
            part = ours[start : start + len(group)]
            assert sorted(part) == sorted(group)
            moved += part != group
            start += len(group)
    assert moved > 5


def test_what_cannot_be_asked_is_refused(log):
    timeless = Interactions(log.users, log.items, log.matrix)
    for ask in (lambda: next_titles(timeless, np.ones(log.n_events, bool)),
                lambda: shuffled(timeless, np.random.default_rng(0))):  # fmt: skip
        with pytest.raises(DataError, match=r"no times.*Pass time="):
            ask()
    with pytest.raises(ArgumentError, match="a bool for each event"):
        next_titles(log, np.ones(3, bool))
    with pytest.raises(DataError, match="nobody watched a title later"):
        next_titles(log, np.zeros(log.n_events, bool))
    for name in ("least", "most"):
        with pytest.raises(ArgumentError, match=f"{name} must be an integer of at least 1"):
            next_titles(log, np.ones(log.n_events, bool), **{name: 0})


def test_lists_that_are_the_same_for_all_are_so_in_any_order(log):
    """The test's own null: what does not read the order loses nothing by shuffling."""
    later = log.times >= np.quantile(log.times, 0.6)
    asked = next_titles(log, later)
    drawn = shuffled(asked.histories, np.random.default_rng(2))
    mixed = Questions(drawn, asked.answers, asked.viewers, asked.times)
    for model in (Popular(), EASE(20)):
        fitted = model.fit(log.select(~later))
        np.testing.assert_array_equal(finds(fitted, asked, 3), finds(fitted, mixed, 3))
