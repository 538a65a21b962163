"""What the assignments' checks are made of: each says what is wrong, not merely that it is."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pandas as pd


@contextmanager
def idea(sentence: str):
    """Whatever goes wrong inside fails with this one sentence."""
    try:
        yield
    except Exception:
        raise AssertionError(sentence) from None


def check_given(got, what: str, missing: str = "return"):
    """The answer itself, unless it is None."""
    if got is None:
        raise AssertionError(f"{what} is None (is a {missing} missing?)")
    return got


def check_parts(got, names: str, what: str) -> list:
    """What a function returned, taken apart: one value for each of `names`."""
    wanted = names.split(", ")
    try:
        taken_apart = list(check_given(got, f"{what} should return {names}; what came back"))
    except TypeError:
        raise AssertionError(f"{what} should return {names}, not {kind_of(got)}") from None
    if len(taken_apart) != len(wanted):
        raise AssertionError(f"{what} should return {names}, not {len(taken_apart)} values")
    return taken_apart


def check_part(got, place, what: str):
    """What stands in an answer under a key or at a place."""
    try:
        return check_given(got, what)[place]
    except (KeyError, IndexError):
        raise AssertionError(f"{what} lacks {place!r}") from None
    except TypeError:
        raise AssertionError(f"{what} should hold {place!r}, and is {kind_of(got)}") from None


def check_numbers(got, what: str, shape: tuple | None = None) -> np.ndarray:
    """The answer as an array of numbers, of this shape where one is named."""
    if isinstance(check_given(got, what), list | tuple) and any(one is None for one in got):
        raise AssertionError(f"{what} holds None, at place {[one is None for one in got].index(1)}")
    try:
        in_numbers = np.array(got, dtype=float)
    except (TypeError, ValueError):
        raise AssertionError(f"{what} should be an array, not {kind_of(got)}") from None
    if shape is not None and in_numbers.shape != shape:
        raise AssertionError(f"{what} should have the shape {shape}, not {in_numbers.shape}")
    return in_numbers


def check_number(got, want: float, what: str, tolerance: float = 1e-9) -> None:
    """One number, within the tolerance."""
    check_given(got, what)
    try:
        number = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        raise AssertionError(f"{what} should be a number, not {kind_of(got)}") from None
    if number.shape != ():
        raise AssertionError(f"{what} should be one number, not an array of shape {number.shape}")
    if not abs(float(number) - want) <= tolerance:
        right, found = apart(want, float(number))
        raise AssertionError(f"{what} should be {right}, not {found}")


def check_list(got, want: list, what: str) -> None:
    """The same values in the same order."""
    check_given(got, what)
    try:
        values = np.asarray(list(got)).tolist()
    except TypeError:
        raise AssertionError(f"{what} should be a list, not {kind_of(got)}") from None
    if len(values) != len(want):
        shown = f"{values[:20]}"[:-1] + (", ...]" if len(values) > 20 else "]")
        raise AssertionError(f"{what} should have {len(want)} values, not {len(values)}: {shown}")
    for place, (mine, theirs) in enumerate(zip(values, want, strict=True)):
        if mine != theirs:
            raise AssertionError(f"{what}, place {place}: should be {theirs}, not {mine}")


def check_table(got, want, what: str, tolerance: float = 1e-9) -> None:
    """The same numbers in an array of any shape; the first that differs is named."""
    want = np.asarray(want, dtype=float)
    values = check_numbers(got, what, want.shape)
    wrong = np.argwhere(~(np.abs(values - want) <= tolerance))
    if len(wrong):
        place = tuple(wrong[0].tolist())
        right, found = apart(float(want[place]), float(values[place]))
        raise AssertionError(f"{what}, place {place}: should be {right}, not {found}")


def check_frame(got, want: pd.DataFrame, what: str, tolerance: float = 1e-9) -> None:
    """The same columns and the same rows, whatever the order of either and of the index."""
    if not isinstance(check_given(got, what), pd.DataFrame):
        raise AssertionError(f"{what} should be a DataFrame, not {kind_of(got)}")
    missing = [name for name in want.columns if name not in list(got.columns)]
    if missing:
        raise AssertionError(f"{what} lacks the column {missing[0]!r}; it has {list(got.columns)}")
    if len(got) != len(want):
        raise AssertionError(f"{what} should have {len(want)} rows, not {len(got)}")
    mine, theirs = in_order(got, list(want.columns)), in_order(want, list(want.columns))
    for name in want.columns:
        for place, (a, b) in enumerate(zip(mine[name], theirs[name], strict=True)):
            if not (a == b or (isinstance(b, float) and abs(a - b) <= tolerance)):
                row = ", ".join(f"{key} {theirs[key][place]}" for key in theirs if key != name)
                raise AssertionError(f"{what}: {name} should be {b}, not {a}, where {row}")


def apart(want: float, got: float) -> tuple[str, str]:
    """Both numbers with as few digits as show that they differ."""
    for digits in (6, 9, 12, 17):
        right, found = f"{want:.{digits}g}", f"{got:.{digits}g}"
        if right != found:
            break
    return right, found


def in_order(frame: pd.DataFrame, names: list[str]) -> dict[str, list]:
    """The columns as plain lists, rows sorted by the columns from left to right."""
    rows = sorted(zip(*(plain(frame[name]) for name in names), strict=True), key=repr_key)
    columns = zip(*rows, strict=True) if rows else [[] for _ in names]
    return dict(zip(names, map(list, columns), strict=True))


def repr_key(row: tuple) -> tuple:
    return tuple((str(type(value)), value) for value in row)


def plain(column: pd.Series) -> list:
    """Python's own numbers and strings; moments as text, so that their unit does not matter."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.to_datetime(column).dt.strftime("%Y-%m-%d %H:%M:%S").tolist()
    return np.asarray(column.tolist()).tolist()


def kind_of(value) -> str:
    return type(value).__name__
