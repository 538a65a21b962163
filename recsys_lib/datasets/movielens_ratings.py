"""The ratings files of MovieLens, read fast and strictly: a fault is named with its line."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
from tqdm import tqdm

from recsys_lib.columns import LAST_SECOND
from recsys_lib.datasets.archive import Archive
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE

COLUMNS = [USER, ITEM, VALUE, TIME]
HEADER = {"userId": USER, "movieId": ITEM, "rating": VALUE, "timestamp": TIME}
LAST_ID = 2**31 - 1


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
                columns = _columns(first, separator, where)
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


def _columns(first: bytes, separator: bytes, where: str) -> list[str]:
    fields = first.rstrip(b"\r").split(separator)
    if separator != b",":
        return COLUMNS[: max(3, min(len(fields), 4))]
    names = [field.decode("latin-1") for field in fields]
    if len(set(names)) < len(names) or set(names) | {"timestamp"} != set(HEADER):
        raise DataError(f"the header must be {','.join(HEADER)}", where=f"{where}, line 1")
    return [HEADER[name] for name in names]


def _parse(block: bytes, columns, separator: bytes, where: str, line: int) -> pd.DataFrame:
    table = block.replace(separator, b"\t")
    n_rows = table.count(b"\n") + (not table.endswith(b"\n"))
    if table.count(b"\t") == n_rows * (len(columns) - 1):
        types = {column: np.float64 if column == VALUE else np.int64 for column in columns}
        try:
            frame = pd.read_csv(io.BytesIO(table), sep="\t", header=None, names=columns,
                                dtype=types, quoting=csv.QUOTE_NONE, na_filter=False,
                                skip_blank_lines=False, encoding="latin-1")  # fmt: skip
        except (ValueError, OverflowError):
            frame = pd.DataFrame()
        if len(frame) == n_rows and all(_valid(frame[name], name).all() for name in columns):
            compact = {USER: np.int32, ITEM: np.int32, VALUE: np.float32}
            return frame.astype(compact)
    raise _first_fault(block, columns, separator, where, line)


def _valid(values, column: str):
    """Whether a number, or each number of an array, is possible in `column`."""
    if column == VALUE:
        return (values >= 0.5) & (values <= 5) & (values * 2 % 1 == 0)
    low, high = (0, LAST_SECOND) if column == TIME else (1, LAST_ID)
    return (values >= low) & (values <= high)


def _first_fault(block: bytes, columns, separator: bytes, where: str, line: int) -> DataError:
    """The error that names the first faulty line of a block that could not be parsed."""
    lines = block.removesuffix(b"\n").split(b"\n")
    for number, row in enumerate(lines, line):
        fields = row.rstrip(b"\r").split(separator)
        place = f"{where}, line {number}"
        if len(fields) != len(columns):
            return DataError(f"{len(fields)} fields instead of {len(columns)}", where=place)
        for column, field in zip(columns, fields, strict=True):
            try:
                possible = _valid((float if column == VALUE else int)(field), column)
            except ValueError:
                possible = False
            if not possible:
                shown = field[:40].decode("latin-1")
                return DataError(f"{shown!r} is not a possible {column}", where=place)
    return DataError("the lines are not as published", where=f"{where}, from line {line} on")
