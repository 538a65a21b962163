"""Factors that learn one event after the other, and never look back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from recsys_lib.errors import DataError, check_above, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.factors.ials import products
from recsys_lib.models.factors.rating_batches import waves
from recsys_lib.models.numerics import check_learned


class IncrementalMF(Recommender):
    """Each event, when it happens, moves the numbers of its viewer and of its title.

    score[u, i] = P[u] · Q[i]

    For every event (u, i) in the order of time, `passes` times, with error = 1 - P[u] · Q[i]:

    P[u] += learning_rate * (error * Q[i] - l2 * P[u])
    Q[i] += learning_rate * (error * P[u] - l2 * Q[i])    with the new P[u]

    and, for each of `negatives` titles drawn by lot, the same with error = 0 - P[u] · Q[j]. With
    negatives=0 this is ISGD (`vinagre2014`), which is told of what was watched alone.

    `learn(log)` goes on where `fit` ended; the model is then that of the longer log. An event costs
    the same however long the log has become.

    Args:
        factors: numbers a viewer and a title, at least 1.
        learning_rate: length of a step, above 0.
        l2: the penalty, at least 0.
        passes: visits of an event before the next one, at least 1.
        negatives: titles by lot that are taken for not wanted, after each visit; at least 0.
        random_state: seed of the first Q, normal with sd 0.1, and of the lots; the first P are 0.

    Attributes:
        user_factors_, item_factors_: P and Q, float64.

    Raises:
        ArgumentError: an argument outside its values, or steps so long that the numbers overflow.

    Source: `vinagre2014`; the lots are added here.
    """

    def __init__(
        self,
        factors: int = 32,
        learning_rate: float = 0.08,
        l2: float = 0.05,
        passes: int = 2,
        negatives: int = 6,
        random_state: int = 0,
    ) -> None:
        self.factors = factors
        self.learning_rate = learning_rate
        self.l2 = l2
        self.passes = passes
        self.negatives = negatives
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        for name in ("factors", "passes"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        check_at_least("negatives", self.negatives, 0, integer=True)
        check_at_least("l2", self.l2, 0)
        check_above("learning_rate", self.learning_rate, 0)
        rng = np.random.default_rng(self.random_state)
        self.user_factors_ = np.zeros((train.n_users, self.factors))
        self.item_factors_ = 0.1 * rng.standard_normal((train.n_items, self.factors))
        self._take(train, before=0)

    def learn(self, log: Interactions) -> IncrementalMF:
        """Take the events of `log` that the model has not seen, in the order of time.

        Args:
            log: all that is known by now, on the axes that the model was fitted on.

        Raises:
            DataError: other axes, or events that the model has seen are missing.
        """
        known = self._log()
        axes = (log.users, known.users), (log.items, known.items)
        if not all(np.array_equal(ours, theirs) for ours, theirs in axes):
            what = "the log has other viewers or titles than the model was fitted on"
            raise DataError(what, fix="List them all from the start: Interactions.with_axes.")
        new = (log.binary() - known.binary()).tocsr()
        if new.nnz and new.data.min() < 0:
            raise DataError("events that the model has seen are missing from the log")
        fresh = np.asarray(known.binary()[log.event_rows, log.matrix.indices]).ravel() == 0
        self._begin(log)
        if fresh.any():
            self._take(log.select(fresh), before=known.n_events)
        return self

    def _take(self, log: Interactions, before: int) -> None:
        """Visit these events, the earliest first; at the same second by viewer, then title.

        Args:
            before: how many events were taken before them.
        """
        order = slice(None) if log.times is None else np.argsort(log.times, kind="stable")
        rows, liked = log.event_rows[order], log.matrix.indices[order].astype(np.int64)
        # A lot is a draw of its own, so that it is the same in whatever parts the log arrives.
        draws = np.random.PCG64([self.random_state, 1]).advance(before * self.negatives)
        lots = np.random.Generator(draws).random((len(rows), self.negatives)) * log.n_items
        columns = np.column_stack([liked, lots.astype(np.int64)])
        visits = np.tile(columns, self.passes).ravel()
        wanted = np.tile(np.arange(columns.shape[1]) == 0, (len(rows), self.passes)).ravel()
        rows = np.repeat(rows, self.passes * columns.shape[1])
        args = rows, visits, wanted.astype(np.float64), self.learning_rate, self.l2
        with np.errstate(over="ignore", invalid="ignore"):
            visit(self.user_factors_, self.item_factors_, *args)
        check_learned(self, user_factors_=self.user_factors_, item_factors_=self.item_factors_)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return products(self.user_factors_[rows], self.item_factors_)


def visit(P, Q, rows, columns, wanted, learning_rate: float, l2: float) -> None:
    """Move P and Q, in place, by one event after the other: many at a time, to the same result.

    Within one of `waves` no viewer and no title occurs twice, so its events do not see each other.

    Args:
        P, Q: float64 (n_users, factors), (n_items, factors).
        rows, columns, wanted: of each event, in order; wanted is the score that it asks for.
    """
    order, bounds = waves(rows, columns)
    for start, stop in pairwise(bounds):
        u, i = rows[order[start:stop]], columns[order[start:stop]]
        p, q = P[u], Q[i]
        error = (wanted[order[start:stop]] - np.vecdot(p, q))[:, None]
        p = p + learning_rate * (error * q - l2 * p)
        P[u], Q[i] = p, q + learning_rate * (error * p - l2 * q)
