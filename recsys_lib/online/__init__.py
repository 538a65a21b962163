"""Learning while serving: which action to show, and what is paid for finding out.

One contract: `choose(context, rng=...)` gives an action a row and the chance with which it was
chosen; `learn(context, action, reward)` takes a batch of what came of it. `play` lets a policy do
both in a world whose truth is known, and counts the regret.
"""

from recsys_lib.online.contract import Choice, Policy
from recsys_lib.online.counting import UCB, BetaThompson, EpsilonGreedy
from recsys_lib.online.linear import LinearThompson, LinUCB
from recsys_lib.online.logistic import LogisticThompson
from recsys_lib.online.play import BanditWorld, play

__all__ = [
    "UCB",
    "BanditWorld",
    "BetaThompson",
    "Choice",
    "EpsilonGreedy",
    "LinUCB",
    "LinearThompson",
    "LogisticThompson",
    "Policy",
    "play",
]
