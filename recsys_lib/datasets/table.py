"""Interactions from anybody's table: a CSV file with named columns, read strictly."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from recsys_lib.columns import LAST_SECOND
from recsys_lib.datasets.archive import MAX_LINE, decode
from recsys_lib.errors import ArgumentError, DataError, FetchError, check_choice
from recsys_lib.interactions import ITEM, TIME, USER, VALUE, Interactions

SEPARATORS = ",;\t"
GZIP = b"\x1f\x8b"  # how a gzip file begins
BOM = b"\xef\xbb\xbf"  # what some spreadsheets write before the first column's name
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
LARGEST = 1e30  # sums of so many ratings as fit in memory stay finite in float32


def read_interactions(
    path: str | Path,
    user: str = USER,
    item: str = ITEM,
    rating: str | None = None,
    time: str | None = None,
    *,
    duplicates: str = "error",
    encoding: str = "utf-8",
) -> Interactions:
    """One event a row, from a CSV file (also gzipped) whose first line names the columns.

    Columns may stand in any order, and others are passed over. The separator is the one of comma,
    semicolon and tab that splits the header into the columns asked for. Labels lose blanks around
    them; they become integers if all of a column look like integers (no leading zero), else they
    stay strings. Blank lines are skipped.

    Args:
        path: the file.
        user, item: columns with the labels.
        rating: column with numbers; None means that every event counts 1.
        time: column with ISO 8601 datetimes (UTC where no zone is given) or with seconds since
            1970-01-01 UTC; None means that times are unknown.
        duplicates: "error", or which event of a repeated (user, item) counts: "first", "last" or
            the "sum" (see `Interactions.from_frame`).
        encoding: of the text; one that writes plain letters as ASCII does.

    Raises:
        FetchError: there is no such file, or it may not be read.
        DataError: the header lacks a column or names it twice; a row has a wrong number of fields,
            an empty label, a rating that is not a finite number, or a time that is none; a pair is
            repeated; a byte is not of `encoding`; a line is longer than `MAX_LINE` bytes; there is
            no row. The message names the file and the line.
        ArgumentError: one column is named for two purposes, an unknown `encoding` or `duplicates`.
    """
    check_choice("duplicates", duplicates, ("error", "first", "last", "sum"))
    _check_encoding(encoding)
    cells = {USER: _Labels(user), ITEM: _Labels(item)}
    cells |= {VALUE: _Numbers(rating)} if rating else {}
    cells |= {TIME: _Times(time)} if time else {}
    if len({cell.column for cell in cells.values()}) < len(cells):
        raise ArgumentError("user, item, rating and time must be different columns")
    lines = _read(Path(path), list(cells.values()), encoding)
    columns = {name: np.asarray(cell.stored) for name, cell in cells.items()}
    users, columns[USER] = cells[USER].sorted()
    items, columns[ITEM] = cells[ITEM].sorted()
    if duplicates == "error":
        _refuse_duplicates(columns, lines, users, items, path)
    coded = Interactions.from_frame(
        pd.DataFrame(columns),
        value=VALUE if rating else None,
        time=TIME if time else None,
        duplicates=duplicates,
    )
    return replace(coded, users=users, items=items)


class _Cells:
    """The cells of one column, parsed and stored compactly."""

    must, kind = "", "d"

    def __init__(self, column: str) -> None:
        self.column, self.stored = column, array(self.kind)

    def parse(self, text: str) -> float:
        """The number that stands for a cell; ValueError if it is none."""
        raise NotImplementedError


class _Labels(_Cells):
    must, kind = "must hold a label", "q"

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.codes: dict[str, int] = {}

    def parse(self, text: str) -> int:
        label = text.strip()
        if not label:
            raise ValueError
        return self.codes.setdefault(label, len(self.codes))

    def sorted(self) -> tuple[np.ndarray, np.ndarray]:
        """The labels in order, and the position of each cell's label among them."""
        whole = all(map(INTEGER.fullmatch, self.codes))
        labels = np.array(list(self.codes), dtype=np.int64 if whole else object)
        labels, position = np.unique(labels, return_inverse=True)
        return labels, position[np.asarray(self.stored)]


class _Numbers(_Cells):
    must = f"must hold a finite number below {LARGEST:g}"

    def parse(self, text: str) -> float:
        number = float(text)
        if "_" in text or not abs(number) < LARGEST:
            raise ValueError
        return number


