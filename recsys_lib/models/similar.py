"""Titles like a title, as a model sees it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from recsys_lib.errors import UnsupportedError, check_at_least
from recsys_lib.interactions import ITEM, SCORE
from recsys_lib.models.ranking import columns_of, ranked


class SimilarItems(BaseEstimator):
    """The part of the contract that needs no viewer."""

    def similar_items(self, item_id, k: int = 10) -> pd.DataFrame:
        """The k titles most like `item_id`.

        The score is the cosine of the two titles' vectors where the model has such (factors,
        descriptions), the similarity in `ItemKNN` and `RatingKNN`, and in `EASE` and `RP3beta` what
        having watched `item_id` adds to the other title's score.

        Returns:
            DataFrame item_id, score, best first; equal scores by item id; only titles with a score
            above 0, so perhaps fewer than k.

        Raises:
            UnsupportedError: the model has neither vectors nor weights of titles.
            ArgumentError: the title is not in `train`, or k is below 1.
        """
        column, score = self._compare(item_id, k)
        score = np.where(score > 0, score, -np.inf).astype(np.float32)
        score[column] = -np.inf
        _, best, score, _ = ranked(score[None, :], int(k))
        return pd.DataFrame({ITEM: self.items_[best], SCORE: score})

    @property
    def _titles(self) -> np.ndarray | pd.Index:
        """The titles to look labels up in: with the log, an index that is built once."""
        return self.items_ if self.train_ is None else self.train_.item_index

    def _compare(self, item_id, k: int) -> tuple[int, np.ndarray]:
        """The title's column, and its likeness to each title."""
        check_is_fitted(self, "train_")
        check_at_least("k", k, 1, integer=True)
        column = int(columns_of([item_id], self._titles)[0])
        return column, self._likeness(column)

    def _likeness(self, column: int) -> np.ndarray:
        """How alike each title is to that of `column`, shape (n_items,)."""
        if not hasattr(self, "item_factors_"):
            what = f"{type(self).__name__} has neither vectors nor weights of titles"
            raise UnsupportedError(what, fix="Choose another model, such as ItemKNN.")
        return cosines(self.item_factors_, column)


def cosines(vectors: np.ndarray, row: int) -> np.ndarray:
    """The cosine of one row of `vectors` with each; 0 where a vector is 0.

    >>> cosines(np.array([[3.0, 4.0], [6.0, 8.0], [0.0, 0.0]]), 0)
    array([1., 1., 0.])
    """
    vectors = vectors.astype(np.float64)
    lengths = np.sqrt((vectors**2).sum(axis=1))
    dots, sizes = vectors @ vectors[row], lengths * lengths[row]
    return np.divide(dots, sizes, out=np.zeros(len(vectors)), where=sizes > 0)
