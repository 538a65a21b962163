"""Times: which unit numbers are in, and which order dates are written in, told by their range."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd

from recsys_lib.columns import LAST_SECOND
from recsys_lib.datasets.tables.cells import Column
from recsys_lib.datasets.tables.numbers import only_digits
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.errors import DataError

DAY = 86_400
EXCEL_1970 = 25_569  # 1970-01-01 in days since 1899-12-30, as spreadsheets count
NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE]\+?[0-9]+)?")
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
RANGES = {unit: (1e8 * per, 4.2e9 * per) for unit, per in PER_SECOND.items()}  # 1973 to 2103
RANGES["excel"] = (20_000, 80_000)  # 1954 to 2119
SPOKEN = {"s": "seconds since 1970", "ms": "milliseconds since 1970",
          "us": "microseconds since 1970", "ns": "nanoseconds since 1970",
          "excel": "a spreadsheet's days since 1899", "yyyymmdd": "yyyymmdd",
          "order": "numbers that only order"}  # fmt: skip
DATES = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d",
         "%d/%m/%y", "%m/%d/%y", "%m %d, %Y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y",
         "%d-%b-%Y", "%d-%b-%y")  # fmt: skip
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
FORMATS = (*(date + clock for date in DATES for clock in CLOCKS), "%a %b %d %H:%M:%S %z %Y")


def seconds_of(
    column: Column, unit: str | None, form: str | None, reading: Reading
) -> tuple[np.ndarray, str]:
    """Seconds since 1970 of each distinct text, nan where it is no time; and how they are written.

    Raises:
        DataError: numbers in no known range, or dates that can be read in two ways.
    """
    if form:
        return _parsed([text.strip() for text in column.texts], form), form
    numbers = only_digits(column.texts)
    if numbers is None:
        texts = [text.strip() for text in column.texts]
        digits = [text for text in texts if "-" not in text and NUMBER.fullmatch(text)]
        if unit is None and len(digits) <= sum(map(bool, texts)) / 2:
            return _dates(texts, column.name, reading)
        numbers = np.array([float(t) if NUMBER.fullmatch(t) else np.nan for t in texts])
    unit = unit or _unit(numbers, column.name, reading.source)
    return _from_numbers(numbers, unit), SPOKEN[unit]


def looks_like_time(cells: list[str]) -> bool:
    """Whether all cells are numbers in the range of one unit, or ISO dates."""
    texts = [cell.strip() for cell in cells]
    if texts and all(map(NUMBER.fullmatch, texts)):
        return _fitting(np.array(texts, float)) is not None
    return bool(texts) and all(re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) for text in texts)


def _unit(numbers: np.ndarray, name: str, where: str) -> str:
    numbers = numbers[~np.isnan(numbers)]
    unit = _fitting(numbers)
    if unit:
        return unit
    low, high = numbers.min(), numbers.max()
    raise DataError(
        f"column {name!r} holds numbers from {low:.15g} to {high:.15g}: no times in seconds,"
        " milliseconds, microseconds, yyyymmdd or a spreadsheet's days",
        where=where,
        fix='If they only tell before from after, say time_unit="order"; if they are seconds since'
        ' 1970 all the same, time_unit="s"; for no times, time="none".',
    )


def _fitting(numbers: np.ndarray) -> str | None:
    """The unit whose range holds every number."""
    if ((numbers >= 1900_01_01) & (numbers <= 2100_12_31)).all() and not np.isnan(
        _from_numbers(numbers, "yyyymmdd")
    ).any():
        return "yyyymmdd"
    inside = (
        unit for unit, (low, high) in RANGES.items() if ((numbers >= low) & (numbers <= high)).all()
    )
    return next(inside, None) if len(numbers) else None


def _from_numbers(numbers: np.ndarray, unit: str) -> np.ndarray:
    if unit == "yyyymmdd":
        digits = pd.Series([f"{n:.0f}" if n == n else "" for n in numbers], dtype=object)
        return _parsed(digits, "%Y%m%d")
    if unit == "excel":
        return _possible(np.round((numbers - EXCEL_1970) * DAY))
    return _possible(np.floor(numbers / PER_SECOND.get(unit, 1)))


def _dates(texts: list[str], name: str, reading: Reading):
    iso = _parsed(texts, "ISO8601")
    if not np.isnan(iso).all():
        return iso, "ISO 8601"
    sample = [text for text in texts if text] or texts
    fits = [form for form in FORMATS if not np.isnan(_parsed(sample[:200], form)).any()]
    fits = [form for form in fits if not np.isnan(_parsed(sample, form)).any()]
    meanings = {form: _parsed(texts, form) for form in fits}
    first = next(iter(meanings.values()), iso)
    if any(not np.array_equal(first, other, equal_nan=True) for other in meanings.values()):
        both = " and ".join(list(meanings)[:2])
        raise DataError(f"the dates in {name!r}, like {sample[0]!r}, can be read as {both}",
                        where=reading.source,
                        fix=f'Say which: time_format="{fits[0]}".')  # fmt: skip
    return first, fits[0] if fits else "ISO 8601"


def _parsed(texts, form: str) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        moments = pd.to_datetime(pd.Series(texts, dtype=object), format=form, errors="coerce",
                                 utc=True)  # fmt: skip
    seconds = moments.dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(float)
    return _possible(np.where(moments.isna(), np.nan, seconds))


def _possible(seconds: np.ndarray) -> np.ndarray:
    """The seconds, nan outside the years 1970 to 2261."""
    return np.where((seconds >= 0) & (seconds <= LAST_SECOND), seconds, np.nan)
