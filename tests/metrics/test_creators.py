"""What a group of titles gets from each viewer: worked by hand and against naive loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recsys_lib.errors import DataError
from recsys_lib.metrics.creators import group_recall, history_share, list_share, preferred_share
from recsys_lib.metrics.fairness import exposure_share

GROUP = np.array([True, False, False, True, False])


def test_list_share_by_hand():
    lists = np.array([[0, 1, 3], [1, 2, -1], [-1, -1, -1]])
    np.testing.assert_allclose(list_share(lists, GROUP), [2 / 3, 0, math.nan])
    attention = np.array([1.0, 0.5, 0.25])
    shares = list_share(lists, GROUP, attention=attention)
    np.testing.assert_allclose(shares, [(1 + 0.25) / 1.75, 0, math.nan])


@given(seed=st.integers(0, 1000))
def test_of_full_lists_the_mean_is_the_share_of_all_exposure(seed):
    rng = np.random.default_rng(seed)
    columns = np.array([rng.permutation(5)[:3] for _ in range(8)])
    attention = rng.random(3)
    whole = exposure_share(columns, GROUP, attention=attention)
    assert list_share(columns, GROUP, attention=attention).mean() == pytest.approx(whole[True])
    both = list_share(columns, GROUP) + list_share(columns, ~GROUP)
    np.testing.assert_allclose(both, 1)


def test_history_share_by_hand():
    watched = sparse.csr_array(np.array([[2, 1, 1, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 9, 0]]))
    np.testing.assert_allclose(history_share(watched, GROUP), [1 / 3, math.nan, 1])


def test_preferred_share_takes_the_truly_best_and_no_barred_title():
    utility = np.array([[5.0, 4, 3, 2, 1], [1, 2, 3, 4, 5], [-np.inf, 1, -np.inf, -np.inf, 0]])
    np.testing.assert_allclose(preferred_share(utility, GROUP, 2), [0.5, 0.5, 0])
    np.testing.assert_allclose(preferred_share(utility, GROUP, 5), [0.4, 0.4, 0])


@given(seed=st.integers(0, 1000))
def test_group_recall_equals_the_naive_loop(seed):
    rng = np.random.default_rng(seed)
    relevant = (rng.random((6, 5)) < 0.4) * rng.integers(1, 6, (6, 5))
    columns = np.array([rng.permutation(5)[:3] for _ in range(6)])
    columns[rng.random(columns.shape) < 0.2] = -1
    naive = []
    for row, wanted in zip(columns.tolist(), relevant.tolist(), strict=True):
        theirs = [title for title in range(5) if wanted[title] and GROUP[title]]
        found = sum(title in row for title in theirs)
        naive.append(found / len(theirs) if theirs else math.nan)
    np.testing.assert_allclose(group_recall(columns, sparse.csr_array(relevant), GROUP), naive)


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="in_group must be bool"):
        list_share(np.array([[0]]), np.array([1, 0]))
    with pytest.raises(DataError, match="in_group must be bool"):
        history_share(sparse.csr_array((1, 5)), GROUP[:4])
    with pytest.raises(DataError, match="attention"):
        list_share(np.array([[0]]), GROUP, attention=np.array([1.0, 1.0]))
