"""Learning while serving: which action to show, and what is paid for finding out.

One contract: `choose(context, rng=...)` gives an action a row and the chance with which it was
chosen; `learn(context, action, reward)` takes a batch of what came of it. `play` lets a policy do
both in a world whose truth is known, and counts the regret. `week_by_week` lets recommenders
foretell a week and then learn it; `faded` lets the past count less.
"""

from recsys_lib.online.contract import Choice, Policy
from recsys_lib.online.counting import UCB, BetaThompson, EpsilonGreedy
from recsys_lib.online.forgetting import faded
from recsys_lib.online.linear import LinearThompson, LinUCB
from recsys_lib.online.logistic import LogisticThompson
from recsys_lib.online.play import BanditWorld, play
from recsys_lib.online.prequential import Continued, Learner, Refitted, week_by_week

__all__ = [
    "UCB",
    "BanditWorld",
    "BetaThompson",
    "Choice",
    "Continued",
    "EpsilonGreedy",
    "Learner",
    "LinUCB",
    "LinearThompson",
    "LogisticThompson",
    "Policy",
    "Refitted",
    "faded",
    "play",
    "week_by_week",
]
