"""A discount on what is popular anyway."""

from __future__ import annotations

import numpy as np

from recsys_lib.rerank.candidates import (
    check_candidates,
    check_share,
    check_titles,
    relevance,
    sort_by,
)


def popularity_discounted(
    items, scores, popularity, *, weight: float, k: int | None = None
) -> np.ndarray:
    """Sort by relevance less popularity.

    value[u, j] = (1 - weight) * relevance[u, j] - weight * popularity[items[u, j]]

    Args:
        items, scores: candidates, see `recsys_lib.rerank`.
        popularity: (n_items,), from 0 to 1 or so: the share of viewers who watched a title, or its
            logarithm scaled to 0 ... 1.
        weight: from 0, which changes nothing, to 1, which puts the least popular first.
        k: slots to fill; None fills n.

    Returns:
        int (n_users, k), see `recsys_lib.rerank`.

    Raises:
        ArgumentError: weight outside 0 ... 1. DataError: arrays that do not fit.

    >>> hit_and_rarity = np.array([0.9, 0.1])
    >>> items, scores = np.array([[0, 1]]), np.array([[2.0, 1.0]])
    >>> popularity_discounted(items, scores, hit_and_rarity, weight=0.6)  # .4 - .54 < 0 - .06
    array([[1, 0]])
    """
    check_share("weight", weight)
    items, scores, k = check_candidates(items, scores, k)
    known = check_titles("popularity", popularity, items)[items]
    return sort_by(items, (1 - weight) * relevance(items, scores) - weight * known, k)
