"""How far honest answers to assignments 6 and 7 lie from what the hidden checks allow.

Where a check allows a range, an honest answer that draws differs from ours by luck, and a wrong one
by its mistake. Here both are measured over fresh draws; the numbers in the comments are what came.
"""

from functools import cache

import numpy as np
import pytest

from tests.assignments.harness import checker_of

LOG, ORDER = "07_what_a_log_can_say", "06_what_comes_next"
FEWEST = 1000  # draws that the questions ask for at least


@cache
def helpers(name: str, secret: int) -> dict:
    checker = checker_of(name)
    checker.draw_anew(secret)
    return checker.names


def off_by(got, want) -> float:
    """The worse end's distance, as a share of the half-width; the checks allow 0.25."""
    return max(abs(got[1] - want[1]), abs(got[2] - want[2])) / ((want[2] - want[1]) / 2)


def ends_of_gain(units, rng, apart=False):
    """Of the gain, by drawing rows of (weight · reward, weight, reward, 1)."""
    drawn = units[rng.integers(0, len(units), (FEWEST, len(units)))].sum(axis=1)
    new, old = drawn[:, 0] / drawn[:, 1], drawn[:, 2] / drawn[:, 3]
    values = new - (rng.permutation(old) if apart else old)
    return (0, *np.percentile(values, [2.5, 97.5]))


@cache
def gains() -> dict[str, np.ndarray]:
    found = {"honest": [], "rows": [], "apart": []}
    for secret in range(40):
        names = helpers(LOG, secret)
        who, r, p, t = names["week_by_chance"](np.random.default_rng([9, secret]))
        want, weight = names["gain_by_hand"](who, r, p, t), t / p
        rows = np.stack([weight * r, weight, r, np.ones(len(r))], axis=1)
        viewers = names["by_viewer"](who, *rows.T)
        rng = np.random.default_rng(secret)
        found["honest"].append(off_by(ends_of_gain(viewers, rng), want))
        found["rows"].append(off_by(ends_of_gain(rows, rng), want))
        found["apart"].append(off_by(ends_of_gain(viewers, rng, apart=True), want))
    return {name: np.array(values) for name, values in found.items()}


def test_an_honest_interval_of_the_gain_is_well_within_a_quarter():
    assert gains()["honest"].max() < 0.2  # median 0.05, most 0.14


@pytest.mark.parametrize("wrong", ["rows", "apart"])
def test_a_wrong_interval_of_the_gain_is_well_outside(wrong):
    assert gains()[wrong].min() > 0.35  # rows 0.62 to 0.71, apart 0.53 to 1.02


def test_the_interval_of_the_gain_covers_the_truth():
    """Kinds of viewers are drawn with known chances: the new policy earns 0.55, the old 0.5."""
    covered = []
    for number in range(400):
        names = helpers(LOG, 0)
        log = names["week_by_chance"](np.random.default_rng([11, number]))
        _, low, high = names["gain_by_hand"](*log)
        covered.append(low <= 0.05 <= high)
    assert 0.91 < np.mean(covered) < 0.98  # 0.9625


@cache
def readings() -> dict[str, np.ndarray]:
    found = {"honest": [], "pages": []}
    for secret in range(40):
        names = helpers(LOG, secret)
        table = names["trial_by_chance"](np.random.default_rng([10, secret]))
        want, rng, several, square = (
            names["read_by_hand"](table),
            np.random.default_rng(secret),
            [],
            0,
        )
        for arm in ("new", "old"):
            sums = table.loc[table["arm"] == arm, ["clicks", "pages"]].to_numpy(float)
            drawn = sums[rng.integers(0, len(sums), (FEWEST, len(sums)))].sum(axis=1)
            several.append(drawn[:, 0] / drawn[:, 1])
            share, pages = sums[:, 0].sum() / sums[:, 1].sum(), sums[:, 1].sum()
            square += share * (1 - share) / pages
        ends = np.percentile(several[0] - several[1], [2.5, 97.5])
        found["honest"].append(off_by((0, *ends), want))
        reach = 1.96 * np.sqrt(square)
        found["pages"].append(off_by((0, want[0] - reach, want[0] + reach), want))
    return {name: np.array(values) for name, values in found.items()}


def test_an_honest_reading_of_an_experiment_is_well_within_a_quarter():
    assert readings()["honest"].max() < 0.2  # median 0.05, most 0.11


def test_a_reading_by_pages_is_well_outside():
    assert readings()["pages"].min() > 0.35  # 0.50 to 0.58


def test_the_verdicts_on_the_three_proposals_are_clear_in_every_class():
    """A is worth twice ENOUGH = 200 viewers, B not a third of it; C's weights are far off."""
    for seed in (1, 2, 3):
        names = checker_of(LOG, seed).names
        log, worth, mean = names["log"], {}, {}
        for name, chance in names["proposals"].items():
            weight = chance / log["propensity"].to_numpy()
            worth[name] = names["effective_by_hand"](log["viewer"], weight)
            mean[name] = weight.mean()
        assert worth["A"] > 350 and worth["B"] < 70 and worth["C"] > 280  # 404, 43, 311
        assert abs(mean["A"] - 1) < 0.1 and abs(mean["C"] - 1) > 0.4


def test_one_experiment_is_broken_beyond_doubt_and_the_other_sound():
    for seed in (1, 2, 3):
        names = checker_of(LOG, seed).names
        p = [names["split_p"](names[name], names["SHARE"]) for name in ("first", "second")]
        assert p[0] < 1e-12 and p[1] > 0.01


def test_counts_of_orders_are_seldom_outside_their_bounds():
    """Of 1,200 shuffles of three titles each order is expected 200 times; 141 to 259 pass."""
    rng = np.random.default_rng(0)
    counts = rng.multinomial(1200, [1 / 6] * 6, size=100_000)
    assert ((counts <= 140) | (counts >= 260)).any(axis=1).mean() < 1e-4


def test_the_lead_of_one_viewer_in_twenty_has_ends_within_their_bounds():
    """By viewers, 0 and seldom more than 0.15; by questions or by the normal, outside."""
    values, rng = np.eye(20)[7], np.random.default_rng(0)
    for _ in range(2000):
        means = values[rng.integers(0, 20, (FEWEST, 20))].mean(axis=1)
        low, high = np.percentile(means, [2.5, 97.5])
        assert abs(low) < 0.015 and 0.095 < high < 0.205
    questions = np.repeat(values, 20)
    means = questions[rng.integers(0, 400, (4000, 400))].mean(axis=1)
    assert np.percentile(means, 2.5) > 0.025 and np.percentile(means, 97.5) < 0.085
    assert values.mean() - 1.96 * values.std(ddof=1) / np.sqrt(20) < -0.04
