"""A split into train and test, and the checks that nothing of the test is known in train."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from recsys_lib.errors import DataError, LeakageError, check_choice
from recsys_lib.interactions import Interactions


@dataclass(frozen=True, repr=False)
class Recipe:
    """How a split was made, so that other events can be split alike (`splits.again`).

    Attributes:
        name: the function of `splits` that made it.
        settings: its arguments, but for the share of the test and the generator.
    """

    name: str
    settings: dict = field(default_factory=dict)

    def __repr__(self) -> str:
        settings = (f"{name}={value!r}" for name, value in self.settings.items())
        return f"Recipe({', '.join([self.name, *settings])})"


@dataclass(frozen=True)
class Split:
    """Two disjoint sets of events on the same axes.

    Attributes:
        train: what a model may learn from.
        test: what it must predict.
        name: how the split was made, for tables.
        order: what `check` holds the times to: "global" (every train event lies before every test
            event), "user" (so within each user's own history) or "none" (times play no part).
    """

    train: Interactions
    test: Interactions
    name: str
    order: str
    recipe: Recipe | None = None

    def __post_init__(self) -> None:
        check_choice("order", self.order, ("global", "user", "none"))

    def check(self) -> None:
        """Refuse leakage.

        Raises:
            DataError: the two parts have different users or items, a pair is in one part twice,
                or the split is ordered and a part has no times.
            LeakageError: a pair is in both parts, or train holds an event later than `order`
                allows.

        The message names the first pairs concerned.
        """
        train, test = self.train, self.test
        same = np.array_equal(train.users, test.users) and np.array_equal(train.items, test.items)
        if not same:
            raise DataError(
                "train and test must list the same users and items",
                fix="Give both Interactions the same users= and items=.",
            )
        for part, data in (("train", train), ("test", test)):
            _refuse_duplicates(part, data)
        both = train.binary().multiply(test.binary()).tocoo()
        if both.nnz:
            _refuse("in train and in test", train, both.row, both.col)
        if self.order == "none" or not (train.n_events and test.n_events):
            return
        if train.times is None or test.times is None:
            raise DataError(
                f"the split {self.name!r} is ordered in time, but the data has no times"
            )
        late = train.times >= self._first_test_time()
        if late.any():
            _refuse(
                "in train but not before the test",
                train,
                train.event_rows[late],
                train.matrix.indices[late],
            )

    def _first_test_time(self) -> np.ndarray | int:
        """The time that each train event must lie before."""
        if self.order == "global":
            return self.test.times.min()
        first = np.full(self.test.n_users, np.iinfo(np.int64).max)
        np.minimum.at(first, self.test.event_rows, self.test.times)
        return first[self.train.event_rows]


def _refuse_duplicates(part: str, data: Interactions) -> None:
    """Interactions.from_frame makes none, but a matrix made by hand may hold them."""
    pair = data.event_rows * data.n_items + data.matrix.indices
    again = pd.Series(pair).duplicated().to_numpy()
    if again.any():
        where = data.event_rows[again], data.matrix.indices[again]
        _refuse(f"more than once in {part}", data, *where, kind=DataError)


def _refuse(
    what: str, data: Interactions, rows: np.ndarray, columns: np.ndarray, kind=LeakageError
):
    pairs = zip(data.users[rows[:3]].tolist(), data.items[columns[:3]].tolist(), strict=True)
    shown = ", ".join(f"({user!r}, {item!r})" for user, item in pairs)
    raise kind(
        f"{len(rows)} (user, item) pairs are {what}",
        where=f"{shown}{', ...' if len(rows) > 3 else ''}",
    )
