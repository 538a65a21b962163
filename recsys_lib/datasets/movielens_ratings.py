"""The ratings files of MovieLens, read fast and strictly: a fault is named with its line."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd
from tqdm import tqdm

from recsys_lib.columns import LAST_SECOND
from recsys_lib.datasets.archive import Archive
from recsys_lib.datasets.tables.cells import encode
from recsys_lib.datasets.tables.columns import choose
from recsys_lib.datasets.tables.options import NONE, TableOptions
from recsys_lib.datasets.tables.read import in_any_form
from recsys_lib.datasets.tables.values import events_of
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE

COLUMNS = [USER, ITEM, VALUE, TIME]
HEADER = {"userId": USER, "movieId": ITEM, "rating": VALUE, "timestamp": TIME}
LAST_ID = 2**31 - 1
TYPES = {USER: np.int32, ITEM: np.int32, VALUE: np.float32, TIME: np.int64}
RANGES = {USER: (1, LAST_ID, 1), ITEM: (1, LAST_ID, 1), VALUE: (0.5, 5, 0.5),
          TIME: (0, LAST_SECOND, 1)}  # fmt: skip
"""Lowest and highest number of each column, and the step between possible ones."""

CHARACTERS = b"0123456789.\t\r\n"  # all that a ratings file holds once its separator is a tab
NUMBER = re.compile(rb"[0-9]+\.?[0-9]*|\.[0-9]+")


def read_ratings(archive: Archive, name: str, separator: bytes, progress: bool) -> pd.DataFrame:
    """user_id, item_id (int32), value (stars, float32) and, where the file has it, time (UTC).

    A comma-separated file has a header, whose columns may stand in any order; the others have none
    and three or four fields.

    Raises:
        DataError: a line has a wrong number of fields, an id below 1, stars outside 0.5, 1.0 … 5.0,
            or a time before 1970 or after 2262; or the file has no rating.
    """
    parts, columns, line, where = [], None, 1, str(archive.path / name)
    with tqdm(total=archive.size(name), desc=name, unit="B", unit_scale=True, delay=1,
              disable=not progress) as bar:  # fmt: skip
        for block in archive.blocks(name):
            bar.update(len(block))
            if columns is None:
                first, _, rest = block.partition(b"\n")
                columns = _columns(first, separator)
                if columns is None:
                    return read_resaved(archive.member(name))
                if separator == b",":
                    block, line = rest, 2
            parts += [_parse(block, columns, separator, where, line)] if block else []
            line += block.count(b"\n")
    if not parts:
        raise DataError("the file has no rating", where=where)
    ratings = pd.concat(parts, ignore_index=True)
    if TIME in ratings:
        ratings[TIME] = ratings[TIME].astype("datetime64[s]").dt.tz_localize("UTC")
    return ratings[[column for column in COLUMNS if column in ratings]]


def _columns(first: bytes, separator: bytes) -> list[str] | None:
    """The columns in their order; None if the first line is not the published header."""
    fields = first.rstrip(b"\r").split(separator)
    if separator != b",":
        return COLUMNS[: max(3, min(len(fields), 4))]
    names = [field.decode("latin-1") for field in fields]
    if len(set(names)) < len(names) or set(names) | {"timestamp"} != set(HEADER):
        return None
    return [HEADER[name] for name in names]


def _parse(block: bytes, columns, separator: bytes, where: str, line: int) -> pd.DataFrame:
    table = block.replace(separator, b"\t")
    n_rows = table.count(b"\n")
    regular = table.count(b"\t") == n_rows * (len(columns) - 1)
    if regular and not table.translate(None, CHARACTERS):
        try:
            frame = pd.read_csv(
                io.BytesIO(table),
                sep="\t",
                header=None,
                names=columns,
                dtype=np.float64,
                na_filter=False,
                skip_blank_lines=False,
            )
        except ValueError:
            frame = pd.DataFrame()
        if len(frame) == n_rows and all(_possible(frame[name], name).all() for name in columns):
            return frame.astype({name: TYPES[name] for name in columns})
    raise _first_fault(block, columns, separator, where, line)


def read_resaved(source: str) -> pd.DataFrame:
    """Ratings that a spreadsheet or pandas has saved again: other separators, quotes, an index.

    Raises:
        DataError: a column is missing, or a number cannot stand in its column.
    """
    options = TableOptions(user="userId", item="movieId", rating="rating", weight=NONE,
                           time_unit="s")  # fmt: skip
    frame = in_any_form(source, options, resaved_rows)
    for column in frame:
        bad = ~_possible(pd.to_numeric(frame[column], errors="coerce"), column)
        if bad.any():
            shown = str(frame[column][bad].iloc[0])[:40]
            raise DataError(f"{shown!r} is not a possible {column}", where=source)
    frame = frame.astype({name: TYPES[name] for name in frame})
    if TIME in frame:
        frame[TIME] = frame[TIME].astype("datetime64[s]").dt.tz_localize("UTC")
    return frame


def resaved_rows(rows, options: TableOptions, reading) -> pd.DataFrame:
    """user_id, item_id, value and, where there is one, time of each row."""
    places = choose(rows, options, reading)
    reading.columns = dict.fromkeys(places, "")
    columns, lines = encode(rows.rows, places, rows.names)
    if not len(lines):
        raise DataError("the file has no rating", where=reading.source)
    events, (users, items), _ = events_of(columns, lines, options, reading)
    labelled = {USER: users[events[USER]], ITEM: items[events[ITEM]]}
    return events.assign(**labelled).reset_index(drop=True)


def _possible(values, column: str):
    """Whether a number, or each number of a column, can stand in `column`."""
    low, high, step = RANGES[column]
    return (values >= low) & (values <= high) & (values % step == 0)


def _first_fault(block: bytes, columns, separator: bytes, where: str, line: int) -> DataError:
    """The error that names the first faulty line of a block that could not be parsed."""
    for number, row in enumerate(block.removesuffix(b"\n").split(b"\n"), line):
        fields = row.rstrip(b"\r").split(separator)
        place = f"{where}, line {number}"
        if len(fields) != len(columns):
            return DataError(f"{len(fields)} fields instead of {len(columns)}", where=place)
        for column, field in zip(columns, fields, strict=True):
            known = NUMBER.fullmatch(field) and _possible(float(field), column)
            if not known:
                shown = field[:40].decode("latin-1")
                return DataError(f"{shown!r} is not a possible {column}", where=place)
    return DataError("the lines are not as published", where=f"{where}, from line {line} on")
