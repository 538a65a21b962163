"""Differences against a peer, by hand, and how often their intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.experiments import mean_difference, ratio_difference, share_difference

REPETITIONS = 1000


def test_a_difference_of_means_is_statsmodels():
    rng = np.random.default_rng(1)
    treated, control = rng.exponential(2, 40), rng.exponential(3, 60)
    found = mean_difference(treated, control)
    peer = CompareMeans(DescrStatsW(treated), DescrStatsW(control))
    assert (found.low, found.high) == pytest.approx(peer.tconfint_diff(usevar="unequal"))
    assert found.p == pytest.approx(peer.ttest_ind(usevar="unequal")[1])
    assert found.relative == pytest.approx(treated.mean() / control.mean() - 1)


def test_newcombe_by_hand():
    """His own example: 56 of 70 against 48 of 80 is .2, from .0524 to .3339."""
    found = share_difference([1] * 56 + [0] * 14, [1] * 48 + [0] * 32)
    assert found.difference == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_a_ratio_with_one_page_each_is_a_mean():
    rng = np.random.default_rng(2)
    clicks = [rng.poisson(2, 4000), rng.poisson(3, 5000)]
    pairs = [np.column_stack([arm, np.ones(len(arm))]) for arm in clicks]
    assert ratio_difference(*pairs)[:5] == pytest.approx(mean_difference(*clicks)[:5], abs=2e-4)


def heavy(rng, n):
    """Pages of viewers who differ much in how many they open and how often they click."""
    pages = 1 + rng.poisson(rng.gamma(1, 8, n))
    return np.column_stack([rng.binomial(pages, rng.beta(1, 4, n)), pages])


def ratio_by_pages(arm):
    """What not to do: every page taken for a viewer."""
    clicks, pages = arm.sum(axis=0)
    share = clicks / pages
    return share, share * (1 - share) / pages


def test_the_ratio_covers_the_truth_and_pages_taken_for_viewers_do_not():
    rng = np.random.default_rng(3)
    held = np.zeros(2)
    for _ in range(REPETITIONS):
        one, two = heavy(rng, 150), heavy(rng, 150)  # the true difference is 0
        found = ratio_difference(one, two)
        naive = [ratio_by_pages(arm) for arm in (one, two)]
        z = (naive[0][0] - naive[1][0]) / np.sqrt(naive[0][1] + naive[1][1])
        held += found.low <= 0 <= found.high, abs(z) < 1.96
    ours, pages = held / REPETITIONS
    assert 0.92 < ours < 0.975
    assert pages < 0.75


@pytest.mark.parametrize(("n", "share"), [(10, 0.1), (20, 0.05), (50, 0.02), (200, 0.5)])
def test_shares_cover_the_truth_however_small(n, share):
    rng = np.random.default_rng(n)
    held = 0
    for _ in range(REPETITIONS):
        found = share_difference(rng.random(n) < share, rng.random(n) < share)
        held += found.low <= 0 <= found.high
    assert held / REPETITIONS > 0.94


@pytest.mark.parametrize(("n", "least"), [(10, 0.92), (50, 0.93), (500, 0.93)])
def test_means_cover_the_truth_for_skewed_minutes(n, least):
    rng = np.random.default_rng(n)
    held = 0
    for _ in range(REPETITIONS):
        found = mean_difference(rng.lognormal(0, 1, n), rng.lognormal(0, 1, n))
        held += found.low <= 0 <= found.high
    assert least < held / REPETITIONS < 0.985


def test_p_and_interval_agree():
    rng = np.random.default_rng(5)
    for _ in range(200):
        found = mean_difference(rng.normal(0.3, 1, 30), rng.normal(0, 2, 50))
        assert (found.p < 0.05) == (not found.low <= 0 <= found.high)


def test_arms_without_spread():
    assert mean_difference([1.0] * 10, [1.0] * 12).p == 1
    assert mean_difference([2.0] * 10, [1.0] * 12).p == 0
    same = share_difference([0] * 10, [0] * 10)
    assert same.p == 1 and same.low < 0 < same.high  # ten who stayed do not prove that all do
    assert np.isnan(same.relative)


@pytest.mark.parametrize("compare", [mean_difference, share_difference])
def test_what_is_no_arm_is_refused(compare):
    good = [0.0, 1.0] * 10
    with pytest.raises(DataError, match="10 viewers"):
        compare(good, [0.0] * 9)
    with pytest.raises(DataError, match="1 of 11 values are missing"):
        compare([np.nan] + [1.0] * 10, good)
    with pytest.raises(ArgumentError, match="level"):
        compare(good, good, level=95)


def test_a_share_of_minutes_and_a_ratio_of_nothing_are_refused():
    with pytest.raises(DataError, match="mean_difference"):
        share_difference([0.5] * 10, [1] * 10)
    with pytest.raises(DataError, match="sums to nothing"):
        ratio_difference([(0, 0)] * 10, [(1, 1)] * 10)
    with pytest.raises(DataError, match="shape"):
        ratio_difference([1.0] * 10, [1.0] * 10)


def test_welch_is_scipy_where_variances_differ():
    rng = np.random.default_rng(6)
    one, two = rng.normal(size=12), rng.normal(scale=9, size=300)
    assert mean_difference(one, two).p == stats.ttest_ind(one, two, equal_var=False).pvalue
