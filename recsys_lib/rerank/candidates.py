"""What the re-rankers share: checking candidates, scaling scores, filling slot by slot."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real

import numpy as np

from recsys_lib.errors import ArgumentError, DataError, check_at_least


def check_candidates(items, scores, k: int | None) -> tuple[np.ndarray, np.ndarray, int]:
    """Both arrays and the number of slots, refused if they are not as the package says."""
    items, scores = np.asarray(items), np.asarray(scores, np.float64)
    if items.ndim != 2 or items.dtype.kind not in "iu" or scores.shape != items.shape:
        raise DataError(
            "items must be integers (n_users, n) and scores numbers of the same shape",
            where=f"shapes {items.shape} and {scores.shape}, dtype {items.dtype}",
        )
    k = items.shape[1] if k is None else k
    check_at_least("k", k, 0, integer=True)
    filled = items >= 0
    _refuse_rows(filled[:, 1:] > filled[:, :-1], "empty slots (-1) must stand at the end")
    _refuse_rows(filled & ~(np.abs(scores) < 1e300), "scores must be finite numbers")
    rising = filled[:, 1:] & (scores[:, 1:] > scores[:, :-1])
    _refuse_rows(rising, "candidates must be sorted, best first")
    ordered = np.sort(items, axis=1)
    _refuse_rows((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0), "a title is twice")
    return items, np.where(filled, scores, 0.0), min(int(k), items.shape[1])


def check_share(name: str, value: float) -> None:
    """Raise `ArgumentError` unless `value` is a number from 0 to 1."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ArgumentError(f"{name} must be a number from 0 to 1, not {value!r}")


def check_titles(name: str, values, items: np.ndarray, ndim: int = 1) -> np.ndarray:
    """`values` as float64, refused unless finite, with a row for each title of `items`."""
    values = np.asarray(values, np.float64)
    if values.ndim != ndim or items.max(initial=0) >= len(values):
        raise DataError(
            f"{name} must have one row a title and {ndim} axes",
            where=f"shape {values.shape}, items up to {items.max(initial=0)}",
        )
    if not np.isfinite(values).all():
        raise DataError(f"{name} must hold finite numbers")
    return values


def relevance(items: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Scores scaled in each row: the best candidate 1, the worst 0; equal scores are all 1.

    relevance[u, j] = (scores[u, j] - min of row u) / (max of row u - min of row u)

    Empty slots (items -1) count for neither and get 0.

    >>> relevance(np.array([[7, 3, 5, -1]]), np.array([[3.0, 2.0, 1.0, 0.0]]))
    array([[1. , 0.5, 0. , 0. ]])
    """
    filled = items >= 0
    low = np.where(filled, scores, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    high = np.where(filled, scores, -np.inf).max(axis=1, keepdims=True, initial=-np.inf)
    with np.errstate(invalid="ignore"):
        spread = high - low
    scaled = np.divide(scores - low, spread, out=np.ones(scores.shape), where=spread > 0)
    return np.where(filled, scaled, 0.0)


def sort_by(items: np.ndarray, values: np.ndarray, k: int) -> np.ndarray:
    """The k candidates of highest value in each row; equal values keep their order."""
    order = np.argsort(np.where(items >= 0, -values, np.inf), axis=1, kind="stable")
    return np.take_along_axis(items, order[:, :k], axis=1)


def fill_slots(items: np.ndarray, k: int, value: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Fill k slots one after the other with the candidate of highest value that is left.

    Args:
        items: the candidates, (n_users, n).
        k: at most n.
        value: given the places in `items` of those chosen last, (n_users,), -1 for none, it
            returns every candidate's value now, (n_users, n).
    """
    rows = np.arange(len(items))
    left = items >= 0
    chosen = np.full((len(items), k), -1)
    last = np.full(len(items), -1)
    for slot in range(k):
        best = np.where(left, value(last), -np.inf).argmax(axis=1)
        last = np.where(left[rows, best], best, -1)
        chosen[:, slot] = np.where(last >= 0, items[rows, best], -1)
        left[rows, best] = False
    return chosen


def _refuse_rows(wrong: np.ndarray, what: str) -> None:
    rows = np.flatnonzero(wrong.any(axis=1))
    if len(rows):
        raise DataError(what, where=f"row {rows[0]}, counted from 0")
