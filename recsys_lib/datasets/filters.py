"""Fewer events, on purpose: the active users, the titles with viewers, a period, good ratings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.interactions import Interactions


def k_core(data: Interactions, user_min: int = 1, item_min: int = 1) -> Interactions:
    """The largest part in which every user has `user_min` events and every item `item_min`.

    Users and items are removed in turn until none falls short; what is left does not depend on the
    order. Users and items without events are no longer listed.

    Raises:
        ArgumentError: a number below 1.
        DataError: nothing is left.
    """
    check_at_least("user_min", user_min, 1, integer=True)
    check_at_least("item_min", item_min, 1, integer=True)
    rows, columns = data.event_rows, data.matrix.indices
    kept = np.ones(data.n_events, bool)
    while True:
        users = np.bincount(rows[kept], minlength=data.n_users) >= user_min
        items = np.bincount(columns[kept], minlength=data.n_items) >= item_min
        fewer = kept & users[rows] & items[columns]
        if fewer.sum() == kept.sum():
            return only(data, kept)
        kept = fewer


def between(data: Interactions, start: object = None, end: object = None) -> Interactions:
    """The events at or after `start` and before `end` (datetimes or ISO strings, UTC).

    Raises:
        DataError: the data has no times, or nothing is left.
        ArgumentError: `start` or `end` is no moment.
    """
    if data.times is None:
        raise DataError("dates can only be chosen where the data has times")
    kept = np.ones(data.n_events, bool)
    kept &= True if start is None else data.times >= _moment(start)
    kept &= True if end is None else data.times < _moment(end)
    return only(data, kept)


def values_from(data: Interactions, low: float) -> Interactions:
    """The events whose value is at least `low`.

    Raises:
        DataError: nothing is left.
    """
    return only(data, data.matrix.data >= low)


def without_look_alikes(data: Interactions, limit: float = 0.5, least: int = 3) -> Interactions:
    """The log without users who have `least` near-copies: of accounts made by one script.

    alike[u, v] = |items of u and v| / |items of u or v| (Jaccard); a near-copy of u is another
    user with alike > limit. Users and items stay listed, so that rows keep their places.

    Args:
        limit: from 0 to 1. least: 1 or more.

    Raises:
        ArgumentError: one of them is out of range.
    """
    if not 0 <= limit <= 1:
        raise ArgumentError(f"limit must be from 0 to 1, not {limit!r}")
    check_at_least("least", least, 1, integer=True)
    seen = data.binary()
    common = (seen @ seen.T).toarray()
    size = np.diag(common)
    alike = common / np.maximum(size[:, None] + size - common, 1)
    copies = (alike > limit).sum(axis=1) - (size > 0)  # a user with events is like itself
    return data.select((copies < least)[data.event_rows])


def only(data: Interactions, kept: np.ndarray) -> Interactions:
    """The events where the mask `kept` is true; users and items without any are dropped.

    Raises:
        DataError: nothing is left.
    """
    if not kept.any():
        raise DataError("the filters leave no event", fix="Ask for less.")
    part = data.select(kept)
    users, items = part.user_counts > 0, part.item_counts > 0
    matrix = part.matrix[users][:, items]
    matrix.sort_indices()
    return Interactions(part.users[users], part.items[items], matrix, part.times)


def _moment(text: object) -> float:
    """Seconds since 1970."""
    try:
        moment = pd.Timestamp(text)
    except ValueError:
        moment = pd.NaT
    if moment is pd.NaT:
        raise ArgumentError(f"{text!r} is not a moment", fix="For example 2025-06-01.")
    moment = moment.tz_localize("UTC") if moment.tz is None else moment
    return moment.timestamp()
