"""A policy in a world whose truth is known: what it earns, and what exploring costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_lib.errors import DataError, check_at_least
from recsys_lib.online.contract import Policy


@dataclass(frozen=True)
class BanditWorld:
    """Contexts and the true chance of a reward of each action in them.

    Attributes:
        contexts: shape (rows, n_features); viewers come from these by lot.
        chances: shape (rows, n_actions), from 0 to 1.
    """

    contexts: np.ndarray
    chances: np.ndarray

    def __post_init__(self) -> None:
        if len(self.contexts) != len(self.chances) or self.chances.ndim != 2:
            raise DataError("each context needs a chance an action")
        if not ((self.chances >= 0) & (self.chances <= 1)).all():
            raise DataError("a chance lies from 0 to 1", where="chances")


def play(policy: Policy, world: BanditWorld, *, rounds: int, batch: int, seed: int) -> pd.DataFrame:
    """Let a policy serve `rounds` batches, learning after each.

    regret = chance of the best action - chance of what was chosen

    Who comes, and whether they would click on what, are lots of their own: two policies with the
    same seed meet the same viewers, so that their difference is theirs alone.

    Args:
        policy: is changed by what it learns.
        world: the truth.
        rounds: number of batches; batch: viewers in each, whose feedback comes after all of it.
        seed: of all lots.

    Returns:
        A row a viewer, with columns round, row (of the world), action, propensity, reward, regret.
    """
    check_at_least("rounds", rounds, 1, integer=True)
    check_at_least("batch", batch, 1, integer=True)
    viewers, choices = (np.random.default_rng([seed, part]) for part in (0, 1))
    parts = []
    for number in range(rounds):
        rows = viewers.integers(len(world.contexts), size=batch)
        chances = world.chances[rows]
        would = viewers.random(chances.shape) < chances
        action, propensity = policy.choose(world.contexts[rows], rng=choices)
        at = np.arange(batch), action
        reward = would[at].astype(float)
        policy.learn(world.contexts[rows], action, reward)
        parts.append(pd.DataFrame({
            "round": number, "row": rows, "action": action, "propensity": propensity,
            "reward": reward, "regret": chances.max(axis=1) - chances[at],
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)
