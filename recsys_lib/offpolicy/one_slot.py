"""One choice a row: what would another policy have earned on these rows?

In all of these, for row i of the log: `reward[i]` is what came of the action that was shown,
`propensity[i]` the chance with which it was shown, `target[i]` the chance with which the new policy
shows it, and weight[i] = target[i] / propensity[i].
"""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError, check_above
from recsys_lib.offpolicy.estimate import Estimate, of_sums


def replay(reward, agrees, *, users=None, level: float = 0.95) -> Estimate:
    """The mean reward of rows on which the new policy shows what was shown (`li2011`).

    value = sum of reward * agrees / sum of agrees

    Right only if the log's choices were uniform: otherwise rows agree more often where the old
    policy was sure of itself.

    Args:
        reward, agrees: a number and a truth a row.
        users: the viewer of each row; None takes each row for a viewer.
        level: of the interval.
    """
    agrees = np.asarray(agrees, float)
    reward = _numbers("reward", reward, len(agrees))
    return of_sums(reward * agrees, agrees, users=users, level=level)


def ips(reward, propensity, target, *, users=None, level: float = 0.95) -> Estimate:
    """Inverse propensity score: each row counts as often as the new policy would show it more.

    value = mean of weight * reward

    Right on average if every action that the new policy shows could have been shown; its variance
    grows with the weights.

    Args:
        reward, propensity, target: a number a row.
        users, level: as for `replay`.

    Raises:
        DataError: lengths differ, or a propensity is not above 0 or above 1.
    """
    reward, weight = _weighted(reward, propensity, target)
    return of_sums(weight * reward, users=users, level=level)


def clipped_ips(reward, propensity, target, *, most: float, users=None,
                level: float = 0.95) -> Estimate:  # fmt: skip
    """IPS with weights of at most `most`: value = mean of min(weight, most) * reward.

    Too low on average, and steadier; how much too low depends on what it cuts off.
    """
    check_above("most", most, 0)
    reward, weight = _weighted(reward, propensity, target)
    return of_sums(np.minimum(weight, most) * reward, users=users, level=level)


def snips(reward, propensity, target, *, users=None, level: float = 0.95) -> Estimate:
    """Self-normalised IPS: value = sum of weight * reward / sum of weight.

    It never leaves the range of the rewards, and is off by less and less as rows are added.
    """
    reward, weight = _weighted(reward, propensity, target)
    return of_sums(weight * reward, weight, users=users, level=level)


def direct_method(predicted, target_all, *, users=None, level: float = 0.95) -> Estimate:
    """Believe a model: value = mean over rows of sum over a of target_all * predicted.

    As right as the model, and its interval knows nothing of the model's own fault.

    Args:
        predicted: the model's reward of each action in each row, shape (n, actions).
        target_all: the chance with which the new policy shows each, same shape, rows sum to 1.
        users, level: as for `replay`.

    Raises:
        DataError: shapes differ, or a row of target_all does not sum to 1.
    """
    return of_sums(_expected(predicted, target_all), users=users, level=level)


def doubly_robust(reward, propensity, action, predicted, target_all, *, users=None,
                  level: float = 0.95) -> Estimate:  # fmt: skip
    """The model, corrected where the log shows it wrong (`dudik2011`).

    value = mean of expected + weight * (reward - predicted[action])
    expected = sum over a of target_all * predicted

    Right on average if the propensities are, or if the model is.

    Args:
        action: the column of the action that was shown, a number a row.
        others: as for `ips` and `direct_method`.
    """
    expected, weight, left = _parts(reward, propensity, action, predicted, target_all)
    return of_sums(expected + weight * left, users=users, level=level)


def switch(reward, propensity, action, predicted, target_all, *, most: float, users=None,
           level: float = 0.95) -> Estimate:  # fmt: skip
    """Doubly robust where weights are at most `most`, the model alone where they are larger.

    value = mean of expected + weight * (reward - predicted[action]) * (weight <= most)
    """
    check_above("most", most, 0)
    expected, weight, left = _parts(reward, propensity, action, predicted, target_all)
    return of_sums(expected + weight * left * (weight <= most), users=users, level=level)


def _parts(reward, propensity, action, predicted, target_all):
    expected = _expected(predicted, target_all)
    action = np.asarray(action, np.intp)
    if action.shape != expected.shape:
        raise DataError(f"{len(expected)} rows of predictions but {action.shape} actions")
    rows = np.arange(len(action))
    reward, weight = _weighted(reward, propensity, np.asarray(target_all, float)[rows, action])
    return expected, weight, reward - np.asarray(predicted, float)[rows, action]


def _expected(predicted, target_all) -> np.ndarray:
    predicted, target_all = np.asarray(predicted, float), np.asarray(target_all, float)
    if predicted.shape != target_all.shape or predicted.ndim != 2:
        raise DataError(f"predicted {predicted.shape} and target_all {target_all.shape} differ")
    if not np.allclose(target_all.sum(axis=1), 1, atol=1e-6):
        raise DataError("a row of target_all does not sum to 1")
    return (predicted * target_all).sum(axis=1)


def _weighted(reward, propensity, target) -> tuple[np.ndarray, np.ndarray]:
    target = np.asarray(target, np.float64)
    reward = _numbers("reward", reward, len(target))
    propensity = _numbers("propensity", propensity, len(target))
    if not ((propensity > 0) & (propensity <= 1)).all():
        bad = int(np.flatnonzero(~((propensity > 0) & (propensity <= 1)))[0])
        raise DataError(f"propensity {propensity[bad]:g} is no chance of what was shown",
                        where=f"row {bad}", fix="What was shown had a chance above 0.")  # fmt: skip
    return reward, target / propensity


def _numbers(name: str, values, length: int) -> np.ndarray:
    values = np.asarray(values, np.float64)
    if values.shape != (length,):
        raise DataError(f"{name} has shape {values.shape}, not ({length},)")
    if not np.isfinite(values).all():
        raise DataError(f"{name} has a value that is no number")
    return values
