"""Reads the columns of a frame: labels, numbers and times, refused where they cannot be right."""

from __future__ import annotations

from numbers import Integral

import numpy as np
import pandas as pd

from recsys_lib.errors import ArgumentError, DataError

LAST_SECOND = 9_200_000_000  # beyond it, pandas cannot tell the time in nanoseconds


def check_columns(frame: pd.DataFrame, names: list[str]) -> None:
    """Refuse a frame in which one of `names` is not the name of exactly one column."""
    if not isinstance(frame, pd.DataFrame):
        raise DataError(f"frame must be a pandas DataFrame, not {type(frame).__name__}")
    for name in names:
        if (frame.columns == name).sum() != 1:
            known = ", ".join(map(str, frame.columns))
            problem = "is there twice" if name in frame.columns else "is missing"
            raise DataError(f"column {name!r} {problem}", where=f"columns: {known}")


def codes(column: pd.Series, labels, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Position of each value among the sorted labels, and those labels."""
    missing = np.flatnonzero(column.isna())
    if len(missing):
        raise DataError(f"column {name!r} has {len(missing)} empty cells", where=rows_text(missing))
    values = as_labels(column, f"column {name!r}")
    if labels is None:
        # A table of hashes, then a sort of what differs: an eighth of the time of np.unique.
        code, found = pd.factorize(values)
        order = np.argsort(found, kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        return place[code], found[order]
    labels = distinct(as_labels(labels, f"the labels given for {name!r}"))
    code = positions(labels, values)
    unknown = np.flatnonzero(code < 0)
    if len(unknown):
        example = values[unknown].tolist()[0]
        raise DataError(
            f"column {name!r} holds {example!r}, which is not in the given labels",
            where=rows_text(unknown),
        )
    return code, labels


def as_labels(values, name: str) -> np.ndarray:
    """The values as integers, or as an object array of strings."""
    values = pd.Index(values).to_numpy()
    if values.dtype.kind in "iu":
        return values
    values = values.astype(object)
    kinds = {type(value) for value in values}
    if all(issubclass(kind, str) for kind in kinds):
        return values
    if all(issubclass(kind, int | np.integer) and kind is not bool for kind in kinds):
        return _whole(values, name)
    found = ", ".join(sorted(kind.__name__ for kind in kinds))
    raise DataError(
        f"{name} must hold integers or strings, not {found}",
        fix="Convert it, for example with astype(int) or astype(str).",
    )


SEQUENCES = list | tuple | range | np.ndarray | pd.Index | pd.Series


def asked(labels, known: np.ndarray | pd.Index, name: str) -> np.ndarray:
    """Labels to be looked up among `known`: one label or a sequence, of the kind that `known` has.

    An unknown label passes, but only if it could have been known: "3" is not 3, NaN is nobody.

    Raises:
        ArgumentError: neither a label nor a list of labels, or labels of another kind.
    """
    integers = known.dtype.kind in "iu"
    kind, call = ("integers", int) if integers else ("strings", str)
    if isinstance(labels, str | Integral):
        labels = [labels]
    if not isinstance(labels, SEQUENCES) or getattr(labels, "ndim", 1) != 1:
        raise ArgumentError(f"{name} must be a label or a list of labels, not {_what(labels)}",
                            fix="Pass a list.")  # fmt: skip
    dtype = getattr(labels, "dtype", None)
    if integers and isinstance(dtype, np.dtype) and dtype.kind in "iu":
        return np.asarray(labels)
    wrong = [label for label in labels if not _is_a(label, integers)]
    if wrong:
        raise ArgumentError(f"{name} must hold {kind}, as train does, not {wrong[0]!r}",
                            fix=f"Convert them with {call.__name__}().")  # fmt: skip
    values = np.empty(len(labels), object)  # numpy's own strings would lose a \0 at their end
    values[:] = list(labels)
    try:
        return values.astype(np.int64) if integers else values
    except OverflowError:
        raise ArgumentError(f"{name} must lie between -2**63 and 2**63 - 1") from None


def _is_a(label, integer: bool) -> bool:
    if isinstance(label, bool | np.bool_):
        return False
    return isinstance(label, Integral if integer else str)


def _what(labels) -> str:
    axes = getattr(labels, "ndim", 1)
    return type(labels).__name__ if axes == 1 else f"an array with {axes} axes"


def distinct(labels: np.ndarray) -> np.ndarray:
    """Each label once, sorted."""
    return np.sort(pd.unique(labels), kind="stable")


def _whole(values: np.ndarray, name: str) -> np.ndarray:
    """An object array of integers as int64, refused if one does not fit."""
    try:
        return values.astype(np.int64)
    except OverflowError:
        large = next(value for value in values if not -(2**63) <= value < 2**63)
        raise DataError(
            f"{name} must hold integers of at most 64 bits, not {large}",
            fix="Convert it with astype(str).",
        ) from None


def index_of(labels: np.ndarray) -> pd.Index:
    """The labels' index with its table of hashes filled, so that threads may share it."""
    index = pd.Index(labels)
    index.get_indexer(index[:1])
    return index


def positions(among: np.ndarray | pd.Index, labels) -> np.ndarray:
    """Place of each label among others, none of them twice; -1 where it is unknown."""
    index = among if isinstance(among, pd.Index) else pd.Index(among)
    return index.get_indexer(pd.Index(labels if np.ndim(labels) else [labels]))


def numbers(column: pd.Series, name: str) -> np.ndarray:
    """The column as float64."""
    moments = pd.api.types.is_datetime64_any_dtype(column) or column.dtype.kind in "mc"
    try:
        values = None if moments else column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        values = None
    if values is None:
        raise DataError(f"column {name!r} must hold numbers")
    return check_finite(values, name)


def check_finite(values: np.ndarray, name: str | None) -> np.ndarray:
    """The values, refused if one is not finite as a float32."""
    bad = np.flatnonzero(~(np.abs(values) <= np.finfo(np.float32).max))
    if len(bad):
        raise DataError(
            f"column {name!r} has {len(bad)} values that are not finite numbers",
            where=rows_text(bad),
        )
    return values


def moments_of(column: pd.Series, name: str) -> tuple[np.ndarray, int]:
    """Datetimes, ISO strings or seconds as moments since 1970-01-01 UTC, and how many a second."""
    column = _moments(column, name)
    if not pd.api.types.is_datetime64_any_dtype(column):
        seconds = numbers(column, name)
        bad = np.flatnonzero(np.abs(seconds) > LAST_SECOND)
        if len(bad):
            raise DataError(
                f"column {name!r} has {len(bad)} times outside the years 1678 to 2261",
                where=rows_text(bad),
                fix="Give seconds since 1970, not milliseconds.",
            )
        return seconds, 1
    missing = np.flatnonzero(column.isna())
    if len(missing):
        raise DataError(f"column {name!r} has {len(missing)} empty cells", where=rows_text(missing))
    if column.dt.tz is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    moments = column.to_numpy()
    unit = np.datetime_data(moments.dtype)[0]
    return moments.astype(np.int64), {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]


def _moments(column: pd.Series, name: str) -> pd.Series:
    """Strings as datetimes in UTC, as `pd.read_csv` leaves them; other columns as they are."""
    if pd.api.types.infer_dtype(column, skipna=True) != "string":
        return column
    moments = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
    bad = np.flatnonzero(moments.isna() & column.notna())
    if len(bad):
        raise DataError(f"column {name!r} holds {column.iloc[bad[0]]!r}, which is no ISO 8601 time",
                        where=rows_text(bad),
                        fix="Convert it first, for example with pd.to_datetime.")  # fmt: skip
    return moments


def refuse_duplicates(frame: pd.DataFrame, repeated: np.ndarray, user: str, item: str) -> None:
    """Say which rows repeat a pair."""
    first = frame.iloc[repeated[0]]
    raise DataError(
        f"{len(repeated)} (user, item) pairs are repeated, the first is"
        f" ({first[user]}, {first[item]})",
        where=rows_text(np.sort(repeated)),
        fix='Pass duplicates="first", "last" or "sum" to say which event counts.',
    )


def rows_text(rows: np.ndarray, at_most: int = 5) -> str:
    """For an error's message: "rows 3, 8, counted from 0"."""
    shown = ", ".join(str(row) for row in rows[:at_most])
    more = ", ..." if len(rows) > at_most else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}, counted from 0"
