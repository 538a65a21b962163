"""A page of twenty tiles whose clicks fall by place: what the counts say, and what is so.

The page draws its own viewers; a test draws them again, with `recsys_lib.pages` for how far they
look.
"""

from __future__ import annotations

import numpy as np

from book.tools.explorables.lots import uniforms
from recsys_lib.pages import grid_chance

ROWS, POSITIONS = 4, 5
TITLES = "ABCDEFGHIJKLMNOPQRST"
APPEAL = tuple(round(0.3 - 0.01 * n, 2) for n in range(len(TITLES)))  # chance of a click if seen
ORDERS = ("best first", "worst first", "by lot, anew for everybody")
CORRECTIONS = ("nothing", "the clicks of each place", "the true chances")
FIRST = 1_311


def make() -> dict:
    """All that the page computes with: the constants above."""
    return {
        "rows": ROWS,
        "positions": POSITIONS,
        "titles": TITLES,
        "appeal": APPEAL,
        "first": FIRST,
    }


def clicks(order: str, row: float, position: float, pages: int) -> np.ndarray:
    """Clicks of each title in each slot, and how often it stood there: int (2, titles, slots).

    Forty lots a page: twenty to put the titles in order, used where that is by lot, and one for
    each slot, which is clicked if the lot is below look * appeal.
    """
    n = len(TITLES)
    lots = uniforms(2 * n * pages, FIRST).reshape(pages, 2, n)
    look = grid_chance(row, position, ROWS, POSITIONS).ravel()
    fixed = {"best first": np.arange(n), "worst first": np.arange(n)[::-1]}
    placed = (
        np.tile(fixed[order], (pages, 1))
        if order in fixed
        else lots[:, 0].argsort(axis=1, kind="stable")
    )
    clicked = lots[:, 1] < look * np.array(APPEAL)[placed]
    found = np.zeros((2, n, n), int)
    slots = np.broadcast_to(np.arange(n), placed.shape)
    np.add.at(found[0], (placed[clicked], slots[clicked]), 1)
    np.add.at(found[1], (placed, slots), 1)
    return found


def appeal(found: np.ndarray, look: np.ndarray) -> np.ndarray:
    """Clicks of each title by how often it was looked at, if slots are looked at like that."""
    return found[0].sum(axis=1) / (found[1] * look).sum(axis=1)