class _Times(_Cells):
    must = ("must hold an ISO 8601 datetime or, in every row, seconds since 1970, from then to the"
            " year 2262")  # fmt: skip
    kind = "q"
    numeric = None

    def parse(self, text: str) -> int:
        try:
            seconds, numeric = float(text), True
        except ValueError:
            moment, numeric = datetime.fromisoformat(text.strip()), False
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        self.numeric = numeric if self.numeric is None else self.numeric
        if numeric != self.numeric or "_" in text or not 0 <= seconds <= LAST_SECOND:
            raise ValueError
        return int(seconds)


def _read(path: Path, cells: list[_Cells], encoding: str) -> np.ndarray:
    """Store every row's cells; the line that each row ends on, shape (n_rows,)."""
    where = str(path)
    try:
        with open(path, "rb") as file:
            stream = gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == GZIP else file
            lines = _store(_texts(stream, encoding, where), cells, where)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"the gzip file is damaged: {error}", where=where) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FetchError(f"the file cannot be read: {reason}", where=where) from None
    if not lines:
        raise DataError("the file has no row below its header", where=where)
    return np.asarray(lines)


def _texts(stream: BinaryIO, encoding: str, where: str) -> Iterator[str]:
    number = 0
    while raw := stream.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE:
            raise DataError(f"the line is longer than {MAX_LINE:,} bytes",
                            where=f"{where}, line {number}")  # fmt: skip
        yield decode(raw.removeprefix(BOM) if number == 1 else raw, encoding, where, number)


def _store(texts: Iterator[str], cells: list[_Cells], where: str) -> array:
    header = next(texts, "")
    if not header.strip():
        raise DataError("the file does not begin with a header", where=where)
    separator, places, width = _header(header, cells, f"{where}, line 1")
    reader = csv.reader(texts, delimiter=separator, strict=True)
    steps = list(zip(cells, places, strict=True))
    lines = array("q")
    try:
        for row in reader:
            if len(row) == width:
                for cell, place in steps:
                    cell.stored.append(cell.parse(row[place]))
                lines.append(reader.line_num + 1)
            elif row:
                raise DataError(f"{len(row)} fields, but the header has {width}",
                                where=f"{where}, line {reader.line_num + 1}")  # fmt: skip
    except DataError:
        raise
    except csv.Error as error:
        problem = f"this is not CSV: {error}"
    except ValueError:
        problem = f"column {cell.column!r} {cell.must}, not {row[place][:40]!r}"
    else:
        return lines
    raise DataError(problem, where=f"{where}, line {reader.line_num + 1}")


def _header(text: str, cells: list[_Cells], where: str) -> tuple[str, list[int], int]:
    """The separator, the place of each cell's column in a row, and the number of columns."""
    wanted = [cell.column for cell in cells]
    headers = {separator: _names(text, separator) for separator in SEPARATORS}
    best = max(headers, key=lambda separator: sum(map(headers[separator].count, wanted)))
    names = headers[best]
    for column in wanted:
        if names.count(column) != 1:
            known = ", ".join(names[:10])[:200] + (", ..." if len(names) > 10 else "")
            times = "no column" if column not in names else "more than one column"
            raise DataError(f"there is {times} {column!r}", where=where,
                            fix=f"The header names: {known}.")  # fmt: skip
    return best, [names.index(column) for column in wanted], len(names)


def _names(header: str, separator: str) -> list[str]:
    try:
        row = next(csv.reader([header], delimiter=separator), [])
    except csv.Error:  # a field longer than the csv module takes
        return []
    return [name.strip() for name in row]


def _refuse_duplicates(columns: dict, lines: np.ndarray, users, items, path) -> None:
    pairs = columns[USER] * len(items) + columns[ITEM]
    order = np.argsort(pairs, kind="stable")
    again = order[1:][np.diff(pairs[order]) == 0]
    if not len(again):
        return
    row = again.min()
    first = np.flatnonzero(pairs == pairs[row])[0]
    user, item = users[columns[USER][row]], items[columns[ITEM][row]]
    raise DataError(
        f"user {user} and item {item} of line {lines[first]} are repeated, as are"
        f" {len(again)} pairs in all",
        where=f"{path}, line {lines[row]}",
        fix="Say which event counts with duplicates: first, last or sum.",
    )


def _check_encoding(encoding: str) -> None:
    try:
        if "user,1\n".encode(encoding) == b"user,1\n" and codecs.lookup(encoding).name != "utf-7":
            return
    except (LookupError, ValueError, TypeError):
        pass
    raise ArgumentError(f"encoding={encoding!r} is not one that this reader knows",
                        fix="Save the file as UTF-8.")  # fmt: skip
