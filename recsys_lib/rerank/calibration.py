"""Calibrated lists: the genres of a list in the proportions of the viewer's history."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.rerank.candidates import (
    check_candidates,
    check_share,
    check_titles,
    fill_slots,
    relevance,
)


def calibrated(
    items, scores, shares, target, *, weight: float, k: int | None = None, alpha: float = 0.01
) -> np.ndarray:
    """Fill slot after slot so that the list is good and its genres are those of `target`.

    objective(list) = (1 - weight) * sum over i in list of relevance[i] / k
                      + weight * sum over g of target[g] * ln(mixed[g] / (alpha * target[g]))
    mixed[g] = (1 - alpha) * sum over i in list of shares[i, g] / k + alpha * target[g]

    For a full list the second sum is ln(1 / alpha) minus the divergence that `miscalibration`
    measures. The objective starts at 0, never falls when a title is added, and adds the less the
    more is there (it is submodular); so choosing greedily, as is done here, gets at least
    1 - 1/e = 63 % of the best list's objective. A target of zeros asks for nothing.

    Args:
        items, scores: candidates, see `recsys_lib.rerank`.
        shares: p(genre | title), (n_items, n_genres), see `metrics.genres.genre_shares`.
        target: share of each genre wanted, (n_users, n_genres), rows that sum to 1 (or to 0).
        weight: from 0, which changes nothing, to 1, which asks for the genres alone.
        k: slots to fill; None fills n.
        alpha: as in `miscalibration`; above 0, below 1.

    Returns:
        int (n_users, k), see `recsys_lib.rerank`.

    Raises:
        ArgumentError: weight or alpha out of range. DataError: arrays that do not fit.

    Half comedy (titles 0 and 1), half crime (title 2) was watched:

    >>> shares, target = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([[0.5, 0.5]])
    >>> items, scores = np.array([[0, 1, 2]]), np.array([[3.0, 2.0, 1.0]])
    >>> calibrated(items, scores, shares, target, weight=0.5, k=2)
    array([[0, 2]])

    Source: `steck2018`.
    """
    check_share("weight", weight)
    if not 0 < alpha < 1:
        raise ArgumentError(f"alpha must lie between 0 and 1, not {alpha!r}")
    items, scores, k = check_candidates(items, scores, k)
    shares = check_titles("shares", shares, items, ndim=2)
    target = _check_target(target, len(items), shares)
    # A title touches only its own few genres, so only these are looked at.
    width = max(int((shares > 0).sum(axis=1).max(initial=0)), 1)
    genres = np.argsort(-shares, axis=1, kind="stable")[:, :width]
    step = (1 - alpha) * np.take_along_axis(shares, genres, axis=1)[items] / max(k, 1)
    cells = np.arange(len(items))[:, None, None], genres[items]
    good, mixed, wanted = relevance(items, scores) / max(k, 1), alpha * target, target[cells]

    def value(last: np.ndarray) -> np.ndarray:
        some = np.flatnonzero(last >= 0)
        mixed[some[:, None], cells[1][some, last[some]]] += step[some, last[some]]
        now = mixed[cells]
        growth = np.log1p(np.divide(step, now, out=np.zeros_like(step), where=now > 0))
        return (1 - weight) * good + weight * (wanted * growth).sum(axis=2)

    return fill_slots(items, k, value)


def _check_target(target, n_users: int, shares: np.ndarray) -> np.ndarray:
    target = np.asarray(target, np.float64)
    if target.shape != (n_users, shares.shape[1]):
        raise DataError(
            "target must have one row a list and one column a genre",
            where=f"shape {target.shape} for {n_users} lists and {shares.shape[1]} genres",
        )
    total = target.sum(axis=1)
    if not ((target >= 0).all() and (np.isclose(total, 1) | (total == 0)).all()):
        raise DataError("each row of target must be at least 0 and sum to 1, or be all 0")
    if (shares < 0).any():
        raise DataError("shares must be at least 0")
    return target
