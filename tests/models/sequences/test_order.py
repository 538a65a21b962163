"""Places, ages and windows beside loops that read like their sentences."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError, UnsupportedError
from recsys_lib.interactions import ITEM, TIME, USER
from recsys_lib.models import EASE, Markov, Popular, RecentEASE, RecentItemKNN, Weighted
from recsys_lib.models.sequences.order import ages, in_places, steps, windows


def in_order(log: Interactions, user) -> list[int]:
    """A viewer's columns, oldest first; of the same second the lower column first."""
    row = log.user_positions([user])[0]
    part = slice(log.matrix.indptr[row], log.matrix.indptr[row + 1])
    own = zip(log.times[part].tolist(), log.matrix.indices[part].tolist(), strict=True)
    return [column for _, column in sorted(own)]


def test_a_place_is_how_many_came_before_and_one(make_log):
    log = make_log(1)
    placed = in_places(log).matrix.toarray()
    for row, user in enumerate(log.users):
        history = in_order(log, user)
        assert [placed[row, column] for column in history] == list(range(1, len(history) + 1))
        assert np.count_nonzero(placed[row]) == len(history)


def test_titles_of_the_same_second_follow_one_another_by_item():
    frame = pd.DataFrame({USER: [1, 1, 1], ITEM: [30, 10, 20], TIME: [5, 5, 2]})
    log = Interactions.from_frame(frame, time=TIME)
    assert in_places(log).matrix.toarray().tolist() == [[2, 1, 3]]


def test_an_age_is_how_many_newer_ones_there_are_though_places_have_gaps(make_log):
    log = make_log(2)
    known = log.matrix.indices % 3 > 0  # as where titles are unknown to a model
    places = in_places(log).select(known).matrix
    age = ages(places)
    for row in range(log.n_users):
        part = slice(places.indptr[row], places.indptr[row + 1])
        own = places.data[part]
        assert age[part].tolist() == [sum(other > place for other in own) for place in own]


def test_a_window_holds_the_newest_and_is_padded_on_the_left(make_log):
    log = make_log(3)
    found = windows(in_places(log).matrix, 4, empty=99)
    for row, user in enumerate(log.users):
        expected = in_order(log, user)[-4:]
        assert found[row].tolist() == [99] * (4 - len(expected)) + expected


def test_a_step_is_two_titles_in_a_row(make_log):
    log = make_log(4)
    expected = []
    for user in log.users:
        history = in_order(log, user)
        expected += pairwise(history)
    before, after = steps(log)
    assert sorted(zip(before.tolist(), after.tolist(), strict=True)) == sorted(expected)


@pytest.mark.parametrize("model", [Markov(), RecentEASE(), RecentItemKNN()])
def test_without_times_there_is_no_order_and_the_error_says_so(model, make_log):
    log = make_log()
    timeless = Interactions(log.users, log.items, log.matrix)
    with pytest.raises(DataError, match=r"train has no times.*Pass time="):
        model.fit(timeless)
    model.fit(log)
    with pytest.raises(DataError, match="histories has no times"):
        model.score_histories(timeless)


@pytest.mark.parametrize("model", [Markov(5), RecentEASE(20, 1), RecentItemKNN(half_life=1)])
def test_the_order_of_a_list_is_the_order_in_which_it_was_watched(model, make_log):
    model.fit(make_log(5))
    one, other, third = model.items_[[2, 5, 7]]
    first = model.recommend_for([one, other, third], 5)
    assert not first.equals(model.recommend_for([third, other, one], 5))
    times = Interactions.from_frame(
        pd.DataFrame({USER: "x", ITEM: [one, other, third], TIME: [10, 20, 30]}), time=TIME
    )
    scores = pd.Series(model.score_histories(times)[0], model.items_)
    np.testing.assert_allclose(first["score"], scores[first[ITEM]], atol=1e-6)
    with pytest.raises(ArgumentError, match="values must be one number for each"):
        model.recommend_for([one, other], values=[1.0])


def test_a_hybrid_with_a_parent_that_reads_the_order_serves_its_own_viewers_only(make_log):
    log = make_log(6)
    both = Weighted({"last": Markov(5), "crowd": Popular()}).fit(log)
    ours = both.recommend(k=3)
    alone = Weighted({"crowd": EASE(), "rest": Popular()}).fit(log).recommend(k=3)
    assert len(ours) == len(alone) and not ours.equals(alone)
    for ask in (both.score_histories, lambda log: both.recommend_for([log.items[0]])):
        with pytest.raises(UnsupportedError, match="Markov reads the order"):
            ask(log)
