"""One viewer's scores as a function of the plays: what each play adds, and scores without some.

What a model has learned about titles is held fixed. Everything is computed in float64 from the
model's numbers, most of which are float32, so that parts sum to the score to about 1e-12;
`score_all` rounds the same scores to float32 (about 7 digits).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import Protocol

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from recsys_lib.errors import ArgumentError
from recsys_lib.models.base import Recommender
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.factors.ease import EASE
from recsys_lib.models.factors.ials import ImplicitALS
from recsys_lib.models.histories import history_of_labels
from recsys_lib.models.neighbours.knn import ItemKNN
from recsys_lib.models.ranking import find_columns


class History(Protocol):
    """A viewer's n_plays plays, as one model sees them.

    Attributes:
        columns: the titles played, ascending columns of `train`, shape (n_plays,).
    """

    columns: np.ndarray

    def parts(self, column: int) -> tuple[float, np.ndarray]:
        """A base and what each play adds to it, (n_plays,): together the score of one title."""

    def without(self, removed: np.ndarray) -> np.ndarray:
        """All scores for each set of plays taken away.

        Args:
            removed: bool (n_sets, n_plays).

        Returns:
            float64 (n_sets, n_items).
        """


@dataclass(frozen=True)
class LinearHistory:
    """Scores that are sums: score[i] = sum over plays p of added[p, i].

    Attributes:
        columns: see `History`.
        added: float64 (n_plays, n_items).
    """

    columns: np.ndarray
    added: np.ndarray

    def parts(self, column: int) -> tuple[float, np.ndarray]:
        return 0.0, self.added[:, column]

    def without(self, removed: np.ndarray) -> np.ndarray:
        return added_up(~removed, self.added)


@dataclass(frozen=True)
class ProfileHistory:
    """Scores of a mean: score[i] = sum over p of near[p, i] / sum over p of size[p] - generic[i].

    Attributes:
        columns: see `History`.
        near: value of p times its likeness to each title, float64 (n_plays, n_items).
        size: absolute value of p, float64 (n_plays,).
        generic: what the mean viewer's profile gives each title, (n_items,).
    """

    columns: np.ndarray
    near: np.ndarray
    size: np.ndarray
    generic: np.ndarray

    def parts(self, column: int) -> tuple[float, np.ndarray]:
        return -float(self.generic[column]), self.near[:, column] / (self.size.sum() or 1)

    def without(self, removed: np.ndarray) -> np.ndarray:
        size = added_up(~removed, self.size[:, None])
        return added_up(~removed, self.near) / np.where(size == 0, 1, size) - self.generic


@dataclass(frozen=True)
class FactorHistory:
    """Scores of a viewer folded in: what `ImplicitALS.fold_in` solves, in float64.

    score[i] = H[i] · x,  S x = sum over p of r[p] * H[p],  so p adds r[p] * H[i] · inverse(S) H[p]

    S = alpha * H.T @ H + sum over p of r[p] * outer(H[p], H[p]) + penalty * identity depends on
    the plays too: with one play taken away the others add something else than before.

    Attributes:
        columns: see `History`.
        r: weight of each play, float64 (n_plays,).
        H: titles' vectors, float64 (n_items, factors).
        model: its alpha, l2 and nu.
    """

    columns: np.ndarray
    r: np.ndarray
    H: np.ndarray
    model: ImplicitALS

    def parts(self, column: int) -> tuple[float, np.ndarray]:
        system = self._systems(self.r[None, :])[0]
        return 0.0, self.r * (self.H[self.columns] @ np.linalg.solve(system, self.H[column]))

    def without(self, removed: np.ndarray, chunk: int = 256) -> np.ndarray:
        scores = np.empty((len(removed), len(self.H)))
        for start in range(0, len(removed), chunk):
            r = np.where(removed[start : start + chunk], 0, self.r)
            target = added_up(r, self.H[self.columns])[:, :, None]
            vectors = np.linalg.solve(self._systems(r), target)[:, :, 0]
            scores[start : start + chunk] = added_up(vectors, self.H.T)
        return scores

    def _systems(self, r: np.ndarray) -> np.ndarray:
        """S for each row of weights (n_sets, n_plays): (n_sets, factors, factors)."""
        h, factors = self.H[self.columns], self.H.shape[1]
        squares = (h[:, :, None] * h[:, None, :]).reshape(len(h), -1)
        systems = added_up(r, squares).reshape(-1, factors, factors)
        total = r.sum(axis=1) + self.model.alpha * len(self.H)
        penalty = (self.model.l2 * total**self.model.nu)[:, None, None] * np.eye(factors)
        return systems + self.model.alpha * (self.H.T @ self.H) + penalty


def added_up(weights: np.ndarray, rows: np.ndarray, chunk: int = 64) -> np.ndarray:
    """`weights @ rows`, float64, each sum taken from left to right.

    So a set of plays has the same scores, to the last bit, whichever sets are scored with it, and
    two titles with the same terms have the same sum on every processor: a tie stays a tie.

    >>> added_up(np.array([[1, 0], [1, 2]]), np.array([[3.0, 5.0], [4.0, 1.0]]))
    array([[ 3.,  5.],
           [11.,  7.]])
    """
    total = np.zeros((len(weights), rows.shape[1]))
    for start in range(0, len(weights), chunk):
        part = total[start : start + chunk]
        for weight, row in zip(weights[start : start + chunk].T, rows, strict=True):
            part += weight[:, None] * row
    return total


def plays_of(model: Recommender, user_id, history=None, values=None) -> sparse.csr_array:
    """The plays to explain by, CSR array (1, n_items): the viewer's in `train`, or those given.

    Raises:
        ArgumentError: a viewer without history, or a history with no title, an unknown one, or one
            that is repeated.
    """
    check_is_fitted(model, "train_")
    if history is not None:
        plays = history_of_labels(history, values, model.items_)
        if not plays.nnz:
            raise ArgumentError("history must hold at least one title")
        return plays
    log = model._log()
    _, row = model._rows([user_id])
    if row[0] < 0 or not log.user_counts[row[0]]:
        raise ArgumentError(f"user {user_id} has no history in train")
    return log.matrix[row]


def history_of(model: Recommender, user_id, history=None, values=None) -> History:
    """The plays as the model sees them.

    Raises:
        ArgumentError: as in `plays_of`, or a model that is not explained this way.
    """
    plays = plays_of(model, user_id, history, values)
    return _history(model, plays.indices.astype(np.int64), plays.data.astype(np.float64))


@singledispatch
def _history(model, columns: np.ndarray, values: np.ndarray) -> History:
    raise ArgumentError(f"{type(model).__name__} cannot be explained play by play",
                        fix="Choose ItemKNN, EASE, ImplicitALS or ContentProfile.")  # fmt: skip


@_history.register
def _(model: ItemKNN, columns, values) -> History:
    added = model.support_[:, columns].toarray().T.astype(np.float64)
    return LinearHistory(columns, added * values[:, None] if model.weighted else added)


@_history.register
def _(model: EASE, columns, values) -> History:
    added = model.weights_[columns].astype(np.float64)
    return LinearHistory(columns, added * values[:, None] if model.weighted else added)


@_history.register
def _(model: ImplicitALS, columns, values) -> History:
    r = values if model.weighted else np.ones(len(columns))
    return FactorHistory(columns, r, model.item_factors_.astype(np.float64), model)


@_history.register
def _(model: ContentProfile, columns, values) -> History:
    near = (model.features_[columns] @ model.features_.T).toarray() * values[:, None]
    return ProfileHistory(columns, near, np.abs(values), np.asarray(model.generic_))


def exact_scores(
    model: Recommender, user_id, without=(), *, history=None, values=None
) -> np.ndarray:
    """A viewer's score of every title in float64, as if the plays of `without` had not been.

    Args:
        model: a fitted ItemKNN, EASE, ImplicitALS or ContentProfile. What it learned about titles
            stays as it is.
        user_id: a viewer with history.
        without: labels of titles that the viewer played, not all of them.
        history, values: titles, and what they are worth (default 1 each), to score instead of the
            viewer's own in the log, as in `recommend_for`; user_id may then be None.

    Returns:
        float64 (n_items,), columns in the order of `train.items`.

    Raises:
        ArgumentError: a viewer without history, a title the viewer did not play, or all of them.
    """
    plays = history_of(model, user_id, history, values)
    columns = find_columns(without, model.items_)
    removed = np.isin(plays.columns, columns)
    if removed.sum() != len(without):
        raise ArgumentError(f"user {user_id} did not play all of {list(without)}")
    if removed.all():
        raise ArgumentError("at least one play must be left")
    return plays.without(removed[None, :])[0]
