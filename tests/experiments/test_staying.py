"""Staying by hand, against statsmodels, and how often the interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from recsys_lib.errors import DataError
from recsys_lib.experiments import retention, retention_difference


def lives(rng, n, rate=0.1, weeks=12):
    """Weeks until leaving, cut off where a viewer who joined late was last seen."""
    leaving = np.ceil(rng.exponential(1 / rate, n))
    seen = rng.integers(4, weeks + 1, n)
    return np.minimum(leaving, seen), leaving <= seen


def test_retention_is_kaplan_and_meiers():
    stayed, left = lives(np.random.default_rng(0), 200)
    peer = SurvfuncRight(stayed, left)
    for at in (1, 3, 7.5, 11):
        place = np.searchsorted(peer.surv_times, at, side="right") - 1
        share, error = retention(stayed, left, at)
        assert share == pytest.approx(peer.surv_prob[place])
        assert error == pytest.approx(peer.surv_prob_se[place])


def test_nobody_leaves_and_everybody_leaves():
    assert retention([5] * 10, [False] * 10, 3) == (1, 0)
    assert retention([5] * 10, [True] * 10, 5) == (0, 0)


def test_the_interval_covers_and_dropping_the_unfinished_misleads():
    rng, held, dropped = np.random.default_rng(1), 0, []
    for _ in range(600):
        one, two = lives(rng, 80), lives(rng, 80)
        found = retention_difference(one, two, 8)
        held += found.low <= 0 <= found.high
        stayed, left = one
        known = left | (stayed >= 8)
        dropped.append((stayed[known] > 8).mean() - np.exp(-0.8))
    assert 0.92 < held / 600 < 0.98
    assert np.mean(dropped) < -0.1  # those who left early are known, those who stay are not yet


def test_beyond_what_was_seen_is_refused():
    with pytest.raises(DataError, match="longest is 4"):
        retention([4] * 12, [False] * 12, 5)
    with pytest.raises(DataError, match="no time at all"):
        retention([0] * 12, [False] * 12, 0)
    with pytest.raises(DataError, match="two lists"):
        retention([1] * 12, [False] * 11, 1)
