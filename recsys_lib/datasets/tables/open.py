"""From a path to rows with named columns, whatever the file is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from recsys_lib.datasets.tables import special, text
from recsys_lib.datasets.tables.columns import ALL_NAMES, plain
from recsys_lib.datasets.tables.container import (
    OLD_EXCEL,
    PARQUET,
    is_sheet,
    open_table,
    split_path,
)
from recsys_lib.datasets.tables.dialect import Dialect
from recsys_lib.datasets.tables.frames import is_json, json_rows, read_parquet, read_sheet
from recsys_lib.datasets.tables.options import TableOptions
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.datasets.tables.rows import Rows, even
from recsys_lib.datasets.tables.sniff import sniff
from recsys_lib.errors import DataError

HEAD = 200  # lines by which the form is judged


@contextmanager
def open_rows(
    source: str | Path, options: TableOptions, reading: Reading, encoding: str, quoting: str | None
) -> Iterator[Rows]:
    """The rows of the table at `source`, if it is text in this encoding and quoting.

    Raises:
        UnicodeDecodeError, csv.Error: it is not.
        DataError, FetchError: it cannot be read at all.
    """
    with open_table(source, reading.form) as stream:
        reading.form.append(text.SPOKEN.get(encoding, encoding))
        lines = text.Lines(stream, encoding, reading.source)
        try:
            yield text_rows(lines, options, reading, quoting)
        finally:
            lines.close()


def binary_rows(source: str | Path, reading: Reading) -> Rows | None:
    """The rows of a sheet or a Parquet file; None for a text."""
    path, _ = split_path(source)
    if is_sheet(path):
        reading.form.append("Excel")
        return read_sheet(path)
    with open_table(source, []) as stream:
        head = stream.peek(4)[:4]
    if head == PARQUET:
        reading.form.append("Parquet")
        return read_parquet(path)
    if head == OLD_EXCEL:
        raise DataError("this is an old Excel file (.xls)", where=reading.source,
                        fix="Open it and save it as CSV or .xlsx.")  # fmt: skip
    return None


def text_rows(
    lines: text.Lines, options: TableOptions, reading: Reading, quoting: str | None
) -> Rows:
    """The rows of a text."""
    head = list(islice(lines, HEAD))
    everything = chain(head, lines)
    if is_json("".join(head[:9])):
        printed = "".join(head[:9]).lstrip("[{ \n").startswith("'")
        reading.form.append("Python's dicts" if printed else "JSON")
        return json_rows(everything, reading.source)
    if special.is_netflix(head):
        reading.form.append("Netflix's blocks of movie: and user,rating,date")
        rows = even(special.netflix_rows(everything), 4, reading, options)
        return Rows(special.NETFLIX, rows, [["1", "1", "1", "2005-01-01"]])
    dialect = sniff(head, options, reading.source)
    dialect = replace(dialect, quoting=quoting) if quoting else dialect
    reading.form += dialect.spoken()
    return _table(dialect, head, lines, options, reading)


def _table(
    dialect: Dialect, head: list[str], lines: text.Lines, options: TableOptions, reading: Reading
) -> Rows:
    few = list(_few(dialect, head))
    start = [row for _, row in few]
    if special.is_mind(start):
        reading.form.append("MIND's behaviours")
        reading.note("Of each impression, what was clicked is an event; the history, which has no"
                     " times, is passed over.")  # fmt: skip
        rows = special.mind_rows(dialect.rows(chain(head, lines)))
        return Rows(special.MIND, even(rows, 3, reading, options), [["1", "1", "2020-01-01"]])
    if dialect.start:
        reading.note(f"Passed over, above the table: {dialect.start} line(s).")
    names, has_header = _names(start, dialect.width, options)
    names = _as_wide_as_rows(names, start[has_header:], reading)
    reading.form += [] if has_header else ["no header"]
    skip = few[0][0] if has_header and few else dialect.start
    rows = even(dialect.blocks(head, lines, len(names), skip), len(names), reading, options)
    sample = [row[: len(names)] for row in start[has_header:] if len(row) >= len(names)]
    sample = [row for row in sample if any(map(str.strip, row))]
    return Rows(names, rows, sample, has_header)


def _few(dialect: Dialect, head: list[str]) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from dialect.rows(iter(head))
    except csv.Error:  # a quoted cell may go on below the head; true faults are met again
        return


def _names(start: list[list[str]], width: int, options: TableOptions) -> tuple[list[str], bool]:
    """The columns' names, and whether they stand in the first row."""
    first = [cell.strip() for cell in start[0]] if start else []
    has_header = options.header
    if has_header is None:
        has_header = _is_header(first, start[1:], options)
    if has_header:
        return [name.removeprefix("#").strip() for name in first], True
    return [str(place) for place in range(1, max(width, 1) + 1)], False


def _is_header(first: list[str], others: list[list[str]], options: TableOptions) -> bool:
    asked = {name for name in options.columns.values() if name}
    if asked & {*first} or any(plain(name) in ALL_NAMES for name in first):
        return True
    if asked and all(name.isdigit() for name in asked):
        return not any(map(special.is_number, first))
    if any(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*", cell) for cell in first):
        return False
    numeric = [special.is_number(cell) for cell in first if cell]
    return not any(numeric) or (options.wide and sum(numeric) > len(first) - 2 and _labels(first))


def _labels(first: list[str]) -> bool:
    """Whether numbers in a first row can be labels: all different."""
    return len({*first}) == len(first)


def _as_wide_as_rows(names: list[str], rows: list[list[str]], reading: Reading) -> list[str]:
    """One more name where every row begins with its own (as R writes), none for a last comma."""
    while len(names) > 1 and not names[-1] and all(len(r) < len(names) or not r[len(names) - 1]
                                                   for r in rows):  # fmt: skip
        names = names[:-1]
    longer = rows and all(len(row) == len(names) + 1 for row in rows)
    if longer and any(row[-1].strip() for row in rows):
        reading.note("The header has one name fewer than the rows have fields: their first field is"
                     " taken for the row's name.")  # fmt: skip
        return ["", *names]
    return names
