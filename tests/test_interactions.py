"""Interactions: what is read is what was written, whatever its order; the rest is refused."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recsys_lib import Interactions, interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE

LOG = pd.DataFrame(
    {
        "user_id": ["eve", "ada", "ada", "bob"],
        "item_id": [30, 10, 20, 10],
        "value": [5.0, 3.0, 0.0, 4.0],
        "time": [40, 30, 10, 20],
    }
)


def read(frame: pd.DataFrame = LOG, **more) -> Interactions:
    return Interactions.from_frame(frame, **({"value": "value", "time": "time"} | more))


def test_a_small_log_by_hand():
    log = read()
    assert log.users.tolist() == ["ada", "bob", "eve"] and log.items.tolist() == [10, 20, 30]
    assert log.matrix.toarray().tolist() == [[3, 0, 0], [4, 0, 0], [0, 0, 5]]
    assert log.matrix.nnz == len(log) == log.n_events == 4, "a value of 0 is an event"
    assert log.times.tolist() == [30, 10, 20, 40]
    assert log.event_rows.tolist() == [0, 0, 1, 2]
    assert log.user_counts.tolist() == [2, 1, 1] and log.item_counts.tolist() == [2, 1, 1]
    assert log.density == 4 / 9
    assert log.binary().toarray().tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_listed_labels_get_an_empty_row_or_column():
    log = read(users=["zoe", "eve", "bob", "ada"], items=[40, 30, 20, 10])
    assert (log.n_users, log.n_items) == (4, 4)
    assert log.user_counts.tolist() == [2, 1, 1, 0] and log.item_counts.tolist() == [2, 1, 1, 0]
    assert log.active_users == 3, "a row is a place, a viewer has watched something"
    assert log.item_share.tolist() == [2 / 3, 1 / 3, 1 / 3, 0]


events = st.dictionaries(
    st.tuples(st.integers(0, 5), st.sampled_from("abcd")),
    st.tuples(st.integers(-9, 9), st.integers(0, 10**9)),
    max_size=15,
)


def to_frame(drawn: dict) -> pd.DataFrame:
    rows = [(user, item, value, time) for (user, item), (value, time) in drawn.items()]
    frame = pd.DataFrame(rows, columns=[USER, ITEM, VALUE, TIME])
    return frame.astype({USER: np.int64, ITEM: object, VALUE: float, TIME: np.int64})


@given(events)
def test_there_and_back(drawn):
    back = Interactions.from_frame(to_frame(drawn), value=VALUE, time=TIME).to_frame()
    seconds = back[TIME].astype("datetime64[s, UTC]").astype("int64")
    pairs = zip(back[USER], back[ITEM], strict=True)
    again = dict(zip(pairs, zip(back[VALUE], seconds, strict=True), strict=True))
    assert again == drawn
    assert list(again) == sorted(again)


@given(events, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(drawn, random):
    rows = list(drawn.items())
    random.shuffle(rows)
    one = Interactions.from_frame(to_frame(drawn), value=VALUE, time=TIME)
    two = Interactions.from_frame(to_frame(dict(rows)), value=VALUE, time=TIME)
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())


@given(events, st.data())
def test_select_keeps_axes_and_times(drawn, data):
    log = Interactions.from_frame(to_frame(drawn), value=VALUE, time=TIME)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(log), max_size=len(log))), bool)
    part = log.select(mask)
    assert part.users is log.users and part.items is log.items
    expected = log.to_frame()[mask].reset_index(drop=True)
    # pandas infers no dtype for the labels of no event.
    pd.testing.assert_frame_equal(part.to_frame(), expected, check_dtype=mask.any())


def test_more_labels_keep_every_event_and_fewer_are_refused():
    log = read()
    wider = log.with_axes(users=["ada", "bob", "cleo", "eve"], items=[5, 10, 20, 30])
    assert wider.matrix.shape == (4, 4)
    pd.testing.assert_frame_equal(wider.to_frame(), log.to_frame())
    with pytest.raises(DataError, match="leave out a user or an item that has events"):
        log.with_axes(items=[10, 20])
    assert log.with_axes().n_items == 3


REPEATED = pd.DataFrame(
    {
        "user_id": [1, 2, 1, 1],
        "item_id": [9, 9, 9, 9],
        "value": [1, 5, 2, 4],
        "time": [30, 5, 10, 20],
    }
)


@pytest.mark.parametrize(
    ("how", "value", "time"), [("first", 2, 10), ("last", 1, 30), ("sum", 7, 10)]
)
def test_repeated_pairs_are_settled_by_time(how, value, time):
    log = read(REPEATED, duplicates=how)
    assert (log.matrix.data[0], log.times[0]) == (value, time)
    assert (log.matrix.data[1], log.times[1]) == (5, 5)


def test_without_times_repeated_pairs_are_settled_by_row():
    for how, value in (("first", 1), ("last", 4), ("sum", 7)):
        assert read(REPEATED, time=None, duplicates=how).matrix.data[0] == value


def test_repeated_pairs_are_an_error_unless_settled():
    message = r"2 \(user, item\) pairs are repeated, the first is \(1, 9\) \(rows 0, 3, counted"
    with pytest.raises(DataError, match=message):
        read(REPEATED)
    with pytest.raises(ArgumentError, match="duplicates='mean' is not known"):
        read(REPEATED, duplicates="mean")


def test_datetimes_with_and_without_a_zone_and_seconds_agree():
    moment = pd.Series(pd.to_datetime(["2025-01-06 12:00"] * 4))
    zoned = moment.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    seconds = moment.astype("datetime64[s]").astype("int64")
    texts = ["2025-01-06 12:00", "2025-01-06T12:00:00", "2025-01-06T12:00Z",
             "2025-01-06T21:00:00+09:00"]  # fmt: skip
    for column in (
        moment,
        zoned,
        seconds,
        seconds.astype(float),
        texts,
        pd.Series(texts, dtype=object),
    ):
        assert set(read(LOG.assign(time=column)).times.tolist()) == {1_736_164_800}


@pytest.mark.parametrize("labels", [["7", "9"], [7, 9]])
def test_positions_of_known_and_unknown_labels(labels):
    frame = pd.DataFrame({"user_id": labels, "item_id": labels})
    for log in (
        Interactions.from_frame(frame),
        Interactions.from_frame(frame, users=labels, items=labels),
    ):
        other = [7] if isinstance(labels[0], str) else ["7"]
        assert log.user_positions([labels[1], labels[0]]).tolist() == [1, 0]
        assert log.item_positions(labels[1]).tolist() == [1]
        for unknown in (other, [7.5], [None], [type(labels[0])(8)]):
            assert log.user_positions(unknown).tolist() == [-1]
        assert log.user_positions([]).tolist() == []


@pytest.mark.parametrize("dtype", ["int8", "uint16", "Int64", "category", "object"])
def test_integer_labels_of_any_dtype_are_integers(dtype):
    log = Interactions.from_frame(
        pd.DataFrame({"user_id": [3, 1], "item_id": [1, 3]}).astype(dtype)
    )
    assert log.users.dtype.kind in "iu" and log.users.tolist() == [1, 3]
    assert log.user_positions([3]).tolist() == [1]


def test_nothing_that_it_holds_can_be_written_to():
    log = read()
    for array in (log.users, log.items, log.times, log.matrix.data, log.matrix.indices):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    with pytest.raises(AttributeError, match="cannot assign"):
        log.users = log.items


def fill(matrix) -> None:
    matrix[0, 2] = 1.0  # no event yet, so scipy makes new arrays


def overwrite(matrix) -> None:
    matrix[0, 0] = 1.0


def swap(matrix) -> None:
    matrix.data = matrix.data * 2


def turn(matrix) -> None:
    matrix.indices = matrix.indices[::-1].copy()


def double(matrix) -> None:
    matrix *= 2


def halve(matrix) -> None:
    matrix /= 2


def forget(matrix) -> None:
    del matrix.data


@pytest.mark.parametrize(
    "change",
    [fill, overwrite, swap, turn, double, halve, forget, lambda m: m.resize(2, 2),
     lambda m: m.setdiag(1), lambda m: m.eliminate_zeros(), lambda m: m.prune()],
)  # fmt: skip
def test_the_matrix_refuses_every_change_and_a_copy_of_it_none(change):
    log, kept = read(), pickle.dumps(read())
    with pytest.raises(DataError, match="an Interactions cannot be changed"):
        change(log.matrix)
    assert pickle.dumps(log) == kept
    for made in (log.matrix.copy(), copy.deepcopy(log.matrix), log.matrix.astype(np.float64)):
        assert type(made) is sparse.csr_array
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sparse.SparseEfficiencyWarning)
            change(made)
    assert pickle.dumps(log) == kept


def test_what_is_computed_from_the_matrix_is_an_ordinary_one():
    matrix = read().matrix
    for made in (matrix * 2, matrix[:2], matrix @ matrix.T, matrix.multiply(matrix), abs(matrix)):
        assert type(made) is sparse.csr_array
    assert type(matrix.T) is sparse.csc_array
    matrix.sum_duplicates()
    matrix.sort_indices()  # both find nothing to do
    assert matrix.toarray().tolist() == read().matrix.toarray().tolist()


def test_a_matrix_that_is_handed_over_can_be_refilled_without_harm():
    given = read().matrix.copy()
    log = Interactions(np.array([1, 2, 3]), np.array([1, 2, 3]), given)
    given.data = given.data + 1
    assert log.matrix.data.tolist() == read().matrix.data.tolist()


def test_reading_leaves_the_frame_as_it_was():
    before = LOG.copy()
    read()
    pd.testing.assert_frame_equal(LOG, before)


def test_an_empty_log():
    log = read(LOG.iloc[:0])
    assert (log.n_users, log.n_items, log.n_events, log.density) == (0, 0, 0, 0)
    assert len(log.to_frame()) == 0
    assert "0 users x 0 items, 0 events" in repr(log)


def test_repr():
    size = "3 users x 3 items, 4 events, density 0.4444"
    assert repr(read()) == f"Interactions({size}, 1970-01-01 to 1970-01-01)"
    assert repr(read(time=None)) == f"Interactions({size}, no times)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"user_id": [1, 2, None, 4]}, r"'user_id' has 1 empty cells \(row 2, counted from 0\)"),
        ({"item_id": [1.0, 2.0, 3.0, 4.0]}, "must hold integers or strings, not float"),
        ({"item_id": [1, "a", 2, 3]}, "must hold integers or strings, not int, str"),
        ({"item_id": [True, False, True, True]}, "integers or strings, not bool"),
        ({"value": [1, 2, np.nan, np.inf]}, r"'value' has 2 values.*\(rows 2, 3, counted from 0\)"),
        ({"value": [1, 2, 3, 1e39]}, r"not finite numbers \(row 3"),
        ({"value": ["good", "bad", "", "3"]}, "'value' must hold numbers"),
        ({"value": pd.to_datetime(["2025-01-06"] * 4)}, "'value' must hold numbers"),
        ({"value": [1j, 2, 3, 4]}, "'value' must hold numbers"),
        ({"time": pd.to_datetime(["2025-01-06", None] * 2)}, r"'time' has 2 empty cells \(rows 1"),
        ({"time": [1.7e12, 1, 2, 3]}, r"outside the years.*row 0.*seconds.*not milliseconds"),
        ({"time": ["yesterday"] * 4}, r"'yesterday', which is no ISO 8601 time \(rows 0"),
    ],
)
def test_columns_that_cannot_be_right_are_refused(change, message):
    with pytest.raises(DataError, match=message):
        read(LOG.assign(**change))


def test_the_wrong_frame_or_column_is_refused():
    with pytest.raises(DataError, match=r"column 'stars' is missing \(columns: user_id, item_id"):
        read(value="stars")
    with pytest.raises(DataError, match="column 'user_id' is there twice"):
        read(pd.concat([LOG, LOG], axis=1))
    with pytest.raises(DataError, match="must be a pandas DataFrame, not dict"):
        read({"user_id": [1]})


def test_a_label_outside_those_given_is_refused():
    with pytest.raises(DataError, match=r"holds 30, which is not in the given labels \(row 0"):
        read(items=[10, 20])
    with pytest.raises(DataError, match=r"the labels given for 'user_id'.*not int, str"):
        read(users=["ada", "bob", "eve", 3])


def test_a_sum_that_overflows_is_refused():
    with pytest.raises(DataError, match="not finite numbers"):
        read(REPEATED.assign(value=3e38), duplicates="sum")


def thawed(log: Interactions) -> list[str]:
    """The arrays of a log that can be written to."""
    arrays = {
        "users": log.users,
        "items": log.items,
        "times": log.times,
        "data": log.matrix.data,
        "indices": log.matrix.indices,
        "indptr": log.matrix.indptr,
        "user_counts": log.user_counts,
        "item_counts": log.item_counts,
    }
    return [name for name, array in arrays.items() if array.flags.writeable]


@pytest.mark.parametrize(
    "again",
    [
        lambda log: log,
        lambda log: pickle.loads(pickle.dumps(log)),
        copy.copy,
        copy.deepcopy,
        lambda log: log.select(np.ones(len(log), bool)),
        lambda log: log.with_axes(),
        lambda log: dataclasses.replace(log),
    ],
)
def test_a_copy_is_as_immutable_as_what_it_was_made_of(again):
    log = read()
    log.user_positions(["ada"])  # a look-up leaves something behind
    made = again(log)
    assert thawed(made) == []
    pd.testing.assert_frame_equal(made.to_frame(), log.to_frame())
    assert made.user_positions(["eve", "zoe"]).tolist() == [2, -1]


def test_a_pickle_holds_the_log_and_nothing_that_was_worked_out_from_it():
    log = read()
    fresh = len(pickle.dumps(log))
    assert log.user_counts.tolist() == [2, 1, 1] and log.item_positions([20]).tolist() == [1]
    assert len(pickle.dumps(log)) == fresh


def test_labels_beyond_64_bits_are_refused_and_never_found():
    too_large = LOG.assign(item_id=pd.Series([2**70, 10, 20, 10], dtype=object))
    with pytest.raises(DataError, match=r"integers of at most 64 bits, not 11805916207\d+"):
        read(too_large)
    assert read().item_positions([2**70, 10]).tolist() == [-1, 0]


def test_a_log_of_more_events_than_32_bits_count_gets_wider_places(monkeypatch):
    assert read().matrix.indptr.dtype == np.int32
    monkeypatch.setattr("recsys_lib.interactions.MOST_IN_32_BITS", 3)
    log = read()
    assert log.matrix.indptr.dtype == log.matrix.indices.dtype == np.int64
    pd.testing.assert_frame_equal(log.to_frame(), read().to_frame())


@pytest.mark.parametrize("unit", ["float", "ns", "us", "ms", "zoned"])
def test_times_below_a_second_still_say_which_event_came_last(unit):
    seconds = pd.Series([10.9, 10.1, 10.5])
    times = pd.to_datetime(seconds, unit="s")
    column = {
        "float": seconds,
        "zoned": times.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"),
    }.get(unit, times if unit not in ("us", "ms") else times.astype(f"datetime64[{unit}]"))
    frame = pd.DataFrame({"user_id": 1, "item_id": 9, "value": [1, 2, 3], "time": column})
    for how, value in (("first", 2), ("last", 1)):
        log = read(frame, duplicates=how)
        assert (log.matrix.data.tolist(), log.times.tolist()) == ([value], [10])


@pytest.mark.parametrize("kind", [int, str])
def test_labels_are_sorted_and_coded_as_numpy_would(kind):
    rng = np.random.default_rng(0)
    labels = [kind(number) for number in rng.integers(-50, 50, 400)]
    log = Interactions.from_frame(
        pd.DataFrame({"user_id": labels, "item_id": labels}), duplicates="first"
    )
    expected = np.unique(np.array(labels, dtype=object if kind is str else int))
    assert log.users.tolist() == expected.tolist()
    assert (log.users[log.event_rows] == log.items[log.matrix.indices]).all()


def test_the_index_of_the_labels_is_built_once(monkeypatch):
    log, built = read(), []
    monkeypatch.setattr(interactions, "index_of", lambda labels: built.append(labels) or
                        pd.Index(labels))  # fmt: skip
    for _ in range(3):
        assert log.user_positions(["eve"]).tolist() == [2]
        assert log.item_positions([30]).tolist() == [2]
    assert [labels.tolist() for labels in built] == [["ada", "bob", "eve"], [10, 20, 30]]
