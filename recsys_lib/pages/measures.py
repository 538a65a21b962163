"""What a page is like, apart from how good it is."""

from __future__ import annotations

import numpy as np

EMPTY = -1  # in a slot that shows no title


def repeats(titles: np.ndarray) -> float:
    """The share of filled slots whose title stands on the page already, from 0.

    >>> repeats(np.array([[1, 2], [1, 3]]))
    0.25
    """
    shown = titles[titles != EMPTY]
    return 1 - len(np.unique(shown)) / len(shown) if len(shown) else 0.0


def share_of_looks(titles: np.ndarray, look: np.ndarray, group: np.ndarray) -> float:
    """The share of looks that go to titles of a group: what counts is where they stand.

    share = sum of look over slots of the group / sum of look over filled slots

    Args:
        titles: of each slot, EMPTY where none; look: chance that each is looked at, same shape.
        group: whether each title is of the group, shape (n_titles,).
    """
    shown = titles != EMPTY
    inside = look[shown] * group[titles[shown]]
    return float(inside.sum() / look[shown].sum()) if shown.any() else 0.0
