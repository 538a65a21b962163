"""Read any table: try the likeliest encoding and quoting first, and say what was found."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from recsys_lib.datasets.archive import MAX_LINE
from recsys_lib.datasets.tables import text
from recsys_lib.datasets.tables.cells import encode
from recsys_lib.datasets.tables.columns import choose
from recsys_lib.datasets.tables.container import open_table
from recsys_lib.datasets.tables.duplicates import settle
from recsys_lib.datasets.tables.open import binary_rows, open_rows
from recsys_lib.datasets.tables.options import NONE, TableOptions
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.datasets.tables.rows import Rows
from recsys_lib.datasets.tables.special import melted
from recsys_lib.datasets.tables.unused import note_unused
from recsys_lib.datasets.tables.values import events_of
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE, Interactions

T = TypeVar("T")
Use = Callable[[Rows, TableOptions, Reading], T]


@dataclass(frozen=True)
class Table:
    """Events from a table, and how they were found.

    Attributes:
        interactions: the events.
        reading: what was found and decided.
        is_rated: whether the values are ratings.
        is_weighted: whether they are weights or counts.
    """

    interactions: Interactions
    reading: Reading
    is_rated: bool = False
    is_weighted: bool = False


def read_table(source: str | Path, options: TableOptions | None = None) -> Table:
    """The events of the table at `source`.

    Raises:
        FetchError, DataError, ArgumentError, MissingPackageError: it cannot be read; the message
            names the line where there is one.
    """
    return in_any_form(source, options or TableOptions(), _events)


def in_any_form(source: str | Path, options: TableOptions, use: Use) -> T:
    """What `use` makes of the rows, in the first encoding and quoting that fits the whole file."""
    reading = Reading(str(source))
    rows = binary_rows(source, reading)
    if rows is not None:
        return use(rows, options, reading)
    with open_table(source, []) as stream:
        encodings = [options.encoding] if options.encoding else text.encodings(stream)
    for encoding in encodings:
        try:
            return _in_any_quoting(source, options, encoding, use)
        except UnicodeError:
            continue
    with open_table(source, []) as stream:
        text.refuse_bytes(stream, encodings[0], str(source))
    raise AssertionError("refuse_bytes always raises")


def _in_any_quoting(source: str | Path, options: TableOptions, encoding: str, use: Use) -> T:
    """In the quoting that was sniffed, else with quotes escaped by \\, else the first fault."""
    fault: Exception | None = None
    for quoting in (None, "backslash"):
        reading = Reading(str(source))
        try:
            with _long_fields(), open_rows(source, options, reading, encoding, quoting) as rows:
                return use(rows, options, reading)
        except csv.Error as error:
            fault = fault or _not_csv(error, reading)
        except DataError as error:
            fault = fault or error
            if "fields, but the header has" not in str(error):
                raise fault from None
    raise fault


def _not_csv(error: csv.Error, reading: Reading) -> DataError:
    what, line = (*error.args, 1)[:2]
    return DataError(
        f"this is not CSV: {what}",
        where=f"{reading.source}, line {line}",
        fix="If quotation marks are plain characters in this file, say quotes=False.",
    )


def _events(rows: Rows, options: TableOptions, reading: Reading) -> Table:
    if options.wide:
        user = None if options.user in (None, NONE) else choose_user(rows, options, reading)
        rows = melted(rows, user, {rows.names.index(name) for name in options.ignore})
        options = replace(options, user=None, item=None, rating=None, ignore=(), wide=False)
    places = choose(rows, options, reading)
    reading.columns = {role: _said(rows, place) for role, place in places.items()}
    columns, lines = encode(rows.rows, places, rows.names)
    if not len(lines):
        raise DataError("the file has no row below its header", where=reading.source)
    events, labels, lines = events_of(columns, lines, options, reading)
    if not len(events):
        raise DataError("no row is left", where=reading.source)
    reading.n_rows = len(events)
    rated = "rating" in places
    note_unused(rows, places, options, reading)
    n_rows = len(events)
    whole = len(places) == len(rows.names)
    events = settle(events, options.duplicates, labels, lines, reading, rated=rated, whole=whole)
    counted = "weight" in places or (not rated and len(events) < n_rows)
    return Table(_interactions(events, labels), reading, rated, counted)


def choose_user(rows: Rows, options: TableOptions, reading: Reading) -> int:
    """The place of the users' labels in a wide table."""
    if options.user in rows.names:
        return rows.names.index(options.user)
    raise DataError(f"there is no column {options.user!r}", where=reading.source)


def _said(rows: Rows, place: int) -> str:
    return f"{rows.names[place]!r}" if rows.has_header else f"column {rows.names[place]}"


def _interactions(events, labels) -> Interactions:
    users, items = labels
    used_users, used_items = (np.flatnonzero(np.bincount(events[n])) for n in (USER, ITEM))
    time = TIME if TIME in events else None
    coded = Interactions.from_frame(events, value=VALUE, time=time)
    return replace(coded, users=users[used_users], items=items[used_items])


@contextmanager
def _long_fields() -> Iterator[None]:
    """csv's limit of 131,072 characters a field is raised to that of a line, then put back."""
    before = csv.field_size_limit(MAX_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)
