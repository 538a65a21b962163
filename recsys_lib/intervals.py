"""How far a mean over users could have come out otherwise."""

from __future__ import annotations

import warnings

import numpy as np

from recsys_lib.errors import DataError


def bootstrap_interval(
    values: np.ndarray,
    *,
    rng: np.random.Generator,
    weights: np.ndarray | None = None,
    level: float = 0.95,
    draws: int = 1000,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean of each column with its percentile bootstrap interval over rows.

    mean[m] = sum over u of weights[u, m] * values[u, m] / sum over u of weights[u, m]

    Every draw takes as many rows as there are, with replacement, the same rows for every column,
    so that the columns' draws can be subtracted from one another.

    Args:
        values: float array (n_rows, n_columns) or (n_rows,); NaN where a row says nothing.
        rng: decides the draws.
        weights: like `values`, at least 0; None weighs every row 1.
        level: share of the draws that lies in the interval.
        draws: number of resamples.

    Returns:
        mean, low, high; each float64 of shape (n_columns,); NaN for a column without any value.

    Raises:
        DataError: there is no row.

    >>> mean, low, high = bootstrap_interval(np.array([1.0, 3.0]), rng=np.random.default_rng(0))
    >>> mean, low, high  # of two rows, a quarter of the draws takes one of them twice
    (array([2.]), array([1.]), array([3.]))
    """
    values = np.asarray(values, np.float64)
    values = values[:, None] if values.ndim == 1 else values
    if len(values) == 0:
        raise DataError("an interval needs at least one row")
    weights = np.ones_like(values) if weights is None else np.asarray(weights, np.float64)
    weights = np.where(np.isnan(values), 0.0, weights.reshape(values.shape))
    top = np.ascontiguousarray((np.nan_to_num(values) * weights).T)
    bottom = np.ascontiguousarray(weights.T)
    tail = 100 * (1 - level) / 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column or a draw without any value
        mean = top.sum(axis=1) / bottom.sum(axis=1)
        drawn = np.array([_draw(top, bottom, rng) for _ in range(draws)])
        low, high = np.nanpercentile(drawn, [tail, 100 - tail], axis=0)
    return mean, low, high


def _draw(top: np.ndarray, bottom: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Weighted means of one resample; NaN where it holds no value."""
    n_rows = top.shape[1]
    counts = np.bincount(rng.integers(0, n_rows, n_rows), minlength=n_rows).astype(np.float64)
    # einsum adds in the same order however many threads there are; the BLAS behind @ need not.
    return np.einsum("mu,u->m", top, counts) / np.einsum("mu,u->m", bottom, counts)
