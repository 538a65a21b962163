"""Test, then learn: every week first foretold, then added to what is known (`vinagre2015`)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.base import clone

from recsys_lib.errors import DataError, check_at_least
from recsys_lib.interactions import USER, Interactions
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models.top_k import top_k

DAY = 86_400  # seconds


class Learner:
    """Something that learns as time goes by."""

    def learn(self, known: Interactions, period: int) -> None:
        """Called before each period, counted from 0, with all that happened until then."""
        raise NotImplementedError

    def scores(self, known: Interactions) -> np.ndarray:
        """A score for every row and column of `known`."""
        raise NotImplementedError


class Refitted(Learner):
    """A recommender that is fitted anew every so many periods.

    Args:
        model: a recommender; it is cloned, not changed.
        every: periods from one fit to the next; None fits once, before the first.
        fold_in: whether a viewer's new plays count before the next fit, by `score_histories`;
            else what is known of a viewer is as old as the fit.
        train, histories: what is done to the log before it is learned from, and before its rows are
            scored, such as letting it fade; None does nothing.
    """

    def __init__(
        self,
        model,
        every: int | None = 1,
        fold_in: bool = True,
        train: Callable[[Interactions], Interactions] | None = None,
        histories: Callable[[Interactions], Interactions] | None = None,
    ) -> None:
        if every is not None:
            check_at_least("every", every, 1, integer=True)
        self.model, self.every, self.fold_in = model, every, fold_in
        self.train, self.histories = train or _as_it_is, histories or _as_it_is

    def learn(self, known: Interactions, period: int) -> None:
        """See `Learner`."""
        if period == 0 or (self.every is not None and period % self.every == 0):
            self.fitted_ = clone(self.model).fit(self.train(known))

    def scores(self, known: Interactions) -> np.ndarray:
        """See `Learner`."""
        if self.fold_in:
            return self.fitted_.score_histories(self.histories(known))
        return self.fitted_.score_all(known.users)


class Continued(Learner):
    """A model with `learn`, such as `IncrementalMF`, that goes on from where it was."""

    def __init__(self, model) -> None:
        self.model = model

    def learn(self, known: Interactions, period: int) -> None:
        """See `Learner`."""
        if period == 0:
            self.fitted_ = clone(self.model).fit(known)
        else:
            self.fitted_.learn(known)

    def scores(self, known: Interactions) -> np.ndarray:
        """See `Learner`."""
        return self.fitted_.score_all(known.users)


def week_by_week(
    log: Interactions, learners: dict[str, Learner], *, start, days: int = 7, k: int = 10
) -> pd.DataFrame:
    """Let every learner foretell a period, then learn it, then foretell the next.

    Nobody is asked about what already happened: lists of period p are made of what was known
    before it began, and judged by what was new to each viewer in it.

    Args:
        log: first plays, with times.
        learners: name → learner; each is changed by what it learns.
        start: when the first period begins; what is older is known from the beginning.
        days: length of a period, at least 1. Of the last one all days must lie in the log.
        k: length of a list.

    Returns:
        DataFrame period, user_id and a column a learner with nDCG@k of each viewer who watched
        something new in the period, whether known before or not.

    Raises:
        DataError: no times, or nothing known before `start`, or less than one period after it.
    """
    check_at_least("days", days, 1, integer=True)
    if log.times is None:
        raise DataError("test-then-learn needs times")
    first = pd.Timestamp(start).timestamp()
    periods = int((log.times.max(initial=0) - first) // (days * DAY))
    if periods < 1 or not (log.times < first).any():
        raise DataError("start must lie inside the log, a period from its end")
    parts = []
    for period in range(periods):
        begins = first + period * days * DAY
        known = log.select(log.times < begins)
        coming = log.select((log.times >= begins) & (log.times < begins + days * DAY))
        parts.append(_foretold(known, coming, learners, period, k))
    return pd.concat(parts, ignore_index=True)


def _foretold(known, coming, learners, period: int, k: int) -> pd.DataFrame:
    there = np.flatnonzero(coming.user_counts)
    wanted = coming.binary()[there].toarray() > 0
    table = {"period": period, USER: coming.users[there]}
    for name, learner in learners.items():
        learner.learn(known, period)
        scores = np.array(learner.scores(known)[there], np.float64)
        scores[known.matrix[there].nonzero()] = -np.inf
        lists = top_k(scores, k)
        hits = np.take_along_axis(wanted, lists, axis=1) & (lists >= 0)
        table[name] = ndcg(hits, wanted.sum(axis=1))
    return pd.DataFrame(table)


def _as_it_is(log: Interactions) -> Interactions:
    return log
