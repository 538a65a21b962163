"""Rows of one width, whatever a program has added: row names, trailing commas, blank tails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recsys_lib.datasets.tables.options import TableOptions
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.errors import DataError


@dataclass(frozen=True)
class Block:
    """Whole lines that need no care: no quotes, no blank lines, one width.

    Attributes:
        text: the lines; separator: one character; width: cells a line.
        first: number of the first line, from 1.
    """

    text: str
    separator: str
    width: int
    first: int


Row = tuple[int, list[str]]
"""The number of a row's last line, and its cells."""


@dataclass(frozen=True)
class Rows:
    """A table before its columns are chosen.

    Attributes:
        names: of the columns; "1", "2", … where there is no header.
        rows: the rows, all as long as `names`, one by one or in blocks.
        sample: the cells of the first rows.
        has_header: whether the file names its columns.
    """

    names: list[str]
    rows: Iterator[Row | Block]
    sample: list[list[str]]
    has_header: bool = True


def even(
    rows: Iterator[Row | Block], width: int, reading: Reading, options: TableOptions
) -> Iterator[Row | Block]:
    """The rows, those without any content left out, empty cells beyond `width` cut off.

    Raises:
        DataError: a row has another number of cells, while bad_rows="error".
    """
    skipped = 0
    for found in rows:
        if isinstance(found, Block):
            yield found
            continue
        line, row = found
        if len(row) == width and (row[0] or any(row)):
            yield line, row
        elif not any(cell.strip() for cell in row):
            continue
        elif len(row) > width and not any(cell.strip() for cell in row[width:]):
            yield line, row[:width]
        elif options.bad_rows == "skip":
            skipped += 1
        else:
            raise DataError(
                f"{len(row)} fields, but the header has {width}",
                where=f"{reading.source}, line {line}",
                fix='Mend the line, or leave such rows out with bad_rows="skip".',
            )
    if skipped:
        reading.note(f"{skipped:,} rows have another number of fields and were left out.")


def one_by_one(rows: Iterator[Row | Block]) -> Iterator[Row]:
    """The rows of blocks too."""
    for found in rows:
        if isinstance(found, Block):
            lines = found.text.removesuffix("\n").split("\n")
            yield from ((n, ln.split(found.separator)) for n, ln in enumerate(lines, found.first))
        else:
            yield found
