"""Every policy: the contract, its propensities, its formula by another way, its regret."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize
from sklearn.linear_model import Ridge

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.online import (
    UCB,
    BanditWorld,
    BetaThompson,
    EpsilonGreedy,
    LinearThompson,
    LinUCB,
    LogisticThompson,
    play,
)
from recsys_lib.online.logistic import laplace

POLICIES = {
    "greedy": lambda: EpsilonGreedy(3, 0.0),
    "epsilon": lambda: EpsilonGreedy(3, 0.2),
    "ucb": lambda: UCB(3),
    "beta": lambda: BetaThompson(3),
    "linucb": lambda: LinUCB(3, 2),
    "linear": lambda: LinearThompson(3, 2),
    "logistic": lambda: LogisticThompson(3, 2),
}


def batch(n=60, seed=0):
    rng = np.random.default_rng(seed)
    context = np.column_stack([np.ones(n), rng.normal(size=n)])
    return context, rng.integers(3, size=n), (rng.random(n) < 0.4) * 1.0


@pytest.fixture(params=POLICIES)
def policy(request):
    return POLICIES[request.param]()


def test_what_is_chosen_is_allowed_and_repeats_with_the_seed(policy):
    context, action, reward = batch()
    policy.learn(context, action, reward)
    allowed = np.random.default_rng(1).random((60, 3)) < 0.5
    allowed[~allowed.any(axis=1), 2] = True
    first, again = (policy.choose(context, rng=np.random.default_rng(5), allowed=allowed)
                    for _ in range(2))  # fmt: skip
    assert allowed[np.arange(60), first.action].all()
    assert (first.action == again.action).all() and (first.propensity == again.propensity).all()
    assert ((first.propensity > 0) & (first.propensity <= 1)).all()


def test_propensities_are_how_often_it_is_chosen(policy):
    context, action, reward = batch(24)
    policy.learn(context, action, reward)
    counted, said = np.zeros((24, 3)), np.zeros((24, 3))
    rng, rows = np.random.default_rng(2), np.arange(24)
    for _ in range(1500):
        chosen, propensity = policy.choose(context, rng=rng)
        counted[rows, chosen] += 1 / 1500
        said[rows, chosen] = propensity
    likely = counted > 0.1
    assert said[likely] == pytest.approx(counted[likely], abs=0.14)
    assert (said - counted)[likely].mean() == pytest.approx(0, abs=0.02)


def test_two_batches_are_one(policy):
    context, action, reward = batch(200)
    twin = type(policy)(3, policy.n_features) if policy.n_features else type(policy)(3)
    whole = type(policy)(3, policy.n_features) if policy.n_features else type(policy)(3)
    whole.learn(context, action, reward)
    twin.learn(context[:80], action[:80], reward[:80]).learn(context[80:], action[80:], reward[80:])
    for name in ("shown", "total", "precision", "moment"):
        if hasattr(whole, name) and not isinstance(whole, LogisticThompson):
            assert getattr(twin, name) == pytest.approx(getattr(whole, name))
    if isinstance(whole, LogisticThompson):  # but for the approximation
        assert twin.mean == pytest.approx(whole.mean, abs=0.05)


def test_what_does_not_fit_is_refused(policy):
    context, action, reward = batch(10)
    with pytest.raises(DataError, match="equally long"):
        policy.learn(context, action[:9], reward)
    with pytest.raises(DataError, match="from 0 to 2"):
        policy.learn(context, action + 3, reward)
    with pytest.raises(DataError, match="no number"):
        policy.learn(context, action, reward * np.nan)
    with pytest.raises(DataError, match="allowed"):
        policy.choose(context, rng=np.random.default_rng(0), allowed=np.zeros((10, 3)))
    if policy.n_features:
        with pytest.raises(DataError, match="shape"):
            policy.choose(context[:, :1], rng=np.random.default_rng(0))


def test_an_empty_batch_teaches_nothing(policy):
    context, action, reward = batch(10)
    before = policy.choose(context, rng=np.random.default_rng(0))
    policy.learn(context[:0], action[:0], reward[:0])
    assert (policy.choose(context, rng=np.random.default_rng(0)).action == before.action).all()


def test_two_beliefs_by_hand():
    """Beta(2, 2) and Beta(3, 1): the second is better with chance 1 - E[x**3] = 1 - 24/120."""
    policy = BetaThompson(2).learn(np.zeros((4, 0)), [0, 0, 1, 1], [0.0, 1, 1, 1])
    assert [part.tolist() for part in policy.belief()] == [[2, 3], [2, 1]]
    assert policy.chances(np.array([True, True])) == pytest.approx([0.2, 0.8], abs=1e-3)


def test_ucb_by_hand():
    """.5 + sqrt(2 * ln 15 / 12) = 1.17 against sqrt(2 * ln 15 / 3) = 1.34."""
    policy = UCB(2).learn(np.zeros((15, 0)), [0] * 12 + [1] * 3, [1.0] * 6 + [0.0] * 9)
    assert policy.choose(np.zeros((1, 0)), rng=np.random.default_rng(0)).action[0] == 1
    policy.width = 0.7  # 1.17 becomes .97, 1.34 becomes .94
    assert policy.choose(np.zeros((1, 0)), rng=np.random.default_rng(0)).action[0] == 0


def test_ridge_weights_are_scikit_learns():
    context, action, reward = batch(300)
    policy = LinUCB(3, 2, l2=2.0).learn(context, action, reward)
    for shown in range(3):
        rows = action == shown
        peer = Ridge(alpha=2.0, fit_intercept=False).fit(context[rows], reward[rows])
        assert policy.weights[shown] == pytest.approx(peer.coef_)


def test_the_width_of_linucb_by_hand():
    """One event at x = (1, 0), l2 = 1: the width is 1 / sqrt(2) there and 1 across."""
    policy = LinUCB(2, 2, alpha=1.0).learn([[1.0, 0.0]], [0], [0.0])
    along, across = ([[1.0, 0.0]], [[0.0, 1.0]])
    rng = np.random.default_rng(0)
    assert policy.choose(along, rng=rng).action[0] == 1  # .707 against 1
    assert policy.choose(across, rng=rng).action[0] == 0  # equal: the first


def test_laplace_is_the_maximum_of_the_posterior():
    rng = np.random.default_rng(3)
    x, clicked = rng.normal(size=(80, 3)), (rng.random(80) < 0.3) * 1.0
    prior = np.array([0.5, -0.2, 0.0]), np.diag([1.0, 2.0, 3.0])

    def loss(weights):
        gap = weights - prior[0]
        return np.logaddexp(0, -(2 * clicked - 1) * (x @ weights)).sum() + gap @ prior[1] @ gap / 2

    peer = optimize.minimize(loss, np.zeros(3), tol=1e-12)
    mean, precision = laplace(x, clicked, *prior)
    assert mean == pytest.approx(peer.x, abs=1e-5)
    chance = 1 / (1 + np.exp(-x @ mean))
    naive = prior[1] + sum(p * (1 - p) * np.outer(r, r) for p, r in zip(chance, x, strict=True))
    assert precision == pytest.approx(naive)


def world(context=False, seed=0):
    """Three titles; with `context`, which one is best depends on the viewer."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(2000), rng.normal(size=2000)])
    alike, apart = [[-2, 0], [-1, 0], [-1.5, 0]], [[-1.0, 1.5], [-1.0, -1.5], [-0.6, 0.0]]
    weights = apart if context else alike
    return BanditWorld(x, 1 / (1 + np.exp(-x @ np.transpose(weights))))


