"""Opinions that not everybody gives: taste in a few numbers, with weights for what is missing."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_lib.errors import ArgumentError, DataError, check_above, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.factors.least_squares import batches, weighted_sum
from recsys_lib.models.factors.rating_batches import products
from recsys_lib.models.rating import RatingPredictor


def giving_chances(given, asked, n_pairs: int) -> dict[float, float]:
    """How likely an opinion of each value is to be given at all, by Bayes' rule.

    chance[v] = P(given | v) = P(v | given) * P(given) / P(v)

    Only a small survey, in which pairs are asked by lot, can say P(v): the opinions that were
    given cannot, since what is missing from them is the question.

    Args:
        given: values that viewers gave by themselves, one an opinion.
        asked: values of pairs of viewer and title that were drawn by lot; each value that was
            given should occur, and one more of each is counted, so that none is 0.
        n_pairs: all pairs of viewer and title.

    Returns:
        value → chance, above 0 and at most 1.

    Raises:
        DataError: nothing was given, or more than there are pairs.

    >>> giving_chances([0, 1, 1, 1], [0, 0, 0, 0, 1, 1], n_pairs=100)  # P(0) = 5 / 8
    {0.0: 0.016, 1.0: 0.08}
    """
    given, asked = np.asarray(given, float), np.asarray(asked, float)
    if not 0 < len(given) <= n_pairs:
        raise DataError(f"{len(given)} opinions were given of {n_pairs} pairs")
    values, counts = np.unique(given, return_counts=True)
    said = np.array([(asked == value).sum() + 1 for value in values])
    share = said / (np.isin(asked, values).sum() + len(values))
    return dict(zip(values.tolist(), np.minimum(counts / n_pairs / share, 1).tolist(), strict=True))


class OpinionMF(RatingPredictor):
    """An expected opinion: a start, what viewer and title add, and how the two fit.

    expected[u, i] = start + bu[u] + bi[i] + P[u] · Q[i]

    loss = sum over given (u, i) of weight[u, i] * (value[u, i] - expected[u, i]) ** 2
         + imputed_weight * sum over all (u, i) of (imputed - expected[u, i]) ** 2
           (of viewers and of titles with an opinion)
         + l2 * sum of squares of bu, bi, P and Q

    Three ways to think of opinions that were not given:

    - naive: those that were given stand for all. weight is 1, nothing is imputed, and start is
      the mean of what was given.
    - imputed: a pair without opinion is guessed to be `imputed`, which is also start.
    - weighted: with `chances`, weight is 1 / chances[value], brought to a mean of 1: whoever seldom
      speaks counts for those who did not. start is then the weighted mean.

    Viewers and titles take turns, each solved for exactly, in float64.

    Args:
        factors: length of P[u] and Q[i], at least 1.
        l2: the penalty, above 0.
        iterations: turns, at least 1.
        chances: value → how likely an opinion of that value is given, see `giving_chances`; None
            weighs all alike.
        imputed: value of a pair without opinion; None imputes nothing.
        imputed_weight: what such a pair counts, above 0, against 1 of one that was given.
        random_state: seed of the first Q.

    Attributes:
        start_: see above.
        user_bias_, item_bias_: (n_users,) and (n_items,), float64.
        user_factors_, item_factors_: (n_users, factors) and (n_items, factors), float64.

    Raises:
        ArgumentError: an argument outside its values, or a value without a chance.

    Source: `schnabel2016`.
    """

    def __init__(
        self,
        factors: int = 8,
        l2: float = 5.0,
        iterations: int = 8,
        chances: dict | None = None,
        imputed: float | None = None,
        imputed_weight: float = 0.01,
        random_state: int = 0,
    ) -> None:
        self.factors = factors
        self.l2 = l2
        self.iterations = iterations
        self.chances = chances
        self.imputed = imputed
        self.imputed_weight = imputed_weight
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        for name in ("factors", "iterations"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        for name in ("l2", "imputed_weight"):
            check_above(name, getattr(self, name), 0)
        weight, value = self._weights(train.matrix.data), train.matrix.data.astype(np.float64)
        self.start_ = (weight @ value) / weight.sum() if self.imputed is None else self.imputed
        pull = 0.0 if self.imputed is None else self.imputed_weight
        parts = train.matrix.indices, train.matrix.indptr
        by_viewer = sparse.csr_array((weight, *parts), shape=train.matrix.shape)
        above = sparse.csr_array((weight * (value - self.start_), *parts), shape=by_viewer.shape)
        both = (by_viewer, above), (by_viewer.T.tocsr(), above.T.tocsr())
        sides = [tuple(zip(batches(w), batches(r), strict=True)) for w, r in both]
        rng = np.random.default_rng(self.random_state)
        first = 0.1 * rng.standard_normal((train.n_items, self.factors))
        first[train.item_counts == 0] = 0
        item = np.column_stack([np.zeros(train.n_items), first])
        with threadpool_limits(1, user_api="blas"):
            for _ in range(self.iterations):
                user = _solved(train.user_counts > 0, item, sides[0], pull, self.l2)
                item = _solved(train.item_counts > 0, user, sides[1], pull, self.l2)
        self.user_bias_, self.user_factors_ = user[:, 0], user[:, 1:]
        self.item_bias_, self.item_factors_ = item[:, 0], item[:, 1:]

    def _weights(self, values: np.ndarray) -> np.ndarray:
        if self.chances is None:
            return np.ones(len(values))
        found, place = np.unique(values, return_inverse=True)
        chance = np.array([self.chances.get(value, 0.0) for value in found.tolist()], float)
        if not (chance > 0).all():
            raise ArgumentError(f"chances has none above 0 for {found[chance <= 0].tolist()}")
        weight = 1 / chance[place]
        return weight / weight.mean()

    def _predict_pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        fit = products(self.user_factors_, self.item_factors_, rows, columns)
        return self.start_ + self.user_bias_[rows] + self.item_bias_[columns] + fit

    def _score(self, rows: np.ndarray) -> np.ndarray:
        fit = self.user_factors_[rows] @ self.item_factors_.T
        fit += self.start_ + self.user_bias_[rows, None] + self.item_bias_
        unrated = self.item_counts_ == 0
        fit[:, unrated] = self.shrunk_user_means_[rows, None]
        return fit.astype(np.float32)


def _solved(told: np.ndarray, other: np.ndarray, parts, pull: float, l2: float) -> np.ndarray:
    """One side's biases (column 0) and factors, with the other side's as they are.

    Args:
        told: which rows of this side have an opinion; the others stay 0.
        other: (n_others, 1 + factors), its biases first.
        parts: pairs of batches: the weights of the opinions, and weights times value - start.
        pull: imputed_weight, or 0.
    """
    bias = other[:, 0]
    features = np.column_stack([np.ones(len(other)), other[:, 1:]])
    features[~other.any(axis=1)] = 0  # nothing is imputed where there is no opinion at all
    gram = pull * (features.T @ features) + l2 * np.eye(features.shape[1])
    push = -pull * (features.T @ bias)
    found = np.zeros((len(told), features.shape[1]))
    for weights, above in parts:
        chosen = features[weights.columns]
        right = weighted_sum(above.weights - weights.weights * bias[weights.columns], chosen) + push
        left = chosen.transpose(0, 2, 1) @ (weights.weights[:, :, None] * chosen) + gram
        found[weights.rows] = np.linalg.solve(left, right[:, :, None])[:, :, 0]
    return found
