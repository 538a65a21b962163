"""Policies that only count: how often each action was shown, and what came of it."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError, check_above, check_at_least
from recsys_lib.online.contract import Choice, Policy, best, check_share

GRID = 400  # points at which the chance to be best is added up


class _Counting(Policy):
    def __init__(self, n_actions: int) -> None:
        super().__init__(n_actions)
        self.shown, self.total = np.zeros(n_actions), np.zeros(n_actions)

    def _learn(self, context, action, reward) -> None:
        self.shown += np.bincount(action, minlength=self.n_actions)
        self.total += np.bincount(action, reward, minlength=self.n_actions)

    def means(self) -> np.ndarray:
        """The mean reward of each action; infinite before it was shown, so that it will be."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.shown > 0, self.total / self.shown, np.inf)


class EpsilonGreedy(_Counting):
    """The best so far, and with chance `epsilon` any.

    propensity = epsilon / number allowed, plus 1 - epsilon for the best

    Args:
        n_actions: how many there are.
        epsilon: the share of choices by lot; 0 is greedy.
    """

    def __init__(self, n_actions: int, epsilon: float = 0.1) -> None:
        super().__init__(n_actions)
        check_share("epsilon", epsilon)
        self.epsilon = epsilon

    def _choose(self, context, allowed, rng) -> Choice:
        n = len(context)
        first = best(np.broadcast_to(self.means(), allowed.shape), allowed)
        lot = best(rng.random(allowed.shape), allowed)
        action = np.where(rng.random(n) < self.epsilon, lot, first)
        propensity = self.epsilon / allowed.sum(axis=1) + (1 - self.epsilon) * (action == first)
        return Choice(action, propensity)


class UCB(_Counting):
    """The highest that an action's mean could still be.

    score[a] = mean[a] + width * sqrt(2 * log(shown in all) / shown[a])

    Nothing is left to lot, so that every propensity is 1 and the log answers no other question.

    Args:
        n_actions: how many there are.
        width: 1 is the textbook's, for rewards from 0 to 1; smaller explores less.
    """

    def __init__(self, n_actions: int, width: float = 1.0) -> None:
        super().__init__(n_actions)
        check_at_least("width", width, 0)
        self.width = width

    def _choose(self, context, allowed, rng) -> Choice:
        with np.errstate(divide="ignore"):
            room = np.sqrt(2 * np.log(max(self.shown.sum(), 1)) / self.shown.clip(1e-300))
        scores = np.where(self.shown > 0, self.means() + self.width * room, np.inf)
        action = best(np.broadcast_to(scores, allowed.shape), allowed)
        return Choice(action, np.ones(len(action)))


class BetaThompson(_Counting):
    """Show an action as often as it is likely to be the best (`chapelle2011`).

    belief[a] = Beta(a + total[a], b + shown[a] - total[a]);  draw from each, show the highest

    Its propensity is worked out: the integral of an action's density times the other's chances to
    lie below.

    Args:
        n_actions: how many there are.
        a, b: the belief before anything was shown; 1 and 1 think every share equally likely.
    """

    def __init__(self, n_actions: int, a: float = 1.0, b: float = 1.0) -> None:
        super().__init__(n_actions)
        check_above("a", a, 0)
        check_above("b", b, 0)
        self.a, self.b = a, b

    def belief(self) -> tuple[np.ndarray, np.ndarray]:
        """The two parameters of each action's Beta."""
        return self.a + self.total, self.b + self.shown - self.total

    def _learn(self, context, action, reward) -> None:
        if not np.isin(reward, (0, 1)).all():
            raise DataError("a Beta belief needs rewards of 0 and 1")
        super()._learn(context, action, reward)

    def _choose(self, context, allowed, rng) -> Choice:
        action = best(rng.beta(*self.belief(), size=allowed.shape), allowed)
        kinds, kind = np.unique(allowed, axis=0, return_inverse=True)
        chances = np.array([self.chances(one) for one in kinds])
        return Choice(action, chances[kind.ravel(), action])

    def chances(self, allowed: np.ndarray) -> np.ndarray:
        """How likely each allowed action is to be the best of them; shape (n_actions,), sum 1."""
        from scipy import stats

        belief = stats.beta(*(part[allowed] for part in self.belief()))
        # Equal steps of the widest belief's probability, so that no belief falls between points.
        points = np.unique(belief.ppf(((np.arange(GRID) + 0.5) / GRID)[:, None]).ravel())
        below = belief.cdf(points[:, None])
        steps = np.diff(below, axis=0, prepend=0.0)
        middle = below - steps / 2
        won = np.array([(steps[:, i] * np.delete(middle, i, axis=1).prod(axis=1)).sum()
                        for i in range(below.shape[1])])  # fmt: skip
        chances = np.zeros(self.n_actions)
        chances[allowed] = won / won.sum()
        return chances
