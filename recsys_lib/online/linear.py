"""Policies that expect a reward that is linear in the context, each action with its own weights."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import check_above, check_at_least
from recsys_lib.online.contract import Choice, Policy, best, by_draws


class _Ridge(Policy):
    """precision[a] = l2 * I + sum of x xᵀ;  weights[a] = precision[a]⁻¹ · sum of reward * x."""

    def __init__(self, n_actions: int, n_features: int, l2: float = 1.0) -> None:
        check_at_least("n_features", n_features, 1, integer=True)
        super().__init__(n_actions, n_features)
        check_above("l2", l2, 0)
        self.l2 = l2
        self.precision = np.tile(l2 * np.eye(n_features), (n_actions, 1, 1))
        self.moment = np.zeros((n_actions, n_features))

    def _learn(self, context, action, reward) -> None:
        for shown in np.unique(action):
            rows = context[action == shown]
            self.precision[shown] += rows.T @ rows
            self.moment[shown] += rows.T @ reward[action == shown]

    @property
    def weights(self) -> np.ndarray:
        """The expected weights of each action, shape (n_actions, n_features)."""
        return np.linalg.solve(self.precision, self.moment[:, :, None])[:, :, 0]


class LinUCB(_Ridge):
    """The highest that the reward could be, for a context like this one (`li2010`).

    score[a] = x · weights[a] + alpha * sqrt(xᵀ precision[a]⁻¹ x)

    Args:
        n_actions, n_features: how many actions, and columns of the context.
        alpha: how much is hoped for what is not known; 0 is greedy.
        l2: ridge penalty; how little is believed before anything was seen.
    """

    def __init__(self, n_actions: int, n_features: int, alpha: float = 1.0, l2: float = 1.0):
        super().__init__(n_actions, n_features, l2)
        check_at_least("alpha", alpha, 0)
        self.alpha = alpha

    def _choose(self, context, allowed, rng) -> Choice:
        inverse = np.linalg.inv(self.precision)
        width = np.sqrt(np.einsum("nf,afg,ng->na", context, inverse, context))
        action = best(context @ self.weights.T + self.alpha * width, allowed)
        return Choice(action, np.ones(len(action)))


class LinearThompson(_Ridge):
    """Draw weights from what is believed of them, and show the best by these.

    belief[a] = normal(weights[a], noise**2 * precision[a]⁻¹)

    Args:
        n_actions, n_features: how many actions, and columns of the context.
        noise: standard deviation of a reward around its expectation.
        l2: ridge penalty; noise**2 / l2 is the variance of each weight before anything was seen.
        draws: how many draws the propensity is counted in, the one that is shown among them.
    """

    def __init__(self, n_actions: int, n_features: int, noise: float = 0.5, l2: float = 1.0,
                 draws: int = 200) -> None:  # fmt: skip
        super().__init__(n_actions, n_features, l2)
        check_above("noise", noise, 0)
        check_at_least("draws", draws, 1, integer=True)
        self.noise, self.draws = noise, int(draws)

    def _choose(self, context, allowed, rng) -> Choice:
        # The scores of a row are normal by themselves; each row draws its own weights.
        inverse = np.linalg.inv(self.precision)
        width = self.noise * np.sqrt(np.einsum("nf,afg,ng->na", context, inverse, context))
        normal = rng.standard_normal((self.draws, *width.shape))
        return by_draws(context @ self.weights.T + width * normal, allowed)
