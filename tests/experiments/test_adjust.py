"""What is adjusted keeps its mean and loses its noise; done wrongly it loses the effect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recsys_lib.errors import DataError
from recsys_lib.experiments import cuped, mean_difference, post_stratified

NUMBERS = st.floats(-1e3, 1e3)


@given(arrays(float, (12, 2), elements=NUMBERS))
def test_the_mean_stays_and_the_variance_never_grows(pairs):
    after, before = pairs.T
    adjusted = cuped(after, before)
    assert adjusted.mean() == pytest.approx(after.mean(), abs=1e-6)
    assert adjusted.var() <= after.var() * (1 + 1e-9) + 1e-9


def test_what_is_left_is_one_minus_the_squared_correlation():
    rng = np.random.default_rng(0)
    before = rng.normal(size=500)
    after = 0.8 * before + rng.normal(size=500)
    r = np.corrcoef(before, after)[0, 1]
    assert np.var(cuped(after, before)) / np.var(after) == pytest.approx(1 - r**2)


def experiment(rng, n=200, effect=0.3):
    """Half treated; heavy viewers stay heavy."""
    before, arm = rng.normal(size=n), rng.permutation(n) < n // 2
    return before, before + rng.normal(0, 0.5, n) + effect * arm, arm


def test_it_is_right_on_average_and_its_interval_covers():
    rng = np.random.default_rng(1)
    plain, adjusted, held = [], [], 0
    for _ in range(500):
        before, after, arm = experiment(rng)
        plain.append(mean_difference(after[arm], after[~arm]).difference)
        y = cuped(after, before)
        found = mean_difference(y[arm], y[~arm])
        adjusted.append(found.difference)
        held += found.low <= 0.3 <= found.high
    assert np.mean(adjusted) == pytest.approx(0.3, abs=0.02)
    assert np.var(adjusted) < 0.3 * np.var(plain)
    assert 0.925 < held / 500 < 0.98


def test_adjusting_by_what_the_treatment_changed_takes_the_effect_away():
    rng = np.random.default_rng(2)
    _, after, arm = experiment(rng, n=2000)
    during = after + rng.normal(0, 0.1, 2000)  # a second measure of the same weeks
    y = cuped(after, during)
    assert mean_difference(y[arm], y[~arm]).difference < 0.05


def test_strata_by_hand_and_their_coverage():
    """Differences 1 and 3, weighed 3 : 1 by size."""
    treated = np.r_[[1.0] * 15, [13.0] * 10]
    control = np.r_[[0.0] * 45, [10.0] * 10]
    strata = ["a"] * 15 + ["b"] * 10, ["a"] * 45 + ["b"] * 10
    found = post_stratified(treated, control, strata)
    assert found.difference == pytest.approx(0.75 * 1 + 0.25 * 3)
    rng, held = np.random.default_rng(3), 0
    for _ in range(500):
        stratum = rng.integers(0, 3, 240)
        arm = rng.random(240) < 0.5
        y = 2.0 * stratum + rng.normal(size=240) + 0.3 * arm
        found = post_stratified(y[arm], y[~arm], (stratum[arm], stratum[~arm]))
        held += found.low <= 0.3 <= found.high
    assert 0.92 < held / 500 < 0.98


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="differ in shape"):
        cuped([1.0, 2], [1.0])
    with pytest.raises(DataError, match="both values"):
        cuped([1.0, 2], [np.nan, 1])
    with pytest.raises(DataError, match="stratum"):
        post_stratified([1.0] * 10, [1.0] * 10, (["a"] * 10, ["a"] * 9))
    with pytest.raises(DataError, match="10 viewers"):
        post_stratified([1.0] * 12, [1.0] * 12, (["a"] * 10 + ["b"] * 2, ["a"] * 12))
