"""Against a truth that is known: who is right on average, and whose interval holds it."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_lib import offpolicy
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.offpolicy.estimate import bernstein, of_sums

REPETITIONS = 300
LOGGED = np.array([0.5, 0.3, 0.15, 0.05])
NEW = np.array([0.1, 0.2, 0.3, 0.4])
CLICKS = np.array([0.1, 0.2, 0.3, 0.4])  # the chance of a click on each
TRUTH = float(NEW @ CLICKS)


def log(rng, users=100, rows=8, spread=0.0):
    """Each viewer's rows; with `spread`, some viewers click on everything more."""
    n = users * rows
    action = rng.choice(4, n, p=LOGGED)
    keen = np.repeat(rng.normal(0, spread, users), rows)
    reward = (rng.random(n) < np.clip(CLICKS[action] + keen, 0, 1)) * 1.0
    return {"reward": reward, "propensity": LOGGED[action], "action": action,
            "users": np.repeat(np.arange(users), rows)}  # fmt: skip


def estimates(row, model):
    users = row["users"]
    base = {"reward": row["reward"], "propensity": row["propensity"], "users": users}
    all_rows = {"predicted": np.tile(model, (len(users), 1)),
                "target_all": np.tile(NEW, (len(users), 1))}  # fmt: skip
    target = NEW[row["action"]]
    return {
        "ips": offpolicy.ips(**base, target=target),
        "snips": offpolicy.snips(**base, target=target),
        "clipped": offpolicy.clipped_ips(**base, target=target, most=3),
        "direct": offpolicy.direct_method(**all_rows, users=users),
        "doubly": offpolicy.doubly_robust(**base, action=row["action"], **all_rows),
        "switch": offpolicy.switch(**base, action=row["action"], **all_rows, most=3),
    }


@pytest.fixture(scope="module")
def many():
    """Each estimator's values and whether its interval held, with a model that is wrong."""
    rng = np.random.default_rng(0)
    found = [estimates(log(rng), np.full(4, 0.25)) for _ in range(REPETITIONS)]
    return {name: np.array([[one[name].value, one[name].low <= TRUTH <= one[name].high]
                            for one in found]) for name in found[0]}  # fmt: skip


@pytest.mark.parametrize("name", ["ips", "snips", "doubly"])
def test_who_is_right_on_average_and_covers(many, name):
    values, held = many[name].T
    assert values.mean() == pytest.approx(TRUTH, abs=4 * values.std() / np.sqrt(REPETITIONS))
    assert 0.92 < held.mean() < 0.98


@pytest.mark.parametrize(("name", "wrong_by"), [("clipped", -0.1), ("direct", -0.05)])
def test_who_is_not(many, name, wrong_by):
    """Clipped at 3 the last action, weight 8, counts 3: .4 * .4 * 5/8 is lost."""
    values, held = many[name].T
    assert values.mean() - TRUTH == pytest.approx(wrong_by, abs=0.01)
    assert held.mean() < 0.6


def test_a_right_model_makes_the_doubly_robust_one_steadier():
    rng = np.random.default_rng(1)
    found = [estimates(log(rng), CLICKS) for _ in range(200)]
    spread = {name: np.std([one[name].value for one in found]) for name in ("ips", "doubly")}
    assert spread["doubly"] < 0.8 * spread["ips"]
    switched = np.mean([one["switch"].value for one in found])
    assert switched == pytest.approx(TRUTH, abs=0.01)


def test_rows_taken_for_viewers_do_not_cover():
    rng, held = np.random.default_rng(2), np.zeros(2)
    for _ in range(REPETITIONS):
        row = log(rng, users=60, rows=20, spread=0.15)
        target = NEW[row["action"]]
        arguments = row["reward"], row["propensity"], target
        truth = np.clip(CLICKS + rng.normal(0, 0.15, (20000, 1)), 0, 1).mean(axis=0) @ NEW
        by_viewer = offpolicy.ips(*arguments, users=row["users"])
        by_row = offpolicy.ips(*arguments)
        held += by_viewer.low <= truth <= by_viewer.high, by_row.low <= truth <= by_row.high
    viewers, rows = held / REPETITIONS
    assert 0.92 < viewers < 0.98
    assert rows < viewers - 0.03


def test_replay_needs_a_uniform_log():
    """Where viewers who click on everything are shown the new policy's title more often."""
    rng = np.random.default_rng(3)
    n = 60_000
    keen = rng.random(n) < 0.5
    chance = np.where(keen, 0.8, 0.2)
    shown = rng.random(n) < chance  # the new policy always shows this one
    reward = (rng.random(n) < np.where(keen, 0.5, 0.1)) * 1.0
    propensity = np.where(shown, chance, 1 - chance)
    assert offpolicy.replay(reward, shown).value == pytest.approx(0.42, abs=0.01)
    assert offpolicy.ips(reward, propensity, shown * 1.0).value == pytest.approx(0.3, abs=0.015)


def pages(rng, n=4000, k=3):
    """Two titles a place; who clicks above does not click below: places act on one another."""
    shown = rng.random((n, k)) < 0.3  # the good title, by lot
    clicks, free = np.zeros((n, k)), np.ones(n, bool)
    for place in range(k):
        click = free & (rng.random(n) < np.where(shown[:, place], 0.5, 0.1))
        clicks[:, place], free = click, free & ~click
    propensity = np.where(shown, 0.3, 0.7)
    return clicks, propensity, np.where(shown, 0.9, 0.1)


