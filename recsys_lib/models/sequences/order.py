"""What every sequence model shares: histories in the order in which they were watched."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.errors import DataError
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.histories import history_of_labels
from recsys_lib.models.ranking import columns_of


class SequenceRecommender(Recommender):
    """A recommender that goes by the order of a history, and by nothing else about its events.

    The rows that `_score_histories` gets hold *places* in place of values: 1 for the title watched
    first, 2 for the next, and so on; events of the same second follow one another by item id.
    Times come from `train`, from `score_histories(histories)`, or, in `recommend_for`, from the
    order of the list. A hybrid can have a sequence model as a parent for the viewers of its log.

    Raises:
        DataError: the log, or the histories, have no times.
    """

    reads_order = True

    def fit(self, train: Interactions, *, items=None, users=None) -> SequenceRecommender:
        """Learn from `train`, which must have times; otherwise as `Recommender.fit`.

        Raises:
            DataError: `train` has no times.
        """
        if isinstance(train, Interactions):
            _check_times(train, "train")
        return super().fit(train, items=items, users=users)

    def score_histories(
        self, histories: Interactions, *, unknown_items: str = "error"
    ) -> np.ndarray:
        """As `Recommender.score_histories`; the order is that of `histories.times`.

        Raises:
            DataError: `histories` has no times.
        """
        if isinstance(histories, Interactions):
            histories = in_places(histories)
        return super().score_histories(histories, unknown_items=unknown_items)

    def recommend_for(
        self, history, k: int = 10, *, values=None, exclude_seen: bool = True, items=None, user=None
    ) -> pd.DataFrame:
        """As `Recommender.recommend_for`; `history` is in the order watched, the newest last.

        `values` are checked, and say nothing to a model of the order.
        """
        self._check_takes_histories()
        history_of_labels(history, values, self._titles)
        places = np.arange(1, len(columns_of(history, self._titles)) + 1)
        return super().recommend_for(
            history, k, values=places, exclude_seen=exclude_seen, items=items, user=user
        )

    def _score(self, rows: np.ndarray) -> np.ndarray:
        matrix = placed(self.train_.matrix[rows], self.train_.times[_events(self.train_, rows)])
        return self._score_histories(self.train_.users[rows], matrix)


def in_places(log: Interactions) -> Interactions:
    """The same events; the value of each is its place in the viewer's order, from 1.

    Raises:
        DataError: the log has no times.
    """
    _check_times(log, "histories")
    matrix = placed(log.matrix, log.times)
    return Interactions(log.users, log.items, matrix, log.times)


def placed(matrix: sparse.csr_array, times: np.ndarray) -> sparse.csr_array:
    """The matrix with the place of each event in its row, from 1, in place of its value.

    Args:
        times: in the order of `matrix.data`; of equal times the lower column comes first.
    """
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((times, rows))
    places = np.empty(matrix.nnz, np.float32)
    places[order] = np.arange(matrix.nnz) - matrix.indptr[rows] + 1
    return sparse.csr_array((places, matrix.indices, matrix.indptr), shape=matrix.shape)


def ages(places: sparse.csr_array) -> np.ndarray:
    """How many events of the same row are newer than each, in the order of `places.data`; int.

    >>> ages(sparse.csr_array([[2.0, 0.0, 5.0, 1.0], [0.0, 1.0, 0.0, 0.0]]))
    array([1, 0, 2, 0])
    """
    again = placed(places, places.data)  # places may have gaps, where titles are unknown
    return np.repeat(np.diff(again.indptr), np.diff(again.indptr)) - again.data.astype(np.int64)


def windows(places: sparse.csr_array, length: int, empty: int) -> np.ndarray:
    """The newest `length` columns of each row, oldest first, `empty` on the left of short rows.

    Returns:
        int64 (n_rows, length).

    >>> windows(sparse.csr_array([[2.0, 0.0, 5.0, 1.0], [0.0, 1.0, 0.0, 0.0]]), 2, empty=-1)
    array([[ 0,  2],
           [-1,  1]])
    """
    age = ages(places)
    rows = np.repeat(np.arange(places.shape[0]), np.diff(places.indptr))
    newest = age < length
    found = np.full((places.shape[0], length), empty, np.int64)
    found[rows[newest], length - 1 - age[newest]] = places.indices[newest]
    return found


def steps(log: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """The columns of each two titles that some viewer watched one right after the other."""
    rows = log.event_rows
    order = np.lexsort((log.times, rows))
    row, column = rows[order], log.matrix.indices[order]
    follows = row[1:] == row[:-1]
    return column[:-1][follows], column[1:][follows]


def _events(log: Interactions, rows: np.ndarray) -> np.ndarray:
    """Where the events of these rows stand in `log.matrix.data`, in the order of `rows`."""
    starts, counts = log.matrix.indptr[rows], log.user_counts[rows]
    ends = np.cumsum(counts)
    return np.arange(counts.sum()) + np.repeat(starts - (ends - counts), counts)


def _check_times(log: Interactions, name: str) -> None:
    if log.times is None:
        raise DataError(f"{name} has no times, so the order of what was watched is unknown",
                        fix="Pass time= to Interactions.from_frame.")  # fmt: skip
