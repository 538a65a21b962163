"""The same experiment with less noise, from what was known of viewers before it began."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import DataError, check_between
from recsys_lib.experiments.difference import Difference, by_error, mean_difference


def cuped(after, before) -> np.ndarray:
    """A metric less what could be foretold of it (`deng2013`).

    adjusted[u] = after[u] - theta * (before[u] - mean(before)),  theta = cov / var(before)

    Its mean is that of `after`, its variance (1 - correlation**2) as large. Adjust both arms
    together: theta must not know who is treated, and `before` must be from before the experiment,
    or the effect itself is taken away.

    Args:
        after: the metric during the experiment, one value a viewer of all arms.
        before: any number known of the same viewers beforehand.

    Returns:
        float64 of shape (n,).

    Raises:
        DataError: shapes differ or a value is missing.

    >>> cuped([1.0, 2, 3], [10.0, 20, 30])
    array([2., 2., 2.])
    """
    after, before = np.asarray(after, float), np.asarray(before, float)
    if after.shape != before.shape or after.ndim != 1:
        raise DataError(f"before {before.shape} and after {after.shape} differ in shape")
    if not (np.isfinite(after).all() and np.isfinite(before).all()):
        raise DataError("cuped needs both values of every viewer", fix="Fill with the mean before.")
    away = before - before.mean()
    square = away @ away
    theta = (away @ (after - after.mean())) / square if square > 0 else 0.0
    return after - theta * away


def post_stratified(treated, control, strata, *, level: float = 0.95) -> Difference:
    """Differences within strata, weighed by how large each stratum is.

    difference = sum over s of size[s] / n * difference within s

    Strata are of before the experiment: device, country, how much somebody watched. Chance may put
    more heavy viewers into one arm; compared within strata, that no longer counts.

    Args:
        treated, control: one number a viewer of each arm.
        strata: the stratum of each viewer, those of `treated` and those of `control`.
        level: how often the interval is to hold the truth.

    Raises:
        DataError: a stratum with fewer than ten viewers in an arm.
    """
    check_between("level", level, 0, 1)
    values = [np.asarray(arm, float) for arm in (treated, control)]
    labels = [np.asarray(arm) for arm in strata]
    if [len(arm) for arm in values] != [len(arm) for arm in labels]:
        raise DataError("each viewer needs a stratum", where="strata")
    sizes = pd.Series(np.concatenate(labels)).value_counts(normalize=True).sort_index()
    parts = [_within(values, labels, stratum) for stratum in sizes.index]
    mean = [float(sizes.to_numpy() @ [getattr(part, arm) for part, _ in parts])
            for arm in ("treated", "control")]  # fmt: skip
    error = float(np.sqrt(sizes.to_numpy() ** 2 @ [variance for _, variance in parts]))
    return by_error(*mean, error, level)


def _within(values: list, labels: list, stratum) -> tuple[Difference, float]:
    arms = [arm[label == stratum] for arm, label in zip(values, labels, strict=True)]
    variance = sum(np.var(arm, ddof=1) / len(arm) for arm in arms if len(arm) > 1)
    return mean_difference(*arms), float(variance)
