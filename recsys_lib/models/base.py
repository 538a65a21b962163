"""The contract of every recommender: fit, recommend, score_all, score_histories."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from recsys_lib.columns import asked, positions
from recsys_lib.errors import (
    ArgumentError,
    DataError,
    UnknownUserError,
    UnsupportedError,
    check_at_least,
    check_choice,
)
from recsys_lib.interactions import ITEM, RANK, SCORE, USER, Interactions
from recsys_lib.models.histories import history_of_labels, on_titles
from recsys_lib.models.ranking import Candidates, bar, check_scores, ranked
from recsys_lib.models.similar import SimilarItems
from recsys_lib.parallel import in_order


class Recommender(SimilarItems):
    """Learns from `Interactions`, then scores and ranks titles for viewers.

    A model file overrides `_fit` (learn from `train`) and `_score_histories` (score what someone
    watched), or, if the model knows only the viewers of `train`, `_score` (score rows of `train`).
    The base class owns labels, unknown viewers, seen titles, ranking and memory.

    A viewer whom the model cannot score, because the viewer is unknown or has no event, gets the
    popularity order (`_score_strangers`); a model that knows better overrides that.

    Attributes:
        train_: the events that it was fitted on; None in a model that was saved without them.
        items_: labels of the titles, sorted, shape (n_items,): the columns of all scores.
        item_counts_: events of each title in `train`, shape (n_items,).
    """

    def fit(self, train: Interactions, *, items=None, users=None) -> Recommender:
        """Learn from `train`; start anew if already fitted.

        All or nothing: where an error is raised, the model stays as it was before.

        Args:
            train: the events.
            items: DataFrame with one row a title and a column `item_id`, for models that read it.
            users: DataFrame with one row a viewer and a column `user_id`, likewise.

        Returns:
            The model itself.

        Raises:
            DataError: `train` is not an `Interactions` or holds no event.
            TooLargeError: the model would need more memory than is free; found before the work.
        """
        if not isinstance(train, Interactions):
            raise DataError(f"train must be an Interactions, not {type(train).__name__}",
                            fix="Make one with Interactions.from_frame(frame).")  # fmt: skip
        if train.n_events == 0:
            raise DataError("train holds no event, so there is nothing to learn from")
        fresh = copy.copy(self)
        fresh.__dict__ = {name: value for name, value in vars(self).items() if name[-1] != "_"}
        fresh._check_size(train)
        fresh._begin(train)
        fresh._fit(train, items, users)
        self.__dict__ = fresh.__dict__
        return self

    def score_all(self, users, *, unknown: str = "fallback") -> np.ndarray:
        """Score every title for each of `users`.

        Args:
            users: labels of the kind that `train` has.
            unknown: for a label that is not in `train`, "fallback" gives the popularity order or
                what the model knows better; "error" refuses it.

        Returns:
            float32 array (len(users), n_items); columns in the order of `train.items`, higher is
            better; only the order within a row has a meaning unless the model says more.

        Raises:
            ArgumentError: labels of another kind than those of `train`.
            UnknownUserError: a label that is not in `train`, with unknown="error".
            DataError: the model gave a score that is no finite number.
        """
        log = self._log()
        users, rows = self._rows(users, unknown)
        told = rows >= 0
        told[told] = log.user_counts[rows[told]] > 0
        return self._fill(users, told, lambda: self._score(rows[told]))

    def score_histories(
        self, histories: Interactions, *, unknown_items: str = "error"
    ) -> np.ndarray:
        """Score every title for each row of `histories`, whether or not it is in the log.

        What the model learned stays as it is; only the history is new. Titles are matched by
        label. Labels of `histories.users` are read by models that go by who someone is (groups,
        lots), or that must not count someone as their own neighbour; a new label is a stranger's.
        An empty row is scored as `score_all` scores a viewer without history, so that
        `score_histories(train)` equals `score_all(train.users)`.

        Args:
            histories: one row a viewer, or an evening, or a person who tries it out.
            unknown_items: "error", or "ignore" to leave out events with titles not in `train`.

        Returns:
            float32 array (histories.n_users, n_items); columns in the order of `train.items`.

        Raises:
            UnsupportedError: the model knows only the viewers that it was fitted on.
            DataError: `histories` is no `Interactions`, or the model gave a score that is not a
                finite number.
            ArgumentError: titles that are not in `train`, or labels of another kind.
        """
        self._check_takes_histories()
        users, matrix = on_titles(histories, self.items_, unknown_items)
        return self._answer(users, matrix)

    def recommend(
        self,
        users=None,
        k: int = 10,
        *,
        exclude_seen: bool = True,
        items=None,
        chunk: int = 1024,
        unknown: str = "fallback",
    ) -> pd.DataFrame:
        """The k best titles for each of `users`.

        Args:
            users: labels in the order wanted, no repeats; None means all users of `train`.
            k: titles a user, at least 1; a user with fewer titles left gets a shorter list.
            exclude_seen: leave out what the user has an event with in `train`.
            items: recommend only these labels; a DataFrame user_id, item_id (such as another
                model's `recommend` returns) holds each user's own candidates, and a user without
                a row gets no list; None means every item of `train`.
            chunk: users scored at a time; each of `parallel.workers()` threads makes one, so
                memory grows with `workers * chunk * n_items`.
            unknown: as in `score_all`.

        Returns:
            DataFrame user_id, item_id, score, rank (1 is best), by user as asked, then rank; equal
            scores are ordered by item id.

        Raises:
            ArgumentError: k or chunk below 1, a user asked for twice, labels of another kind than
                those of `train`, or an unknown item.
            UnknownUserError: as in `score_all`.
        """
        log = self._log()
        check_at_least("k", k, 1, integer=True)
        check_at_least("chunk", chunk, 1, integer=True)
        users, _ = self._rows(log.users if users is None else users, unknown)
        if len(pd.unique(users)) != len(users):
            raise ArgumentError("users must not hold the same user twice")
        candidates = Candidates(items, self.items_, log.users)

        def best(part: np.ndarray) -> tuple[np.ndarray, ...]:
            scores = self.score_all(part)
            if exclude_seen:
                rows = log.user_positions(part)
                bar(scores, np.flatnonzero(rows >= 0), log.matrix[rows[rows >= 0]])
            candidates.bar_others(scores, part)
            row, column, score, rank = ranked(scores, int(k))
            return part[row], self.items_[column], score, rank

        bounds = [*range(0, max(len(users), 1), chunk), len(users)]
        parts = in_order(best, (users[start:stop] for start, stop in pairwise(bounds)))
        columns = [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
        return pd.DataFrame(dict(zip((USER, ITEM, SCORE, RANK), columns, strict=True)))

    def recommend_for(
        self, history, k: int = 10, *, values=None, exclude_seen: bool = True, items=None, user=None
    ) -> pd.DataFrame:
        """The k best titles for someone who watched `history`, whether or not in the log.

        Args:
            history: labels of titles, no repeats; [] for a stranger.
            k: at least 1.
            values: what each of them is worth, as the values of `train`; None means 1 each.
            exclude_seen: leave out the titles of `history`.
            items: recommend only these labels; None means every item of `train`.
            user: who it is, for models that go by that, as in `score_histories`; None: nobody.

        Returns:
            DataFrame item_id, score, rank, best first; equal scores are ordered by item id.

        Raises:
            UnsupportedError: the model knows only the viewers that it was fitted on.
            ArgumentError: k below 1, a title that is unknown or repeated, or values that are not
                one finite number for each title.
        """
        self._check_takes_histories()
        check_at_least("k", k, 1, integer=True)
        if isinstance(items, pd.DataFrame):
            items = items[ITEM]
        matrix = history_of_labels(history, values, self.items_)
        scores = self._answer(np.array([user], object), matrix)
        if exclude_seen:
            bar(scores, np.array([0]), matrix)
        Candidates(items, self.items_, self.items_).bar_others(scores, np.array([user], object))
        _, column, score, rank = ranked(scores, int(k))
        return pd.DataFrame({ITEM: self.items_[column], SCORE: score, RANK: rank})

    _of_viewers = ("train_", "user_factors_")  # what is left out of a saved model

    # Shared by all -------------------------------------------------------------------------------

    def _log(self) -> Interactions:
        """The log that the model was fitted on."""
        check_is_fitted(self, "train_")
        if self.train_ is None:
            what = f"this {type(self).__name__} was saved without its log, so it knows no viewers"
            raise UnsupportedError(what, fix="Give a history: recommend_for or score_histories.")
        return self.train_

    def _rows(self, users, unknown: str = "fallback") -> tuple[np.ndarray, np.ndarray]:
        """The labels, and the row of `train` of each, -1 for an unknown one."""
        check_choice("unknown", unknown, ("fallback", "error"))
        users = asked(users, self.train_.users, "users")
        rows = positions(self.train_.users, users)
        if unknown == "error" and (rows < 0).any():
            raise UnknownUserError(f"users {users[rows < 0][:5].tolist()} are not in train.users")
        return users, rows

    def _answer(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        """Scores for rows of events on the columns of `train`, of which some may be empty."""
        told = np.diff(histories.indptr) > 0
        return self._fill(
            users, told, lambda: self._score_histories(users[told], histories[np.flatnonzero(told)])
        )

    def _fill(self, users: np.ndarray, told: np.ndarray, score: Callable[[], np.ndarray]):
        """All scores: `score()` for the viewers of whom something is told, the rest strangers'."""
        if told.all():
            return check_scores(score(), type(self).__name__)
        scores = np.empty((len(users), len(self.items_)), np.float32)
        if told.any():
            scores[told] = score()
        scores[~told] = self._score_strangers(users[~told])
        return check_scores(scores, type(self).__name__)

    def _begin(self, train: Interactions) -> None:
        """What every model keeps of `train`, before `_fit`."""
        self.train_, self.items_, self.item_counts_ = train, train.items, train.item_counts

    def _check_takes_histories(self) -> None:
        """Raise `UnsupportedError` if the model cannot score a history."""
        check_is_fitted(self, "train_")
        if type(self)._score_histories is Recommender._score_histories:
            raise _unsupported(self)

    # What a model file provides -----------------------------------------------------------------

    def _check_size(self, train: Interactions) -> None:
        """Raise `TooLargeError` if fitting on `train` needs more memory than is free.

        For models whose memory grows faster than the events; see `numerics.check_memory`.
        """

    def _fit(self, train: Interactions, items, users) -> None:
        raise NotImplementedError

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        """Scores for rows of events, none empty: fresh float32 array (len(users), n_items).

        Args:
            users: labels, which may be unknown; None for nobody.
            histories: CSR array (len(users), n_items) on the columns of `train`.
        """
        raise _unsupported(self)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        """Scores for rows of `train` that have events: fresh float32 array (len(rows), n_items)."""
        return self._score_histories(self.train_.users[rows], self.train_.matrix[rows])

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        """Scores for users without history: how many viewers each title had."""
        return np.tile(self.item_counts_.astype(np.float32), (len(users), 1))


def _unsupported(model: Recommender) -> UnsupportedError:
    name = type(model).__name__
    return UnsupportedError(f"{name} knows only the viewers that it was fitted on",
                            fix="Choose a model that scores histories, such as EASE.")  # fmt: skip
