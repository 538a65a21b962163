"""A thousand experiments on nothing for their explorable: how many ring a false alarm.

The page draws the lots itself, from a generator that both languages compute alike; here they are
drawn once more and judged by `recsys_lib.experiments`, so that a test can hold the page to it.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
from scipy import stats

from book.tools.explorables.lots import uniforms
from recsys_lib.experiments import confidence_sequence

TESTS, STEPS = 1000, 100  # experiments, and equal parts of the viewers of each
LOOKS = (1, 5, 10, 20, 50, 100)  # each a divisor of STEPS
EFFECTS = (0, 1, 2, 3, 4)  # the real difference, in standard errors of the whole experiment
RULES = ("usual", "always")
FIRST = 2_026  # of the lots
UNIFORMS = 12  # whose sum, less 6, has mean 0 and standard deviation 1


def make() -> dict:
    """How many of the experiments are stopped, under every setting of the page.

    Returns:
        The constants above; stopped: "rule/looks/effect" → how many of `TESTS`; when: the same
        key → the mean share of the viewers that were seen by then, in per cent; finding: what the
        script says of the first picture, is left to it.
    """
    keys = {f"{rule}/{looks}/{effect}": (rule, looks, effect)
            for rule, looks, effect in product(RULES, LOOKS, EFFECTS)}  # fmt: skip
    ends = {key: stopped_at(*setting) for key, setting in keys.items()}
    return {
        "tests": TESTS, "steps": STEPS, "looks": LOOKS, "first": FIRST,
        "stopped": {key: int((end > 0).sum()) for key, end in ends.items()},
        "when": {key: round(100 * float(end[end > 0].mean()) / STEPS) if end.any() else 0
                 for key, end in ends.items()},
    }  # fmt: skip


@cache
def lots() -> np.ndarray:
    """Every experiment's difference in each part of its viewers, sd 1, float64 (TESTS, STEPS)."""
    drawn = uniforms(TESTS * STEPS * UNIFORMS, FIRST)
    return drawn.reshape(TESTS, STEPS, UNIFORMS).sum(axis=2) - UNIFORMS / 2


def stopped_at(rule: str, looks: int, effect: float) -> np.ndarray:
    """After which part of its viewers each experiment was stopped, int (TESTS,); 0: never.

    Args:
        rule: "usual" stops at the first look whose p is below .05, "always" at the first at which
            the confidence sequence excludes 0.
        looks: how many, at equal distances; the last is at the end.
        effect: the real difference, in standard errors of the whole experiment.
    """
    parts = np.arange(1, STEPS + 1)
    means = (lots() + effect / np.sqrt(STEPS)).cumsum(axis=1) / parts
    errors = 1 / np.sqrt(parts)
    at = parts[STEPS // looks - 1 :: STEPS // looks]
    if rule == "usual":
        out = np.abs(means) > stats.norm.ppf(0.975) * errors
    else:
        low, high = np.transpose(
            [confidence_sequence(mean, errors)[:2] for mean in means], (1, 0, 2)
        )
        out = (low > 0) | (high < 0)
    rung = out[:, at - 1]
    return np.where(rung.any(axis=1), at[rung.argmax(axis=1)], 0)
