"""A whole page at once: rows and titles chosen for what they add to what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.pages.limits import Limits
from recsys_lib.pages.measures import EMPTY
from recsys_lib.pages.row import Row


@dataclass(frozen=True)
class Moods:
    """What a viewer may be in the mood for tonight; the service does not know which it is.

    Attributes:
        chance: how likely each mood is, shape (moods,), sum 1.
        fit: how likely each title is to be played in each mood if it is looked at, from 0 to 1,
            shape (moods, n_titles).
    """

    chance: np.ndarray
    fit: np.ndarray

    def __post_init__(self) -> None:
        if self.fit.shape[:1] != self.chance.shape or not np.isclose(self.chance.sum(), 1):
            raise DataError("each mood needs a chance, all of them 1, and a fit of each title")
        if not ((self.fit >= 0) & (self.fit <= 1)).all():
            raise DataError("a fit lies from 0 to 1", where="fit")


@dataclass(frozen=True)
class Page:
    """A page: index of the title in each slot, EMPTY where none, and the row each line is."""

    titles: np.ndarray
    rows: tuple[Row, ...]


def page_value(titles: np.ndarray, look: np.ndarray, moods: Moods) -> float:
    """The chance that a page holds something for tonight.

    value = sum over m of chance[m] * (1 - product over slots of (1 - look * fit[m, title]))

    A second title for the same mood adds less than the first: what it adds shrinks, and never
    turns into harm (the value is monotone and submodular in the slots that are filled).

    Args:
        titles: of each slot, EMPTY adds nothing; look: chance that each is looked at, same shape.
        moods: what tonight may be.
    """
    shown = titles != EMPTY
    missed = 1 - look[shown] * moods.fit[:, titles[shown]]
    return float(moods.chance @ (1 - missed.prod(axis=1)))


def compose(rows: Sequence[Row], look: np.ndarray, moods: Moods, *,
            limits: Limits | None = None) -> Page:  # fmt: skip
    """Fill a page from the top: the row that adds most, filled with what adds most.

    At each place every row left is filled greedily, position by position, with the title of its
    own that adds most to `page_value` of the page so far; the row whose slots add most is kept. No
    title stands twice. For slots chosen freely, greed comes within 1 - 1/e of the best page; with
    rows whose titles belong together no such promise holds, but it can only be far off where one
    row spoils another.

    Args:
        rows: what the page may have; at least as many as `look` has rows, pinned ones included.
        look: chance that each slot is looked at, shape (rows, positions).
        moods: what tonight may be.
        limits: what a page must keep to; None keeps to nothing but no repeats.

    Raises:
        ArgumentError: fewer rows than the page has places, or two pinned to one place.
        DataError: the limits cannot be kept with these rows.
    """
    look = np.asarray(look, float)
    places = len(look)
    check_at_least("rows", len(rows), places, integer=True)
    pinned = {row.pinned: row for row in rows if row.pinned is not None}
    if len(pinned) < sum(row.pinned is not None for row in rows) or any(
        place >= places for place in pinned
    ):
        raise ArgumentError("two rows are pinned to one place, or one to none of the page")
    limits = limits or Limits()
    page, used = np.full(look.shape, EMPTY), []
    missed = np.ones(len(moods.chance))  # chance of each mood to have found nothing so far
    for place in range(places):
        left = [row for row in rows if row not in used and row.pinned is None]
        options = [pinned[place]] if place in pinned else left
        row, page[place], missed = _best(options, page, place, look, missed, moods, limits)
        used.append(row)
    limits.check(page, look)
    return Page(page, tuple(used))


def _best(options, page, place: int, look, missed, moods: Moods, limits: Limits):
    """The row that adds most at a place, its titles, and what every mood then still misses.

    Together, titles add at most what each would add alone. Rows are tried in the order of that
    sum, so most need not be filled: they could not add more than the best one did.
    """
    alone = (moods.chance * missed) @ moods.fit
    alone[page[page != EMPTY]] = 0
    chances = np.sort(look[place])[::-1]
    tops = [np.sort(alone[row.titles])[::-1][: len(chances)] for row in options]
    most = np.array([top @ chances[: len(top)] for top in tops])
    best = (-1.0, 0, None)
    for number in np.argsort(-most, kind="stable"):
        if most[number] < best[0] - 1e-12:
            break
        titles, after = _filled(options[number], page, place, look, missed, moods, limits)
        found = (float(moods.chance @ (missed - after)), -int(number), (titles, after))
        best = max(best, found, key=lambda one: one[:2])
    return options[-best[1]], *best[2]


def _filled(row: Row, page, place: int, look, missed, moods: Moods, limits: Limits):
    """One row's titles at a place, and what every mood then still misses."""
    shown = np.zeros(moods.fit.shape[1], bool)
    shown[page[page != EMPTY]] = True
    left = row.titles[~shown[row.titles] & limits.fresh(row.titles)]
    fit, free = moods.fit[:, left], np.ones(len(left), bool)
    titles, missed = np.full(look.shape[1], EMPTY), missed.copy()
    for position, chance in enumerate(look[place]):
        may = free & limits.admits(left, page, titles, place, look)
        if not may.any():
            break
        gains = np.where(may, chance * ((moods.chance * missed) @ fit), -1.0)
        best = int(np.argmax(gains))
        titles[position], free[best] = left[best], False
        missed *= 1 - chance * fit[:, best]
    return titles, missed
