"""Home pages: their slots, how far people look, and how slots are filled by lot or by rank."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from recsys_lib.models.top_k import top_k
from recsys_lib.pages import grid_chance
from recsys_lib.simulation.world.config import POSITIONS, ROWS, WorldConfig

SLOTS = ROWS * POSITIONS  # of the grid; a billboard, where there is one, is one slot more
EMPTY = -1  # the title in a slot that shows none
KINDS = ("ranked", "popular", "continue", "because", "new", "genre", "different", "billboard")
"""What a row may be; a row of "ranked" has no heading."""


@dataclass(frozen=True)
class Pages:
    """Home pages; every array has the shape (n_pages, n_slots), best seen slot first.

    In the grid a slot is row * POSITIONS + position; a billboard stands before it as slot 0.

    titles: index of the title shown, or EMPTY; uniform: whether the slot was drawn uniformly;
    propensity: chance that this slot got this title, given its row and the slots before it;
    artwork: index of the picture shown; artwork_propensity: its chance, given the title;
    kind: index in KINDS of the slot's row; subject: what the row is about, the index of a title
    (because) or of a genre (genre), else -1; row_propensity: chance of the row, given those above;
    team: whose slot it is on an interleaved page, else 0.
    """

    titles: np.ndarray
    uniform: np.ndarray
    propensity: np.ndarray
    artwork: np.ndarray
    artwork_propensity: np.ndarray
    kind: np.ndarray
    subject: np.ndarray
    row_propensity: np.ndarray
    team: np.ndarray

    def take(self, rows) -> Pages:
        """Some of the pages, in that order."""
        return Pages(*(getattr(self, field.name)[rows] for field in fields(self)))

    @staticmethod
    def merged(parts: list[Pages], rows: list[np.ndarray]) -> Pages:
        """Pages put together again: part i holds the pages of `rows[i]`."""
        order = np.argsort(np.concatenate(rows), kind="stable")
        columns = [field.name for field in fields(Pages)]
        return Pages(*(np.concatenate([getattr(p, c) for p in parts])[order] for c in columns))


@dataclass(frozen=True)
class Pictures:
    """Which pictures each title has; int (n_titles,): index of the first, and how many."""

    first: np.ndarray
    count: np.ndarray


def n_slots(config: WorldConfig) -> int:
    """Slots of a page: twenty, and one more where there is a billboard."""
    return SLOTS + (config.billboard_pull > 0)


def places(slots: int) -> tuple[np.ndarray, np.ndarray]:
    """Row and position of each slot, counted from 1; a billboard is row 0, position 1."""
    place = np.arange(slots) - (slots > SLOTS)
    return place // POSITIONS + 1, np.maximum(place % POSITIONS, 0) * (place >= 0) + 1


def look_chance(config: WorldConfig) -> np.ndarray:
    """Chance that a viewer looks at each slot: `grid_chance`; a billboard is always looked at."""
    grid = grid_chance(config.row_decay, config.position_decay, ROWS, POSITIONS)
    return np.r_[np.ones(n_slots(config) - SLOTS), grid.ravel()]


def fill_by_lot(weights: np.ndarray, uniform: np.ndarray, *, race, even) -> np.ndarray:
    """Fill slots one after the other; int (n_pages, n_slots), no title twice on a page.

    A slot is drawn among the titles (those of weight above 0) not yet on its page: each alike where
    `uniform`, else in proportion to `weights`. Two races decide it. A title runs exponential/weight
    in the one and exponential in the other; the next to arrive in a race, of those not yet shown,
    is a draw in proportion to its weight (a race has no memory). EMPTY where no title is left.

    Args:
        weights: of each title, (n_titles,) or (n_pages, n_titles), at least 0.
        uniform: bool (n_pages, n_slots). race, even: exponential numbers (n_pages, n_titles).
    """
    slots = uniform.shape[1]
    with np.errstate(divide="ignore"):
        arrived = first_home(np.where(weights > 0, race / weights, np.inf), slots)
    alike = first_home(np.where(weights > 0, even, np.inf), slots)
    return deal([alike, arrived], np.where(uniform, 0, 1))


def first_home(times: np.ndarray, n: int) -> np.ndarray:
    """The n columns of least time in each row, first one first; EMPTY for those that never come."""
    return top_k(-times, n)


def ranked(scores: np.ndarray, lot: np.ndarray, n: int) -> np.ndarray:
    """The n columns of highest score in each row, best first, equal scores by the lower lot.

    Only columns that may be among them are sorted, which are few unless many scores are equal.

    >>> ranked(np.array([[1.0, 3, 3, 0]]), np.array([[0.5, 0.9, 0.1, 0.2]]), 3)
    array([[2, 1, 0]])
    """
    n = min(n, scores.shape[1])
    least = -np.partition(-scores, n - 1, axis=1)[:, n - 1 : n]
    able = scores >= least
    order, crowded = np.empty((len(scores), n), int), able.sum(axis=1) > 2 * n
    for rows, width in ((crowded, scores.shape[1]), (~crowded, min(2 * n, scores.shape[1]))):
        some = np.argsort(~able[rows], axis=1, kind="stable")[:, :width]
        parts = (np.take_along_axis(part[rows], some, axis=1) for part in (lot, -scores))
        order[rows] = np.take_along_axis(some, np.lexsort(tuple(parts), axis=1)[:, :n], axis=1)
    return order


def deal(hands: list[np.ndarray], turn: np.ndarray, shown: np.ndarray | None = None) -> np.ndarray:
    """Each slot takes the first title not yet on the page from the hand whose turn it is.

    Args:
        hands: int (n_pages, n_cards) each, best first, EMPTY where there is none.
        turn: int (n_pages, n_slots), index of a hand. shown: titles on the page before these slots.

    >>> deal([np.array([[7, 8, 9]]), np.array([[7, 9, 5]])], np.array([[0, 1, 0, 1]]))
    array([[7, 9, 8, 5]])
    """
    n, width = turn.shape
    before = np.empty((n, 0), int) if shown is None else shown
    page = np.hstack([before, np.full((n, width), EMPTY)])
    for slot in range(before.shape[1], page.shape[1]):
        whose = turn[:, slot - before.shape[1]]
        for number, hand in enumerate(hands):
            rows = np.flatnonzero(whose == number)
            cards = hand[rows]
            fresh = (cards[:, :, None] != page[rows, None, :slot]).all(axis=2) & (cards != EMPTY)
            found = cards[np.arange(len(rows)), fresh.argmax(axis=1)]
            page[rows, slot] = np.where(fresh.any(axis=1), found, EMPTY)
    return page[:, before.shape[1] :]


def slot_propensity(weights: np.ndarray, slots: np.ndarray, explore: float) -> np.ndarray:
    """Chance of what each slot shows, given the slots before it on the page.

    propensity[j] = explore / (n - j) + (1 - explore) * weight[j] / (sum of weights not yet shown)

    with n titles of weight above 0 and slots counted from j = 0; float64, shape of `slots`.

    Args:
        weights: (n_titles,) or (n_pages, n_titles).

    >>> slot_propensity(np.array([2.0, 1.0, 1.0]), np.array([[0, 2, 1]]), explore=0.5).round(3)
    array([[0.417, 0.5  , 1.   ]])
    """
    weights = np.broadcast_to(weights, (len(slots), weights.shape[-1]))
    shown = np.take_along_axis(weights, slots, axis=1)
    before = np.cumsum(shown, axis=1) - shown
    left = (weights > 0).sum(axis=1, keepdims=True) - np.arange(slots.shape[1])
    return explore / left + (1 - explore) * shown / (weights.sum(axis=1, keepdims=True) - before)


def rank_propensity(best, slots, n_shelf, explore: float) -> np.ndarray:
    """Chance of what each slot shows where it shows the best left, but for a share by lot.

    propensity[j] = explore / (n - j) + (1 - explore) * (slot j shows the first of `best` not yet
    on the page), with n titles that may be shown, (n_pages,), and slots counted from j = 0.
    """
    due = np.empty_like(slots)
    for slot in range(slots.shape[1]):  # what the rank alone would show next, given the page so far
        turn = np.zeros((len(slots), 1), int)
        due[:, slot] = deal([best], turn, slots[:, :slot])[:, 0]
    left = np.maximum(np.asarray(n_shelf)[:, None] - np.arange(slots.shape[1]), 1)
    return explore / left + (1 - explore) * (slots == due)
