"""Repeated pairs of user and item: dropped, counted or refused, as their meaning tells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE


def settle(
    events: pd.DataFrame,
    choice: str | None,
    labels,
    lines: np.ndarray,
    reading: Reading,
    *,
    rated: bool,
    whole: bool,
) -> pd.DataFrame:
    """One row a pair.

    Args:
        events: user_id and item_id (codes), value and, where known, time, in the file's order.
        choice: "error", "first", "last", "mean", "sum", or None to go by what repeats mean.
        labels: the users and the items, for messages.
        lines: the line of each row, likewise.
        rated: whether values are ratings, of which a sum would be none.
        whole: whether `events` holds all that the file says, so that equal rows are one.

    Raises:
        DataError: pairs are repeated and may not be, or a sum of ratings is asked for.
    """
    repeated = events.duplicated([USER, ITEM])
    if not repeated.any():
        return events
    if choice == "sum" and rated:
        raise DataError("a sum of ratings is no rating", where=reading.source,
                        fix='Choose duplicates="last" or "mean".')  # fmt: skip
    if choice is None and (rated or (whole and TIME in events)):
        same = events.duplicated()
        events, lines = events[~same], lines[~same]
        if same.any():
            reading.note(f"{same.sum():,} rows repeat another exactly and were left out.")
        repeated = events.duplicated([USER, ITEM])
    if choice == "error" or (choice is None and rated and repeated.any()):
        raise _refusal(events, repeated.to_numpy(), labels, lines, reading.source)
    return _joined(events, choice or "sum", int(repeated.sum()), reading)


def _joined(events: pd.DataFrame, choice: str, n: int, reading: Reading) -> pd.DataFrame:
    if not n:
        return events
    if TIME in events:
        events = events.sort_values(TIME, kind="stable")
    reading.note(f"{n:,} rows repeat a pair of user and item: {SAID[choice]}.")
    pairs = events.groupby([USER, ITEM], sort=False)
    if choice in ("first", "last"):
        return events[~events.duplicated([USER, ITEM], keep=choice)]
    joined = pairs.agg({VALUE: choice} | ({TIME: "min"} if TIME in events else {}))
    return joined.reset_index()


SAID = {"first": "the first counts", "last": "the last counts", "mean": "their mean counts",
        "sum": "the value says how many (or how much) there were"}  # fmt: skip


def _refusal(events: pd.DataFrame, repeated: np.ndarray, labels, lines, where: str) -> DataError:
    row = np.flatnonzero(repeated)[0]
    again = events.iloc[row]
    pair = (events[USER] == again[USER]) & (events[ITEM] == again[ITEM])
    first = lines[pair.to_numpy().argmax()]
    user, item = labels[0][int(again[USER])], labels[1][int(again[ITEM])]
    return DataError(
        f"user {user} and item {item} of line {first} are repeated, as are"
        f" {repeated.sum()} pairs in all",
        where=f"{where}, line {lines[row]}",
        fix='Say which event counts: duplicates="first", "last" or "mean".',
    )
