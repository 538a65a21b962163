"""How many stay, where the experiment ends before everybody has left: Kaplan and Meier."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError, check_at_least, check_between
from recsys_lib.experiments.difference import Difference, by_error
from recsys_lib.intervals import FEWEST


def retention(stayed, left, at: float) -> tuple[float, float]:
    """The share of viewers still there after a time, with its standard error (Greenwood).

    share = product over times t <= at of (1 - leaving at t / there just before t)

    Somebody who was seen for two weeks and had not left says something about two weeks and nothing
    about the third; dropping them, or counting them as staying, would both be wrong.

    Args:
        stayed: how long each viewer was seen, shape (n,), above 0.
        left: whether they had left at its end, shape (n,).
        at: the time asked for, in the unit of `stayed`.

    Returns:
        share, standard error.

    Raises:
        DataError: shapes differ, fewer than `FEWEST` viewers, or nobody was seen as long as `at`.

    >>> share, _ = retention([1, 2, 3, 4, 5] * 2, [1, 0, 1, 0, 0] * 2, at=3)
    >>> round(share, 3)  # 4/5 * 2/3
    0.533
    """
    stayed, left = np.asarray(stayed, float), np.asarray(left, bool)
    check_at_least("at", at, 0)
    if stayed.shape != left.shape or stayed.ndim != 1 or len(stayed) < FEWEST:
        raise DataError(f"retention needs two lists of at least {FEWEST} viewers")
    if not (stayed > 0).all():
        raise DataError("a viewer was seen for no time at all", where="stayed")
    if at > stayed.max():
        raise DataError(f"nobody was seen for {at:g}; the longest is {stayed.max():g}")
    times = np.unique(stayed[left & (stayed <= at)])
    there = (stayed[:, None] >= times).sum(axis=0)
    leaving = ((stayed[:, None] == times) & left[:, None]).sum(axis=0)
    share = float(np.prod(1 - leaving / there))
    still = there > leaving  # once all have left, the share is 0 and does not vary
    greenwood = np.sum(leaving[still] / (there[still] * (there[still] - leaving[still])))
    return share, share * float(np.sqrt(greenwood))


def retention_difference(treated, control, at: float, *, level: float = 0.95) -> Difference:
    """How many more stay in one arm than in another, at a time.

    difference = share of treated - share of control
    low, high = difference -/+ z * sqrt(sum of their squared standard errors)

    Args:
        treated, control: (stayed, left) of each arm, as for `retention`.
        at: the time asked for.
        level: how often the interval is to hold the truth.
    """
    check_between("level", level, 0, 1)
    (one, error_one), (two, error_two) = retention(*treated, at), retention(*control, at)
    return by_error(one, two, float(np.hypot(error_one, error_two)), level)
