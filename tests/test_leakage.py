"""Leakage is an error that names the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError, LeakageError
from recsys_lib.interactions import ITEM, TIME, USER
from recsys_lib.leakage import Split

USERS, ITEMS = ["ada", "bob"], [1, 2, 3, 4, 5]


def events(*rows, timed: bool = True) -> Interactions:
    frame = pd.DataFrame(rows, columns=[USER, ITEM, TIME]).astype({USER: object, ITEM: int})
    time = TIME if timed else None
    return Interactions.from_frame(frame, time=time, users=USERS, items=ITEMS)


def test_a_pair_in_both_parts_is_refused():
    split = Split(events(("ada", 1, 1), ("bob", 2, 1)), events(("bob", 2, 9)), "mine", "none")
    with pytest.raises(LeakageError, match=r"1 \(user, item\) pairs are in train and in test"):
        split.check()
    with pytest.raises(LeakageError, match=r"\('bob', 2\)"):
        split.check()


def test_only_the_first_few_are_named():
    rows = [("ada", item, item) for item in ITEMS]
    split = Split(events(*rows), events(*rows), "mine", "none")
    message = r"5 .* in test \(\('ada', 1\), \('ada', 2\), \('ada', 3\), \.\.\.\)"
    with pytest.raises(LeakageError, match=message):
        split.check()


@pytest.mark.parametrize(
    ("order", "time_of_ada", "leaks"),
    [
        ("global", 50, True),
        ("global", 49, False),
        ("user", 50, False),  # after bob's test event, before her own
        ("user", 59, False),
        ("user", 60, True),
        ("none", 99, False),
    ],
)
def test_a_train_event_must_lie_before_the_test_events_that_the_order_says(
    order, time_of_ada, leaks
):
    train = events(("ada", 1, time_of_ada), ("bob", 1, 1))
    split = Split(train, events(("ada", 2, 60), ("bob", 3, 50)), "mine", order)
    if not leaks:
        split.check()
        return
    message = r"1 \(user, item\) pairs are in train but not before the test \(\('ada', 1\)\)"
    with pytest.raises(LeakageError, match=message):
        split.check()


def test_an_ordered_split_needs_times():
    train, test = events(("ada", 1, 1), timed=False), events(("ada", 2, 2), timed=False)
    Split(train, test, "mine", "none").check()
    with pytest.raises(DataError, match="'mine' is ordered in time, but the data has no times"):
        Split(train, test, "mine", "user").check()


def test_a_matrix_made_by_hand_may_not_hold_a_pair_twice():
    matrix = sparse.csr_array(
        (np.ones(2, np.float32), np.array([3, 3]), np.array([0, 0, 2])), shape=(2, 5)
    )
    labels = np.array(USERS, dtype=object), np.array(ITEMS)
    twice = Interactions(*labels, matrix)
    for train, test, part in ((twice, events(), "train"), (events(), twice, "test")):
        with pytest.raises(DataError, match=rf"more than once in {part} \(\('bob', 4\)\)"):
            Split(train, test, "mine", "none").check()


def test_parts_on_different_axes_are_refused():
    other = Interactions.from_frame(pd.DataFrame({USER: ["ada"], ITEM: [1]}))
    with pytest.raises(DataError, match="must list the same users and items"):
        Split(events(), other, "mine", "none").check()


def test_an_empty_part_leaks_nothing():
    Split(events(), events(("ada", 1, 1)), "mine", "global").check()
    Split(events(("ada", 1, 1)), events(), "mine", "user").check()


def test_the_order_must_be_said_and_known():
    with pytest.raises(ArgumentError, match="order='time' is not known"):
        Split(events(), events(), "mine", "time")
    with pytest.raises(TypeError, match="order"):
        Split(events(), events(), "mine")
