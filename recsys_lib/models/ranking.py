"""From scores to lists: what may be on a viewer's list, and the k best of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.columns import asked, check_columns, positions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, USER
from recsys_lib.models.top_k import top_k


def columns_of(labels, items: np.ndarray | pd.Index) -> np.ndarray:
    """The column of each title of `items`, which may be an index so that none is built for it.

    Raises:
        ArgumentError: labels of another kind than those of `items`, or one that is not in it.
    """
    columns = find_columns(labels, items)
    if (columns < 0).any():
        unknown = asked(labels, items, "items")[columns < 0][:5].tolist()
        raise ArgumentError(f"items {unknown} are not in train.items")
    return columns


def find_columns(labels, items: np.ndarray | pd.Index) -> np.ndarray:
    """The column of each title, -1 for an unknown one.

    Raises:
        ArgumentError: labels of another kind than those of `items`.
    """
    return positions(items, asked(labels, items, "items"))


class Candidates:
    """The titles that may be on a list: all, the same for everybody, or each viewer's own.

    Args:
        wanted: None for all; labels; or a DataFrame user_id, item_id, such as `recommend` returns.
        items: the titles of the model.
        users: the labels that a DataFrame's must be alike.

    Raises:
        ArgumentError: an unknown title, or labels of another kind.
        DataError: a DataFrame without these columns.
    """

    def __init__(self, wanted, items: np.ndarray | pd.Index, users: np.ndarray) -> None:
        self._barred, self._own = None, None
        if isinstance(wanted, pd.DataFrame):
            check_columns(wanted, [USER, ITEM])
            columns = columns_of(wanted[ITEM], items)
            row, self._users = pd.factorize(asked(wanted[USER], users, "users"))
            shape = len(self._users), len(items)
            self._own = sparse.csr_array((np.ones(len(row), bool), (row, columns)), shape=shape)
        elif wanted is not None:
            self._barred = np.ones(len(items), bool)
            self._barred[columns_of(wanted, items)] = False

    def bar_others(self, scores: np.ndarray, users: np.ndarray) -> None:
        """Set to -inf what may not be on the list of each of `users`, a row of `scores` each."""
        if self._barred is not None:
            scores[:, self._barred] = -np.inf
        if self._own is not None:
            row = pd.Index(self._users).get_indexer(pd.Index(users))
            mine = np.zeros(scores.shape, bool)
            mine[row >= 0] = self._own[row[row >= 0]].toarray()
            scores[~mine] = -np.inf


def bar(scores: np.ndarray, rows: np.ndarray, seen: sparse.csr_array) -> None:
    """Set to -inf, in those `rows` of `scores`, what the row of `seen` holds."""
    scores[np.repeat(rows, np.diff(seen.indptr)), seen.indices] = -np.inf


def ranked(scores: np.ndarray, k: int) -> tuple[np.ndarray, ...]:
    """Row, column, score and rank (1 is best) of the k best of each row; -inf is never listed."""
    best = top_k(scores, k)
    wanted = best >= 0
    row, place = np.nonzero(wanted)
    column = best[wanted]
    return row, column, scores[row, column], place + 1


def check_scores(scores: np.ndarray, model: str) -> np.ndarray:
    """The scores, refused if one is no finite number.

    Raises:
        DataError: NaN or an infinite score.
    """
    if not np.isfinite(scores).all():
        bad = int((~np.isfinite(scores)).sum())
        raise DataError(f"{model} gave {bad:,} scores that are not finite numbers",
                        fix="Are steps too long, or a penalty too small?")  # fmt: skip
    return scores
