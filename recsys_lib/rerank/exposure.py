"""Exposure for a group of titles: a share of every list, or of all lists together."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError
from recsys_lib.rerank.candidates import (
    check_candidates,
    check_share,
    check_titles,
    fill_slots,
    relevance,
    sort_by,
)


def minimum_share(items, scores, in_group, *, share: float, k: int | None = None) -> np.ndarray:
    """At least `floor(share * j)` titles of a group among the first j, for every j up to k.

    Slot after slot takes the best candidate left, unless the bound would break: then the best left
    of the group. No list that keeps the bound has a higher sum of scores at any length. A viewer
    whose candidates hold too few of the group gets all of them.

    Args:
        items, scores: candidates, see `recsys_lib.rerank`.
        in_group: bool (n_items,), the titles that are to be shown.
        share: from 0, which changes nothing, to 1, which puts the group first.
        k: slots to fill; None fills n.

    Returns:
        int (n_users, k), see `recsys_lib.rerank`.

    Raises:
        ArgumentError: share outside 0 ... 1. DataError: arrays that do not fit.

    >>> in_group = np.array([False, False, False, True])
    >>> minimum_share(np.array([[0, 1, 2, 3]]), np.array([[4.0, 3, 2, 1]]), in_group, share=0.5)
    array([[0, 3, 1, 2]])
    """
    check_share("share", share)
    items, scores, k = check_candidates(items, scores, k)
    member = check_titles("in_group", in_group, items).astype(bool)[items] & (items >= 0)
    rows, good = np.arange(len(items)), relevance(items, scores)
    count, slot = np.zeros(len(items), int), 0

    def value(last: np.ndarray) -> np.ndarray:
        nonlocal slot
        slot += 1
        count[:] += (last >= 0) & member[rows, last]
        due = count < np.floor(share * slot + 1e-9)
        return good + 2 * (due[:, None] & member)

    return fill_slots(items, k, value)


def amortised_share(
    items, scores, in_group, *, share: float, k: int | None = None, attention=None
) -> np.ndarray:
    """At least a share of all attention, over all lists together, for a group of titles.

    value[u, j] = relevance[u, j] + price * in_group[items[u, j]]

    with one `price` for all viewers, the lowest at which the lists' first k slots give the group
    `share` of the attention (found by bisection, to 1e-6). A viewer for whom the group's titles
    are nearly as good gives them much room; one for whom they are not, little. No other lists give
    the group as much attention and lose less relevance, weighed by attention. If the candidates
    cannot reach the share, the group stands first everywhere.

    Args:
        items, scores: candidates, see `recsys_lib.rerank`.
        in_group: bool (n_items,), the titles that are to be shown.
        share: from 0 to 1; up to the share that the group has anyway, nothing changes.
        k: slots shown; None means n.
        attention: how much each slot is looked at, (k,), at least 0, falling; None: all alike.

    Returns:
        int (n_users, k), see `recsys_lib.rerank`.

    Raises:
        ArgumentError: share outside 0 ... 1. DataError: arrays that do not fit.

    Two viewers, title 1 in the group. The first likes it nearly as well as title 0:

    >>> items, scores = np.array([[0, 1, 2], [0, 1, 2]]), np.array([[5, 4.9, 0], [5, 1, 0]])
    >>> amortised_share(items, scores, np.array([False, True, False]), share=0.5, k=1)
    array([[1],
           [0]])

    Sources: `singh2018` (attention in proportion) and `biega2018` (over many lists); a single
    price is what their linear programmes come to for one group and one bound.
    """
    check_share("share", share)
    items, scores, k = check_candidates(items, scores, k)
    member = check_titles("in_group", in_group, items).astype(bool)
    weight = _check_attention(attention, k)
    good, boost = relevance(items, scores), member[items].astype(np.float64)

    def lists(price: float) -> np.ndarray:
        return sort_by(items, good + price * boost, k)

    def got(price: float) -> float:
        shown = lists(price)
        looks = (shown >= 0) * weight
        return (looks * member[shown]).sum() / max(looks.sum(), 1e-300)

    low, high = 0.0, 2.0  # at a price above 1 the group stands first everywhere
    if got(low) >= share:
        return items[:, :k].copy()
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (low, middle) if got(middle) >= share else (middle, high)
    return lists(high)


def _check_attention(attention, k: int) -> np.ndarray:
    weight = np.ones(k) if attention is None else np.asarray(attention, np.float64)
    if weight.shape != (k,) or not (weight >= 0).all() or (np.diff(weight) > 0).any():
        raise DataError(
            "attention must hold one number of at least 0 a slot, never rising",
            where=f"shape {weight.shape} for {k} slots",
        )
    return weight
