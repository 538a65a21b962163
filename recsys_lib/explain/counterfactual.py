"""Which of a viewer's plays must go for a title to leave the list, checked by scoring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice
from math import comb

import numpy as np

from recsys_lib.errors import ArgumentError, check_at_least
from recsys_lib.explain.contributions import item_column
from recsys_lib.explain.histories import History, LinearHistory, history_of
from recsys_lib.models.base import Recommender

SETS = 512  # scored at a time: memory grows with SETS * n_items
ROUNDING = 1e-9  # so near to a tie, the bound on the size does not trust the sum


@dataclass(frozen=True)
class Counterfactual:
    """Without these plays the title would not have been on the list.

    Attributes:
        user_id: whose list.
        item_id: which title of it.
        k: titles on the list.
        removed: labels of the plays, ascending. None can be left out of the set.
        rank: place of the title with all plays, at most k.
        rank_without: its place without `removed`.
        smallest: True if it is proven that no smaller set would do.
    """

    user_id: object
    item_id: object
    k: int
    removed: np.ndarray
    rank: int
    rank_without: int
    smallest: bool


def counterfactual(
    model: Recommender, user_id, item_id, *, k: int = 10, tries: int = 5000, history=None,
    values=None,
) -> Counterfactual | None:  # fmt: skip
    """The smallest set of a viewer's plays without which a title leaves the viewer's k best.

    Every set is scored by `exact_scores`. Plays taken away do not become candidates, so the title
    falls because it has lost support, not because a removed title took its place; if they were
    shown again, it would stand no higher.

    Sets of 1, 2, ... plays are tried all, as long as a size has at most `tries` of them; then the
    best set grows by the play that brings the title nearest to its fall, and sheds what has become
    superfluous. Where scores are sums (ItemKNN, EASE), m plays can lift a competitor above the
    title only if the m that serve it best can, which bounds the size from below and often proves
    the greedy answer smallest.

    Args:
        model, user_id, history, values: as in `exact_scores`.
        item_id: a title among the viewer's k best by those scores.
        k: length of the list, at least 1.
        tries: at least 1.

    Returns:
        None if the title stays whichever plays go, as far as was tried; one play is always left.
        With `2**n <= tries` for n plays everything was tried.

    Raises:
        ArgumentError: as in `exact_scores`, or the title is not among the k best.
    """
    check_at_least("k", k, 1, integer=True)
    check_at_least("tries", tries, 1, integer=True)
    plays, column = history_of(model, user_id, history, values), item_column(model, item_id)
    shelf = Shelf(plays, column, len(model.items_), int(k))
    rank = shelf.ranks(np.zeros((1, len(plays.columns)), bool))[0]
    if column in plays.columns or rank > k:
        raise ArgumentError(f"item {item_id} is not among the {k} best of user {user_id}")
    found = _search(shelf, int(tries))
    if found is None:
        return None
    removed, smallest = found
    place = shelf.ranks(removed[None, :])[0]
    gone = model.items_[plays.columns[removed]]
    return Counterfactual(user_id, item_id, int(k), gone, int(rank), int(place), smallest)


@dataclass(frozen=True)
class Shelf:
    """A title among the titles that the viewer has not played, for sets of plays taken away."""

    history: History
    column: int
    n_items: int
    k: int

    @cached_property
    def rivals(self) -> np.ndarray:
        """Columns of the other titles that may be on the list."""
        played = np.append(self.history.columns, self.column)
        return np.setdiff1d(np.arange(self.n_items), played)

    def ranks(self, removed: np.ndarray) -> np.ndarray:
        """Place of the title for each set, (n_sets,); of equal scores the lower column is first."""
        return self._ranks(self.history.without(removed))

    def judge(self, removed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each set, (n_sets,): whether the title falls off the list; and its lead.

        The lead is over the rival that would have to pass it last; at 0 the column decides.
        """
        scores, rivals = self.history.without(removed), self.rivals
        falls = self._ranks(scores) > self.k
        if len(rivals) < self.k:
            return falls, np.full(len(removed), np.inf)
        others = np.partition(scores[:, rivals], len(rivals) - self.k, axis=1)
        return falls, scores[:, self.column] - others[:, len(rivals) - self.k]

    def _ranks(self, scores: np.ndarray) -> np.ndarray:
        own, others, rivals = scores[:, [self.column]], scores[:, self.rivals], self.rivals
        return 1 + ((others > own) | ((others == own) & (rivals < self.column))).sum(axis=1)

    def least(self) -> int:
        """No set of fewer plays can do: a bound for scores that are sums, else 1."""
        if not isinstance(self.history, LinearHistory):
            return 1
        added, rivals = self.history.added, self.rivals
        if len(rivals) < self.k:
            return len(added)
        serves = np.sort(added[:, [self.column]] - added[:, rivals], axis=0)[::-1].clip(0)
        lead = (added[:, [self.column]] - added[:, rivals]).sum(axis=0)
        reached = np.vstack([np.zeros(len(rivals)), serves.cumsum(axis=0)]) >= lead - ROUNDING
        needed = np.where(reached.any(axis=0), reached.argmax(axis=0), len(added))
        return max(1, int(np.sort(needed)[self.k - 1]))


def _search(shelf: Shelf, tries: int) -> tuple[np.ndarray, bool] | None:
    """A set that does and whether none smaller can, or None."""
    n_plays, size = len(shelf.history.columns), shelf.least()
    while size < n_plays and comb(n_plays, size) <= tries:
        best, falls = _best(shelf, _sets(n_plays, size))
        if falls:
            return best, True
        size += 1
    found = None if size >= n_plays else _grown(shelf, n_plays)
    if found is None:
        return None
    best = _shed(shelf, found)
    return best, bool(best.sum() <= size)


def _grown(shelf: Shelf, n_plays: int) -> np.ndarray | None:
    """A set that does, grown play by play; else any that leaves one play, if one of these does."""
    best = np.zeros(n_plays, bool)
    while best.sum() + 1 < n_plays:
        more = (best | play for play in np.eye(n_plays, dtype=bool)[~best])
        best, falls = _best(shelf, more)
        if falls:
            return best
    best, falls = _best(shelf, _sets(n_plays, n_plays - 1))
    return best if falls else None


def _shed(shelf: Shelf, best: np.ndarray) -> np.ndarray:
    """A set that does, without the plays that it can do without, until there is none."""
    plays = np.flatnonzero(best)
    if len(plays) < 2:
        return best
    fewer, falls = _best(shelf, (best & (np.arange(len(best)) != play) for play in plays))
    return _shed(shelf, fewer) if falls else best


def _best(shelf: Shelf, sets: Iterator[np.ndarray]) -> tuple[np.ndarray, bool]:
    """The set without which the title falls, or comes nearest to it; and whether it falls.

    Of several the one that leaves it the least lead, then the first.
    """
    found, best = None, None
    while some := list(islice(sets, SETS)):
        falls, leads = shelf.judge(np.array(some))
        first = np.lexsort((leads, ~falls))[0]
        if found is None or (not falls[first], leads[first]) < found:
            found, best = (not falls[first], leads[first]), some[first]
    return best, not found[0]


def _sets(n_plays: int, size: int) -> Iterator[np.ndarray]:
    """Every set of so many plays, as masks."""
    for chosen in combinations(range(n_plays), size):
        mask = np.zeros(n_plays, bool)
        mask[list(chosen)] = True
        yield mask
