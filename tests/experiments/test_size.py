"""Sizes against the textbook's formula, and against experiments that were run."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recsys_lib.errors import ArgumentError
from recsys_lib.experiments import mean_difference, power, viewers_needed


@pytest.mark.parametrize(("effect", "sd"), [(1, 10), (-0.5, 3), (0.02, 0.45)])
@pytest.mark.parametrize("asked", [0.8, 0.95])
def test_the_size_is_that_of_the_formula(effect, sd, asked):
    z = stats.norm.ppf(0.975) + stats.norm.ppf(asked)
    assert viewers_needed(effect, sd, power=asked) == pytest.approx(
        2 * z**2 * sd**2 / effect**2, abs=3, rel=2e-3
    )


def test_half_the_effect_needs_four_times_the_viewers():
    assert viewers_needed(0.5, 10) / viewers_needed(1, 10) == pytest.approx(4, rel=0.01)


def test_so_many_experiments_find_it():
    rng = np.random.default_rng(0)
    n = viewers_needed(1, 2)
    found = [mean_difference(rng.normal(1, 2, n), rng.normal(0, 2, n)).p < 0.05
             for _ in range(1500)]  # fmt: skip
    assert np.mean(found) == pytest.approx(0.8, abs=0.035)
    assert power(n, 1, 2) == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(
    "wrong", [{"effect": 0}, {"sd": 0}, {"power": 1}, {"power": 0.05}, {"level": 95}]
)
def test_what_has_no_answer_is_refused(wrong):
    with pytest.raises(ArgumentError):
        viewers_needed(**{"effect": 1, "sd": 1} | wrong)
