"""The part of the contract for models that predict stars."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender


class RatingPredictor(Recommender):
    """A recommender whose score is the rating it expects, in the unit of `train`'s values.

    A model file overrides `_fit` and `_predict_pairs`; a model that can fill whole rows faster
    overrides `_score` too. What is unknown is handled here: a pair whose user and item are both
    unknown gets the mean rating of `train`; if one of them is known, that one's mean.
    Predictions are clipped to the range of ratings that occur in `train`.
    """

    def fit(self, train: Interactions, *, items=None, users=None) -> RatingPredictor:
        """As in `Recommender.fit`; the values of `train` are ratings."""
        self.low_, self.high_, self.mean_ = 0.0, 0.0, 0.0
        if isinstance(train, Interactions) and train.n_events:
            values = train.matrix.data.astype(np.float64)
            self.low_, self.high_, self.mean_ = values.min(), values.max(), values.mean()
            self.user_means_ = _means(train.event_rows, values, train.n_users, self.mean_)
            self.item_means_ = _means(train.matrix.indices, values, train.n_items, self.mean_)
        return super().fit(train, items=items, users=users)

    def predict(self, user_ids, item_ids) -> np.ndarray:
        """The expected rating of each pair, float64, shape (len(user_ids),).

        Raises:
            ArgumentError: user_ids and item_ids differ in length.
        """
        if len(user_ids) != len(item_ids):
            raise ArgumentError(
                f"{len(user_ids)} user_ids and {len(item_ids)} item_ids are no pairs"
            )
        rows = self.train_.user_positions(user_ids)
        columns = self.train_.item_positions(item_ids)
        rated = self.train_.user_counts[rows] > 0, self.train_.item_counts[columns] > 0
        user_known, item_known = (rows >= 0) & rated[0], (columns >= 0) & rated[1]
        expected = np.full(len(rows), self.mean_)
        expected[user_known] = self.user_means_[rows[user_known]]
        expected[item_known] = self.item_means_[columns[item_known]]
        both = user_known & item_known
        if both.any():
            expected[both] = self._predict_pairs(rows[both], columns[both])
        return np.clip(expected, self.low_, self.high_)

    def _predict_pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Expected rating of each (row, column) of `train`, both with at least one rating."""
        raise NotImplementedError

    def _score(self, rows: np.ndarray) -> np.ndarray:
        users = np.repeat(self.train_.users[rows], self.train_.n_items)
        pairs = self.predict(users, np.tile(self.train_.items, len(rows)))
        return pairs.reshape(len(rows), self.train_.n_items).astype(np.float32)

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        return np.tile(self.item_means_.astype(np.float32), (len(users), 1))


def _means(codes: np.ndarray, values: np.ndarray, size: int, default: float) -> np.ndarray:
    counts = np.bincount(codes, minlength=size)
    sums = np.bincount(codes, values, minlength=size)
    return np.where(counts > 0, sums / np.maximum(counts, 1), default)
