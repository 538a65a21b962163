"""From a frame of recommendations to arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys_lib import Interactions
from recsys_lib.errors import DataError
from recsys_lib.metrics.lists import make_lists


@pytest.fixture
def train() -> Interactions:
    log = pd.DataFrame({"user_id": ["u", "v"], "item_id": [10, 20]})
    return Interactions.from_frame(log, users=["u", "v", "w"], items=[10, 20, 30])


def frame(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["user_id", "item_id", "rank"])


def test_rows_follow_the_users_asked_for_and_slots_the_ranks(train):
    listed = frame(("u", 30, 2), ("u", 20, 1), ("w", 10, 1))
    relevant = sparse.csr_array(np.array([[1, 0, 0], [0, 1, 0]], dtype=bool))
    lists = make_lists(listed, ["w", "u"], 3, train, relevant)
    assert lists.columns.tolist() == [[0, -1, -1], [1, 2, -1]]
    assert lists.hits.tolist() == [[True, False, False], [True, False, False]]
    assert lists.n_relevant.tolist() == [1, 1]


def test_a_user_without_a_list_has_empty_slots_and_no_hits(train):
    relevant = sparse.csr_array(np.array([[0, 0, 1], [0, 0, 1]], dtype=bool))
    lists = make_lists(frame(("u", 30, 1)), ["u", "v"], 2, train, relevant)
    assert lists.columns[1].tolist() == [-1, -1]
    assert lists.hits.tolist() == [[True, False], [False, False]]


def test_hits_equal_the_naive_loop(train, make_log):
    log, rng = make_log(3), np.random.default_rng(0)
    relevant = sparse.csr_array(rng.random((log.n_users, log.n_items)) < 0.3)
    rows = [
        (user, item, rank)
        for user in log.users
        for rank, item in enumerate(rng.permutation(log.items)[:5], start=1)
    ]
    lists = make_lists(frame(*rows), log.users, 5, log, relevant)
    dense = relevant.toarray()
    for row in range(log.n_users):
        for slot in range(5):
            assert lists.hits[row, slot] == dense[row, lists.columns[row, slot]]


@pytest.mark.parametrize("row", [("nobody", 10, 1), ("u", 99, 1), ("u", 10, 3), ("u", 10, 0)])
def test_unknown_users_items_and_ranks_are_refused(train, row):
    relevant = sparse.csr_array((1, 3), dtype=bool)
    with pytest.raises(DataError, match="unknown user or item, or a rank outside 1 to 2"):
        make_lists(frame(row), ["u"], 2, train, relevant)
