"""How well scores part the relevant titles from the others, whatever the length of a list."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import DataError


def auc(scores: np.ndarray, relevant: sparse.csr_array) -> np.ndarray:
    """Chance that a relevant title is scored above one that is not: area under the ROC curve.

    auc[u] = mean over relevant r and other candidates o of
             1 if scores[u, r] > scores[u, o], 1/2 if they are equal, else 0

    1 is perfect, 1/2 is chance. NaN where a user has no relevant title, or no other candidate.

    Args:
        scores: float (n_users, n_items); NaN marks a title that is no candidate (already seen).
        relevant: (n_users, n_items); a stored entry is a relevant title.

    Raises:
        DataError: the shapes differ, or a relevant title is no candidate.

    Above the two others, and level with one of them: (2 + 1.5) / 4.

    >>> scores = np.array([[0.9, 0.5, 0.5, 0.1]])
    >>> auc(scores, sparse.csr_array([[1, 1, 0, 0]]))
    array([0.875])
    """
    scores = np.asarray(scores)
    if scores.ndim != 2 or scores.shape != relevant.shape:
        raise DataError(
            "scores and relevant must be (n_users, n_items)",
            where=f"shapes {scores.shape} and {relevant.shape}",
        )
    size = np.diff(relevant.indptr)
    user = np.repeat(np.arange(len(size)), size)
    own = scores[user, relevant.indices]
    if np.isnan(own).any():
        raise DataError("a relevant title has no score", where=f"user {user[np.isnan(own)][0]}")
    beaten = np.bincount(user, _ranks(scores, own, relevant.indptr), minlength=len(size))
    others = (~np.isnan(scores)).sum(axis=1) - size
    # Among themselves the relevant titles beat, or tie with, half of size².
    pairs = size * others
    wins = beaten - size**2 / 2
    return np.divide(wins, pairs, out=np.full(len(size), np.nan), where=pairs > 0)


def _ranks(scores: np.ndarray, own: np.ndarray, indptr: np.ndarray) -> np.ndarray:
    """How many candidates of the same user each of `own` beats, itself and its equals as halves."""
    ranks = np.empty(len(own))
    for row, ordered in enumerate(np.sort(scores, axis=1)):  # NaN comes last
        part = slice(indptr[row], indptr[row + 1])
        left = np.searchsorted(ordered, own[part], side="left")
        ranks[part] = (left + np.searchsorted(ordered, own[part], side="right")) / 2
    return ranks
