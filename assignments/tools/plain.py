"""Values as plain data: the only form in which they cross between a student's code and a check.

JSON of a closed kind. None, booleans, numbers and strings stand for themselves; everything else is
an object with one key, which names what it is:

    {"list": [...]}  {"tuple": [...]}  {"set": [...]}  {"dict": [[key, value], ...]}
    {"array": {"type": "float64", "shape": [2, 3], "data": base64}}     numbers and moments
    {"objects": {"shape": [3], "values": [...]}}                        any other array
    {"series": {"values": array, "index": array, "name": ...}}
    {"frame": {"columns": [...], "data": [array, ...], "index": array}}
    {"time": nanoseconds}  {"span": nanoseconds}
    {"function": 3}  {"generator": {...}}                               to the student's side only

`decode` makes nothing but Python's own types, numpy arrays and pandas tables of exactly these
types: no class, no method and no comparison of the sender's survives. This file is read on both
sides and imports nothing of the project's.
"""

import base64
import math

import numpy as np
import pandas as pd

DEPTH = 20
COLUMNS = 20_000  # a table of every title of a large catalogue has half as many
SCALARS = (bool, int, float, str)
NUMBERS = {"bool": "?", "int64": "<i8", "uint64": "<u8", "float64": "<f8"}
MOMENTS = {"datetime64[ns]": "<M8[ns]", "timedelta64[ns]": "<m8[ns]"}
TYPES = NUMBERS | MOMENTS
NO_TIME = np.iinfo(np.int64).min  # how numpy writes "not a time"


class PlainError(ValueError):
    """A value that is not plain data: what it was."""


def encode(value, depth=0, functions=None):
    """The value as JSON can hold it.

    Args:
        value: anything; what only looks like a number, list or table is turned into one.
        functions: a list that functions are put into, to be called back by their place in it;
            without it a function is refused.

    Raises:
        PlainError: something that is no plain data, or nested too deep.
    """
    if depth > DEPTH:
        raise PlainError("lists nested too deep")
    if value is None or type(value) in SCALARS:
        return value
    for kinds, name, parts in CONTAINERS:
        if isinstance(value, kinds):
            return {name: [encode(part, depth + 1, functions) for part in parts(value)]}
    if isinstance(value, np.random.Generator):
        return {"generator": value.bit_generator.state}
    if callable(value) and functions is not None:
        functions.append(value)
        return {"function": len(functions) - 1}
    return encode_data(value, depth)


CONTAINERS = (
    (list, "list", list),
    (tuple, "tuple", tuple),
    ((set, frozenset), "set", list),
    (dict, "dict", dict.items),
    ((range, type({}.keys()), type({}.values()), type({}.items())), "list", list),
)


def encode_data(value, depth):
    if isinstance(value, pd.DataFrame):
        data = [encode_array(value.iloc[:, n], depth) for n in range(value.shape[1])]
        columns = [encode(name, depth + 1) for name in value.columns]
        index = encode_array(value.index, depth)
        return {"frame": {"columns": columns, "data": data, "index": index}}
    if isinstance(value, pd.Series):
        name = encode(value.name, depth + 1)
        values, index = encode_array(value, depth), encode_array(value.index, depth)
        return {"series": {"values": values, "index": index, "name": name}}
    if isinstance(value, pd.Timestamp | np.datetime64):
        return {"time": int(without_zone(pd.Timestamp(value)).as_unit("ns").value)}
    if isinstance(value, pd.Timedelta | np.timedelta64):
        return {"span": int(pd.Timedelta(value).as_unit("ns").value)}
    if value is pd.NA or value is pd.NaT:
        return math.nan
    if isinstance(value, np.generic):
        return encode(value.item(), depth + 1)
    for kind in SCALARS:
        if isinstance(value, kind):
            return kind.__new__(kind, value)
    if hasattr(value, "toarray"):  # a sparse table
        value = value.toarray()
    if hasattr(value, "__array__"):
        return encode_array(np.asarray(value), depth)
    if hasattr(value, "__next__"):
        return {"list": [encode(part, depth + 1) for part in value]}
    if hasattr(value, "__float__"):
        return float(value)
    raise PlainError(f"a {type(value).__name__} cannot be handed over: give plain numbers or lists")


def encode_array(value, depth):
    """An array, or one column of a table."""
    if isinstance(value, pd.Series | pd.Index):
        if isinstance(value.dtype, pd.DatetimeTZDtype):
            value = (
                value.tz_convert(None) if isinstance(value, pd.Index) else value.dt.tz_convert(None)
            )
        value = value.to_numpy()
    array = np.asarray(value)
    for kind, name in (("b", "bool"), ("i", "int64"), ("u", "uint64"), ("f", "float64"),
                       ("M", "datetime64[ns]"), ("m", "timedelta64[ns]")):  # fmt: skip
        if array.dtype.kind == kind:
            data = np.ascontiguousarray(array.astype(name)).astype(TYPES[name])
            text = base64.b64encode(data.tobytes()).decode()
            return {"array": {"type": name, "shape": list(array.shape), "data": text}}
    values = [encode(part, depth + 1) for part in array.ravel().tolist()]
    return {"objects": {"shape": list(array.shape), "values": values}}


