"""Taste in a few numbers, learned from stars: stochastic gradient descent."""

from __future__ import annotations

import math

import numpy as np

from recsys_lib.errors import ArgumentError, check_above, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.factors.rating_batches import Batch, products, waves
from recsys_lib.models.rating import RatingPredictor

LARGEST = 2**15  # ratings in a batch, which bounds the memory of a step


class BiasedMF(RatingPredictor):
    """A rating is the mean, what the viewer adds, what the title adds, and how the two fit.

    expected[u, i] = mean + bu[u] + bi[i] + P[u] · Q[i]

    loss = sum over ratings of (rating - expected[u, i]) ** 2
         + l2 * (bu[u] ** 2 + bi[i] ** 2 + |P[u]| ** 2 + |Q[i]| ** 2)

    Each rating in turn moves the numbers of its viewer and its title, with
    error = rating - expected[u, i]:

    bu[u] += learning_rate * (error - l2 * bu[u])          and bi[i] likewise
    P[u]  += learning_rate * (error * Q[i] - l2 * P[u])    and Q[i] likewise, with the old P[u]

    Ratings are visited in batches: those of one batch see the same old numbers, and what they add
    is summed up. With at_once=1 that is exactly one rating after the other in the order of `train`
    (by viewer, then title; see `waves`), in float64, and with the same seed the predictions are
    those of Surprise's `SVD`. Larger batches, drawn by lot, are many times faster: on MovieLens
    100K at 128 the RMSE differs by less than .001.

    Args:
        factors: numbers a viewer and a title, at least 1.
        epochs: times that every rating is visited, at least 1.
        learning_rate: length of a step, above 0.
        l2: the penalty, at least 0.
        init_std: standard deviation of the first P and Q, in stars ** 0.5, at least 0.
        at_once: ratings of the busiest viewer or title in a batch, on average, at least 1.
        random_state: seed of the first P and Q and of the batches.

    Attributes:
        user_factors_, item_factors_: P (n_users, factors) and Q (n_items, factors), float32, or
            float64 with at_once=1.
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
        at_once: int = 128,
        random_state: int = 0,
    ) -> None:
        self.factors = factors
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.l2 = l2
        self.init_std = init_std
        self.at_once = at_once
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        for name in ("factors", "epochs", "at_once"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        for name in ("l2", "init_std"):
            check_at_least(name, getattr(self, name), 0)
        check_above("learning_rate", self.learning_rate, 0)
        self._initialise(train)
        batches = [Batch.of(train, events) for events in self._visits(train)]
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(self.epochs):
                for batch in batches:
                    self._step(batch)
        if not (np.isfinite(self.user_factors_).all() and np.isfinite(self.item_factors_).all()):
            raise ArgumentError(
                f"learning_rate={self.learning_rate} is too large: the factors grew without bound",
                fix="Try a tenth of it, or a smaller at_once.",
            )

    def _initialise(self, train: Interactions) -> None:
        # RandomState, and titles by first appearance: the draws that Surprise makes.
        rng = np.random.RandomState(self.random_state)
        dtype = np.float64 if self.at_once == 1 else np.float32
        self.user_bias_, self.item_bias_ = np.zeros(train.n_users), np.zeros(train.n_items)
        self.user_factors_ = np.zeros((train.n_users, self.factors), dtype)
        self.item_factors_ = np.zeros((train.n_items, self.factors), dtype)
        rated, first = np.unique(train.matrix.indices, return_index=True)
        rows, columns = np.flatnonzero(train.user_counts), rated[np.argsort(first, kind="stable")]
        self.user_factors_[rows] = rng.normal(0, self.init_std, (len(rows), self.factors))
        self.item_factors_[columns] = rng.normal(0, self.init_std, (len(columns), self.factors))

    def _visits(self, train: Interactions) -> list[np.ndarray]:
        """Positions of the ratings of each batch."""
        if self.at_once == 1:
            order, bounds = waves(train.event_rows, train.matrix.indices)
            return np.split(order, bounds[1:-1])
        busiest = max(train.user_counts.max(), train.item_counts.max())
        parts = max(math.ceil(busiest / self.at_once), math.ceil(train.n_events / LARGEST))
        rng = np.random.default_rng(self.random_state)
        return np.array_split(rng.permutation(train.n_events), parts)

    def _step(self, batch: Batch) -> None:
        """Visit the ratings of a batch at once."""
        users, items, row, column = batch.users, batch.items, batch.row, batch.column
        p, q = self.user_factors_.take(users, axis=0), self.item_factors_.take(items, axis=0)
        bu, bi = self.user_bias_[users], self.item_bias_[items]
        error = batch.ratings - (self.mean_ + bu[row] + bi[column] + products(p, q, row, column))
        toward = (self.learning_rate * error).astype(p.dtype)
        left_p = 1 - self.learning_rate * self.l2 * batch.user_ratings
        left_q = 1 - self.learning_rate * self.l2 * batch.item_ratings
        self.user_bias_[users] = left_p * bu + np.bincount(row, toward)
        self.item_bias_[items] = left_q * bi + np.bincount(column, toward)
        errors = batch.matrix(toward)
        p_moved, q_moved = errors @ q, errors.T @ p
        p *= left_p.astype(p.dtype)[:, None]
        q *= left_q.astype(q.dtype)[:, None]
        p += p_moved
        q += q_moved
        self.user_factors_[users], self.item_factors_[items] = p, q

    def _predict_pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        fit = products(self.user_factors_, self.item_factors_, rows, columns)
        return self.mean_ + self.user_bias_[rows] + self.item_bias_[columns] + fit

    def _score(self, rows: np.ndarray) -> np.ndarray:
        expected = self.user_factors_[rows] @ self.item_factors_.T
        expected += self.mean_ + self.user_bias_[rows, None] + self.item_bias_
        unrated = self.item_counts_ == 0
        expected[:, unrated] = self.shrunk_user_means_[rows, None]
        return expected.astype(np.float32)
