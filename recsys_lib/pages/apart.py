"""Rows that know nothing of each other: what a whole page is compared with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys_lib.errors import check_at_least
from recsys_lib.pages.compose import Page
from recsys_lib.pages.measures import EMPTY
from recsys_lib.pages.row import Row


def apart(rows: Sequence[Row], positions: int, *, repeats: bool = False) -> Page:
    """Fill each row, in the order given, with its own first titles.

    Args:
        rows: of the page, from the top.
        positions: titles a row; a row that has fewer leaves the rest EMPTY.
        repeats: whether a title may stand again in a later row.
    """
    check_at_least("positions", positions, 1, integer=True)
    page = np.full((len(rows), positions), EMPTY)
    for place, row in enumerate(rows):
        left = row.titles if repeats else row.titles[~np.isin(row.titles, page)]
        page[place, : len(left)] = left[:positions]
    return Page(page, tuple(rows))
