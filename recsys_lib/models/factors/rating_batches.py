"""Ratings visited many at a time: batches, and an order in which that changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recsys_lib.interactions import Interactions


@dataclass(frozen=True)
class Batch:
    """Some ratings, with the viewers and titles that they are about.

    Attributes:
        users, items: rows and columns of train, each once, ascending.
        user_ratings, item_ratings: how many ratings of the batch each of them has.
        row, column: positions in users and items of each rating, by row, then column.
        ratings: float64, in stars.
    """

    users: np.ndarray
    items: np.ndarray
    user_ratings: np.ndarray
    item_ratings: np.ndarray
    row: np.ndarray
    column: np.ndarray
    ratings: np.ndarray

    @classmethod
    def of(cls, train: Interactions, events: np.ndarray) -> Batch:
        """The ratings at these positions of `train.matrix.data`."""
        events = np.sort(events)
        parts = [
            np.unique(codes, return_inverse=True, return_counts=True)
            for codes in (train.event_rows[events], train.matrix.indices[events])
        ]
        (users, row, user_ratings), (items, column, item_ratings) = parts
        places = row.astype(np.int32), column.astype(np.int32)
        ratings = train.matrix.data[events].astype(np.float64)
        return cls(users, items, user_ratings, item_ratings, *places, ratings)

    def matrix(self, values: np.ndarray) -> sparse.csr_array:
        """One value for each rating as a sparse matrix (users, items)."""
        starts = np.r_[0, np.cumsum(self.user_ratings)]
        shape = len(self.users), len(self.items)
        return sparse.csr_array((values, self.column, starts), shape=shape)


def products(P: np.ndarray, Q: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """P[row] · Q[column] of each pair, some at a time so that they stay in the cache."""
    found = np.empty(len(rows), P.dtype)
    for start in range(0, len(rows), 1024):
        part = slice(start, start + 1024)
        found[part] = np.vecdot(P.take(rows[part], axis=0), Q.take(columns[part], axis=0))
    return found


def waves(rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sort (row, column) pairs into waves, so that wave by wave equals one by one.

    wave[t] = 1 + the last wave in which the row or the column of pair t occurs before t, or 0

    Within a wave no row and no column occurs twice, and of two pairs that share one the earlier is
    in the earlier wave.

    Returns:
        The order of the pairs, shape (n_pairs,), and where in it each wave starts and the last one
        ends, shape (n_waves + 1,).

    >>> order, bounds = waves(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    >>> order.tolist(), bounds.tolist()  # (0, 0), then (0, 1) and (1, 0) together, then (1, 1)
    ([0, 1, 2, 3], [0, 1, 3, 4])
    """
    row_free, column_free = [0] * (rows.max() + 1), [0] * (columns.max() + 1)
    wave = np.empty(len(rows), np.int64)
    for pair, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        turn = max(row_free[row], column_free[column])
        wave[pair] = turn
        row_free[row] = column_free[column] = turn + 1
    return np.argsort(wave, kind="stable"), np.r_[0, np.cumsum(np.bincount(wave))]
