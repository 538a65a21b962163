"""Splits: nothing lost, nothing twice, and each keeps the promise that its name makes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_lib import Interactions, splits
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, TIME, USER
from recsys_lib.leakage import Split


@pytest.fixture
def log(make_log) -> Interactions:
    return make_log(1)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


ALL = {
    "by time": lambda log: splits.split_by_time(log, 0.3),
    "last 1 out": lambda log: splits.leave_last_out(log),
    "random": lambda log: splits.split_random(log, 0.3, rng=rng()),
    "fold 0": lambda log: next(splits.k_fold(log, 4, rng=rng())),
    "cold users, 2 known": lambda log: splits.cold_users(log, 0.3, known=2, rng=rng()),
    "cold items": lambda log: splits.cold_items(log, 0.3, rng=rng()),
}


@pytest.mark.parametrize("name", ALL)
def test_train_and_test_together_are_the_data(log, name):
    split = ALL[name](log)
    parts = [split.train.to_frame(), split.test.to_frame()]
    joined = pd.concat(parts).sort_values([USER, ITEM], ignore_index=True)
    pd.testing.assert_frame_equal(joined, log.to_frame())
    assert min(map(len, parts)) > 0
    assert split.name == name
    assert split.train.users is split.test.users is log.users
    split.check()


@pytest.mark.parametrize("name", ["random", "fold 0", "cold users, 2 known", "cold items"])
def test_the_generator_alone_decides(log, name):
    pd.testing.assert_frame_equal(ALL[name](log).test.to_frame(), ALL[name](log).test.to_frame())
    generator = rng(0)
    draw = {
        "random": lambda: splits.split_random(log, rng=generator),
        "fold 0": lambda: next(splits.k_fold(log, rng=generator)),
        "cold users, 2 known": lambda: splits.cold_users(log, rng=generator),
        "cold items": lambda: splits.cold_items(log, rng=generator),
    }[name]
    first, second = draw().test.to_frame(), draw().test.to_frame()
    assert not first.equals(second), "successive draws from one generator must differ"


@given(st.lists(st.integers(0, 20), min_size=2, max_size=40), st.floats(0.05, 0.95))
def test_by_time_every_train_event_lies_before_every_test_event(times, fraction):
    frame = pd.DataFrame({USER: range(len(times)), ITEM: 0, TIME: times})
    data = Interactions.from_frame(frame, time=TIME)
    if len(set(times)) == 1:
        with pytest.raises(ArgumentError, match="leaves no event on one side"):
            splits.split_by_time(data, fraction)
        return
    split = splits.split_by_time(data, fraction)
    assert split.train.times.max() < split.test.times.min()
    # No other moment of the log meets the share better.
    wanted = round(len(times) * (1 - fraction))
    possible = [sum(time < cut for time in times) for cut in set(times) - {min(times)}]
    assert abs(len(split.train) - wanted) == min(abs(size - wanted) for size in possible)


def test_by_time_the_cut_is_the_nearest_that_ties_allow():
    frame = pd.DataFrame({USER: range(11), ITEM: 0, TIME: [0, *[1] * 9, 2]})
    data = Interactions.from_frame(frame, time=TIME)
    sizes = {
        share: len(splits.split_by_time(data, share).test) for share in (0.01, 0.2, 0.5, 0.6, 0.9)
    }
    assert sizes == {0.01: 1, 0.2: 1, 0.5: 1, 0.6: 10, 0.9: 10}


def test_by_time_at_a_moment(log):
    moment = pd.Timestamp(60 * 100, unit="s")
    for cut in (moment, moment.tz_localize("UTC"), "1970-01-01 01:40", "1970-01-01T02:40+01:00",
                moment.to_numpy(), moment.to_pydatetime()):  # fmt: skip
        split = splits.split_by_time(log, cut=cut)
        assert (len(split.train), len(split.test)) == (100, 140)
    assert split.test.times.min() == 60 * 100, "an event at the cut is a test event"


@pytest.mark.parametrize("cut", ["tomorrow", 5, object(), pd.NaT, ""])
def test_by_time_at_what_is_no_moment(log, cut):
    with pytest.raises(ArgumentError, match="is not a moment"):
        splits.split_by_time(log, cut=cut)


def test_by_time_outside_the_log_says_when_the_log_is(log):
    for cut in ("1960-01-01", "2030-01-01"):
        with pytest.raises(
            ArgumentError, match="events run from 1970-01-01 00:00:00 to 1970-01-01"
        ):
            splits.split_by_time(log, cut=cut)


def test_last_out_by_hand():
    frame = pd.DataFrame(
        {USER: list("aaabbc"), ITEM: [1, 2, 3, 1, 2, 1], TIME: [30, 10, 20, 5, 6, 1]}
    )
    data = Interactions.from_frame(frame, time=TIME)
    one = splits.leave_last_out(data).test.to_frame()
    assert list(zip(one[USER], one[ITEM], strict=True)) == [("a", 1), ("b", 2)]
    two = splits.leave_last_out(data, n=2).test.to_frame()
    assert list(zip(two[USER], two[ITEM], strict=True)) == [("a", 1), ("a", 3)]


def test_last_out_keeps_events_at_the_same_second_together():
    frame = pd.DataFrame({USER: list("aaabb"), ITEM: [1, 2, 3, 1, 2], TIME: [1, 9, 9, 4, 4]})
    split = splits.leave_last_out(Interactions.from_frame(frame, time=TIME))
    split.check()
    assert split.train.user_counts.tolist() == [1, 0]


def test_random_takes_the_share_of_every_user(log):
    split = splits.split_random(log, 0.3, rng=rng())
    np.testing.assert_array_equal(split.test.user_counts, np.round(0.3 * log.user_counts))


def test_random_takes_each_event_equally_often(log):
    taken = np.zeros(log.n_events)
    for seed in range(200):
        test = splits.split_random(log, 0.5, rng=rng(seed)).test
        taken += test.binary().toarray()[log.event_rows, log.matrix.indices] > 0
    expected = 200 * (np.round(0.5 * log.user_counts) / log.user_counts)[log.event_rows]
    assert np.abs(taken - expected).max() < 4.5 * np.sqrt(50)


def test_folds_are_disjoint_together_everything_and_of_equal_size(log):
    folds = list(splits.k_fold(log, 7, rng=rng()))
    assert [fold.name for fold in folds] == [f"fold {number}" for number in range(7)]
    total = sum(fold.test.binary().toarray() for fold in folds)
    np.testing.assert_array_equal(total, log.binary().toarray())
    sizes = [len(fold.test) for fold in folds]
    assert max(sizes) - min(sizes) <= 1


def test_cold_users_keep_their_oldest_events_and_no_more(log):
    split = splits.cold_users(log, 0.3, known=2, rng=rng())
    cold = split.test.user_counts > 0
    assert cold.sum() == 9, "3 in 10 of 30 users, all of whom have more than two events"
    assert (split.train.user_counts[cold] == 2).all()
    for row in np.flatnonzero(cold):
        kept = split.train.times[split.train.event_rows == row]
        assert kept.max() < split.test.times[split.test.event_rows == row].min()
    assert (splits.cold_users(log, 0.3, rng=rng()).train.user_counts[cold] == 0).all()


def test_cold_users_without_times_keep_random_events(log):
    timeless = Interactions(log.users, log.items, log.matrix)
    split = splits.cold_users(timeless, 0.3, known=2, rng=rng())
    assert (split.train.user_counts[split.test.user_counts > 0] == 2).all()


def test_cold_items_have_no_train_event(log):
    split = splits.cold_items(log, 0.25, rng=rng())
    cold = split.test.item_counts > 0
    assert cold.sum() == 5 and (split.train.item_counts[cold] == 0).all()


@pytest.mark.parametrize("fraction", [0, 1, -0.2, 1.5, float("nan")])
def test_a_share_outside_0_to_1_is_refused(log, fraction):
    for split in (
        lambda: splits.split_by_time(log, fraction),
        lambda: splits.split_random(log, fraction, rng=rng()),
        lambda: splits.cold_users(log, fraction, rng=rng()),
        lambda: splits.cold_items(log, fraction, rng=rng()),
    ):
        with pytest.raises(ArgumentError, match="must lie between 0 and 1"):
            split()


def test_counts_that_cannot_be_are_refused(log):
    with pytest.raises(ArgumentError, match="n must be an integer of at least 1"):
        splits.leave_last_out(log, 0)
    with pytest.raises(ArgumentError, match="n_splits must be an integer of at least 2"):
        splits.k_fold(log, 1, rng=rng())
    with pytest.raises(ArgumentError, match="241 folds need as many events, not 240"):
        splits.k_fold(log, 241, rng=rng())
    with pytest.raises(ArgumentError, match="known must be an integer of at least 0"):
        splits.cold_users(log, known=-1, rng=rng())


def test_without_times_or_events_there_is_no_split_by_time(log):
    timeless = Interactions(log.users, log.items, log.matrix)
    empty = log.select(np.zeros(log.n_events, bool))
    for split in (splits.split_by_time, splits.leave_last_out):
        with pytest.raises(DataError, match="needs times and the data has none"):
            split(timeless)
        with pytest.raises(DataError, match="needs at least one event"):
            split(empty)


def test_a_split_of_one_user_may_be_refused_but_not_a_split_of_two_moments():
    frame = pd.DataFrame({USER: [1, 1], ITEM: [1, 2], TIME: [0, 60]})
    split = splits.split_by_time(Interactions.from_frame(frame, time=TIME), 0.01)
    assert isinstance(split, Split) and len(split.test) == 1


def test_a_share_of_titles_or_viewers_is_one_of_those_with_events(log):
    """Rows and columns without an event are places, not people or titles, and cannot be tested."""
    idle = log.with_axes(users=np.arange(7, 7 + 300), items=np.arange(3, 3 + 200))
    n_items, n_users = (log.item_counts > 0).sum(), (log.user_counts > 2).sum()
    for data in (log, idle):
        split = splits.cold_items(data, 0.25, rng=rng())
        assert (split.test.item_counts > 0).sum() == round(0.25 * n_items)
        split = splits.cold_users(data, 0.3, known=2, rng=rng())
        assert (split.test.user_counts > 0).sum() == round(0.3 * n_users)
