"""Tables that are not text: a sheet, a Parquet file, JSON; their cells become text."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from recsys_lib.datasets.archive import MAX_TEXT
from recsys_lib.datasets.tables.rows import Rows
from recsys_lib.errors import DataError, MissingPackageError

SAMPLE = 100  # rows by which columns are judged


def read_sheet(path: Path) -> Rows:
    """The first sheet of an .xlsx workbook."""
    return _from_pandas(pd.read_excel, path, "openpyxl", "Excel's .xlsx files", "CSV")


def read_parquet(path: Path) -> Rows:
    """A Parquet file."""
    return _from_pandas(pd.read_parquet, path, "pyarrow", "Parquet files", "CSV")


def _from_pandas(read, path: Path, package: str, what: str, other: str) -> Rows:
    try:
        frame = read(path)
    except ImportError:
        raise MissingPackageError(f"{what} need the package {package}", where=str(path),
                                  fix=f"Install it with: pip install {package}. Or save the table"
                                      f" as {other}.") from None  # fmt: skip
    except Exception as error:  # each reader has its own kinds
        raise DataError(f"the file is damaged or no table: {error}", where=str(path)) from None
    return rows_of(frame)


def rows_of(frame: pd.DataFrame) -> Rows:
    """The rows of a frame, numbered as a sheet numbers them: its header is row 1."""
    texts = [[_text(cell) for cell in frame.iloc[:, place]] for place in range(frame.shape[1])]
    rows = [list(row) for row in zip(*texts, strict=True)]
    return Rows([str(name).strip() for name in frame.columns], enumerate(rows, 2), rows[:SAMPLE])


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if pd.isna(cell):
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def is_json(head: str) -> bool:
    """Whether a text begins as a list or object does, of JSON or as Python prints it."""
    return head.lstrip()[:1] in ("{", "[") and not {'"', "'"}.isdisjoint(head[:1000])


def json_rows(lines: Iterator[str], where: str) -> Rows:
    """A list of objects, or one object a line, in JSON or as Python prints a dict.

    Raises:
        DataError: it is neither, or no list of flat objects.
    """
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith("{") and first.rstrip().endswith("}"):
        records = _each_line(first, lines, where)
    else:
        records = iter(_whole([first, *lines], where))
    start = [record for _, record in zip(range(SAMPLE), records, strict=False)]
    names = list(dict.fromkeys(name for _, record in start for name in record))
    rows = ((n, [_text_of(r.get(name)) for name in names]) for n, r in _chain(start, records))
    sample = [[_text_of(record.get(name)) for name in names] for _, record in start]
    return Rows(names, rows, sample)


def _chain(start: list, rest: Iterator) -> Iterator:
    yield from start
    yield from rest


def _each_line(first: str, lines: Iterator[str], where: str) -> Iterator[tuple[int, dict]]:
    for number, line in enumerate(_chain([first], lines), 1):
        if line.strip():
            yield number, _record(_parse(line, f"{where}, line {number}"), where)


def _whole(lines: list[str], where: str) -> list[tuple[int, dict]]:
    text = "".join(lines)
    if len(text) > MAX_TEXT:
        raise DataError(f"a JSON list of more than {MAX_TEXT:,} characters", where=where,
                        fix="Write one object a line (JSON lines).")  # fmt: skip
    found = _parse(text, where)
    if isinstance(found, dict):  # {"ratings": [...]}
        found = next((value for value in found.values() if isinstance(value, list)), None)
    if not isinstance(found, list):
        raise DataError("this JSON holds no list of objects", where=where,
                        fix='Write [{"user_id": …, "item_id": …}, …].')  # fmt: skip
    return [(number, _record(record, where)) for number, record in enumerate(found, 1)]


def _parse(text: str, where: str):
    try:
        return json.loads(text, parse_int=str, parse_float=str)  # no digit of an id is lost
    except (ValueError, RecursionError) as error:
        found = _printed(text)
        if found is None:
            raise DataError(f"this is not JSON: {error}", where=where) from None
        return found


def _printed(text: str) -> dict | list | None:
    """What Python printed, as the Steam reviews and the first Amazon reviews are; else None."""
    try:
        found = ast.literal_eval(text.strip())  # literals alone: nothing in a file is run
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _record(found: object, where: str) -> dict:
    if isinstance(found, dict):
        return {str(name): value for name, value in found.items()}
    raise DataError(f"this JSON holds {type(found).__name__}s, not objects", where=where,
                    fix='Write [{"user_id": …, "item_id": …}, …].')  # fmt: skip


def _text_of(value: object) -> str:
    return (
        ""
        if value is None
        else value
        if isinstance(value, str)
        else json.dumps(value, default=repr)
    )
