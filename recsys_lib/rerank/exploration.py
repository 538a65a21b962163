"""Slots given to what is not yet known, so that a service learns about more than it shows now."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError, check_at_least
from recsys_lib.randomness import Rng, generator
from recsys_lib.rerank.candidates import check_candidates, check_share, fill_slots, sort_by


def epsilon_greedy(items, scores, *, epsilon: float, rng: Rng, k: int | None = None) -> np.ndarray:
    """Each slot, with chance epsilon, goes to a candidate drawn by lot from those left.

    The other slots take the best that is left. Give the whole catalogue as candidates to let every
    title be drawn. The lots do not depend on epsilon: with the same `rng`, slots that explore at
    one epsilon also do at every larger one.

    Args:
        items, scores: candidates, see `recsys_lib.rerank`.
        epsilon: from 0, which changes nothing, to 1, a list by lot.
        rng: draws a number a slot and one a candidate.
        k: slots to fill; None fills n.

    Returns:
        int (n_users, k), see `recsys_lib.rerank`.

    Raises:
        ArgumentError: epsilon outside 0 ... 1. DataError: arrays that do not fit.

    >>> items, scores = np.array([[4, 2, 8]]), np.array([[3.0, 2.0, 1.0]])
    >>> epsilon_greedy(items, scores, epsilon=0.0, rng=np.random.default_rng(0))
    array([[4, 2, 8]])
    """
    check_share("epsilon", epsilon)
    items, scores, k = check_candidates(items, scores, k)
    rng = generator(rng)
    exploring = rng.random((len(items), k)) < epsilon
    # The first left of one random order is a fair draw among those left, slot after slot.
    lot, place = rng.random(items.shape), -np.arange(items.shape[1], dtype=np.float64)
    slots = iter(exploring.T)

    def value(last: np.ndarray) -> np.ndarray:
        return np.where(next(slots)[:, None], lot, place)

    return fill_slots(items, k, value)


def thompson(
    items, scores, sd, *, rng: Rng, scale: float = 1.0, k: int | None = None
) -> np.ndarray:
    """Sort by a draw from what each score may truly be: doubt gives a title its chances.

    value[u, j] ~ Normal(scores[u, j], scale * sd[u, j])

    Args:
        items, scores: candidates, see `recsys_lib.rerank`; here scores are taken as they are.
        sd: doubt in the unit of the scores, at least 0: one number, or (n_users, n), for example
            `1 / np.sqrt(1 + item_counts[items])`.
        rng: draws one number a candidate.
        scale: times the doubt; 0 changes nothing.
        k: slots to fill; None fills n.

    Returns:
        int (n_users, k), see `recsys_lib.rerank`.

    Raises:
        ArgumentError: scale below 0. DataError: arrays that do not fit, or a negative sd.

    >>> items, scores = np.array([[4, 2, 8]]), np.array([[3.0, 2.0, 1.0]])
    >>> thompson(items, scores, 0.1, rng=np.random.default_rng(0))  # sure of the order
    array([[4, 2, 8]])

    Source: `chapelle2011`, with a normal posterior.
    """
    check_at_least("scale", scale, 0)
    items, scores, k = check_candidates(items, scores, k)
    sd = np.asarray(sd, np.float64)
    if sd.shape not in ((), items.shape) or not ((sd >= 0) & np.isfinite(sd)).all():
        raise DataError(
            "sd must be one number or one a candidate, finite and at least 0",
            where=f"shape {sd.shape} for candidates {items.shape}",
        )
    noise = generator(rng).standard_normal(items.shape)
    return sort_by(items, scores + scale * sd * noise, k)
