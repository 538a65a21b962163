"""Whether a difference could be chance: of groups against the others, and among many looked at."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError
from recsys_lib.randomness import Rng, generator

TINY = 1e-9  # what is left of a difference of equal numbers
CELLS = 2**20  # values re-labelled at a time


def holm(p_values) -> np.ndarray:
    """p values corrected for how many there are, so that one of them errs at most as often.

    corrected[i] = max over j with p[j] <= p[i] of (m - rank[j]) * p[j], at most 1

    where rank counts from 0 at the smallest of the m values. If nothing at all is going on, one or
    more of them lie below 0.05 in at most 5 % of such tables, however the values hang together.

    Args:
        p_values: shape (m,); NaN where nothing was tested, which is left out of m.

    This is Holm's step-down method.

    Raises:
        DataError: a value outside 0 to 1.

    >>> holm([0.01, 0.04, 0.03]).round(2)  # 3 * 0.01, then 2 * 0.03, then 1 * 0.04
    array([0.03, 0.06, 0.06])
    """
    p = np.asarray(p_values, np.float64)
    known = ~np.isnan(p)
    if ((p[known] < 0) | (p[known] > 1)).any():
        raise DataError("p values must lie between 0 and 1")
    order = np.flatnonzero(known)[np.argsort(p[known], kind="stable")]
    corrected = np.full(len(p), np.nan)
    steps = p[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return corrected


def group_gaps(
    values: np.ndarray, groups: np.ndarray, *, rng: Rng
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each group's mean less the mean of all others, and how often chance does as much.

    t[g] = gap[g] / sqrt(variance in g / size of g + variance of the others / their number)
    p[g] = share of random re-labellings, this one included, with |t[g]| at least as large

    Labels dealt out anew among the same values are what chance would do, so p holds for groups of
    any size and for values of any shape; dividing by the spread keeps it true where groups of equal
    mean differ in theirs.

    Args:
        values: shape (n,), no NaN.
        groups: label of each value's group, shape (n,).
        rng: decides the re-labellings, 2,000 or, if more, 100 a group.

    Returns:
        labels of the groups, sorted; gap; p, not yet corrected for their number (see `holm`). Both
        are NaN for a group without others, p also for a group of one.
    """
    rng = generator(rng)
    labels, group = np.unique(np.asarray(groups), return_inverse=True)
    sizes, order = np.bincount(group, minlength=len(labels)), np.argsort(group, kind="stable")
    values = np.asarray(values, np.float64)[order]
    values = values - values.mean() if len(values) else values  # so that squares are not large
    gap, observed = (row[0] for row in _studentised(values[None, :], sizes))
    draws, at_least = max(2000, 100 * len(labels)), np.ones(len(labels))
    at_once = min(draws, 1 + CELLS // max(len(values), 1))
    for start in range(0, draws, at_once):
        again = np.tile(values, (min(at_once, draws - start), 1))
        _, t = _studentised(rng.permuted(again, axis=1), sizes)
        at_least += (np.abs(t) >= np.abs(observed) * (1 - 1e-9)).sum(axis=0)  # but for rounding
    tested = (sizes > 1) & (sizes < len(values))
    return labels, gap, np.where(tested, at_least / (draws + 1), np.nan)


def _studentised(values: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gap and t of each group, in each row of `values`, where group stands beside group."""
    starts = np.cumsum(sizes) - sizes
    count = np.stack([sizes, sizes.sum() - sizes])[:, None]
    total, square = (np.add.reduceat(part, starts, axis=1) for part in (values, values**2))
    total, square = (np.stack([x, x.sum(axis=1, keepdims=True) - x]) for x in (total, square))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / count
        variance = np.maximum(square / count - mean**2, 0) * count / (count - 1)
        spread = np.sqrt(np.nan_to_num(variance / count, posinf=0).sum(axis=0))
        gap = mean[0] - mean[1]
        # Where nobody differs from anybody of their side, any gap at all is the largest there is.
        return gap, np.where(spread > TINY, gap / spread, np.where(np.abs(gap) > TINY, np.inf, 0))
