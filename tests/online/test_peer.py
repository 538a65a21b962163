"""The same numbers as mabwiser's, after the same plays; `benchmarks.mabwiser_values` stored them.

mabwiser itself is not installed here: what it needs beside numpy would enter every environment.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.mabwiser_values import ARMS, FEATURES, asked, plays
from recsys_lib.online import UCB, BetaThompson, EpsilonGreedy, LinUCB

THEIRS = json.loads(Path(__file__).with_name("mabwiser.json").read_text())


def learned(policy):
    context, action, click = plays()
    half = len(context) // 2  # in two batches, they in one
    policy.learn(context[:half], action[:half], click[:half])
    return policy.learn(context[half:], action[half:], click[half:])


def test_means_are_theirs():
    assert learned(EpsilonGreedy(ARMS, 0.0)).means() == pytest.approx(THEIRS["greedy"], abs=1e-9)


def test_upper_bounds_are_theirs():
    """mabwiser's alpha is our width."""
    policy = learned(UCB(ARMS, width=0.7))
    room = np.sqrt(2 * np.log(policy.shown.sum()) / policy.shown)
    bounds = policy.means() + policy.width * room
    assert bounds == pytest.approx(THEIRS["ucb"], abs=1e-9)
    chosen = policy.choose(np.zeros((1, 0)), rng=np.random.default_rng(0)).action
    assert chosen[0] == np.argmax(THEIRS["ucb"])


def test_beliefs_are_theirs():
    """They count the first success and failure in."""
    assert np.array(learned(BetaThompson(ARMS)).belief()) == pytest.approx(
        np.array(THEIRS["beta"]), abs=1e-9
    )


@pytest.mark.parametrize(("name", "alpha"), [("linear", 0.0), ("linucb", 0.8)])
def test_the_linear_ones_choose_as_theirs(name, alpha):
    policy = learned(LinUCB(ARMS, FEATURES, alpha=alpha, l2=1.5))
    theirs = np.array(THEIRS[name])
    expected = asked() @ policy.weights.T
    inverse = np.linalg.inv(policy.precision)
    width = np.sqrt(np.einsum("nf,afg,ng->na", asked(), inverse, asked()))
    assert expected + alpha * width == pytest.approx(theirs, abs=1e-9)
    action = policy.choose(asked(), rng=np.random.default_rng(0)).action
    assert action.tolist() == theirs.argmax(axis=1).tolist()
