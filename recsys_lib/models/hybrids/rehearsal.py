"""What a stacked hybrid learns from: pairs that were watched, and some that could have been."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recsys_lib.leakage import Split

NEGATIVES = 10  # pairs that were not watched, for each that was


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
