"""Taste in a few numbers, learned from who watched what: alternating least squares."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from recsys_lib.errors import ArgumentError, check_above, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.factors import compiled
from recsys_lib.models.factors.least_squares import (
    Batch,
    batches,
    conjugate_gradients,
    solve_rows,
    weighted_sum,
)
from recsys_lib.models.histories import event_weights
from recsys_lib.models.numerics import check_learned, check_not_vanished
from recsys_lib.models.ranking import columns_of
from recsys_lib.parallel import in_order

CELLS = 2048  # events of a batch, whose factors fit in the processor's cache
TOGETHER = 16  # batches that a thread takes at a time
QUIET = {"over": "ignore", "invalid": "ignore"}  # what comes of it is checked in the end


class ImplicitALS(Recommender):
    """A title scores by the dot product of the viewer's factors and its own.

    score[u, i] = W[u] · H[i], where W (n_users, factors) and H (n_items, factors) minimise

    loss = sum over events (u, i) of r[u, i] * (score[u, i] - 1) ** 2
         + alpha * sum over all pairs (u, i) of score[u, i] ** 2
         + l2 * sum over u of (r[u].sum() + alpha * n_items) ** nu * |W[u]| ** 2
         + l2 * sum over i of (r[:, i].sum() + alpha * n_viewers) ** nu * |H[i]| ** 2

    n_viewers are the users with an event. r is 1 for an event and 0 without one; with weighted=True
    it is the value of the event (minutes, plays). An event pulls the score to 1, alpha pulls every
    score to 0, and nu says how much more the penalty weighs for those with many events: 0 not at
    all, 1 in proportion.

    With H fixed, each W[u] solves a linear system of its own, and the reverse. Each is moved toward
    its solution by `steps` of conjugate gradients, all viewers of a batch at once, and they take
    turns `iterations` times. On MovieLens 1M that takes a quarter of the time of solving exactly.
    Large logs take these steps in compiled code where Numba is installed (see `compiled`).
    At the end each W[u] is solved for exactly, as it is for a history that is not in the log, so
    that a viewer's score is one number: what the titles' factors make of what the viewer watched.

    The package implicit with confidence alpha_implicit * r, for r = 1, has the same solution up to
    one factor on all scores: alpha = 1 / (alpha_implicit - 1), l2 = regularization / alpha_implicit
    and nu = 0.

    Args:
        factors: numbers a viewer and a title, at least 1.
        alpha: weight of a pair without event, above 0, against 1 of an event.
        l2: the penalty, above 0.
        nu: exponent of the penalty, at least 0.
        iterations: rounds, at least 1.
        steps: of conjugate gradients a round, at least 1.
        weighted: whether values are weights; they must then be at least 0.
        random_state: seed of the first H, normal with standard deviation 0.1 / sqrt(factors).

    Attributes:
        user_factors_, item_factors_: W and H, float32.

    Raises:
        ArgumentError: an argument outside its values.
        DataError: weighted=True and a value is below 0.

    Sources: `hu2008` for the method, `rendle2022` for this loss.
    """

    def __init__(
        self,
        factors: int = 64,
        alpha: float = 0.3,
        l2: float = 0.3,
        nu: float = 0.5,
        iterations: int = 12,
        steps: int = 3,
        weighted: bool = False,
        random_state: int = 0,
    ) -> None:
        self.factors = factors
        self.alpha = alpha
        self.l2 = l2
        self.nu = nu
        self.iterations = iterations
        self.steps = steps
        self.weighted = weighted
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        self._check()
        by_user = event_weights(train.matrix, self.weighted)
        sides = by_user, by_user.T.tocsr()
        walks = 2 * self.iterations * (self.steps + 1)
        if compiled.worth(train.n_events, self.factors, walks) and compiled.available():
            improve = self._improve_compiled
        else:
            improve, sides = self._improve, [batches(r, CELLS) for r in sides]
        rng = np.random.default_rng(self.random_state)
        scale = 0.1 / np.sqrt(self.factors)
        W = np.zeros((train.n_users, self.factors))
        H = rng.normal(0, scale, (train.n_items, self.factors))
        H[train.item_counts == 0] = 0  # no event pulls these away from 0
        # In float64, rounded at the end: float32 would grow the last digits, in which processors
        # differ, until near-tied titles change places. One thread a product: they are small.
        with threadpool_limits(1, user_api="blas"), np.errstate(**QUIET):
            for _ in range(self.iterations):
                improve(W, H, sides[0], train.n_items)
                improve(H, W, sides[1], train.active_users)
            self.item_factors_ = H.astype(np.float32)
        self.user_factors_ = self._solved(train.matrix)
        check_learned(self, user_factors_=self.user_factors_, item_factors_=self.item_factors_)
        check_not_vanished(self, train, self.user_factors_, self.item_factors_)

    def _check(self) -> None:
        for name in ("factors", "iterations", "steps"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        check_at_least("nu", self.nu, 0)
        for name in ("alpha", "l2"):
            check_above(name, getattr(self, name), 0)

    def _improve(self, W: np.ndarray, H: np.ndarray, parts: list[Batch], n_others: int) -> None:
        """Move each row of W toward the least loss with H fixed."""
        gram = self.alpha * (H.T @ H)

        def improve(some: list[Batch]) -> None:
            with np.errstate(**QUIET):  # which a thread does not take over from who started it
                for batch in some:
                    total = batch.weights.sum(axis=1, dtype=np.float64) + self.alpha * n_others
                    penalty = (self.l2 * total**self.nu)[:, None]
                    W[batch.rows] = self._improved(W[batch.rows], H, gram, penalty, batch)

        starts = range(0, len(parts), TOGETHER)
        for _ in in_order(improve, (parts[start : start + TOGETHER] for start in starts)):
            pass  # each batch has rows of its own

    def _improved(self, x, H, gram: np.ndarray, penalty: np.ndarray, batch: Batch) -> np.ndarray:
        chosen = np.take(H, batch.columns, axis=0)  # (rows, length, factors)

        def curvature(x: np.ndarray) -> np.ndarray:
            scores = (chosen @ x[:, :, None])[:, :, 0]
            return weighted_sum(batch.weights * scores, chosen) + x @ gram + penalty * x

        target = weighted_sum(batch.weights, chosen)
        return conjugate_gradients(curvature, target, x, self.steps)

    def _improve_compiled(self, W, H, r: sparse.csr_array, n_others: int) -> None:
        """As `_improve`, row by row."""
        gram = self.alpha * (H.T @ H)
        total = r.sum(axis=1, dtype=np.float64) + self.alpha * n_others
        penalty = self.l2 * total**self.nu

        def improve(rows: slice) -> None:
            compiled.steps_toward(W, H, r, gram, penalty, self.steps, rows)

        for _ in in_order(improve, compiled.pieces(r.indptr)):
            pass  # each piece has rows of its own

    def fold_in(self, item_ids, values=None) -> np.ndarray:
        """Factors of a viewer with these events, new or changed, with H as it is.

        Args:
            item_ids: labels of the titles watched; unknown ones are an error, repeats count twice.
            values: their weights, for weighted=True; None means 1 each.

        Returns:
            float32 (factors,); `item_factors_ @ factors` are the viewer's scores.

        Raises:
            ArgumentError: an unknown title, or as many values as titles are not given.
        """
        check_is_fitted(self, "train_")
        columns = columns_of(item_ids, self._titles)
        weights = np.ones(len(columns)) if values is None else np.asarray(values, dtype=float)
        if weights.shape != columns.shape or not (weights >= 0).all() or np.isinf(weights).any():
            raise ArgumentError("values must be one number of at least 0 for each of item_ids")
        order = np.argsort(columns, kind="stable")
        ends = np.array([0, len(columns)])
        shape = 1, len(self.items_)
        history = sparse.csr_array((weights[order], columns[order], ends), shape=shape)
        return self._solve(history)[0]

    def _solved(self, histories: sparse.csr_array) -> np.ndarray:
        """Factors of each row of events, float32."""
        return self._solve(event_weights(histories, self.weighted))

    def _solve(self, r: sparse.csr_array) -> np.ndarray:
        total = r.astype(np.float64).sum(axis=1) + self.alpha * r.shape[1]
        penalty = self.l2 * total**self.nu
        return solve_rows(r, self.item_factors_, self.alpha, penalty).astype(np.float32)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return products(self._solved(histories), self.item_factors_)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return products(self.user_factors_[rows], self.item_factors_)


def products(W: np.ndarray, H: np.ndarray) -> np.ndarray:
    """W @ H.T in float64, then rounded: the same however many rows are asked for at once."""
    return (W.astype(np.float64) @ H.astype(np.float64).T).astype(np.float32)
