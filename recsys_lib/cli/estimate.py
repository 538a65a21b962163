"""How long a model will take, told by growing parts of the data before the whole is begun."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from sklearn.base import clone

from recsys_lib.errors import RecsysError
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender

SMALL = 100_000  # events up to which nothing takes long
ENOUGH = 0.5  # seconds of a part that tell something of the whole
WORTH_SAYING = 20.0
FIRST = 2_000  # events of the first part


def expected(model: Recommender, log: Interactions, *, items=None, users=None) -> str:
    """ "about 4 minutes" where it is worth saying, else nothing."""
    seconds = seconds_needed(model, log, items=items, users=users)
    return "" if seconds is None or seconds < WORTH_SAYING else f"about {spoken(seconds)}"


def seconds_needed(
    model: Recommender, log: Interactions, *, items=None, users=None, seed: int = 0
) -> float | None:
    """About how long it takes to fit a model and to make everyone's list; None where that is soon.

    seconds(n) = seconds[last] * (n / n[last]) ** power
    power      = log2(seconds[last] / seconds[last - 1]), between 0 and 3

    where n are events, and last is the first part to take `ENOUGH`. The first has the users with
    some `FIRST` events, each other twice as many users as the one before, so that what is slow is
    known after a second or two.

    Args:
        model: unfitted; it is cloned.
        log: what it will learn from.
        items, users: as in `fit`.
        seed: decides who is in the parts.
    """
    if log.n_events <= SMALL:
        return None
    before, order = None, np.random.default_rng(seed).permutation(log.n_users)
    size = 1 + FIRST * log.n_users // log.n_events
    while size <= log.n_users // 2:
        part = _part(log, order[:size])
        try:
            start = perf_counter()
            clone(model).fit(part, items=items, users=users).recommend(k=10)
            spent = perf_counter() - start
        except RecsysError:  # too little to learn from; the whole will say what it has to say
            return None
        if spent >= ENOUGH:
            power = 1.0 if before is None else float(np.clip(np.log2(spent / before), 0, 3))
            return spent * (log.n_events / part.n_events) ** power
        before, size = max(spent, 1e-6), 2 * size
    return None


def _part(log: Interactions, rows: np.ndarray) -> Interactions:
    """The events of some users, with the titles and users that occur in them."""
    chosen = np.zeros(log.n_users, bool)
    chosen[rows] = True
    part = log.select(chosen[log.event_rows])
    return part.with_axes(
        users=log.users[part.user_counts > 0], items=log.items[part.item_counts > 0]
    )


def spoken(seconds: float) -> str:
    """In the unit that suits.

    >>> spoken(48), spoken(250), spoken(9000)
    ('50 seconds', '4 minutes', '2.5 hours')
    """
    if seconds < 90:
        return f"{max(round(seconds, -1), 10):.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
