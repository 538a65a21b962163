"""Taste in a few numbers, also for what nobody has watched: vectors that features add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_lib.errors import check_above, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.viewer_features import viewer_groups
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.content.title_features import check_titles
from recsys_lib.models.factors.ials import products
from recsys_lib.models.factors.least_squares import (
    Batch,
    batches,
    conjugate_gradients,
    solve_rows,
    weighted_sum,
)
from recsys_lib.models.histories import event_weights
from recsys_lib.models.numerics import check_learned, check_not_vanished


class FeaturedMF(Recommender):
    """A title's vector is its own part plus its features' vectors; a viewer's likewise.

    score[u, i] = W[u] · H[i],  W[u] = own[u] + user_features[u] @ A,
                                H[i] = own[i] + item_features[i] @ B

    loss = sum over events (u, i) of r[u, i] * (score[u, i] - 1) ** 2
         + alpha * sum over pairs (u, i) of score[u, i] ** 2
         + l2 * sum over u of (r[u].sum() + alpha * n_items) ** nu * |own[u]| ** 2
         + l2 * sum over i of (r[:, i].sum() + alpha * n_viewers) ** nu * |own[i]| ** 2
         + l2_features * (|A| ** 2 + |B| ** 2)

    r is 1; with weighted=True it is the value of the event (minutes, plays).
    It is `ImplicitALS` with the penalty moved: a vector is pulled not to 0, but to what its
    features predict. Only viewers (n_viewers of them) and titles with events are in the sums. All
    others have no own part, so a title that nobody watched and a viewer who watched nothing get the
    vectors of their features. The first feature is a constant 1, the vector of the average title or
    viewer. W, A, H and B take turns, each moved by `steps` of conjugate gradients with the others
    fixed; at the end each W[u] is solved for exactly, as it is for a history that is not in the
    log.

    Args:
        factors: numbers a vector, at least 1.
        weights: blocks of title features, as in `ContentProfile`, which computes them.
        columns: columns of `users`, each value of which is a feature of a viewer; () for none.
        alpha: weight of a pair without event, above 0, against 1 of an event.
        l2: the penalty on own parts, above 0.
        l2_features: the penalty on features' vectors, above 0.
        nu: exponent of the penalty, at least 0.
        iterations: rounds, at least 1.
        steps: of conjugate gradients a turn, at least 1.
        weighted: whether values are weights; they must then be at least 0.
        random_state: seed of the first H, as in `ImplicitALS`.

    Attributes:
        user_factors_, item_factors_: W and H, float32.
        user_features_, item_features_: A and B, float64; the first row belongs to the constant.
        user_feature_names_, item_feature_names_: DataFrames block, feature, a row for each of the
            other rows.

    Raises:
        ArgumentError: an argument outside its values.
        DataError: `items`, or `users` where `columns` ask for it, is absent, lacks a column or
            holds a label twice; or weighted=True and a value is below 0.

    Sources: `kula2015` for vectors summed from features, `hu2008` and `rendle2022` for the loss.
    """

    def __init__(
        self,
        factors: int = 64,
        weights: dict[str, float] | None = None,
        columns: tuple[str, ...] = (),
        alpha: float = 0.3,
        l2: float = 0.3,
        l2_features: float = 10.0,
        nu: float = 0.5,
        iterations: int = 12,
        steps: int = 3,
        weighted: bool = False,
        random_state: int = 0,
    ) -> None:
        self.factors = factors
        self.weights = weights
        self.columns = columns
        self.alpha = alpha
        self.l2 = l2
        self.l2_features = l2_features
        self.nu = nu
        self.iterations = iterations
        self.steps = steps
        self.weighted = weighted
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        self._check()
        check_titles(items, (), "FeaturedMF")
        content = ContentProfile(self.weights).fit(train, items=items)
        self.item_feature_names_ = content.feature_names_
        self.groups_ = viewer_groups(users, tuple(self.columns), train.users)
        self.user_feature_names_ = self.groups_.columns.to_frame(index=False)
        r = event_weights(train.matrix, self.weighted)
        viewers = self._side(self._viewer_features(train.users), r, train.n_items)
        titles = self._side(with_constant(content.features_), r.T.tocsr(), train.active_users)
        rng = np.random.default_rng(self.random_state)
        drawn = rng.normal(0, 0.1 / np.sqrt(self.factors), titles.vectors.shape)
        titles.vectors[:] = np.where(titles.penalty[:, None] > 0, drawn, 0)
        # In float64 and with one thread, for the reasons given in `ImplicitALS`.
        quiet = np.errstate(over="ignore", invalid="ignore")  # what comes of it is checked below
        with threadpool_limits(1, user_api="blas"), quiet:
            for _ in range(self.iterations):
                for side, other in ((viewers, titles), (titles, viewers)):
                    side.improve_vectors(other.vectors, self.alpha, self.steps)
                    side.improve_effects(self.l2_features, self.steps)
            self.item_factors_ = titles.finished()
        self.user_features_, self.item_features_ = viewers.effects, titles.effects
        self.user_factors_ = self._solved(train.users, train.matrix)
        learned = {"user_factors_": self.user_factors_, "item_factors_": self.item_factors_}
        check_learned(self, **learned)
        check_not_vanished(self, train, self.user_factors_, self.item_factors_)

    def _check(self) -> None:
        for name in ("factors", "iterations", "steps"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        check_at_least("nu", self.nu, 0)
        for name in ("alpha", "l2", "l2_features"):
            check_above(name, getattr(self, name), 0)

    def _side(self, features: sparse.csr_array, r: sparse.csr_array, n_others: int) -> Side:
        return Side(
            vectors=np.zeros((r.shape[0], self.factors)),
            features=features,
            effects=np.zeros((features.shape[1], self.factors)),
            penalty=np.where(np.diff(r.indptr) > 0, self._penalty(r, n_others), 0),
            parts=batches(r),
        )

    def _penalty(self, r: sparse.csr_array, n_others: int) -> np.ndarray:
        return self.l2 * (r.astype(np.float64).sum(axis=1) + self.alpha * n_others) ** self.nu

    def _viewer_features(self, labels: np.ndarray) -> sparse.csr_array:
        groups = self.groups_.reindex(labels, fill_value=False).to_numpy(float)
        return with_constant(sparse.csr_array(groups))

    def _solved(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        """Vectors of viewers by what they watched and by their features, float32."""
        r = event_weights(histories, self.weighted)
        H = np.where(self.item_counts_[:, None] > 0, self.item_factors_, 0)  # those in the loss
        predicted = self._viewer_features(users) @ self.user_features_
        solved = solve_rows(r, H, self.alpha, self._penalty(r, r.shape[1]), predicted)
        told = np.diff(histories.indptr)[:, None] > 0
        return np.where(told, solved, predicted).astype(np.float32)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return products(self._solved(users, histories), self.item_factors_)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return products(self.user_factors_[rows], self.item_factors_)

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        return products(self._viewer_features(users) @ self.user_features_, self.item_factors_)


@dataclass
class Side:
    """The viewers, or the titles, while they are being fitted.

    Attributes:
        vectors: (n, factors), 0 for those without events until `finished`.
        features: (n, n_features).
        effects: the features' vectors, (n_features, factors).
        penalty: on each own part, (n,); 0 for those without events.
        parts: the events, in batches.
    """

    vectors: np.ndarray
    features: sparse.csr_array
    effects: np.ndarray
    penalty: np.ndarray
    parts: list[Batch]

    def predicted(self) -> np.ndarray:
        """What the features say of each vector."""
        return self.features @ self.effects

    def finished(self) -> np.ndarray:
        """All vectors; those without events are what their features say."""
        whole = np.where(self.penalty[:, None] > 0, self.vectors, self.predicted())
        return whole.astype(np.float32)

    def improve_vectors(self, others: np.ndarray, alpha: float, steps: int) -> None:
        """Move each vector toward the least loss, with its features' vectors fixed."""
        gram, predicted = alpha * (others.T @ others), self.predicted()
        for batch in self.parts:
            chosen, rows = others[batch.columns], batch.rows
            penalty = self.penalty[rows, None]

            def curvature(x, chosen=chosen, batch=batch, penalty=penalty):
                scores = (chosen @ x[:, :, None])[:, :, 0]
                return weighted_sum(batch.weights * scores, chosen) + x @ gram + penalty * x

            target = weighted_sum(batch.weights, chosen) + penalty * predicted[rows]
            self.vectors[rows] = conjugate_gradients(curvature, target, self.vectors[rows], steps)

    def improve_effects(self, l2: float, steps: int) -> None:
        """Move the features' vectors toward the ridge regression of the vectors on features."""
        weighted = (sparse.diags_array(self.penalty) @ self.features).T.tocsr()

        def curvature(x):
            return (weighted @ (self.features @ x.T)).T + l2 * x

        target = (weighted @ self.vectors).T
        self.effects = conjugate_gradients(curvature, target, self.effects.T, steps).T


def with_constant(features: sparse.csr_array) -> sparse.csr_array:
    """The features with a column of 1 before them."""
    return sparse.csr_array(sparse.hstack([np.ones((features.shape[0], 1)), features]))
