"""Letting the past fade: what was watched counts half after a half-life."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError, check_above
from recsys_lib.interactions import Interactions

DAY = 86_400  # seconds


def faded(log: Interactions, half_life_days: float, *, now: int | None = None) -> Interactions:
    """The same events, each worth less the longer ago it was.

    faded[e] = value[e] * 0.5 ** (days from time[e] to now / half_life_days)

    For models with weighted=True, fitted on it or asked about it as histories. An event of 10
    half-lives ago counts a thousandth, and is still an event: what was watched stays watched.

    Args:
        log: with times; its values say what each event is worth today.
        half_life_days: above 0.
        now: seconds since 1970, not before the newest event; None means that moment.

    Raises:
        DataError: no times, or an event after `now`.

    >>> import pandas as pd
    >>> week = pd.DataFrame({"user_id": 1, "item_id": [1, 2], "at": ["2025-01-01", "2025-01-08"]})
    >>> faded(Interactions.from_frame(week, time="at"), 7).matrix.toarray()
    array([[0.5, 1. ]], dtype=float32)
    """
    check_above("half_life_days", half_life_days, 0)
    if log.times is None:
        raise DataError("forgetting needs times", fix="Give Interactions.from_frame a time column.")
    if log.n_events == 0:
        return log
    newest = int(log.times.max())
    now = newest if now is None else now
    if newest > now:
        raise DataError("an event lies after now", where="now")
    days = (now - log.times) / DAY
    values = log.matrix.data.astype(np.float64) * 0.5 ** (days / half_life_days)
    frame = log.to_frame().assign(value=values, time=log.times)
    return Interactions.from_frame(frame, value="value", time="time",
                                   users=log.users, items=log.items)  # fmt: skip
