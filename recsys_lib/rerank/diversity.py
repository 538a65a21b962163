"""Maximal marginal relevance: good, and unlike what stands above it."""

from __future__ import annotations

import numpy as np

from recsys_lib.rerank.candidates import (
    check_candidates,
    check_share,
    check_titles,
    fill_slots,
    relevance,
)


def mmr(items, scores, features, *, weight: float, k: int | None = None) -> np.ndarray:
    """Fill slot after slot with what is relevant and unlike the titles already chosen.

    value[j] = (1 - weight) * relevance[j] - weight * max over chosen c of
               features[j] · features[c] / (|features[j]| * |features[c]|)

    The max counts 0 while nothing is chosen, and for a title without features (a row of zeros).

    Args:
        items, scores: candidates, see `recsys_lib.rerank`.
        features: numbers, (n_items, n_features), for example `genre_shares`.
        weight: from 0, which changes nothing, to 1, which asks only for unlikeness.
        k: slots to fill; None fills n.

    Returns:
        int (n_users, k), see `recsys_lib.rerank`.

    Raises:
        ArgumentError: weight outside 0 ... 1. DataError: arrays that do not fit.

    Two comedies and a crime series: at weight 0.5 the crime series goes second.

    >>> features = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> mmr(np.array([[0, 1, 2]]), np.array([[3.0, 2.0, 1.0]]), features, weight=0.5)
    array([[0, 2, 1]])

    Source: `carbonell1998`, whose lambda is 1 - weight.
    """
    check_share("weight", weight)
    items, scores, k = check_candidates(items, scores, k)
    features = check_titles("features", features, items, ndim=2)
    length = np.sqrt((features**2).sum(axis=1, keepdims=True))
    unit = np.divide(features, length, out=np.zeros_like(features), where=length > 0)
    vectors, good = unit[items], relevance(items, scores)
    rows, nearest = np.arange(len(items)), np.full(items.shape, -np.inf)

    def value(last: np.ndarray) -> np.ndarray:
        some = last >= 0
        alike = np.einsum("unf,uf->un", vectors[some], vectors[rows[some], last[some]])
        nearest[some] = np.maximum(nearest[some], alike)
        return (1 - weight) * good - weight * np.where(np.isfinite(nearest), nearest, 0.0)

    return fill_slots(items, k, value)
