"""Two lists on one page: whose titles are played?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from recsys_lib.errors import DataError, check_at_least
from recsys_lib.randomness import Rng, generator


def team_draft(one, two, k: int, *, rng: Rng) -> tuple[list, np.ndarray]:
    """Interleave as two captains pick teams: in each round lots decide who picks first.

    A captain picks the highest title of their list that is not yet taken. A title that both want
    belongs to whoever picked it, which is even in the long run.

    Args:
        one, two: titles of each list, best first, no repeats.
        k: how many to show; fewer are shown if the lists hold fewer.
        rng: the lots.

    Returns:
        the page, and for each of its titles 0 if `one` picked it or 1 if `two` did.

    Raises:
        DataError: a list repeats a title.

    >>> team_draft(["a", "b", "c"], ["b", "d", "a"], 4, rng=np.random.default_rng(0))
    (['b', 'a', 'd', 'c'], array([1, 0, 1, 0]))
    """
    rng, lists = generator(rng), _checked(one, two, k)
    page, teams = [], []
    while len(page) < k and any(set(titles) - set(page) for titles in lists):
        first = int(rng.integers(2))
        for team in (first, 1 - first):
            left = [title for title in lists[team] if title not in page]
            if left and len(page) < k:
                page.append(left[0])
                teams.append(team)
    return page, np.array(teams, int)


def balanced(one, two, k: int, *, first: int) -> list:
    """Interleave so that of both lists about as many top titles are shown, `first` leading.

    Each turn goes to the list that is behind, `first` if neither is, and shows its next title
    unless that is on the page already.

    Args:
        one, two, k: as for `team_draft`.
        first: 0 if `one` leads, 1 if `two` does; by lot for each page.

    >>> balanced(["a", "b", "c"], ["b", "d", "a"], 4, first=0)
    ['a', 'b', 'd', 'c']
    """
    lists, at, page = _checked(one, two, k), [0, 0], []
    while len(page) < k and (at[0] < len(lists[0]) or at[1] < len(lists[1])):
        turn = first if at[0] == at[1] else int(at[1] < at[0])
        turn = turn if at[turn] < len(lists[turn]) else 1 - turn
        if lists[turn][at[turn]] not in page:
            page.append(lists[turn][at[turn]])
        at[turn] += 1
    return page


class Preference(NamedTuple):
    """Of the viewers who preferred a list, the share who preferred the first."""

    share: float
    low: float
    high: float
    p: float
    viewers: int


def preference(credit, *, level: float = 0.95) -> Preference:
    """Which list viewers prefer, from what each played of the two teams.

    share = viewers with credit[u] > 0 / viewers with credit[u] != 0

    Credit is summed within a viewer first, since their evenings hang together. Viewers with as much
    of the one as of the other say nothing and are left out. Interval: Clopper and Pearson's; p: the
    sign test's.

    Args:
        credit: plays of the first list's titles less plays of the second's, one number a viewer.

    Raises:
        DataError: no viewer preferred either.

    >>> found = preference([1, 2, 0, -1, 3])
    >>> found.share, found.viewers
    (0.75, 4)
    """
    credit = np.asarray(credit, float)
    wins, viewers = int((credit > 0).sum()), int((credit != 0).sum())
    if not viewers:
        raise DataError("no viewer preferred either list")
    found = stats.binomtest(wins, viewers)
    low, high = found.proportion_ci(level)
    return Preference(wins / viewers, float(low), float(high), float(found.pvalue), viewers)


def _checked(one, two, k: int) -> tuple[list, list]:
    check_at_least("k", k, 1, integer=True)
    lists = list(one), list(two)
    if any(len(set(titles)) != len(titles) for titles in lists):
        raise DataError("a list repeats a title")
    return lists