def mean_regret(make, where, seeds=6, rounds=60):
    """Of the first and of the last third."""
    found = [play(make(), where, rounds=rounds, batch=20, seed=seed) for seed in range(seeds)]
    thirds = [[one["regret"].iloc[a:b].mean() for one in found] for a, b in ((0, 400), (800, None))]
    return np.mean(thirds, axis=1)


@pytest.mark.parametrize("name", ["epsilon", "ucb", "beta", "linucb", "linear", "logistic"])
def test_regret_falls_and_lies_below_lots(name):
    first, last = mean_regret(POLICIES[name], world())
    lot = mean_regret(lambda: EpsilonGreedy(3, 1.0), world())[1]
    assert last < 0.75 * lot
    assert last < first


def test_only_who_looks_at_the_context_learns_where_it_matters():
    where = world(context=True)
    counting = mean_regret(POLICIES["beta"], where)[1]
    for name in ("linucb", "linear", "logistic"):
        assert mean_regret(POLICIES[name], where)[1] < 0.5 * counting


def test_two_policies_meet_the_same_viewers():
    one, two = (play(POLICIES[name](), world(), rounds=3, batch=50, seed=4)
                for name in ("ucb", "beta"))  # fmt: skip
    assert (one["row"] == two["row"]).all()
    same = one["action"] == two["action"]
    assert same.any() and (one["reward"] == two["reward"])[same].all()


def test_a_chance_above_one_is_refused():
    with pytest.raises(DataError, match="from 0 to 1"):
        BanditWorld(np.zeros((2, 1)), np.array([[0.5], [1.5]]))


@pytest.mark.parametrize("make", [
    lambda: EpsilonGreedy(3, 2.0), lambda: UCB(0), lambda: LinUCB(3, 0),
    lambda: BetaThompson(3, a=0), lambda: LinearThompson(3, 2, noise=0),
    lambda: LogisticThompson(3, 2, l2=0),
])  # fmt: skip
def test_settings_that_make_no_sense_are_refused(make):
    with pytest.raises(ArgumentError):
        make()


def test_rewards_that_are_no_clicks_are_refused():
    for policy in (BetaThompson(3), LogisticThompson(3, 2)):
        with pytest.raises(DataError, match="0 and 1"):
            policy.learn(np.ones((1, 2)), [0], [0.5])
