"""A column as numbered distinct texts: each text is looked at once, however often it occurs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np
import pandas as pd

from recsys_lib.datasets.tables.rows import Block, Row

CHUNK = 20_000  # rows held as Python lists at a time


@dataclass
class Column:
    """Cells in their order: `texts[codes]`.

    Attributes:
        name: of the column.
        codes: place of each cell's text, shape (n_rows,).
        texts: the distinct texts, in order of appearance.
    """

    name: str
    codes: np.ndarray
    texts: list[str]

    def counts(self) -> np.ndarray:
        """How many cells hold each text."""
        return np.bincount(self.codes, minlength=len(self.texts))

    def select(self, kept: np.ndarray) -> Column:
        """Only these rows (a mask); texts that no longer occur stay listed."""
        return self if kept.all() else Column(self.name, self.codes[kept], self.texts)


def encode(
    rows: Iterator[Row | Block], places: dict[str, int], names: list[str]
) -> tuple[dict[str, Column], np.ndarray]:
    """The columns at `places`, by role, and the line of each row."""
    parts: dict[str, list[tuple]] = {role: [] for role in places}
    lines: list[np.ndarray] = []
    for numbers, cells in _chunks(rows, [*places.values()]):
        lines.append(numbers)
        for role, place in places.items():
            parts[role].append(cells[place])
    columns = {role: _column(names[place], parts[role]) for role, place in places.items()}
    return columns, np.concatenate(lines) if lines else np.zeros(0, np.int64)


def _column(name: str, parts: list[tuple]) -> Column:
    """One column of the parts' codes and distinct texts."""
    if not parts:
        return Column(name, np.zeros(0, np.int64), [])
    among, texts = pd.factorize(np.concatenate([distinct for _, distinct in parts]))
    starts = np.cumsum([0, *(len(distinct) for _, distinct in parts)])
    codes = [among[start + own] for start, (own, _) in zip(starts, parts, strict=False)]
    return Column(name, np.concatenate(codes), list(texts))


def _chunks(rows: Iterator[Row | Block], places: list[int]):
    """Line numbers, and place → codes and distinct texts, of some rows at a time."""
    while chunk := list(islice(rows, CHUNK)):
        for is_block, group in groupby(chunk, lambda found: isinstance(found, Block)):
            if is_block:
                yield from (_of_block(block, places) for block in group)
                continue
            numbers, cells = zip(*group, strict=True)
            texts = {p: np.array([row[p] for row in cells], dtype=object) for p in places}
            yield np.array(numbers), {p: pd.factorize(texts[p]) for p in places}


def _of_block(block: Block, places: list[int]):
    frame = pd.read_csv(
        io.StringIO(block.text),
        sep=block.separator,
        header=None,
        names=range(block.width),
        usecols=places,
        dtype=object,  # "category" would take 007 for 7
        na_filter=False,
        quoting=csv.QUOTE_NONE,
        low_memory=False,
    )
    cells = {p: pd.factorize(frame[p].to_numpy()) for p in places}
    return block.first + np.arange(len(frame)), cells
