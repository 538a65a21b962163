"""How far a mean over users could have come out otherwise."""

from __future__ import annotations

import warnings

import numpy as np
from scipy import special, stats

from recsys_lib.errors import DataError
from recsys_lib.randomness import Rng, generator

FEWEST = 10
"""How many values an interval needs; with fewer, none holds what it promises."""


def bootstrap_interval(
    values: np.ndarray,
    *,
    rng: Rng,
    weights: np.ndarray | None = None,
    level: float = 0.95,
    draws: int = 1000,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean of each column with its bootstrap interval over rows.

    mean[m] = sum over u of weights[u, m] * values[u, m] / sum over u of weights[u, m]

    Every draw takes as many rows as there are, with replacement, the same rows for every column,
    so that the columns' draws can be subtracted from one another. The interval leaves out
    `tail_share` of the draws at either end, a little less than (1 - level) / 2, because means of
    few values spread more than their draws show. It holds the truth in 95 % of cases where values
    are symmetric, and in at least 90 % where they are as skewed as hits, nDCG or waiting times.

    Args:
        values: float array (n_rows, n_columns) or (n_rows,); NaN where a row says nothing.
        rng: decides the draws.
        weights: like `values`, at least 0; None weighs every row 1.
        level: how often the interval is to hold the truth.
        draws: number of resamples.

    Returns:
        mean, low, high; each float64 of shape (n_columns,). The mean is NaN for a column without
        any value, the interval for one with fewer than `FEWEST`.

    Raises:
        DataError: there is no row.

    >>> values = np.array([1.0, 3.0] * 8)  # standard error sqrt(1 / 15), times t = 2.13
    >>> mean, low, high = bootstrap_interval(values, rng=np.random.default_rng(0))
    >>> mean, low, high
    (array([2.]), array([1.5]), array([2.5]))
    """
    mean, drawn, n = drawn_means(values, rng=rng, weights=weights, draws=draws)
    low, high = between(drawn, n, level)
    return mean, low, high


def drawn_means(
    values: np.ndarray,
    *,
    rng: Rng,
    weights: np.ndarray | None = None,
    draws: int = 1000,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What `bootstrap_interval` is made of, for intervals of what is worked out from means.

    Args, errors: as there.

    Returns:
        mean (n_columns,), draws of it (draws, n_columns), number of values (n_columns,).
    """
    rng, values = generator(rng), np.asarray(values, np.float64)
    values = values[:, None] if values.ndim == 1 else values
    if len(values) == 0:
        raise DataError("an interval needs at least one row")
    weights = np.ones_like(values) if weights is None else np.asarray(weights, np.float64)
    weights = np.where(np.isnan(values), 0.0, weights.reshape(values.shape))
    top = np.ascontiguousarray((np.nan_to_num(values) * weights).T)
    bottom = np.ascontiguousarray(weights.T)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column or a draw without any value
        mean = top.sum(axis=1) / bottom.sum(axis=1)
        drawn = np.array([_draw(top, bottom, rng) for _ in range(draws)])
    return mean, drawn, (weights > 0).sum(axis=0)


def between(drawn: np.ndarray, n: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """The interval that draws of a mean of n values give, a column at a time.

    Args:
        drawn: shape (draws, n_columns).
        n: values behind each column, shape (n_columns,).

    Returns:
        low, high, shape (n_columns,); NaN where n is below `FEWEST`.
    """
    bounds = np.full((2, drawn.shape[1]), np.nan)
    for column in np.flatnonzero(np.asarray(n) >= FEWEST):
        tail = tail_share(n[column], level)
        bounds[:, column] = np.nanquantile(drawn[:, column], [tail, 1 - tail])
    return bounds[0], bounds[1]


def tail_share(n: int, level: float = 0.95) -> float:
    """The share of draws to leave out at either end: normal(-sqrt(n / (n - 1)) * t(n - 1)).

    t(n - 1) is Student's quantile at 1 - (1 - level) / 2. The root mends that a resample of n
    values varies by their plain variance, not by the unbiased one.

    >>> [round(float(tail_share(n)), 4) for n in (10, 100, 10_000)]
    [0.0086, 0.0231, 0.025]
    """
    quantile = stats.t.ppf((1 + level) / 2, n - 1)
    return special.ndtr(-np.sqrt(n / (n - 1)) * quantile)


def seed_noise(of_fits: list[np.ndarray], draws: int, rng: Rng) -> np.ndarray:
    """What other seeds could have added to a mean over fits: t(fits - 1) * sd / sqrt(fits).

    Args:
        of_fits: the means that each of at least two fits gave, each of shape (n_columns,).
        draws: how many to make; added to draws over users, they widen the interval.
        rng: decides the draws.

    Returns:
        Shape (draws, n_columns).
    """
    n = len(of_fits)
    error = np.std(of_fits, axis=0, ddof=1) / np.sqrt(n)
    return generator(rng).standard_t(n - 1, (draws, 1)) * error


def _draw(top: np.ndarray, bottom: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Weighted means of one resample; NaN where it holds no value."""
    n_rows = top.shape[1]
    counts = np.bincount(rng.integers(0, n_rows, n_rows), minlength=n_rows).astype(np.float64)
    # einsum adds in the same order however many threads there are; the BLAS behind @ need not.
    return np.einsum("mu,u->m", top, counts) / np.einsum("mu,u->m", bottom, counts)
