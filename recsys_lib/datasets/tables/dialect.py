"""From lines to rows: which separator, which quotes, where the table begins, has it a header."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from recsys_lib.datasets.tables.options import TableOptions
from recsys_lib.datasets.tables.rows import Block, Row
from recsys_lib.datasets.tables.text import Lines
from recsys_lib.errors import DataError

SEPARATORS = ("::", "\t", ";", ",", "|", "blanks")
SPOKEN = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars", "blanks": "blanks"}
UNIT = "\x1f"  # stands in for a separator of several characters, which csv does not know
BLANKS = re.compile(r"[ \t]+")
SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How rows are written.

    Attributes:
        separator: characters, or "blanks" (one or more).
        quoting: "doubled" ("" within quotes), "backslash" (\\" within quotes) or "none".
        width: cells of most rows.
        start: lines before the table.
        comments: whether lines that begin with # are passed over.
    """

    separator: str
    quoting: str = "doubled"
    width: int = 1
    start: int = 0
    comments: bool = False

    def rows(self, lines: Iterator[str], before: int = 0) -> Iterator[Row]:
        """The rows that are not empty, below `start`; `before` lines were read before.

        Raises:
            csv.Error: the lines are not written so.
        """
        reader = csv.reader(map(self._line, lines), **self._format())
        try:
            for row in reader:
                if before + reader.line_num > self.start and row:
                    yield before + reader.line_num, row
        except csv.Error as error:
            raise csv.Error(str(error), before + reader.line_num) from None

    def blocks(self, head: list[str], lines: Lines, width: int, skip: int) -> Iterator[Row | Block]:
        """All rows but the first `skip` lines: in blocks as long as no line needs care.

        Args:
            head: lines already taken from `lines`.
            width: cells of a row.
        """
        text, before = "".join(head[skip:]) + lines.block(), skip
        while text and (block := self._regular(text, width, before + 1)):
            yield block
            before += text.count("\n")
            text = lines.block()
        yield from self.rows(chain(io.StringIO(text), lines), before)

    def _regular(self, text: str, width: int, first: int) -> Block | None:
        if self.separator == "blanks" or self.quoting == "backslash" or width < 2:
            return None
        one = self.separator if len(self.separator) == 1 else UNIT
        care = [UNIT, "\0", "\n\n", f"\n{self.separator * (width - 1)}\n"]
        care += ['"'] if self.quoting == "doubled" else []
        care += ["#"] if self.comments else []
        if text.startswith("\n") or any(mark in text for mark in care):
            return None
        text = text if text.endswith("\n") else text + "\n"
        text = text.replace(self.separator, one)
        regular = text.count(one) == text.count("\n") * (width - 1)
        return Block(text, one, width, first) if regular else None

    def _line(self, line: str) -> str:
        if self.comments and line.startswith("#"):
            return "\n"
        if self.separator == "blanks":
            return BLANKS.sub(" ", line.strip(" \t"))
        return line.replace(self.separator, UNIT) if len(self.separator) > 1 else line

    def _format(self) -> dict:
        one = " " if self.separator == "blanks" else self.separator
        one = one if len(one) == 1 else UNIT
        quotes = csv.QUOTE_NONE if self.quoting == "none" else csv.QUOTE_MINIMAL
        escape = "\\" if self.quoting == "backslash" else None
        return {"delimiter": one, "quoting": quotes, "escapechar": escape, "strict": True}

    def spoken(self) -> list[str]:
        """In words, what is not the plainest CSV file included."""
        said = [f"separated by {SPOKEN.get(self.separator, self.separator)}"]
        said += {"backslash": ["quotes escaped by \\"], "none": ["quotes are plain"]}.get(
            self.quoting, []
        )
        return said + (["# comments"] if self.comments else [])


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
