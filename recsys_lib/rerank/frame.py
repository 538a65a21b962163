"""The same for a frame of recommendations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from recsys_lib.columns import check_columns
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, RANK, SCORE, USER, Interactions


def rerank_frame(
    frame: pd.DataFrame,
    train: Interactions,
    rerank: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> pd.DataFrame:
    """Re-rank what `recommend` returned.

    Args:
        frame: user_id, item_id, score, rank; ask `recommend` for more titles than you will show,
            since only these can come up.
        train: what the model was fitted to; its columns are those of `rerank`'s arrays.
        rerank: takes items and scores, (n_users, n), rows in the order in which the users appear in
            the frame, and returns items (n_users, k), as the functions of `recsys_lib.rerank` do.

    Returns:
        DataFrame user_id, item_id, score (the model's own), rank; at most k rows a user.

    Raises:
        DataError: the frame lacks a column, or holds an item that is not in train.

    >>> log = pd.DataFrame({"user_id": [1, 2], "item_id": [7, 8]})
    >>> train = Interactions.from_frame(log)
    >>> frame = pd.DataFrame({"user_id": 1, "item_id": [8, 7], "score": [2.0, 1.0], "rank": [1, 2]})
    >>> rerank_frame(frame, train, lambda items, scores: items[:, ::-1])
       user_id  item_id  score  rank
    0        1        7    1.0     1
    1        1        8    2.0     2
    """
    check_columns(frame, [USER, ITEM, SCORE, RANK])
    row, users = pd.factorize(frame[USER])
    column = train.item_positions(frame[ITEM].to_numpy())
    place = frame[RANK].to_numpy() - 1
    if (column < 0).any() or (len(place) and place.min() < 0):
        raise DataError("the lists hold an unknown item, or a rank below 1")
    shape = len(users), int(place.max(initial=-1)) + 1
    items, scores = np.full(shape, -1), np.zeros(shape)
    items[row, place], scores[row, place] = column, frame[SCORE]
    said = pd.Series(frame[SCORE].to_numpy(), index=pd.MultiIndex.from_arrays([row, column]))
    chosen = np.asarray(rerank(items, scores))
    kept = chosen >= 0
    user, slot = np.nonzero(kept)
    score = said.reindex(pd.MultiIndex.from_arrays([user, chosen[kept]])).to_numpy()
    labels = train.items[chosen[kept]]
    return pd.DataFrame({USER: users[user], ITEM: labels, SCORE: score, RANK: slot + 1})
