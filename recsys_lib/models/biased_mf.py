"""Taste in a few numbers, learned from stars: stochastic gradient descent."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from recsys_lib.errors import ArgumentError, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.rating import RatingPredictor


class BiasedMF(RatingPredictor):
    """A rating is the mean, what the viewer adds, what the title adds, and how the two fit.

    expected[u, i] = mean + bu[u] + bi[i] + P[u] · Q[i]

    loss = sum over ratings of (rating - expected[u, i]) ** 2
         + l2 * (bu[u] ** 2 + bi[i] ** 2 + |P[u]| ** 2 + |Q[i]| ** 2)

    One rating after the other, in the order of `train` (by viewer, then title), with
    error = rating - expected[u, i]:

    bu[u] += learning_rate * (error - l2 * bu[u])          and bi[i] likewise
    P[u]  += learning_rate * (error * Q[i] - l2 * P[u])    and Q[i] likewise, with the old P[u]

    Ratings that share no viewer and no title do not touch each other's numbers, so those whose
    turn has come are updated all at once (see `waves`): the result is that of one at a time.

    The same seed gives the same predictions as Surprise's `SVD` with the same settings.

    Args:
        factors: numbers a viewer and a title, at least 1.
        epochs: times that every rating is visited, at least 1.
        learning_rate: length of a step, above 0.
        l2: the penalty, at least 0.
        init_std: standard deviation of the first P and Q, in stars ** 0.5, at least 0.
        random_state: seed of the first P and Q.

    Attributes:
        user_factors_, item_factors_: P (n_users, factors) and Q (n_items, factors), float64.
        user_bias_, item_bias_: bu (n_users,) and bi (n_items,), in stars.

    Raises:
        ArgumentError: an argument outside its values, or steps so long that the numbers overflow.

    Source: `koren2009`. It is often called SVD, or Funk's SVD after who made it known.
    """

    def __init__(
        self,
        factors: int = 100,
        epochs: int = 20,
        learning_rate: float = 0.005,
        l2: float = 0.02,
        init_std: float = 0.1,
        random_state: int = 0,
    ) -> None:
        self.factors = factors
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.l2 = l2
        self.init_std = init_std
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        for name in ("factors", "epochs"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        for name in ("l2", "init_std"):
            check_at_least(name, getattr(self, name), 0)
        if not self.learning_rate > 0:
            raise ArgumentError(f"learning_rate must be above 0, not {self.learning_rate!r}")
        self._initialise(train)
        order, bounds = waves(train.event_rows, train.matrix.indices)
        rows, columns = train.event_rows[order], train.matrix.indices[order]
        ratings = train.matrix.data[order].astype(np.float64)
        spans = [slice(start, stop) for start, stop in pairwise(bounds.tolist())]
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(self.epochs):
                for span in spans:
                    self._step(rows[span], columns[span], ratings[span])
        if not (np.isfinite(self.user_factors_).all() and np.isfinite(self.item_factors_).all()):
            raise ArgumentError(f"learning_rate={self.learning_rate} is too large: the factors"
                                " grew without bound", fix="Try a tenth of it.")  # fmt: skip

    def _initialise(self, train: Interactions) -> None:
        # RandomState, and titles by first appearance: the draws that Surprise makes.
        rng = np.random.RandomState(self.random_state)
        self.user_bias_, self.item_bias_ = np.zeros(train.n_users), np.zeros(train.n_items)
        self.user_factors_ = np.zeros((train.n_users, self.factors))
        self.item_factors_ = np.zeros((train.n_items, self.factors))
        rated, first = np.unique(train.matrix.indices, return_index=True)
        rows, columns = np.flatnonzero(train.user_counts), rated[np.argsort(first)]
        self.user_factors_[rows] = rng.normal(0, self.init_std, (len(rows), self.factors))
        self.item_factors_[columns] = rng.normal(0, self.init_std, (len(columns), self.factors))

    def _step(self, rows: np.ndarray, columns: np.ndarray, ratings: np.ndarray) -> None:
        """Visit some ratings that share no viewer and no title."""
        p, q = self.user_factors_.take(rows, axis=0), self.item_factors_.take(columns, axis=0)
        bu, bi = self.user_bias_.take(rows), self.item_bias_.take(columns)
        error = ratings - (self.mean_ + bu + bi + np.einsum("nf,nf->n", p, q))
        rate, l2 = self.learning_rate, self.l2
        self.user_bias_[rows] = bu + rate * (error - l2 * bu)
        self.item_bias_[columns] = bi + rate * (error - l2 * bi)
        toward_q, toward_p = (rate * error)[:, None] * q, (rate * error)[:, None] * p
        p *= 1 - rate * l2
        q *= 1 - rate * l2
        p += toward_q
        q += toward_p
        self.user_factors_[rows], self.item_factors_[columns] = p, q

    def _predict_pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        fit = np.einsum("nf,nf->n", self.user_factors_[rows], self.item_factors_[columns])
        return self.mean_ + self.user_bias_[rows] + self.item_bias_[columns] + fit

    def _score(self, rows: np.ndarray) -> np.ndarray:
        expected = self.user_factors_[rows] @ self.item_factors_.T
        expected += self.mean_ + self.user_bias_[rows, None] + self.item_bias_
        unrated = self.train_.item_counts == 0
        expected[:, unrated] = self.user_means_[rows, None]
        return np.clip(expected, self.low_, self.high_).astype(np.float32)


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
