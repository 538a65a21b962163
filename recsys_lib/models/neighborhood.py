"""The K nearest of every title (or viewer), found block by block in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import sparse

from recsys_lib.models.ahead import one_ahead
from recsys_lib.models.similarity import Block, Common, shrunk
from recsys_lib.models.top_k import top_k

Measure = Callable[[Common], np.ndarray]


def similarities(left: Block, right: Block, measure: Measure, shrinkage: float) -> np.ndarray:
    """The shrunk similarity of each title of `left` to each of `right`."""
    common = Common(left, right)
    similarity = measure(common)
    return shrunk(similarity, common.co, shrinkage) if shrinkage else similarity


def nearest(
    value: sparse.csc_array, measure: Measure, neighbors: int, shrinkage: float, width: int = 1024
) -> sparse.csr_array:
    """The similarities of each column's nearest other columns.

    Columns are compared in blocks of `width`, each pair of blocks once, and only the best so far
    are kept: memory grows with `width * (rows + width)` and `columns * neighbors`.

    Args:
        value: CSC array (viewers, titles).
        measure: a formula of `similarity`.
        neighbors: how many to keep a column; only those with a similarity above 0 are kept.
            Of equally similar ones those with more events are kept, then those further left.
        shrinkage: see `similarity.shrunk`.
        width: columns of a block.

    Returns:
        float32 CSR array (titles, titles); row i holds the similarities of i's neighbours.
    """
    n = value.shape[1]
    order = np.argsort(-np.diff(value.indptr), kind="stable")
    bounds = [*range(0, n, width), n]
    spans = list(zip(bounds, bounds[1:], strict=False))
    blocks = [Block(value[:, order[start:stop]]) for start, stop in spans]
    best = [Best(start, stop, min(neighbors, n)) for start, stop in spans]
    for a, b, similarity in one_ahead(_tiles(blocks, measure, shrinkage)):
        best[a].offer(similarity, best[b].start)
        if a != b:
            best[b].offer(np.ascontiguousarray(similarity.T), best[a].start)
    kept = [block.kept() for block in best]
    rows, columns, data = (np.concatenate(part) for part in zip(*kept, strict=True))
    return sparse.coo_array((data, (order[rows], order[columns])), shape=(n, n)).tocsr()


def _tiles(blocks: list[Block], measure: Measure, shrinkage: float) -> Iterator:
    """Each pair of blocks once, so that every block meets the others from left to right."""
    for a, left in enumerate(blocks):
        for b in range(a, len(blocks)):
            similarity = similarities(left, blocks[b], measure, shrinkage)
            similarity = similarity.astype(np.float32, copy=False)
            if a == b:
                np.fill_diagonal(similarity, 0)  # nothing is its own neighbour
            np.copyto(similarity, -np.inf, where=similarity <= 0)
            yield a, b, similarity


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
        new, best = _top(values[rows], k)
        columns = np.hstack([self.columns[rows], start + new])
        top, self.values[rows] = _top(np.hstack([self.values[rows], best]), k)
        self.columns[rows] = np.take_along_axis(columns, top, axis=1)

    def kept(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row, column and value of all that is kept."""
        filled = self.values > -np.inf
        return self.start + np.nonzero(filled)[0], self.columns[filled], self.values[filled]


def _top(values: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns of the k highest values of each row, from left to right, and those values.

    Left to right, because `top_k` prefers the left of two equals when they are offered again.
    """
    top = np.sort(top_k(values, k), axis=1)
    return top, np.where(top >= 0, np.take_along_axis(values, top, axis=1), -np.inf)