def without_zone(moment):
    return moment.tz_convert(None) if moment.tzinfo else moment


def decode(data, depth=0, call=None):
    """The value that `encode` wrote.

    Args:
        data: what a JSON parser returned; it may hold anything.
        call: on the student's side, makes a function of a number; elsewhere functions are refused.

    Raises:
        PlainError: anything but exactly what `encode` writes.
    """
    if depth > DEPTH:
        raise PlainError("nested too deep")
    if data is None or type(data) in SCALARS:
        return data
    if type(data) is not dict or len(data) != 1:
        raise PlainError("not plain data")
    ((kind, inside),) = data.items()
    if kind == "function" and call:
        return call(inside)
    if kind == "generator" and call:
        return generator(inside)
    if kind not in DECODERS:
        raise PlainError(f"unknown kind {kind[:40]!r}")
    try:
        return DECODERS[kind](inside, depth + 1, call)
    except PlainError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as problem:
        raise PlainError(f"not a {kind}: {str(problem)[:100]}") from None


def generator(state):
    made = np.random.default_rng()
    made.bit_generator.state = state
    return made


def _parts(inside, depth, call):
    if type(inside) is not list:
        raise PlainError("not a list")
    return [decode(part, depth, call) for part in inside]


def _dict(inside, depth, call):
    pairs = _parts(inside, depth, call)
    if any(type(pair) is not tuple or len(pair) != 2 for pair in pairs):
        raise PlainError("not pairs of key and value")
    return dict(pairs)


def _array(inside, depth, call):
    name, shape = inside["type"], _shape(inside)
    raw = base64.b64decode(inside["data"], validate=True)
    kind = np.dtype(TYPES[name])
    if name == "bool" and set(raw) - {0, 1}:
        raise PlainError("a boolean that is neither")
    return np.frombuffer(raw, kind).reshape(shape).astype(name)


def _objects(inside, depth, call):
    shape, values = _shape(inside), inside["values"]
    if type(values) is not list or len(values) != math.prod(shape):
        raise PlainError("an array of another size than it says")
    array = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        array[place] = decode(value, depth)
    return array.reshape(shape)


def _shape(inside):
    shape = inside["shape"]
    sizes = type(shape) is list and len(shape) <= 8 and all(type(n) is int for n in shape)
    if not sizes or any(not 0 <= n < 1 << 31 for n in shape):
        raise PlainError("no shape")
    return tuple(shape)


def _column(data, depth):
    array = decode(data, depth)
    if type(array) is not np.ndarray or array.ndim != 1:
        raise PlainError("not a column")
    return array


def _name(data, depth):
    name = decode(data, depth)
    if name is not None and type(name) not in (*SCALARS, tuple):
        raise PlainError("not a name")
    return name


def _series(inside, depth, call):
    values, index = _column(inside["values"], depth), _column(inside["index"], depth)
    return pd.Series(values, index=_index(index), name=_name(inside["name"], depth))


def _frame(inside, depth, call):
    if len(inside["columns"]) > COLUMNS:
        raise PlainError(f"a table of more than {COLUMNS:,} columns")
    columns = [_name(name, depth) for name in inside["columns"]]
    data = [_column(part, depth) for part in inside["data"]]
    index = _index(_column(inside["index"], depth))
    if len(columns) != len(data) or any(len(part) != len(index) for part in data):
        raise PlainError("columns of unequal length")
    frame = pd.DataFrame(
        {n: pd.Series(part, index=index) for n, part in enumerate(data)}, index=index
    )
    frame.columns = pd.Index(columns, dtype=None if columns else object, tupleize_cols=False)
    return frame


def _index(values):
    return pd.Index(values, tupleize_cols=False)


def _whole(number):
    if type(number) is not int or not -(1 << 63) <= number < 1 << 63:
        raise PlainError("no moment")
    return number


DECODERS = {
    "list": _parts,
    "tuple": lambda *inside: tuple(_parts(*inside)),
    "set": lambda *inside: set(_parts(*inside)),
    "dict": _dict,
    "array": _array,
    "objects": _objects,
    "series": _series,
    "frame": _frame,
    "time": lambda inside, *_: pd.Timestamp(_whole(inside), unit="ns"),
    "span": lambda inside, *_: pd.Timedelta(_whole(inside), unit="ns"),
}
