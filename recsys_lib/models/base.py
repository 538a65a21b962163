"""The contract of every recommender: fit, recommend, score_all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.interactions import ITEM, RANK, SCORE, USER, Interactions
from recsys_lib.models.top_k import top_k
from recsys_lib.parallel import in_order


class Recommender(BaseEstimator):
    """Learns from `Interactions`, then scores and ranks titles for viewers.

    A model file overrides `_fit` (learn from `train`) and `_score` (score rows of `train`). The
    base class owns labels, unknown viewers, seen titles, ranking and memory.

    A viewer whom the model cannot score, because the viewer is unknown or has no event in `train`,
    gets the popularity order (`_score_strangers`); a model that knows better overrides that.
    """

    def fit(self, train: Interactions, *, items=None, users=None) -> Recommender:
        """Learn from `train`; start anew if already fitted.

        Args:
            train: the events.
            items: DataFrame with one row a title and a column `item_id`, for models that read it.
            users: DataFrame with one row a viewer and a column `user_id`, likewise.

        Returns:
            The model itself.

        Raises:
            DataError: `train` is not an `Interactions` or holds no event.
        """
        if not isinstance(train, Interactions):
            raise DataError(f"train must be an Interactions, not {type(train).__name__}",
                            fix="Make one with Interactions.from_frame(frame).")  # fmt: skip
        if train.n_events == 0:
            raise DataError("train holds no event, so there is nothing to learn from")
        self.train_ = train
        self._fit(train, items, users)
        return self

    def score_all(self, users) -> np.ndarray:
        """Score every title for each of `users`.

        Returns:
            float32 array (len(users), n_items); columns in the order of `train.items`, higher is
            better; only the order within a row has a meaning unless the model says more.
        """
        check_is_fitted(self, "train_")
        users = np.atleast_1d(np.asarray(users))
        rows = self.train_.user_positions(users)
        known = rows >= 0
        known[known] = self.train_.user_counts[rows[known]] > 0
        if known.all():
            return self._score(rows)
        scores = np.empty((len(users), self.train_.n_items), np.float32)
        if known.any():
            scores[known] = self._score(rows[known])
        scores[~known] = self._score_strangers(users[~known])
        return scores

    def recommend(
        self, users=None, k: int = 10, *, exclude_seen: bool = True, items=None, chunk: int = 1024
    ) -> pd.DataFrame:
        """The k best titles for each of `users`.

        Args:
            users: labels in the order wanted, no repeats; None means all users of `train`.
            k: titles a user, at least 1; a user with fewer titles left gets a shorter list.
            exclude_seen: leave out what the user has an event with in `train`.
            items: recommend only these labels; None means every item of `train`.
            chunk: users scored at a time; each of `parallel.workers()` threads makes one, so
                memory grows with `workers * chunk * n_items`.

        Returns:
            DataFrame user_id, item_id, score, rank (1 is best), by user as asked, then rank; equal
            scores are ordered by item id.

        Raises:
            ArgumentError: k or chunk below 1, a user asked for twice, or an unknown item.
        """
        check_is_fitted(self, "train_")
        check_at_least("k", k, 1, integer=True)
        check_at_least("chunk", chunk, 1, integer=True)
        users = self.train_.users if users is None else np.atleast_1d(np.asarray(users))
        if len(pd.unique(users)) != len(users):
            raise ArgumentError("users must not hold the same user twice")
        barred = self._barred(items)
        bounds = [*range(0, max(len(users), 1), chunk), len(users)]
        chunks = (users[start:stop] for start, stop in pairwise(bounds))
        parts = in_order(lambda part: self._best(part, int(k), exclude_seen, barred), chunks)
        columns = [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
        return pd.DataFrame(dict(zip((USER, ITEM, SCORE, RANK), columns, strict=True)))

    def _best(self, users, k: int, exclude_seen: bool, barred) -> tuple[np.ndarray, ...]:
        """User, item, score and rank of each recommendation to a chunk of users."""
        scores = self.score_all(users)
        if barred is not None:
            scores[:, barred] = -np.inf
        if exclude_seen:
            rows = self.train_.user_positions(users)
            known = np.flatnonzero(rows >= 0)
            seen = self.train_.matrix[rows[known]]
            scores[np.repeat(known, np.diff(seen.indptr)), seen.indices] = -np.inf
        best = top_k(scores, k)
        wanted = best >= 0
        row, place = np.nonzero(wanted)
        column = best[wanted]
        return users[row], self.train_.items[column], scores[row, column], place + 1

    def _barred(self, items) -> np.ndarray | None:
        """Columns that may not be recommended, as a mask, or None."""
        if items is None:
            return None
        columns = self.train_.item_positions(items)
        if (columns < 0).any():
            unknown = np.asarray(items)[columns < 0][:5].tolist()
            raise ArgumentError(f"items {unknown} are not in train.items")
        barred = np.ones(self.train_.n_items, bool)
        barred[columns] = False
        return barred

    # What a model file provides -----------------------------------------------------------------

    def _fit(self, train: Interactions, items, users) -> None:
        raise NotImplementedError

    def _score(self, rows: np.ndarray) -> np.ndarray:
        """Scores for rows of `train` that have events: fresh float32 array (len(rows), n_items)."""
        raise NotImplementedError

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        """Scores for users without history: how many viewers each title had."""
        return np.tile(self.train_.item_counts.astype(np.float32), (len(users), 1))
