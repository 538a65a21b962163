"""What crosses the border is plain: it comes back equal, of exactly these types, or not at all."""

import contextlib
import json
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from assignments.tools.plain import DEPTH, PlainError, decode, encode
from assignments.tools.worker import call_back

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(SCALARS, inner, max_size=4)
        | st.sets(st.integers() | st.text(), max_size=4)
    ),
    max_leaves=12,
)


def crossed(value):
    return decode(json.loads(json.dumps(encode(value))))


def same(a, b) -> bool:
    """Equal and of the same types all the way down."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(
            same(p, q) for p, q in zip(a.items(), b.items(), strict=True)
        )
    return a == b


@given(VALUES)
def test_plain_values_come_back_as_they_were(value):
    assert same(crossed(value), value)


@pytest.mark.parametrize("kind", ["?", "i1", "i8", "u4", "f4", "f8", "M8[D]", "m8[s]", "U3", "O"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_arrays_keep_shape_and_values(kind, shape):
    array = np.arange(6)[: int(np.prod(shape))].reshape(shape).astype(kind)
    back = crossed(array)
    assert type(back) is np.ndarray
    assert back.shape == shape
    assert (back == array).all()
    assert not back.size or back.flags.owndata or back.base is not array


def test_tables_keep_columns_index_and_values():
    frame = pd.DataFrame(
        {"n": [1, 2], "x": [0.5, np.nan], "t": pd.to_datetime(["2025-01-01", "2026-01-01"]),
         "s": ["a", None], "b": [True, False]}, index=[7, 3],
    )  # fmt: skip
    back = crossed(frame)
    assert type(back) is pd.DataFrame
    assert list(back.columns) == list(frame.columns)
    assert back.index.tolist() == [7, 3]
    assert back["t"].tolist() == frame["t"].tolist()
    assert back[["n", "b"]].equals(frame[["n", "b"]])
    assert crossed(frame["x"]).fillna(9).tolist() == [0.5, 9]
    assert crossed(frame.iloc[:0]).shape == (0, 5)
    assert crossed(pd.DataFrame()).shape == (0, 0)
    assert crossed(pd.Timestamp("2025-03-01", tz="UTC")) == pd.Timestamp("2025-03-01")


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (np.float64(0.5), 0.5),
        (np.int32(3), 3),
        (np.bool_(True), True),
        (range(3), [0, 1, 2]),
        ({"a": 1}.values(), [1]),
        ((n for n in (1, 2)), [1, 2]),
        (pd.Index([1, 2]), [1, 2]),
        (sparse.eye(2), [[1, 0], [0, 1]]),
    ],
)
def test_what_is_as_good_as_a_number_or_a_list_becomes_one(value, want):
    back = crossed(value)
    assert (back.tolist() if isinstance(back, np.ndarray) else back) == want


class Equal(float):
    def __eq__(self, other):
        return True

    __hash__ = None


class Sly(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Table(pd.DataFrame):
    def __eq__(self, other):
        return True


class Array(np.ndarray):
    def __array_function__(self, *_):
        return True


@pytest.mark.parametrize(
    ("value", "kind"),
    [(Equal(2), float), (Sly("x"), str), (Table({"a": [1]}), pd.DataFrame),
     (np.zeros(2).view(Array), np.ndarray)],
)  # fmt: skip
def test_no_subclass_survives(value, kind):
    assert type(crossed(value)) is kind
    assert type(crossed([value])[0]) is kind


@pytest.mark.parametrize(
    "value", [mock.ANY, object(), print, lambda: 1, ValueError("x"), type, ...]
)
def test_what_can_act_is_refused(value):
    with pytest.raises(PlainError, match="cannot be handed over"):
        encode(value)


def nested(depth: int):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_nesting_has_an_end():
    assert crossed(nested(DEPTH)) == nested(DEPTH)
    with pytest.raises(PlainError, match="nested too deep"):
        encode(nested(DEPTH + 1))
    data = 1
    for _ in range(DEPTH + 1):
        data = {"list": [data]}
    with pytest.raises(PlainError, match="nested too deep"):
        decode(data)


ARRAY = {"type": "int64", "shape": [1], "data": "AAAAAAAAAAA="}


@pytest.mark.parametrize(
    "data",
    [
        [1, 2],
        {},
        {"list": 3},
        {"list": [], "tuple": []},
        {"pickle": "gASVIAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOU"},
        {"function": 0},
        {"generator": {}},
        {"dict": [1]},
        {"dict": [{"list": [1, 2]}]},
        {"dict": [{"tuple": [{"list": []}, 2]}]},
        {"set": [{"list": []}]},
        {"array": {}},
        {"array": ARRAY | {"type": "object"}},
        {"array": ARRAY | {"shape": [2]}},
        {"array": ARRAY | {"shape": [-1]}},
        {"array": ARRAY | {"shape": [True]}},
        {"array": ARRAY | {"shape": [1 << 40]}},
        {"array": ARRAY | {"shape": [1] * 9}},
        {"array": ARRAY | {"data": "AAAAAAAAAAA"}},
        {"array": ARRAY | {"data": 7}},
        {"array": {"type": "bool", "shape": [1], "data": "Bw=="}},
        {"objects": {"shape": [3], "values": [1]}},
        {"series": {"values": {"list": [1]}, "index": {"array": ARRAY}, "name": None}},
        {"series": {"values": {"array": ARRAY}, "index": {"array": ARRAY}, "name": {"list": []}}},
        {"frame": {"columns": ["a"], "data": [], "index": {"array": ARRAY}}},
        {
            "frame": {
                "columns": [{"list": []}],
                "data": [{"array": ARRAY}],
                "index": {"array": ARRAY},
            }
        },
        {"array": ARRAY | {"data": "AAAAAAAAAAAAAAAAAAAAAA=="}},
        {"time": "2025"},
        {"time": 1 << 70},
        {"span": None},
    ],
)
def test_anything_else_is_refused(data):
    with pytest.raises(PlainError):
        decode(data)


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["list", "dict", "set", "array", "frame", "series", "objects", "time", "type",
                     "shape", "data", "values", "index", "columns", "name"]), inner)))  # fmt: skip
def test_no_data_breaks_the_reader(data):
    with contextlib.suppress(PlainError):
        decode(data)


@pytest.mark.parametrize(
    "reply",
    [{"callback": 5}, {"callback": -9, "args": {"list": []}}, {"callback": "x"},
     {"callback": 0, "args": {"list": []}, "named": {"pickle": ""}}, {"callback": None}],
)  # fmt: skip
def test_a_forged_call_back_is_an_error_for_whoever_forged_it(reply):
    assert "error" in call_back([len], reply)


def test_a_call_back_gets_and_gives_plain_data():
    reply = {"callback": 0, "args": encode([[1, 2, 3]]), "named": encode({})}
    assert call_back([len], reply) == {"value": 3}


def test_a_table_of_any_number_of_columns_is_refused_at_once():
    column = encode(np.zeros(1))
    frame = {"frame": {"columns": [""] * 400_000, "data": [column] * 400_000, "index": column}}
    with pytest.raises(PlainError, match="more than 20,000 columns"):
        decode(frame)
    assert crossed(pd.DataFrame(np.zeros((1, 2000)))).shape == (1, 2000)
