"""What a stacked hybrid learns from: the near past relived, some viewers in it as newcomers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recsys_lib.interactions import Interactions
from recsys_lib.leakage import Split
from recsys_lib.splits import split_by_time

MOST_KEPT = 9  # plays; a newcomer keeps 0 to so many
NEGATIVES = 10  # pairs that were not watched, for each that was


def rehearse(
    train: Interactions, fraction: float, newcomers: float, *, rng: np.random.Generator
) -> Split:
    """Split `train` by time; a share of the viewers then keep their first few events only.

    Args:
        train: events with times.
        fraction: share of the events that is later, between 0 and 1.
        newcomers: share of the users who play newcomers: of their older events the first 0 to
            `MOST_KEPT` stay, all others move to the test. At any one moment hardly anybody is new.
        rng: decides who they are and how much each keeps.

    Returns:
        A split with the order "none", since what newcomers watch is not later than what others did.
    """
    by_time = split_by_time(train, fraction)
    newcomer = rng.random(train.n_users) < newcomers
    kept = np.full(train.n_users, train.n_events)
    kept[newcomer] = rng.integers(0, MOST_KEPT + 1, newcomer.sum())
    oldest_first = np.lexsort((train.times, train.event_rows))
    place = np.empty(train.n_events, np.int64)
    place[oldest_first] = np.arange(train.n_events) - train.matrix.indptr[train.event_rows]
    known = (train.times < by_time.test.times.min()) & (place < kept[train.event_rows])
    return Split(train.select(known), train.select(~known), "rehearsal", "none")


def draw_pairs(
    split: Split, *, rng: np.random.Generator, chunk: int = 512
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """All pairs of `split.test`, and about `NEGATIVES` times as many that nobody watched.

    The others are drawn from the viewers of `split.test` and the titles that have an event in
    either part, among pairs in neither: what was seen before is no candidate, and a title that
    nobody ever watched may not have been there to choose.

    Yields:
        For `chunk` viewers at a time: row and column of each pair, int (n_pairs,), and whether it
        was watched, bool (n_pairs,).
    """
    on_shelf = (split.train.item_counts + split.test.item_counts) > 0
    viewers = np.flatnonzero(split.test.user_counts)
    rate = NEGATIVES * split.test.n_events / (len(viewers) * on_shelf.sum())
    for start in range(0, len(viewers), chunk):
        rows = viewers[start : start + chunk]
        watched = split.test.binary()[rows].toarray() > 0
        drawn = on_shelf & (rng.random(watched.shape) < rate)
        drawn &= ~(split.train.binary()[rows].toarray() > 0)
        row, column = np.nonzero(watched | drawn)
        yield rows[row], column, watched[row, column]
