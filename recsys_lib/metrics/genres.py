"""What titles are about, as numbers: what calibration and diversity compare lists by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM

SEPARATOR = "|"


def genre_shares(items: pd.DataFrame, labels: np.ndarray, column: str = "genres") -> pd.DataFrame:
    """How each title divides among its genres: a row is p(genre | title) and sums to 1.

    A title with two genres counts half to each. A title without a row, or with an empty cell, gets
    a row of zeros.

    Args:
        items: one row a title, with `item_id` and `column`.
        labels: titles wanted, in the order wanted, shape (n_items,); usually `train.items`.
        column: holds the genres, parted by "|"; any other column of that form will do as well.

    Returns:
        float64 (n_items, n_genres), genres in alphabetical order.

    Raises:
        DataError: a column is missing, or a title has two rows.

    >>> items = pd.DataFrame({"item_id": [1, 2], "genres": ["crime|drama", "drama"]})
    >>> genre_shares(items, np.array([1, 2, 3])).to_numpy()
    array([[0.5, 0.5],
           [0. , 1. ],
           [0. , 0. ]])
    """
    missing = [name for name in (ITEM, column) if name not in items.columns]
    if missing:
        known = ", ".join(map(str, items.columns))
        raise DataError(f"items has no column {missing}", where=f"columns: {known}")
    twice = items.loc[items[ITEM].duplicated(), ITEM]
    if len(twice):
        raise DataError(f"items holds {twice.iloc[0]!r} twice")
    named = items.set_index(ITEM)[column].fillna("").astype(str)
    flags = named.str.get_dummies(SEPARATOR).reindex(labels, fill_value=0).astype(np.float64)
    return flags.div(flags.sum(axis=1).clip(lower=1), axis=0)
