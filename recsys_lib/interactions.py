"""Who, what, how much, when: the one table that every recommender learns from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.columns import (
    as_labels,
    check_columns,
    check_finite,
    codes,
    distinct,
    index_of,
    moments_of,
    numbers,
    positions,
    refuse_duplicates,
)
from recsys_lib.errors import DataError, check_choice
from recsys_lib.sealed import SealedArray

USER, ITEM, VALUE, TIME = "user_id", "item_id", "value", "time"
SCORE, RANK = "score", "rank"
MOST_IN_32_BITS = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False, repr=False)
class Interactions:
    """A labelled sparse matrix: one row a user, one column an item, immutable.

    Make one with `Interactions.from_frame`. Users and items may be listed that have no event at
    all (a viewer on the first evening, a title added today): they keep their row or column.

    Attributes:
        users: sorted unique labels of the rows, shape (n_users,).
        items: sorted unique labels of the columns, shape (n_items,).
        matrix: CSR array of float32, shape (n_users, n_items); a stored entry is an event, also
            when its value is 0; column indices are sorted within a row. It refuses to be changed;
            what is computed from it does not.
        times: seconds since 1970-01-01 UTC, int64, in the order of `matrix.data`; or None.
    """

    users: np.ndarray
    items: np.ndarray
    matrix: sparse.csr_array
    times: np.ndarray | None = None

    def __post_init__(self) -> None:
        for array in (self.users, self.items, self.times):
            if array is not None:
                _frozen(array)
        object.__setattr__(self, "matrix", SealedArray.of(self.matrix))

    def __reduce__(self):
        # Made anew, so that a copy or what comes out of a pickle is frozen too.
        return type(self), (self.users, self.items, self.matrix, self.times)

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        user: str = USER,
        item: str = ITEM,
        value: str | None = None,
        time: str | None = None,
        users=None,
        items=None,
        duplicates: str = "error",
    ) -> Interactions:
        """Read one event a row.

        Args:
            frame: the events, one a row.
            user, item: columns with the labels (all integers or all strings).
            value: column with a finite number; None means that every event counts 1.
            time: column with datetimes or ISO 8601 strings (without a zone they are taken as UTC)
                or with seconds since 1970-01-01 UTC; None means that times are unknown. Parts of
                a second say which event came first, and are not kept.
            users, items: all labels to have a row or column; None means those that occur.
            duplicates: what to do with a repeated (user, item): "error", or keep the "first", the
                "last" or the "sum" (in the order of `time` if given, else of the rows; a sum has
                the time of the first event).

        Raises:
            DataError: a column is missing, a label or number is missing or not finite, a label is
                not in `users`/`items`, or a pair is repeated while duplicates="error".

        >>> log = pd.DataFrame({"user_id": [7, 7, 9], "item_id": [1, 2, 2]})
        >>> Interactions.from_frame(log).matrix.toarray()
        array([[1., 1.],
               [0., 1.]], dtype=float32)
        """
        check_choice("duplicates", duplicates, ("error", "first", "last", "sum"))
        check_columns(frame, [name for name in (user, item, value, time) if name is not None])
        row, users = codes(frame[user], users, user)
        col, items = codes(frame[item], items, item)
        data = np.ones(len(frame)) if value is None else numbers(frame[value], value)
        moments, per_second = (None, 1) if time is None else moments_of(frame[time], time)
        order = np.lexsort((col, row) if moments is None else (moments, col, row))
        row, col, data = row[order], col[order], data[order]
        seconds = None if moments is None else (moments[order] // per_second).astype(np.int64)
        first = np.r_[True, (np.diff(row) != 0) | (np.diff(col) != 0)][: len(row)]
        if not first.all():
            if duplicates == "error":
                refuse_duplicates(frame, order[~first], user, item)
            keep = np.r_[first[1:], True] if duplicates == "last" else first
            if duplicates == "sum":
                data = check_finite(np.add.reduceat(data, np.flatnonzero(first)), value)
            else:
                data = data[keep]
            row, col = row[keep], col[keep]
            seconds = None if seconds is None else seconds[keep]
        return cls._build(users, items, row, col, data, seconds)

    @classmethod
    def _build(cls, users, items, row, col, data, seconds) -> Interactions:
        """From codes already sorted by row, then column, without repeats."""
        indptr = np.r_[0, np.cumsum(np.bincount(row, minlength=len(users)))]
        places = np.int32 if max(len(data), len(items)) <= MOST_IN_32_BITS else np.int64
        parts = (data.astype(np.float32), col.astype(places), indptr.astype(places))
        matrix = sparse.csr_array(parts, shape=(len(users), len(items)))
        return cls(users, items, matrix, seconds)

    # Counts -------------------------------------------------------------------------------------

    @property
    def n_users(self) -> int:
        """Number of rows, users without events included."""
        return len(self.users)

    @property
    def n_items(self) -> int:
        """Number of columns, items without events included."""
        return len(self.items)

    @property
    def n_events(self) -> int:
        """Number of stored (user, item) pairs."""
        return self.matrix.nnz

    @property
    def density(self) -> float:
        """`n_events / (n_users * n_items)`; 0 for an empty matrix."""
        return self.n_events / max(self.n_users * self.n_items, 1)

    @cached_property
    def user_counts(self) -> np.ndarray:
        """Events of each user, shape (n_users,)."""
        return _frozen(np.diff(self.matrix.indptr))

    @cached_property
    def item_counts(self) -> np.ndarray:
        """Events of each item, shape (n_items,)."""
        return _frozen(np.bincount(self.matrix.indices, minlength=self.n_items))

    @property
    def active_users(self) -> int:
        """Number of users with at least one event; other rows are places, not people."""
        return int(np.count_nonzero(self.user_counts))

    @property
    def item_share(self) -> np.ndarray:
        """Share of the active users who have each item, from 0 to 1, shape (n_items,)."""
        return self.item_counts / max(self.active_users, 1)

    @property
    def event_rows(self) -> np.ndarray:
        """The row of each event, in the order of `matrix.data`, shape (n_events,)."""
        return np.repeat(np.arange(self.n_users), self.user_counts)

    # Views --------------------------------------------------------------------------------------

    def user_positions(self, labels) -> np.ndarray:
        """Row of each label, -1 where the label is unknown; shape (len(labels),)."""
        return positions(self._user_index, labels)

    def item_positions(self, labels) -> np.ndarray:
        """Column of each label, -1 where the label is unknown; shape (len(labels),)."""
        return positions(self._item_index, labels)

    @cached_property
    def _user_index(self) -> pd.Index:
        return index_of(self.users)

    @cached_property
    def _item_index(self) -> pd.Index:
        return index_of(self.items)

    def binary(self) -> sparse.csr_array:
        """The matrix with every event's value replaced by 1."""
        parts = (np.ones(self.n_events, np.float32), self.matrix.indices, self.matrix.indptr)
        return sparse.csr_array(parts, shape=self.matrix.shape)

    def select(self, mask: np.ndarray) -> Interactions:
        """The events where `mask` (bool, in `matrix.data`'s order) is true, on the same axes."""
        times = None if self.times is None else self.times[mask]
        row, col, data = self.event_rows[mask], self.matrix.indices[mask], self.matrix.data[mask]
        return self._build(self.users, self.items, row, col, data, times)

    def with_axes(self, *, users=None, items=None) -> Interactions:
        """The same events with more (never fewer) users or items listed."""
        users = self.users if users is None else distinct(as_labels(users, "users"))
        items = self.items if items is None else distinct(as_labels(items, "items"))
        row, col = positions(users, self.users), positions(items, self.items)
        lost = (row[self.user_counts > 0] < 0).any() or (col[self.item_counts > 0] < 0).any()
        if lost:
            raise DataError("the new axes leave out a user or an item that has events")
        rows, cols = row[self.event_rows], col[self.matrix.indices]
        return self._build(users, items, rows, cols, self.matrix.data, self.times)

    def to_frame(self) -> pd.DataFrame:
        """One row an event: user_id, item_id, value and, if known, time (datetime, UTC)."""
        columns = {
            USER: self.users[self.event_rows],
            ITEM: self.items[self.matrix.indices],
            VALUE: self.matrix.data,
        }
        if self.times is not None:
            columns[TIME] = pd.to_datetime(self.times, unit="s", utc=True)
        return pd.DataFrame(columns)

    def __len__(self) -> int:
        return self.n_events

    def __repr__(self) -> str:
        when = "no times"
        if self.times is not None and len(self.times):
            first, last = pd.to_datetime([self.times.min(), self.times.max()], unit="s").date
            when = f"{first} to {last}"
        size = f"{self.n_users:,} users x {self.n_items:,} items, {self.n_events:,} events"
        return f"Interactions({size}, density {self.density:.4f}, {when})"


def _frozen(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
