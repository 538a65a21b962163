"""How much higher a metric is in one arm than in another, and how surely."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from recsys_lib.errors import DataError, check_between
from recsys_lib.intervals import FEWEST


class Difference(NamedTuple):
    """A treated arm less a control, in the metric's unit."""

    treated: float
    control: float
    difference: float
    low: float
    high: float
    p: float

    @property
    def relative(self) -> float:
        """The difference as a share of the control's value; NaN where that is 0."""
        return self.difference / self.control if self.control else np.nan


def mean_difference(treated, control, *, level: float = 0.95) -> Difference:
    """Welch's difference of two means.

    difference = mean(treated) - mean(control)
    error = sqrt(var(treated) / n_treated + var(control) / n_control)
    low, high = difference -/+ t * error, with Welch's degrees of freedom

    Args:
        treated, control: one number a viewer of each arm, no NaN.
        level: how often the interval is to hold the truth.

    Raises:
        DataError: an arm with fewer than `FEWEST` viewers, or NaN.
        ArgumentError: level outside 0 to 1.

    >>> mean_difference([3.0, 5] * 8, [2.0, 4] * 8).difference
    1.0
    """
    check_between("level", level, 0, 1)
    treated, control = (_arm(values) for values in (treated, control))
    means = float(treated.mean()), float(control.mean())
    if np.ptp(treated) == np.ptp(control) == 0:  # no spread, no test; scipy would divide by it
        gap = means[0] - means[1]
        return Difference(*means, gap, gap, gap, float(gap == 0))
    found = stats.ttest_ind(treated, control, equal_var=False)
    low, high = found.confidence_interval(level)
    return Difference(*means, means[0] - means[1], float(low), float(high), float(found.pvalue))


def share_difference(treated, control, *, level: float = 0.95) -> Difference:
    """The difference of two shares, with Newcombe's interval, which holds for small shares too.

    low, high = difference -/+ sqrt(sum of the squared distances to the shares' Wilson bounds)

    p is that of the score test of equal shares.

    Args, errors: as for `mean_difference`; the values are 0 and 1, or False and True.

    >>> share_difference([1, 0] * 20, [1, 0, 0, 0] * 10).difference
    0.25
    """
    check_between("level", level, 0, 1)
    arms = [_arm(values) for values in (treated, control)]
    if any(not np.isin(arm, (0, 1)).all() for arm in arms):
        raise DataError("a share needs values 0 and 1", fix="Use mean_difference.")
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

    hits, sizes = [int(arm.sum()) for arm in arms], [len(arm) for arm in arms]
    both = (hits[0], sizes[0], hits[1], sizes[1])
    low, high = confint_proportions_2indep(*both, method="newcomb", alpha=1 - level)
    same = sum(hits) in (0, sum(sizes))  # nobody differs from anybody
    p = 1.0 if same else float(proportions_ztest(hits, sizes)[1])
    share = [hit / size for hit, size in zip(hits, sizes, strict=True)]
    return Difference(share[0], share[1], share[0] - share[1], float(low), float(high), p)


def ratio_difference(treated, control, *, level: float = 0.95) -> Difference:
    """The difference of two ratios of sums, such as clicks a page, by the delta method.

    ratio = sum(top) / sum(bottom)
    error**2 = var(top - ratio * bottom) / (n * mean(bottom)**2), for each arm

    Pages of one viewer hang together, so that pages must not be counted as if each were a viewer;
    here they are not: what is summed is each viewer's.

    Args:
        treated, control: top and bottom of each viewer, shape (n, 2).
        level: how often the interval is to hold the truth.

    Raises:
        DataError: as `mean_difference`; also if an arm's bottoms sum to nothing, or a shape is
            another.

    >>> pages = [(1, 2), (3, 4)] * 8  # four clicks on six pages
    >>> round(ratio_difference(pages, pages).treated, 2)
    0.67
    """
    check_between("level", level, 0, 1)
    (one, square_one), (two, square_two) = (_ratio(np.asarray(arm, float))
                                            for arm in (treated, control))  # fmt: skip
    return by_error(one, two, float(np.sqrt(square_one + square_two)), level)


def by_error(treated: float, control: float, error: float, level: float) -> Difference:
    """A difference whose estimate is normal, or nearly, with this standard error.

    low, high = difference -/+ z((1 + level) / 2) * error
    """
    gap = treated - control
    reach = stats.norm.ppf((1 + level) / 2) * error
    p = 2 * stats.norm.sf(abs(gap) / error) if error else float(gap == 0)
    return Difference(treated, control, gap, gap - reach, gap + reach, float(p))


def _ratio(pairs: np.ndarray) -> tuple[float, float]:
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise DataError(f"a ratio needs shape (n, 2), not {pairs.shape}")
    top, bottom = (_arm(column) for column in pairs.T)
    if not bottom.sum() > 0:
        raise DataError("what the ratio divides by sums to nothing")
    ratio = float(top.sum() / bottom.sum())
    return ratio, float(np.var(top - ratio * bottom, ddof=1) / (len(top) * bottom.mean() ** 2))


def _arm(values) -> np.ndarray:
    values = np.asarray(values, np.float64)
    if values.ndim != 1 or len(values) < FEWEST:
        raise DataError(f"an arm needs a list of at least {FEWEST} viewers, not {values.shape}")
    if not np.isfinite(values).all():
        raise DataError(f"{int((~np.isfinite(values)).sum())} of {len(values)} values are missing",
                        fix="Leave these viewers out of both arms by one rule.")  # fmt: skip
    return values
