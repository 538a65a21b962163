"""Several choices a page: what a log of pages says of another way to fill them.

For page i and place k: `reward[i, k]`, `propensity[i, k]` the chance of what stood there given what
stood above, `target[i, k]` the new policy's, weight[i, k] = target / propensity. All return the
mean over pages of the reward of a page. They differ in how places may act on one another.
"""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError
from recsys_lib.offpolicy.estimate import Estimate, of_sums


def slate_ips(reward, propensity, target, *, users=None, level: float = 0.95) -> Estimate:
    """Nothing assumed: value = mean of (product over k of weight) * sum over k of reward.

    With ten places the product of ten weights leaves next to no page.

    Args:
        reward, propensity, target: a number a page and place, shape (n, places).
        users: the viewer of each page; None takes each page for a viewer.
        level: of the interval.

    Raises:
        DataError: shapes differ, or a propensity is not above 0.
    """
    reward, weight = _weighted(reward, propensity, target)
    return of_sums(weight.prod(axis=1) * reward.sum(axis=1), users=users, level=level)


def independent_ips(reward, propensity, target, *, users=None, level: float = 0.95) -> Estimate:
    """Places do not act on one another: value = mean of sum over k of weight * reward.

    Wrong where they do: a page on which every slot is better has no more evenings to win.
    """
    reward, weight = _weighted(reward, propensity, target)
    return of_sums((weight * reward).sum(axis=1), users=users, level=level)


def reward_interaction_ips(reward, propensity, target, *, users=None,
                           level: float = 0.95) -> Estimate:  # fmt: skip
    """A place is acted on by those above it: weight[k] becomes the product of weight[1..k]."""
    reward, weight = _weighted(reward, propensity, target)
    return of_sums((weight.cumprod(axis=1) * reward).sum(axis=1), users=users, level=level)


def pseudo_inverse(reward, propensity, target, *, users=None, level: float = 0.95) -> Estimate:
    """The page's reward is a sum of parts, one a place, unseen (`swaminathan2017`).

    value = mean of (1 + sum over k of (weight - 1)) * sum over k of reward

    for a log that filled its places independently. It needs only the page's whole reward.
    """
    reward, weight = _weighted(reward, propensity, target)
    return of_sums((1 + (weight - 1).sum(axis=1)) * reward.sum(axis=1), users=users, level=level)


def cascade_doubly_robust(reward, propensity, target, predicted, expected, *, users=None,
                          level: float = 0.95) -> Estimate:  # fmt: skip
    """A model of each place's reward, corrected along the page.

    value = mean of sum over k of  upto[k] * (reward - predicted) + upto[k - 1] * expected
    upto[k] = product of weight[1..k]

    Right on average under the same view of a page as `reward_interaction_ips`, whatever the model
    is, and steadier the better it is. A model of nothing gives `reward_interaction_ips`.

    Args:
        predicted: the model's reward of what stood at each place, given what stood above.
        expected: the same averaged over what the new policy would put there.
        others: as for `slate_ips`.
    """
    reward, weight = _weighted(reward, propensity, target)
    predicted, expected = np.asarray(predicted, float), np.asarray(expected, float)
    if predicted.shape != reward.shape or expected.shape != reward.shape:
        raise DataError("predicted and expected need a number a page and place")
    upto = weight.cumprod(axis=1)
    above = np.column_stack([np.ones(len(upto)), upto[:, :-1]])
    return of_sums((upto * (reward - predicted) + above * expected).sum(axis=1),
                   users=users, level=level)  # fmt: skip


def _weighted(reward, propensity, target) -> tuple[np.ndarray, np.ndarray]:
    reward, propensity, target = (np.asarray(x, float) for x in (reward, propensity, target))
    if reward.ndim != 2 or not reward.shape == propensity.shape == target.shape:
        shapes = f"{reward.shape}, {propensity.shape}, {target.shape}"
        raise DataError(f"reward, propensity and target have shapes {shapes}, not one (n, places)")
    if not ((propensity > 0) & (propensity <= 1)).all():
        raise DataError("a propensity is no chance of what was shown",
                        fix="What was shown had a chance above 0.")  # fmt: skip
    return reward, target / propensity
