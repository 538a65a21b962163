"""Can the log answer at all? Weights are looked at before any estimate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recsys_lib.errors import DataError
from recsys_lib.offpolicy.estimate import of_sums

ENOUGH = 200.0
"""Effective rows below which an estimate is refused, since its interval cannot be trusted."""


class Overlap(NamedTuple):
    """How much of the log is of use for another policy.

    rows and effective rows, the share of rows that count at all, the largest weight, the mean
    weight with its interval (1 if the log can answer), and why it cannot, or "".
    """

    rows: int
    effective: float
    used: float
    largest: float
    mean: float
    low: float
    high: float
    reason: str

    def refuse(self) -> None:
        """Raise `DataError` with the reason, if there is one."""
        if self.reason:
            raise DataError(
                f"the log cannot answer: {self.reason}",
                fix="Ask about a policy nearer to the log's, or try it on viewers.",
            )


def effective_size(weight) -> float:
    """How many rows of equal weight are worth as much: sum(weight)**2 / sum(weight**2).

    >>> effective_size([1.0, 1, 1, 1]), effective_size([4.0, 0, 0, 0])
    (4.0, 1.0)
    """
    weight = np.asarray(weight, np.float64)
    square = float(weight @ weight)
    return float(weight.sum() ** 2 / square) if square else 0.0


def overlap(propensity, target, *, users=None) -> Overlap:
    """Look at the weights target / propensity.

    Their mean is 1 whatever the rewards are, if the log could have shown all that the new policy
    shows; if it is not, what the estimate leaves out nobody can see in the estimate.

    Args:
        propensity, target: the chance of what was shown under the log's policy and the new one.
        users: the viewer of each row; None takes each row for a viewer.

    Raises:
        DataError: no row, lengths differ, or a propensity is not above 0.

    >>> overlap([0.5] * 400, [0.5] * 400).reason
    ''
    """
    propensity, target = np.asarray(propensity, float), np.asarray(target, float)
    if propensity.shape != target.shape or not len(target) or not (propensity > 0).all():
        raise DataError("each row needs two chances, that of what was shown above 0")
    weight = target / propensity
    mean = of_sums(weight, users=users, level=0.99)
    size = effective_size(weight)
    return Overlap(len(weight), size, float((weight > 0).mean()), float(weight.max()),
                   *mean[:3], _reason(size, len(weight), mean))  # fmt: skip


def _reason(size: float, rows: int, mean) -> str:
    if not mean.low <= 1 <= mean.high:
        return (f"its weights have mean {mean.value:.2f}, not 1: the new policy shows what the log"
                " never did, or the propensities are wrong")  # fmt: skip
    if size < ENOUGH:
        return f"its {rows:,} rows are worth {size:.0f} of the new policy's own"
    return ""
