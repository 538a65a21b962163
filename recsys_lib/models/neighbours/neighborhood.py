"""The K nearest of every title (or viewer), found block by block in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

import numpy as np
from scipy import sparse

from recsys_lib.models.neighbours import compiled
from recsys_lib.models.neighbours.common import Block, Common, Compiled, viewers_of
from recsys_lib.models.neighbours.similarity import Measure, compared
from recsys_lib.models.neighbours.thin import is_thin, pairs_kept
from recsys_lib.models.top_k import highest
from recsys_lib.parallel import in_order

STRIP = 2**18
"""Cells that compiled code fills at a time, few enough for the processor's cache."""


def compare(left: Block, right: Block, measure: Measure, shrinkage: float) -> np.ndarray:
    """The shrunk similarity of each title of `left` to each of `right`."""
    return compared(Common(left, right), measure, shrinkage)


def nearest(
    value: sparse.csc_array,
    measure: Measure,
    neighbors: int,
    shrinkage: float,
    width: int = 1024,
    thin: bool | None = None,
) -> sparse.csr_array:
    """The similarities of each column's nearest other columns.

    Either all pairs of columns are compared, in blocks of `width`, or, where few have anything in
    common, those that do (`recsys_lib.models.neighbours.thin`): time grows with the square of the
    columns, or with the events times a viewer's. Large logs are compared by compiled code where
    Numba is installed. All ways agree wherever sums are exact.

    Args:
        value: CSC array (viewers, titles).
        measure: a formula of `similarity`.
        neighbors: how many to keep a column; only those with a similarity above 0 are kept.
            Of equally similar ones those with more events are kept, then those further left.
        shrinkage: see `similarity.shrunk`.
        width: columns of a block.
        thin: whether to compare only those with a viewer in common; None chooses the faster.

    Returns:
        float32 CSR array (titles, titles); row i holds the similarities of i's neighbours.
    """
    n = value.shape[1]
    order = np.argsort(-np.diff(value.indptr), kind="stable")
    thin = is_thin(value) if thin is None else thin
    if thin:
        kept = pairs_kept(value[:, order], measure, neighbors, shrinkage)
    elif compiled.worth(np.bincount(value.indices, minlength=value.shape[0]), n) and (
        compiled.available()
    ):
        kept = _strips_kept(value[:, order], measure, min(neighbors, n), shrinkage)
    else:
        kept = _tiles_kept(value[:, order], measure, min(neighbors, n), shrinkage, width)
    rows, columns, data = (np.concatenate(part) for part in zip(*kept, strict=True))
    places = order[rows].astype(np.int32), order[columns].astype(np.int32)
    return sparse.coo_array((data, places), shape=(n, n)).tocsr()


def _tiles_kept(value: sparse.csc_array, measure: Measure, k: int, shrinkage: float, width: int):
    """Row, column and value of what is kept, every pair of columns compared.

    Each pair of blocks is compared once, and only the best so far are held: memory grows with
    `width * (rows + width)` and `columns * k`.
    """
    n = value.shape[1]
    best = {start: Best(start, min(start + width, n), k) for start in range(0, n, width)}
    for a, b, similarity in tiles(value, measure, shrinkage, width):
        similarity = similarity.astype(np.float32, copy=False)
        if a == b:
            np.fill_diagonal(similarity, 0)  # nothing is its own neighbour
        np.copyto(similarity, -np.inf, where=similarity <= 0)
        best[a].offer(similarity, b)
        if a != b:
            best[b].offer(similarity.T, a)
    return [block.kept() for block in best.values()]


def _strips_kept(value: sparse.csc_array, measure: Measure, k: int, shrinkage: float):
    """As `_tiles_kept`, compiled: some columns at a time with all, and their best kept at once.

    Memory grows with the events and with `STRIP` for each thread.
    """
    n, n_viewers = value.shape[1], viewers_of(value)
    every = Block(value, n_viewers)
    every.by_viewer("seen")  # made once, before the threads ask for it
    width = max(STRIP // n, 1)

    def kept(start: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        strip = Block(value[:, start : start + width], n_viewers)
        similarity = compared(Compiled(strip, every), measure, shrinkage)
        similarity = similarity.astype(np.float32, copy=False)
        own = np.arange(len(similarity))
        similarity[own, start + own] = 0  # nothing is its own neighbour
        columns, best = compiled.highest(similarity, k)
        filled = best > 0
        return start + np.nonzero(filled)[0], columns[filled], best[filled]

    return list(in_order(kept, range(0, n, width)))


def all_similarities(value: sparse.csc_array, measure: Measure) -> np.ndarray:
    """The similarity of each column to each, float64, shape (columns, columns); 1 to itself."""
    similarities = np.empty((value.shape[1], value.shape[1]))
    for a, b, tile in tiles(value, measure):
        rows, columns = slice(a, a + tile.shape[0]), slice(b, b + tile.shape[1])
        similarities[rows, columns], similarities[columns, rows] = tile, tile.T
    np.fill_diagonal(similarities, 1)
    return similarities


def tiles(
    value: sparse.csc_array, measure: Measure, shrinkage: float = 0.0, width: int = 1024
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Each pair of blocks of `width` columns once: where the two start, and their similarities.

    They come in such an order that every block meets the others from left to right.
    """
    starts, n_viewers = range(0, value.shape[1], width), viewers_of(value)
    blocks = {start: Block(value[:, start : start + width], n_viewers) for start in starts}

    def tile(pair: tuple[int, int]) -> tuple[int, int, np.ndarray]:
        return *pair, compare(blocks[pair[0]], blocks[pair[1]], measure, shrinkage)

    return in_order(tile, combinations_with_replacement(starts, 2))


class Best:
    """The best columns seen so far for each of some rows, in ascending order of column."""

    def __init__(self, start: int, stop: int, k: int) -> None:
        self.start = start
        self.columns = np.zeros((stop - start, k), np.int64)
        self.values = np.full((stop - start, k), -np.inf, np.float32)

    def offer(self, values: np.ndarray, start: int) -> None:
        """Consider columns start, start + 1, ..., all to the right of those seen so far.

        A row whose best new value does not beat the least one that it holds stays as it is.
        """
        rows = np.flatnonzero(values.max(axis=1) > self.values.min(axis=1))
        k = self.values.shape[1]
        new, best = _top(np.take(values, rows, axis=0), k)
        columns = np.hstack([self.columns[rows], start + new])
        top, self.values[rows] = _top(np.hstack([self.values[rows], best]), k)
        self.columns[rows] = np.take_along_axis(columns, top, axis=1)

    def kept(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row, column and value of all that is kept."""
        filled = self.values > -np.inf
        return self.start + np.nonzero(filled)[0], self.columns[filled], self.values[filled]


def _top(values: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns of the k highest values of each row, from left to right, and those values.

    Left to right, because `highest` prefers the left of two equals when they are offered again.
    """
    top = highest(values, k)
    return top, np.take_along_axis(values, top, axis=1)
