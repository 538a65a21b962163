"""The nearest where few titles have a viewer in common: only pairs that do are looked at."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import sparse

from recsys_lib.models.neighbours.common import Block, Pairs, viewers_of
from recsys_lib.models.neighbours.similarity import Measure, compared
from recsys_lib.parallel import in_order

GAIN = 4  # how many multiplications of a sparse product take as long as one cell of a dense tile
STRIP = 2**22  # multiplications made at a time

Kept = tuple[np.ndarray, np.ndarray, np.ndarray]


def is_thin(value: sparse.csc_array) -> bool:
    """Whether the pairs of columns with a viewer in common cost less than all pairs.

    multiplications = sum over viewers of (events of the viewer) ** 2
    """
    return multiplications(value).sum() < GAIN * value.shape[1] ** 2


def multiplications(value: sparse.csc_array) -> np.ndarray:
    """What comparing each column with all others costs: the events of its viewers, (n_columns,)."""
    events = np.bincount(value.indices, minlength=value.shape[0])
    running = np.r_[0, np.cumsum(events[value.indices])]
    return np.diff(running[value.indptr])


def pairs_kept(value: sparse.csc_array, measure: Measure, k: int, shrinkage: float) -> list[Kept]:
    """Row, column and value of each column's k nearest, strip by strip.

    Memory grows with the events and with `STRIP`, or with the columns that share a viewer with
    the one that shares most.
    """
    n_viewers = viewers_of(value)
    every = Block(value, n_viewers)
    every.by_viewer("seen")  # made once, before the threads ask for it

    def kept(strip: tuple[int, int]) -> Kept:
        pairs = Pairs(Block(value[:, slice(*strip)], n_viewers), every)
        similarity = compared(pairs, measure, shrinkage).astype(np.float32, copy=False)
        rows = strip[0] + pairs.rows
        possible = (similarity > 0) & (rows != pairs.columns)  # nothing is its own neighbour
        return largest_of_rows(rows[possible], pairs.columns[possible], similarity[possible], k)

    return list(in_order(kept, _strips(multiplications(value))))


def largest_of_rows(rows: np.ndarray, columns: np.ndarray, values: np.ndarray, k: int) -> Kept:
    """The k largest entries of each row, of equal ones the lower columns.

    Args:
        rows: in ascending order, shape (n_entries,).
        columns, values: of each entry; in a row no column occurs twice.
        k: at least 1.

    >>> largest_of_rows(np.array([0, 0, 0]), np.array([2, 1, 0]), np.array([0.3, 0.9, 0.3]), 2)
    (array([0, 0]), array([1, 0]), array([0.9, 0.3]))
    """
    enough = values >= _least_kept(rows, values, k)
    rows, columns, values = rows[enough], columns[enough], values[enough]
    order = np.lexsort((columns, -values, rows))
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = order[place < k]
    return rows[kept], columns[kept], values[kept]


def _least_kept(rows: np.ndarray, values: np.ndarray, k: int) -> np.ndarray:
    """For each entry the k-th largest value of its row; -inf where the row has no more than k.

    Rows of about the same length are laid out as one table, so that less than half is padding.
    """
    least = np.full(len(values), -np.inf, values.dtype)
    starts = np.flatnonzero(np.r_[True, np.diff(rows) != 0][: len(rows)])
    sizes = np.diff(np.r_[starts, len(rows)])
    lengths = np.where(sizes > k, 2 ** np.ceil(np.log2(np.maximum(sizes, 1))), 0).astype(int)
    for length in np.unique(lengths[lengths > 0]):
        alike = lengths == length
        inside = np.arange(length) < sizes[alike, None]
        entries = (starts[alike, None] + np.arange(length))[inside]
        table = np.full(inside.shape, -np.inf, values.dtype)
        table[inside] = values[entries]
        kth = np.partition(table, length - k, axis=1)[:, length - k]
        least[entries] = np.repeat(kth, sizes[alike])
    return least


def _strips(costs: np.ndarray) -> list[tuple[int, int]]:
    """Bounds of columns side by side that together cost about `STRIP`."""
    edges = np.flatnonzero(np.diff(np.cumsum(costs) // STRIP)) + 1
    bounds = [0, *edges.tolist(), len(costs)]
    return list(pairwise(bounds))
