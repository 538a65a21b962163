"""A value, and how far it could have come out otherwise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from recsys_lib.errors import DataError, check_between
from recsys_lib.intervals import FEWEST


class Estimate(NamedTuple):
    """The mean reward a row that a policy would have had, with its interval."""

    value: float
    low: float
    high: float
    error: float


def of_sums(top, bottom=None, *, users=None, level: float = 0.95) -> Estimate:
    """The ratio of two sums over rows, its error counted by viewer.

    value = sum(top) / sum(bottom)
    error**2 = n / (n - 1) * sum over viewers of (top - value * bottom)**2 / sum(bottom)**2
    low, high = value -/+ t(n - 1) * error

    Rows of one viewer hang together, so that what varies is the viewer's sum, not the row.

    Args:
        top: what each row adds.
        bottom: what each row weighs; None weighs every row 1.
        users: the viewer of each row; None takes each row for a viewer.
        level: how often the interval is to hold the truth.

    Returns:
        The estimate; low, high and error are NaN below `FEWEST` viewers.

    Raises:
        DataError: nothing to divide by: no row, or none that counts.
        ArgumentError: level outside 0 to 1.

    >>> of_sums([1.0, 0, 0, 1] * 4).value
    0.5
    """
    check_between("level", level, 0, 1)
    top = np.asarray(top, np.float64)
    bottom = np.ones_like(top) if bottom is None else np.asarray(bottom, np.float64)
    if users is not None:
        code, _ = pd.factorize(np.asarray(users))
        top, bottom = np.bincount(code, top), np.bincount(code, bottom)
    if not bottom.sum() > 0:
        raise DataError("no row of the log counts for this policy",
                        fix="The log holds nothing that it would have shown.")  # fmt: skip
    value, n = float(top.sum() / bottom.sum()), len(top)
    if n < FEWEST:
        return Estimate(value, np.nan, np.nan, np.nan)
    square = np.sum((top - value * bottom) ** 2) * n / (n - 1)
    error = float(np.sqrt(square) / bottom.sum())
    reach = stats.t.ppf((1 + level) / 2, n - 1) * error
    return Estimate(value, value - reach, value + reach, error)


def bernstein(values, most: float, *, level: float = 0.95) -> Estimate:
    """A mean with the empirical Bernstein interval, which promises its level at any size.

    reach = sqrt(2 * var * log(4 / (1 - level)) / n) + 7 * most * log(4 / (1 - level)) / (3 (n - 1))

    It needs no normal distribution, only a bound, and pays for that with width: where weights can
    be large, `most` is, and the interval says next to nothing until n is larger still.

    Args:
        values: independent values from 0 to `most`, one a viewer.
        most: the largest value that could have come, seen or not.
        level: how often the interval is to hold the truth, at least.

    Raises:
        DataError: fewer than two values, or one outside 0 to most.
    """
    values = np.asarray(values, np.float64)
    if len(values) < 2 or not ((values >= 0) & (values <= most)).all():
        raise DataError(f"the bound needs two values or more, from 0 to {most:g}")
    n, tail = len(values), np.log(4 / (1 - level))
    reach = np.sqrt(2 * values.var(ddof=1) * tail / n) + 7 * most * tail / (3 * (n - 1))
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(n))
    return Estimate(mean, mean - float(reach), mean + float(reach), error)
