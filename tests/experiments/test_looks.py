"""The split, the peeking, and what holds at every look."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recsys_lib.errors import DataError
from recsys_lib.experiments import confidence_sequence, ratio_check

LOOKS = np.arange(1, 21) * 100


def a_a_tests(tests, effect=0.0, seed=0):
    """Differences of two growing arms and their errors at each look, tests × looks."""
    steps = np.random.default_rng(seed).normal(effect, np.sqrt(2), (tests, LOOKS[-1]))
    sums = steps.cumsum(axis=1)[:, LOOKS - 1]
    return sums / LOOKS, np.sqrt(2 / LOOKS)


def alarms(effect=0.0, tests=2000):
    found, errors = a_a_tests(tests, effect)
    usual = (np.abs(found) > 1.96 * errors).any(axis=1).mean()
    low, high, p = zip(*(confidence_sequence(row, errors) for row in found), strict=True)
    ours = ((np.array(low) > 0) | (np.array(high) < 0)).any(axis=1).mean()
    return usual, ours, (np.array(p)[:, -1] < 0.05).mean()


def test_who_peeks_twenty_times_is_alarmed_and_the_sequence_is_not():
    usual, ours, by_p = alarms()
    assert 0.2 < usual < 0.3
    assert ours <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 2000)
    assert ours == by_p  # the interval has left 0 where p has passed the level


def test_the_sequence_finds_what_is_there():
    _, ours, _ = alarms(effect=0.15, tests=400)
    assert ours > 0.9


def test_it_is_the_mixture_of_likelihood_ratios():
    """The bound is where the mean likelihood ratio over N(0, 1 / r) reaches 1 / a."""
    differences, errors = np.array([0.4]), np.array([0.2])
    _, _, p = confidence_sequence(differences, errors, best_at=0.3)
    v, a = errors[0] ** -2, 0.05
    r = 0.3**-2 / (2 * np.log(1 / a) + np.log(2 * np.log(1 / a) + 1))
    effect = np.linspace(-12, 12, 400_001) / np.sqrt(r)
    ratio = np.exp(effect * differences[0] * v - effect**2 * v / 2)
    mixed = np.trapezoid(ratio * stats.norm.pdf(effect, 0, r**-0.5), effect)
    assert p[0] == pytest.approx(min(1 / mixed, 1), rel=1e-6)


def test_it_is_narrowest_where_it_is_told_to_be():
    errors = np.array([0.05])
    reach = {best: confidence_sequence([0.0], errors, best_at=best)[1][0]
             for best in (0.01, 0.03, 0.05, 0.08, 0.2)}  # fmt: skip
    assert min(reach, key=reach.get) == 0.05


def test_the_ratio_check_is_pearsons_and_alarms_as_often_as_it_says():
    assert ratio_check([50, 70]) == pytest.approx(stats.binomtest(50, 120).pvalue, abs=0.02)
    assert ratio_check([100, 200], [1, 2]) == 1
    rng = np.random.default_rng(0)
    found = [ratio_check(rng.multinomial(900, [0.5, 0.3, 0.2]), [5, 3, 2]) for _ in range(4000)]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.012)


@pytest.mark.parametrize(("counts", "shares"), [([5], None), ([0, 0], None), ([5, 5], [1, 0]),
                                                ([5, 5], [1, 1, 1])])  # fmt: skip
def test_what_is_no_split_is_refused(counts, shares):
    with pytest.raises(DataError):
        ratio_check(counts, shares)


def test_looks_that_do_not_fit_are_refused():
    with pytest.raises(DataError, match="one difference and one error"):
        confidence_sequence([0.1, 0.2], [0.1])
    with pytest.raises(DataError, match="above 0"):
        confidence_sequence([0.1], [0.0])
