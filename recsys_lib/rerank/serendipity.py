"""Slots kept for what a viewer would like and would not have expected."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import DataError, check_at_least
from recsys_lib.metrics.slots import check_columns
from recsys_lib.rerank.candidates import check_candidates, fill_slots, relevance


def serendipity_slots(items, scores, surprise, *, slots: int, k: int | None = None) -> np.ndarray:
    """Keep the last `slots` of k for candidates that are both relevant and a surprise.

    The slots before them take the candidates in their order; the last ones take, of those left,
    the highest relevance[u, j] * surprise[u, j].

    Args:
        items, scores: candidates, see `recsys_lib.rerank`.
        surprise: from 0 to 1, (n_users, n), for example `unexpectedness`.
        slots: 0 changes nothing; k or more keeps every slot.
        k: slots to fill; None fills n.

    Returns:
        int (n_users, k), see `recsys_lib.rerank`.

    Raises:
        ArgumentError: slots below 0. DataError: arrays that do not fit.

    >>> items, scores = np.array([[4, 2, 8, 5]]), np.array([[3.0, 2.0, 1.5, 0.0]])
    >>> serendipity_slots(items, scores, np.array([[0.1, 0.2, 0.9, 1.0]]), slots=1, k=2)
    array([[4, 8]])
    """
    check_at_least("slots", slots, 0, integer=True)
    items, scores, k = check_candidates(items, scores, k)
    surprise = np.asarray(surprise, np.float64)
    if surprise.shape != items.shape or not ((surprise >= 0) & (surprise <= 1)).all():
        raise DataError(
            "surprise must be from 0 to 1, one number a candidate",
            where=f"shape {surprise.shape} for candidates {items.shape}",
        )
    both = relevance(items, scores) * surprise
    place, filled = -np.arange(items.shape[1], dtype=np.float64), 0

    def value(last: np.ndarray) -> np.ndarray:
        nonlocal filled
        filled += 1
        return both if filled > k - slots else np.broadcast_to(place, items.shape)

    return fill_slots(items, k, value)


def unexpectedness(items: np.ndarray, history: sparse.csr_array, features) -> np.ndarray:
    """How unlike a viewer's history each candidate is: 1 - cosine to the history's mean features.

    surprise[u, j] = 1 - features[items[u, j]] · profile[u] / (|features[items[u, j]]| |profile[u]|)
    profile[u] = sum over i in history[u] of history[u, i] * features[i]

    1 without history or without features; empty slots get 0.

    Args:
        items: candidates, (n_users, n), -1 in an empty slot.
        history: (n_users, n_items), weight of each title watched, at least 0.
        features: numbers of at least 0, (n_items, n_features).

    >>> history, features = sparse.csr_array([[1.0, 0.0]]), np.eye(2)
    >>> unexpectedness(np.array([[0, 1]]), history, features)
    array([[0., 1.]])
    """
    features = np.asarray(features, np.float64)
    items = check_columns(items, len(features))
    if history.shape != (len(items), len(features)):
        raise DataError(
            "history must have one row a list and one column a title",
            where=f"shape {history.shape} for {len(items)} lists and {len(features)} titles",
        )
    fit = np.einsum("unf,uf->un", _unit(features)[items], _unit(history @ features))
    return np.where(items >= 0, np.clip(1 - fit, 0, 1), 0.0)


def _unit(vectors: np.ndarray) -> np.ndarray:
    length = np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    return np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
