"""The part of the contract for models that predict stars."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.ranking import check_scores, find_columns

DAMPING = 10  # ratings at the mean of train that every mean is taken together with


class RatingPredictor(Recommender):
    """A recommender whose score is the rating it expects, in the unit of `train`'s values.

    A model file overrides `_fit` and `_predict_pairs`; a model that can fill whole rows faster
    overrides `_score` too. What is unknown is handled here: a pair whose user and item are both
    unknown gets the mean rating of `train`; if one of them is known, that one's shrunk mean,

    shrunk_mean = (sum of its ratings + 10 * mean) / (number of its ratings + 10)

    so that a title with a single rating of 5 does not lead the list of everyone new. Lists are
    ranked by the expected rating as it was computed. Only what `predict` shows is clipped, to the
    range of ratings that occur in `train`: if 5 is the highest, 5.2 and 5.9 are two places on a
    list, but one rating.
    """

    def _begin(self, train: Interactions) -> None:
        super()._begin(train)
        values, rows = train.matrix.data.astype(np.float64), train.event_rows
        columns, n_users, n_items = train.matrix.indices, train.n_users, train.n_items
        self.low_, self.high_, self.mean_ = values.min(), values.max(), values.mean()
        self.user_means_ = _means(rows, values, n_users, self.mean_)
        self.item_means_ = _means(columns, values, n_items, self.mean_)
        self.shrunk_user_means_ = _means(rows, values, n_users, self.mean_, DAMPING)
        self.shrunk_item_means_ = _means(columns, values, n_items, self.mean_, DAMPING)

    def predict(self, user_ids, item_ids) -> np.ndarray:
        """The expected rating of each pair, float64, shape (len(user_ids),), clipped.

        Raises:
            ArgumentError: user_ids and item_ids differ in length, or are of another kind than the
                labels of `train`.
            DataError: the model expects a rating that is no finite number.
        """
        self._log()
        rows, columns = self._rows(user_ids)[1], find_columns(item_ids, self._titles)
        if len(rows) != len(columns):
            raise ArgumentError(f"{len(rows)} user_ids and {len(columns)} item_ids are no pairs")
        return np.clip(self._expected(rows, columns), self.low_, self.high_)

    def _expected(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """The expected rating of each pair; row or column -1 for what is unknown."""
        user_known, item_known = rows >= 0, columns >= 0
        user_known[user_known] = self.train_.user_counts[rows[user_known]] > 0
        item_known[item_known] = self.item_counts_[columns[item_known]] > 0
        expected = np.full(len(rows), self.mean_)
        expected[user_known] = self.shrunk_user_means_[rows[user_known]]
        expected[item_known] = self.shrunk_item_means_[columns[item_known]]
        both = user_known & item_known
        if both.any():
            expected[both] = self._predict_pairs(rows[both], columns[both])
        return check_scores(expected, type(self).__name__)

    def _predict_pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Expected rating of each (row, column) of `train`, both with at least one rating."""
        raise NotImplementedError

    def _score(self, rows: np.ndarray) -> np.ndarray:
        n_items = len(self.items_)
        pairs = np.repeat(rows, n_items), np.tile(np.arange(n_items), len(rows))
        return self._expected(*pairs).reshape(len(rows), n_items).astype(np.float32)

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        return np.tile(self.shrunk_item_means_.astype(np.float32), (len(users), 1))


def _means(
    codes: np.ndarray, values: np.ndarray, size: int, mean: float, damping: float = 0
) -> np.ndarray:
    """Mean value of each code, `damping` more values at `mean` included; `mean` for none."""
    counts = np.bincount(codes, minlength=size) + damping
    sums = np.bincount(codes, values, minlength=size) + damping * mean
    return np.where(counts > 0, sums / np.maximum(counts, 1), mean)
