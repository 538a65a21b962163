"""The k best of each row, ties broken by position: one kernel that every model shares."""

from __future__ import annotations

import math

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
    best = highest(scores, k)  # by column, so that the stable sort below keeps the lower of equals
    values = np.take_along_axis(scores, best, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    best = np.take_along_axis(best, order, axis=1)
    best[np.take_along_axis(values, order, axis=1) == -np.inf] = -1
    return best


def highest(scores: np.ndarray, k: int) -> np.ndarray:
    """Columns of the k highest scores of each row, as in `top_k` but from left to right.

    Columns that are not wanted fill up the rows that have fewer than k others.
    """
    n_rows, n_columns = scores.shape
    if k >= n_columns:
        return np.tile(np.arange(n_columns), (n_rows, 1))
    best, tied = _k_highest(scores, k)
    if tied.any():
        best[tied] = _lower_of_equals(scores[tied], k)
    best.sort(axis=1)
    return best


def _k_highest(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns of k highest scores of each row, in no order, and which rows have as good others.

    Column c belongs to group c % n_groups. A score above the k-th highest of the groups' maxima can
    only be in the k groups with the highest maxima, so the other groups are left out. A score in
    them that equals the k-th is its group's maximum, so that ties are seen without looking inside.
    """
    n_rows, n_columns = scores.shape
    n_groups = math.isqrt(k * n_columns)
    deep = n_columns // n_groups  # columns of a group; the last few columns belong to none
    if deep < 3:
        best = _partition(scores, k)
        return best, _left_out(scores, best, _least(scores, best))
    maxima = scores[:, : deep * n_groups].reshape(n_rows, deep, n_groups).max(axis=1)
    groups = _partition(maxima, k)
    inside = groups[:, :, None] + n_groups * np.arange(deep)
    rest = np.broadcast_to(np.arange(deep * n_groups, n_columns), (n_rows, n_columns % n_groups))
    columns = np.hstack([inside.reshape(n_rows, k * deep), rest])
    searched = np.take_along_axis(scores, columns, axis=1)
    best = _partition(searched, k)
    last = _least(searched, best)
    tied = _left_out(searched, best, last) | _left_out(maxima, groups, last)
    return np.take_along_axis(columns, best, axis=1), tied


def _partition(scores: np.ndarray, k: int) -> np.ndarray:
    return np.argpartition(scores, scores.shape[1] - k, axis=1)[:, scores.shape[1] - k :]


def _least(scores: np.ndarray, best: np.ndarray) -> np.ndarray:
    return np.take_along_axis(scores, best, axis=1).min(axis=1, keepdims=True)


def _left_out(scores: np.ndarray, best: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Which rows have their `value` in a column outside `best`; -inf needs no order."""
    kept = np.take_along_axis(scores, best, axis=1)
    more = (scores == value).sum(axis=1) > (kept == value).sum(axis=1)
    return more & (value[:, 0] > -np.inf)


def _lower_of_equals(scores: np.ndarray, k: int) -> np.ndarray:
    """The k highest of each row, and of those equal to the k-th the lower columns."""
    last = _least(scores, _partition(scores, k))
    above, equal = scores > last, scores == last
    places = k - above.sum(axis=1, keepdims=True)
    first = equal & (equal.cumsum(axis=1, dtype=np.int32) <= places)
    return np.nonzero(above | first)[1].reshape(-1, k)
