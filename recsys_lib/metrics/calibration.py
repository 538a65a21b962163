"""Does a list keep the proportions of the viewer's own history?"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.metrics.slots import check_columns, list_matrix


def miscalibration(
    columns: np.ndarray, history: sparse.csr_array, shares: np.ndarray, *, alpha: float = 0.01
) -> np.ndarray:
    """How far the genres of a list are from those of the history, in nats: 0 is calibrated.

    p[u, g] = sum over i in history[u] of history[u, i] * shares[i, g],  scaled to sum to 1
    q[u, g] = mean over i in the list  of shares[i, g],                  scaled to sum to 1
    mixed[u, g] = (1 - alpha) * q[u, g] + alpha * p[u, g]
    miscalibration[u] = sum over g of p[u, g] * ln(p[u, g] / mixed[u, g])

    The Kullback-Leibler divergence of the list from the history. Mixing a little of p into q keeps
    it finite where the list leaves a genre out: it is at most ln(1 / alpha). NaN where the history
    or the list holds no title that has a genre. Source: `steck2018`.

    Args:
        columns: int (n_users, k), columns of the titles listed, -1 in an empty slot.
        history: (n_users, n_items), weight of each title watched, at least 0; often 0 or 1.
        shares: (n_items, n_genres), p(genre | title), see `genres.genre_shares`.
        alpha: between 0 and 1, both excluded.

    Raises:
        DataError: the shapes do not fit together, or a weight or share is negative.
        ArgumentError: alpha is outside (0, 1).

    Seventy romances and thirty action films watched, a list of nothing but romance (Steck's
    example): .7 * ln(.7 / .997) + .3 * ln(.3 / .003).

    >>> history = sparse.csr_array([[70.0, 30.0]])
    >>> miscalibration(np.array([[0]]), history, np.eye(2)).round(3)
    array([1.134])
    """
    if not 0 < alpha < 1:
        raise ArgumentError(f"alpha must lie between 0 and 1, not {alpha!r}")
    shares = np.asarray(shares, np.float64)
    columns = check_columns(columns, len(shares))
    if history.shape != (len(columns), len(shares)):
        raise DataError(
            "history must have one row a list and one column a title",
            where=f"shape {history.shape} for {len(columns)} lists and {len(shares)} titles",
        )
    if (history.data < 0).any() or (shares < 0).any():
        raise DataError("history and shares must be at least 0")
    p = _scaled(history @ shares)
    q = _scaled(list_matrix(columns, len(shares)) @ shares)
    mixed = (1 - alpha) * q + alpha * p
    terms = p * np.log(np.divide(p, mixed, out=np.ones_like(p), where=~(p == 0)))
    return terms.sum(axis=1)


def _scaled(weights: np.ndarray) -> np.ndarray:
    """Rows that sum to 1; NaN for a row of zeros."""
    total = weights.sum(axis=1, keepdims=True)
    return np.divide(weights, total, out=np.full(weights.shape, np.nan), where=total > 0)
