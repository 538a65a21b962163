"""The k best of each row, ties broken by position: one kernel that every model shares."""

from __future__ import annotations

import numpy as np


def top_k(scores: np.ndarray, k: int) -> np.ndarray:
    """Columns of the k highest scores of each row, best first, equal scores by lower column.

    Args:
        scores: float array (n_rows, n_columns), no NaN; -inf marks a column that is not wanted.
        k: at least 1; at most n_columns columns are returned.

    Returns:
        int64 array (n_rows, min(k, n_columns)); -1 where a row has fewer wanted columns.

    >>> top_k(np.array([[0.2, 0.9, 0.2, -np.inf]]), k=2)
    array([[1, 0]])
    """
    n_rows, n_columns = scores.shape
    k = min(k, n_columns)
    if k < n_columns:
        best = np.argpartition(scores, n_columns - k, axis=1)[:, n_columns - k :]
        _settle_ties(scores, best)
    else:
        best = np.broadcast_to(np.arange(n_columns), (n_rows, n_columns)).copy()
    best.sort(axis=1)  # by column, so that the stable sort below breaks ties by lower column
    values = np.take_along_axis(scores, best, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    best = np.take_along_axis(best, order, axis=1)
    best[np.take_along_axis(values, order, axis=1) == -np.inf] = -1
    return best


def _settle_ties(scores: np.ndarray, best: np.ndarray) -> None:
    """Where the k-th score is shared with a column left out, choose the lower columns instead."""
    kept = np.take_along_axis(scores, best, axis=1)
    last = kept.min(axis=1, keepdims=True)
    tied = (scores == last).sum(axis=1) > (kept == last).sum(axis=1)
    for row in np.flatnonzero(tied):
        above = np.flatnonzero(scores[row] > last[row])
        equal = np.flatnonzero(scores[row] == last[row])
        best[row] = np.r_[above, equal[: best.shape[1] - len(above)]]
