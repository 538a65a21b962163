"""Interleaved pages: whole, fair, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.experiments import balanced, preference, team_draft

LISTS = st.lists(st.integers(0, 9), unique=True, max_size=8)


@given(LISTS, LISTS, st.integers(1, 12), st.integers(0, 2**32))
def test_a_page_repeats_nothing_and_leaves_nothing_out(one, two, k, seed):
    page, teams = team_draft(one, two, k, rng=np.random.default_rng(seed))
    assert len(page) == len(teams) == min(k, len({*one, *two}))
    assert len(set(page)) == len(page) and set(page) <= {*one, *two}
    for team, titles in enumerate((one, two)):
        picked = [title for title, own in zip(page, teams, strict=True) if own == team]
        assert picked == sorted(picked, key=titles.index)
    assert balanced(one, two, k, first=0) == balanced(two, one, k, first=1)


@given(LISTS, st.integers(1, 8))
def test_two_equal_lists_are_the_list(titles, k):
    assert team_draft(titles, titles, k, rng=np.random.default_rng(0))[0] == titles[:k]
    assert balanced(titles, titles, k, first=1) == titles[:k]


@given(LISTS, LISTS, st.integers(1, 12), st.integers(0, 1))
def test_balanced_holds_the_tops_of_both(one, two, k, first):
    """The page is the top a of the one and the top b of the other, a and b at most 1 apart."""
    page = set(balanced(one, two, k, first=first))
    tops = [({*one[:a], *two[:b]}, a, b) for a in range(9) for b in (a - 1, a, a + 1) if b >= 0]
    whole = len(page) < k or len(one) != len(two)  # a list that is at its end can give no more
    assert whole or any(page == top for top, _, _ in tops)


def test_credit_is_even_where_viewers_do_not_care():
    rng, credit = np.random.default_rng(1), []
    for _ in range(3000):
        page, teams = team_draft(rng.permutation(30), rng.permutation(30), 8, rng=rng)
        played = min(rng.geometric(0.5), len(page)) - 1  # anything, but mostly what stands on top
        credit.append(1 if teams[played] == 0 else -1)
    assert preference(credit).low < 0.5 < preference(credit).high


def test_a_better_list_is_preferred_and_ties_say_nothing():
    found = preference([1] * 30 + [-1] * 10 + [0] * 60)
    assert found.share == 0.75 and found.viewers == 40 and found.p < 0.01
    assert found.low > 0.55
    with pytest.raises(DataError, match="no viewer"):
        preference([0, 0])


def test_what_is_no_list_is_refused():
    with pytest.raises(DataError, match="repeats"):
        team_draft([1, 1], [2], 2, rng=np.random.default_rng(0))
    with pytest.raises(ArgumentError):
        balanced([1], [2], 0, first=0)
