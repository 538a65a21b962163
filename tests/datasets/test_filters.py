"""Filters: the k-core against a naive loop, half-open periods, and nothing left is an error."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_lib.datasets.filters import between, k_core, only, values_from, without_look_alikes
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import Interactions

LOG = pd.DataFrame({
    "user_id": [1, 1, 1, 2, 2, 3], "item_id": [10, 20, 30, 10, 20, 30], "value": [5, 4, 1, 3, 2, 5],
    "time": pd.to_datetime([f"2024-01-0{day}" for day in range(1, 7)]),
})  # fmt: skip
DATA = Interactions.from_frame(LOG, value="value", time="time")


def naive_core(pairs, user_min, item_min):
    pairs = set(pairs)
    while True:
        users, items = [u for u, _ in pairs], [i for _, i in pairs]
        kept = {(u, i) for u, i in pairs if users.count(u) >= user_min
                and items.count(i) >= item_min}  # fmt: skip
        if kept == pairs:
            return pairs
        pairs = kept


@given(
    pairs=st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1),
    user_min=st.integers(1, 4),
    item_min=st.integers(1, 4),
)
def test_the_core_is_what_a_naive_loop_leaves(pairs, user_min, item_min):
    data = Interactions.from_frame(pd.DataFrame(sorted(pairs), columns=["user_id", "item_id"]))
    right = naive_core(pairs, user_min, item_min)
    if not right:
        with pytest.raises(DataError, match="leave no event"):
            k_core(data, user_min, item_min)
        return
    core = k_core(data, user_min, item_min).to_frame()
    assert set(zip(core["user_id"], core["item_id"], strict=True)) == right


def test_what_is_left_keeps_its_values_and_times_and_lists_nobody_else():
    core = k_core(DATA, 2, 2)
    assert core.users.tolist() == [1, 2]
    assert core.items.tolist() == [10, 20]
    right = LOG.iloc[[0, 1, 3, 4]].reset_index(drop=True)
    right["time"] = right["time"].dt.tz_localize("UTC")
    left = core.to_frame()
    assert left["value"].tolist() == right["value"].tolist()
    assert (left["time"] == right["time"]).all()


def test_a_period_holds_its_start_and_not_its_end():
    part = between(DATA, "2024-01-02", "2024-01-04")
    assert sorted(part.matrix.data) == [1, 4]
    assert between(DATA, end="2024-01-02").n_events == 1
    with pytest.raises(ArgumentError, match="'soon' is not a moment"):
        between(DATA, "soon")
    with pytest.raises(DataError, match="has times"):
        between(Interactions.from_frame(LOG), "2024-01-02")


def test_values_from_a_value_on_and_nothing_left():
    assert sorted(values_from(DATA, 4).matrix.data) == [4, 5, 5]
    with pytest.raises(DataError, match="leave no event"):
        values_from(DATA, 6)
    with pytest.raises(DataError, match="leave no event"):
        only(DATA, DATA.matrix.data > 9)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1, unique=True),
    st.sampled_from([0.0, 0.4, 0.5, 1.0]), st.integers(1, 4),
)  # fmt: skip
def test_users_with_near_copies_go_as_by_comparing_every_two(pairs, limit, least):
    data = Interactions.from_frame(pd.DataFrame(pairs, columns=["user_id", "item_id"]))
    items = {user: {i for u, i in pairs if u == user} for user, _ in pairs}

    def copies(user):
        return sum(len(items[user] & other) / len(items[user] | other) > limit
                   for name, other in items.items() if name != user)  # fmt: skip

    kept = without_look_alikes(data, limit, least).to_frame()
    found = set(zip(kept["user_id"], kept["item_id"], strict=True))
    assert found == {(u, i) for u, i in pairs if copies(u) < least}


@pytest.mark.parametrize("wrong", [{"limit": 1.5}, {"least": 0}])
def test_a_limit_of_look_alikes_out_of_range_is_refused(wrong):
    with pytest.raises(ArgumentError):
        without_look_alikes(DATA, **wrong)
