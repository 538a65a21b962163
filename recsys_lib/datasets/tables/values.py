"""From texts to events: labels, ratings or weights, and times, each refused with its line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.datasets.tables.cells import Column
from recsys_lib.datasets.tables.labels import labels_of
from recsys_lib.datasets.tables.numbers import LARGEST, note_marks, numbers_of
from recsys_lib.datasets.tables.options import TableOptions
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.datasets.tables.times import seconds_of
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE

MUST = {
    "user": "must hold a label",
    "item": "must hold a label",
    "rating": f"must hold a finite number below {LARGEST:g}",
    "weight": f"must hold a finite number below {LARGEST:g}",
    "time": "must hold an ISO 8601 datetime or, in every row, a number of one unit, from 1970 to"
    " the year 2262",
}


def events_of(
    columns: dict[str, Column], lines: np.ndarray, options: TableOptions, reading: Reading
) -> tuple[pd.DataFrame, tuple[np.ndarray, np.ndarray], np.ndarray]:
    """user_id and item_id (codes), value, time; the sorted labels of both; the lines.

    Raises:
        DataError: a cell does not hold what it must, while bad_rows="error".
    """
    columns, lines = _without_blank(columns, lines)
    events, labels, bad = {}, [], {}
    for role, name in (("user", USER), ("item", ITEM)):
        found, events[name] = labels_of(columns[role], role, reading)
        labels.append(found)
        bad[role] = events[name] < 0
    events[VALUE] = np.ones(len(lines))
    value = next((role for role in ("rating", "weight") if role in columns), None)
    if value:
        read = _weights if value == "weight" else _ratings
        events[VALUE] = read(columns[value], options, reading)[columns[value].codes]
        bad[value] = np.isnan(events[VALUE])
    if "time" in columns:
        column = columns["time"]
        seconds, said = seconds_of(column, options.time_unit, options.time_format, reading)
        reading.columns["time"] += f" ({said})"
        events[TIME] = seconds[column.codes]
        bad["time"] = np.isnan(events[TIME])
    good = _good(bad, columns, lines, options, reading)
    frame = pd.DataFrame(events)[good]
    if TIME in frame:
        frame[TIME] = frame[TIME].astype(np.int64)
    return _rated(frame, lines[good], value, tuple(labels), options, reading)


def _without_blank(columns: dict[str, Column], lines: np.ndarray):
    """Without the rows in which every column that is used is empty, as spreadsheets add."""
    blank = [
        np.array([not text.strip() for text in column.texts], bool)[column.codes]
        for column in columns.values()
    ]
    kept = ~np.logical_and.reduce(blank)
    return {role: column.select(kept) for role, column in columns.items()}, lines[kept]


def _rated(frame, lines, value, labels, options: TableOptions, reading: Reading):
    """Without the events whose value means "no rating"."""
    if options.no_rating:
        none = frame[VALUE].isin(options.no_rating).to_numpy()
        reading.note(f"{none.sum():,} rows without a rating were left out.")
        frame, lines = frame[~none], lines[~none]
    if value == "rating":
        found = frame[VALUE].value_counts()
        note_marks(found.index.to_numpy(), found.to_numpy(), reading)
    return frame, labels, lines


def _ratings(column: Column, options: TableOptions, reading: Reading) -> np.ndarray:
    return numbers_of(column, options.decimal, reading)


def _weights(column: Column, options: TableOptions, reading: Reading) -> np.ndarray:
    if not options.weights:
        return _numeric_weights(column, options, reading)
    texts = [text.strip() for text in column.texts]
    unknown = {text for text in texts if text} - options.weights.keys()
    if unknown:
        raise ArgumentError(f"weights= does not say what {', '.join(sorted(unknown)[:9])} weigh",
                            fix="Give each a number; 0 leaves it in with no weight.")  # fmt: skip
    return np.array([options.weights.get(text, np.nan) for text in texts], float)


def _numeric_weights(column: Column, options: TableOptions, reading: Reading) -> np.ndarray:
    numbers = numbers_of(column, options.decimal, reading)
    if np.isnan(numbers).all() and len(numbers) <= 50:
        kinds = ",".join(f"{text.strip()}={n}" for n, text in enumerate(column.texts, 1))
        raise DataError(
            f"column {column.name!r} holds words",
            where=reading.source,
            fix=f'Say how much each weighs, for example weights="{kinds}".',
        )
    return numbers


def _good(bad: dict, columns, lines, options: TableOptions, reading: Reading) -> np.ndarray:
    """The rows without fault; the first faulty one is named, or all are left out."""
    faulty = np.logical_or.reduce(list(bad.values()))
    if faulty.any() and options.bad_rows == "skip":
        reading.note(f"{faulty.sum():,} rows have an empty or impossible cell and were left out.")
    elif faulty.any():
        row = faulty.argmax()
        role = next(role for role, rows in bad.items() if rows[row])
        column = columns[role]
        raise DataError(
            f"column {column.name!r} {MUST[role]}, not {column.texts[column.codes[row]][:40]!r}",
            where=f"{reading.source}, line {lines[row]}",
            fix='Mend the cell, or leave such rows out with bad_rows="skip".',
        )
    return ~faulty
