"""Thompson sampling for clicks: a logistic regression for each action, and how unsure it is."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from recsys_lib.errors import DataError, check_above, check_at_least
from recsys_lib.online.contract import Choice, Policy, by_draws

STEPS = 50
CLOSE = 1e-10


class LogisticThompson(Policy):
    """Clicks by the logistic curve, beliefs by Laplace's approximation (`chapelle2011`).

    chance of a click = 1 / (1 + exp(-x · weights[a]))
    belief[a] = normal(mean[a], precision[a]⁻¹)
    precision[a] = precision before + sum of p * (1 - p) * x xᵀ, at the most likely weights

    A batch is learnt from the belief before it, so that no event has to be kept; the belief after
    two batches is that after one of both but for the approximation.

    Args:
        n_actions, n_features: how many actions, and columns of the context.
        l2: the precision of each weight before anything was seen.
        draws: how many draws the propensity is counted in, the one that is shown among them.
    """

    def __init__(self, n_actions: int, n_features: int, l2: float = 1.0, draws: int = 200):
        check_at_least("n_features", n_features, 1, integer=True)
        super().__init__(n_actions, n_features)
        check_above("l2", l2, 0)
        check_at_least("draws", draws, 1, integer=True)
        self.l2, self.draws = l2, int(draws)
        self.mean = np.zeros((n_actions, n_features))
        self.precision = np.tile(l2 * np.eye(n_features), (n_actions, 1, 1))

    def _learn(self, context, action, reward) -> None:
        if not np.isin(reward, (0, 1)).all():
            raise DataError("a logistic belief needs rewards of 0 and 1")
        for shown in np.unique(action):
            chosen = action == shown
            before = self.mean[shown], self.precision[shown]
            self.mean[shown], self.precision[shown] = laplace(
                context[chosen], reward[chosen], *before
            )

    def _choose(self, context, allowed, rng) -> Choice:
        inverse = np.linalg.inv(self.precision)
        width = np.sqrt(np.einsum("nf,afg,ng->na", context, inverse, context))
        normal = rng.standard_normal((self.draws, *width.shape))
        return by_draws(context @ self.mean.T + width * normal, allowed)


def laplace(x: np.ndarray, clicked: np.ndarray, mean: np.ndarray, precision: np.ndarray):
    """The most likely weights under a normal belief, by Newton's method, and their precision.

    Args:
        x: contexts, shape (n, n_features); clicked: 0 and 1, shape (n,).
        mean, precision: the belief before.

    Returns:
        mean, precision of the belief after.
    """
    weights = mean
    for _ in range(STEPS):
        chance = expit(x @ weights)
        slope = x.T @ (clicked - chance) - precision @ (weights - mean)
        curve = precision + (x.T * (chance * (1 - chance))) @ x
        step = np.linalg.solve(curve, slope)
        weights = weights + step / max(1.0, np.abs(step).max())  # a long step could overshoot
        if np.abs(step).max() < CLOSE:
            break
    chance = expit(x @ weights)
    return weights, precision + (x.T * (chance * (1 - chance))) @ x
