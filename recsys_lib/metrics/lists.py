"""The lists that a model made, as the arrays that metrics take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, RANK, USER, Interactions


@dataclass(frozen=True)
class Lists:
    """What a model recommended to the users of a test, beside what is relevant to them.

    Attributes:
        users: labels, shape (n_users,).
        columns: columns of `train.items` in the order shown, -1 in an empty slot; (n_users, k).
        hits: whether the title in a slot is relevant; bool (n_users, k).
        n_relevant: relevant titles of each user; (n_users,).
        train: what the model learned from.
        expected: like `columns`, the most popular titles that each user has not seen; or None.
        shares: p(genre | title), float64 (n_items, n_genres), see `genres.genre_shares`; or None.
    """

    users: np.ndarray
    columns: np.ndarray
    hits: np.ndarray
    n_relevant: np.ndarray
    train: Interactions
    expected: np.ndarray | None = None
    shares: np.ndarray | None = None


def make_lists(
    frame: pd.DataFrame, users, k: int, train: Interactions, relevant: sparse.csr_array, **more
) -> Lists:
    """Arrange a `recommend` frame as arrays.

    Args:
        frame: user_id, item_id, rank.
        users: labels of the rows wanted, shape (n_users,).
        k: slots a list.
        train: has the items' columns.
        relevant: (n_users, n_items), rows in the order of `users`; a stored entry is a relevant
            title.
        more: the optional attributes of `Lists`.

    Raises:
        DataError: a user of `frame` is not in `users`, an item not in `train`, or a rank above k.
    """
    users = np.asarray(users)
    columns = list_columns(frame, users, k, train)
    n_relevant = np.diff(relevant.indptr)
    slots = np.arange(len(users))[:, None] * train.n_items + columns
    wanted = np.repeat(np.arange(len(users)), n_relevant) * train.n_items + relevant.indices
    hits = pd.Index(slots.ravel()).isin(wanted).reshape(slots.shape) & (columns >= 0)
    return Lists(users, columns, hits, n_relevant, train, **more)


def list_columns(frame: pd.DataFrame, users, k: int, train: Interactions) -> np.ndarray:
    """The items of a `recommend` frame as int64 (n_users, k), -1 in an empty slot."""
    row = pd.Index(users).get_indexer(frame[USER])
    column = train.item_positions(frame[ITEM].to_numpy())
    place = frame[RANK].to_numpy() - 1
    if (row < 0).any() or (column < 0).any() or not ((place >= 0) & (place < k)).all():
        raise DataError(f"the lists hold an unknown user or item, or a rank outside 1 to {k}")
    columns = np.full((len(users), k), -1)
    columns[row, place] = column
    return columns
