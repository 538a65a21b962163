"""What every bandit promises."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recsys_lib.errors import ArgumentError, DataError, check_at_least


class Choice(NamedTuple):
    """What was chosen in each row, and the chance with which it was: shapes (n,)."""

    action: np.ndarray
    propensity: np.ndarray


class Policy:
    """A way to choose among `n_actions`, better with every batch.

    Args:
        n_actions: how many actions there are; they are numbered from 0.
        n_features: columns of the context; 0 for a policy that does not look at it.
    """

    def __init__(self, n_actions: int, n_features: int = 0) -> None:
        check_at_least("n_actions", n_actions, 1, integer=True)
        check_at_least("n_features", n_features, 0, integer=True)
        self.n_actions, self.n_features = int(n_actions), int(n_features)

    def choose(self, context, *, rng: np.random.Generator, allowed=None) -> Choice:
        """An action for each row.

        Args:
            context: shape (n, n_features); only its length counts where n_features is 0.
            rng: the lots.
            allowed: truth of shape (n, n_actions); None allows all.

        Raises:
            DataError: a context of another shape or with NaN, or a row that allows nothing.
        """
        context = self._context(context)
        shape = len(context), self.n_actions
        allowed = np.ones(shape, bool) if allowed is None else np.asarray(allowed, bool)
        if allowed.shape != shape or not allowed.any(axis=1).all():
            raise DataError(f"allowed must have shape {shape} and a true value in each row")
        return self._choose(context, allowed, rng)

    def learn(self, context, action, reward) -> Policy:
        """Take a batch of what came of it; the order of batches does not matter, nor their size.

        Args:
            context: as for `choose`; action: numbers of what was shown; reward: what came of it.

        Raises:
            DataError: lengths differ, an action that is none, or a reward that is no number.
        """
        context = self._context(context)
        action, reward = np.asarray(action), np.asarray(reward, np.float64)
        if not len(context) == len(action) == len(reward):
            raise DataError("context, action and reward must be equally long")
        if len(action):
            if action.dtype.kind not in "iu" or action.min() < 0 or action.max() >= self.n_actions:
                raise DataError(f"actions are numbers from 0 to {self.n_actions - 1}")
            if not np.isfinite(reward).all():
                raise DataError("a reward is no number")
            self._learn(context, action, reward)
        return self

    def _context(self, context) -> np.ndarray:
        context = np.asarray(context, np.float64)
        if self.n_features == 0:
            return np.zeros((len(context), 0))
        if context.ndim != 2 or context.shape[1] != self.n_features:
            raise DataError(f"the context has shape {context.shape}, not (n, {self.n_features})")
        if not np.isfinite(context).all():
            raise DataError("the context has a value that is no number")
        return context

    def _choose(self, context, allowed, rng) -> Choice:
        raise NotImplementedError

    def _learn(self, context, action, reward) -> None:
        raise NotImplementedError


def best(scores: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """The allowed action with the highest score, the first of equal ones; shape (n,)."""
    return np.where(allowed, scores, -np.inf).argmax(axis=1)


def by_draws(drawn: np.ndarray, allowed: np.ndarray) -> Choice:
    """The winner of the first draw, and the share of draws that it wins.

    Args:
        drawn: scores of shape (draws, n, n_actions).
    """
    winners = np.where(allowed, drawn, -np.inf).argmax(axis=2)
    return Choice(winners[0], (winners == winners[0]).mean(axis=0))


def check_share(name: str, value: float) -> None:
    """Raise `ArgumentError` unless `value` lies from 0 to 1."""
    if not 0 <= value <= 1:
        raise ArgumentError(f"{name}={value!r} must lie from 0 to 1")
