"""How rows are written, and the rows: one by one, or in blocks where no line needs care."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from recsys_lib.datasets.tables.rows import Block, Row
from recsys_lib.datasets.tables.text import Lines

SPOKEN = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars", "blanks": "blanks"}
UNIT = "\x1f"  # stands in for a separator of several characters, which csv does not know
BLANKS = re.compile(r"[ \t]+")


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
        if not one.isascii():  # below, bytes are counted
            return None
        care = [UNIT, "\0"]
        care += ['"'] if self.quoting == "doubled" else []
        care += ["#"] if self.comments else []
        if any(mark in text for mark in care):
            return None
        text = text if text.endswith("\n") else text + "\n"
        text = text.replace(self.separator, one)
        return Block(text, one, width, first) if _one_width(text, one, width) else None

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


def _one_width(text: str, separator: str, width: int) -> bool:
    """Whether each line of `text`, the last one ended too, has `width` cells, 2 or more."""
    raw = np.frombuffer(text.encode(), np.uint8)
    ends = np.flatnonzero(raw == ord("\n"))
    marks = np.flatnonzero(raw == ord(separator))
    if len(marks) != len(ends) * (width - 1):
        return False
    marks = marks.reshape(len(ends), width - 1)  # a line's own, if every line has as many
    return bool((marks < ends[:, None]).all() and (marks[1:] > ends[:-1, None]).all())
