"""Which separator, which quotes, and where the table begins: found from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace

from recsys_lib.datasets.tables.dialect import Dialect
from recsys_lib.datasets.tables.options import TableOptions
from recsys_lib.errors import DataError

SEPARATORS = ("::", "\t", ";", ",", "|", "blanks")
SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


def quotings(options: TableOptions, separator: str) -> list[str]:
    """Ways to read quotation marks, the likeliest first.

    Only where a separator can hardly stand in a name (tabs, ::, bars) are quotation marks tried as
    plain characters without being told: elsewhere they may hide a damaged row.
    """
    if options.quotes is False:
        return ["none"]
    plain = options.quotes is None and separator in ("\t", "::", "|")
    return ["doubled", "backslash", *(["none"] if plain else [])]


def sniff(head: list[str], options: TableOptions, where: str) -> Dialect:
    """The separator, and where the table begins, from its first lines.

    The separator is the one that cuts the most lines into the same number of cells, above 1; where
    several do so, the one with more of the columns that were named, then the first in `SEPARATORS`.

    Raises:
        DataError: there is no line.
    """
    start, told = _preamble(head)
    comments = any(line.startswith("#") for line in head[start:])
    body = [line for line in head[start:] if line.strip() and not line.startswith("#")]
    if not body:
        raise DataError("the file does not begin with a header", where=where)
    told = options.separator or told
    named = {name for name in options.columns.values() if name}
    found = max(
        (_fit(body, separator, options, named) for separator in ([told] if told else SEPARATORS)),
        key=lambda fit: fit[0],
    )
    dialect = replace(found[1], comments=comments)
    if dialect.width > 1:
        start = max(start, _first_wide(dialect, head) - 1)
    return replace(dialect, start=start)


def _first_wide(dialect: Dialect, head: list[str]) -> int:
    """The line of the first row that has more than one cell."""
    try:
        return next(line for line, row in dialect.rows(iter(head)) if len(row) > 1)
    except (csv.Error, StopIteration):
        return 1


def _preamble(head: list[str]) -> tuple[int, str | None]:
    """Lines before the table that say how it is separated, and what they say."""
    first = head[0] if head else ""
    said = SEP_LINE.fullmatch(first.strip("\r\n"))
    return (1, said[1]) if said else (0, None)


def _fit(body: list[str], separator: str, options: TableOptions, named: set):
    """How well a separator fits: a key to compare, and its dialect."""
    best = (0, 0.0), Dialect(separator)
    for quoting in quotings(options, separator):
        dialect, rows, whole = Dialect(separator, quoting), [], True
        try:
            for _, row in dialect.rows(iter(body)):
                rows.append(row)
        except csv.Error:
            whole = False
        width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
        if width == 1:
            continue
        hits = len(named & {cell.strip() for cell in rows[0]})
        header = abs(len(rows[0]) - width) < 2
        key = hits, count / len(body) + header + whole / 2
        best = max(best, (key, replace(dialect, width=width)), key=lambda fit: fit[0])
    return best