def test_on_a_page_places_compete_and_only_who_allows_for_it_is_right():
    rng = np.random.default_rng(4)
    truth = 1 - (1 - (0.9 * 0.5 + 0.1 * 0.1)) ** 3
    names = ("slate_ips", "reward_interaction_ips", "independent_ips")
    found = [[getattr(offpolicy, name)(*page) for name in names]
             for page in (pages(rng) for _ in range(100))]  # fmt: skip
    slate, cascade, independent = np.array([[one.value for one in row] for row in found]).T
    held = np.mean([[one.low <= truth <= one.high for one in row] for row in found], axis=0)
    assert slate.mean() == pytest.approx(truth, abs=0.01)
    assert cascade.mean() == pytest.approx(truth, abs=0.01)
    assert independent.mean() > truth + 0.08
    assert (held[:2] > 0.88).all() and held[2] < 0.5
    assert cascade.std() < slate.std()


def test_a_model_makes_the_cascade_steadier_and_a_wrong_one_does_no_harm():
    rng, plain, right, wrong = np.random.default_rng(5), [], [], []
    truth = 1 - (1 - 0.46) ** 3
    for _ in range(100):
        clicks, propensity, target = pages(rng)
        free = 1 - np.column_stack([np.zeros(len(clicks)), clicks.cumsum(axis=1)[:, :-1]])
        good = free * np.where(propensity == 0.3, 0.5, 0.1)
        plain.append(offpolicy.reward_interaction_ips(clicks, propensity, target).value)
        arguments = clicks, propensity, target
        right.append(offpolicy.cascade_doubly_robust(*arguments, good, free * 0.46).value)
        wrong.append(offpolicy.cascade_doubly_robust(*arguments, clicks * 0 + 0.2,
                                                     clicks * 0 + 0.2).value)  # fmt: skip
    assert np.std(right) < 0.8 * np.std(plain)
    assert np.mean(right) == pytest.approx(truth, abs=0.01)
    assert np.mean(wrong) == pytest.approx(truth, abs=0.02)


def test_the_pseudo_inverse_is_right_where_a_page_is_the_sum_of_its_places():
    rng, found = np.random.default_rng(6), []
    for _ in range(100):
        shown = rng.random((3000, 3)) < 0.3
        reward = (rng.random((3000, 3)) < np.where(shown, 0.5, 0.1)) * 1.0
        found.append(offpolicy.pseudo_inverse(reward, np.where(shown, 0.3, 0.7),
                                              np.where(shown, 0.9, 0.1)).value)  # fmt: skip
    assert np.mean(found) == pytest.approx(3 * 0.46, abs=0.02)


def test_overlap_tells_what_cannot_be_answered():
    row = log(np.random.default_rng(7), users=500)
    target = NEW[row["action"]]
    good = offpolicy.overlap(row["propensity"], target, users=row["users"])
    assert good.reason == "" and good.low < 1 < good.high
    good.refuse()
    weight = target / row["propensity"]
    assert good.effective == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    never = np.where(row["action"] == 3, 0.0, target)  # what the log never showed
    assert "mean" in offpolicy.overlap(row["propensity"], never).reason
    few = offpolicy.overlap(np.full(3000, 0.01), np.arange(3000) % 100 == 0)
    assert "worth 30" in few.reason
    with pytest.raises(DataError, match="cannot answer"):
        few.refuse()


def test_bernstein_covers_where_the_usual_interval_does_not():
    """One row in fifty is worth 50: forty rows often hold none."""
    rng, held = np.random.default_rng(8), np.zeros(2)
    for _ in range(REPETITIONS):
        values = 50.0 * (rng.random(40) < 0.02)
        for side, one in enumerate((of_sums(values), bernstein(values, 50))):
            held[side] += one.low <= 1 <= one.high
    usual, bound = held / REPETITIONS
    assert usual < 0.7
    assert bound >= 0.95


def test_bernstein_by_hand():
    """Half ones: variance .2525; sqrt(2 * .2525 * ln 80 / 100) + 7 * ln 80 / (3 * 99)."""
    found = bernstein([0.0, 1.0] * 50, 1)
    assert found.high - found.value == pytest.approx(0.14876 + 0.10328, abs=1e-5)


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.5])
def test_a_chance_that_is_none_is_refused(propensity):
    with pytest.raises(DataError, match="row 1"):
        offpolicy.ips([1.0, 1], [0.5, propensity], [0.5, 0.5])


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="shape"):
        offpolicy.ips([1.0], [0.5, 0.5], [0.5, 0.5])
    with pytest.raises(DataError, match="no row"):
        offpolicy.replay([1.0, 0], [False, False])
    with pytest.raises(DataError, match="sum to 1"):
        offpolicy.direct_method([[1.0, 2]], [[0.5, 0.4]])
    with pytest.raises(DataError, match="actions"):
        offpolicy.doubly_robust([1.0], [0.5], [0, 1], [[1.0, 2]], [[0.5, 0.5]])
    with pytest.raises(DataError, match="places"):
        offpolicy.slate_ips([1.0], [0.5], [0.5])
    with pytest.raises(DataError, match="a page and place"):
        offpolicy.cascade_doubly_robust([[1.0]], [[0.5]], [[0.5]], [1.0], [[1.0]])
    with pytest.raises(ArgumentError, match="most"):
        offpolicy.clipped_ips([1.0], [0.5], [0.5], most=0)
    with pytest.raises(ArgumentError, match="level"):
        of_sums([1.0], level=2)
    with pytest.raises(DataError, match="from 0 to 1"):
        bernstein([2.0, 0], 1)


def test_few_rows_have_a_value_and_no_interval():
    found = offpolicy.ips([1.0, 0], [0.5, 0.5], [0.5, 0.5])
    assert found.value == 0.5 and np.isnan(found.low)
