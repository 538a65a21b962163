"""Who is served what: popularity by group of viewers, exposure by group of titles."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.errors import DataError
from recsys_lib.metrics.slots import check_attention, check_columns, mean_of_slots


def list_popularity(columns: np.ndarray, item_share: np.ndarray) -> np.ndarray:
    """Mean share of viewers over the titles of each list; NaN for a list without titles.

    Args:
        columns: int (n_users, k), columns of the titles listed, -1 in an empty slot.
        item_share: share of all viewers who watched each title (`Interactions.item_share`), shape
            (n_items,).

    >>> list_popularity(np.array([[0, 1], [1, -1]]), np.array([0.5, 0.25]))
    array([0.375, 0.25 ])
    """
    item_share = np.asarray(item_share)
    return mean_of_slots(check_columns(columns, len(item_share)), item_share)


def history_popularity(history: sparse.csr_array, item_share: np.ndarray) -> np.ndarray:
    """Mean share of viewers over the titles that each user watched; NaN without history.

    Args:
        history: (n_users, n_items); a stored entry is a title watched, whatever its value.
        item_share: share of all viewers who watched each title, shape (n_items,).

    >>> history_popularity(sparse.csr_array([[5, 1], [0, 2]]), np.array([0.5, 0.25]))
    array([0.375, 0.25 ])
    """
    size = np.diff(history.indptr)
    user = np.repeat(np.arange(len(size)), size)
    total = np.bincount(user, np.asarray(item_share)[history.indices], minlength=len(size))
    return np.divide(total, size, out=np.full(len(size), np.nan), where=size > 0)


def popularity_lift(
    list_popularity: np.ndarray, history_popularity: np.ndarray, groups: np.ndarray
) -> pd.Series:
    """How much more popular each group's lists are than what it watches, relative to the latter.

    lift[g] = (mean list_popularity of g - mean history_popularity of g)
              / mean history_popularity of g

    0 is true to taste; 0.5 is lists half as popular again as the histories. A user for whom either
    value is NaN is left out of both means; a group without others gets NaN. Source:
    `abdollahpouri2019`, where the means are called GAP; the ratio is named in `abdollahpouri2021`.

    Args:
        list_popularity, history_popularity: one value a user, shape (n_users,), see above.
        groups: label of each user's group, shape (n_users,).

    Returns:
        One value a group, indexed by its label, sorted.

    Raises:
        DataError: the three differ in length.

    >>> popularity_lift(np.array([0.3, 0.5]), np.array([0.2, 0.5]), np.array(["niche", "star"]))
    niche    0.5
    star     0.0
    Name: popularity_lift, dtype: float64
    """
    listed, watched = np.asarray(list_popularity, float), np.asarray(history_popularity, float)
    if not len(listed) == len(watched) == len(groups):
        raise DataError(
            "there must be one value and one group a user",
            where=f"lengths {len(listed)}, {len(watched)}, {len(groups)}",
        )
    values = pd.DataFrame({"listed": listed + 0 * watched, "watched": watched + 0 * listed})
    mean = values.groupby(np.asarray(groups)).mean()
    lift = (mean["listed"] - mean["watched"]) / mean["watched"]
    return lift.rename("popularity_lift")


def exposure_share(
    columns: np.ndarray, item_groups: np.ndarray, *, attention: np.ndarray | None = None
) -> pd.Series:
    """Share of all attention that goes to the titles of each group; the shares sum to 1.

    share[g] = sum over filled slots (u, j) with a title of g of attention[j]
               / sum over filled slots (u, j) of attention[j]

    Args:
        columns: int (n_users, k), columns of the titles listed, -1 in an empty slot.
        item_groups: label of each title's group, shape (n_items,).
        attention: how much a slot is looked at, shape (k,), at least 0; None counts every slot 1.
            `1 / np.log2(ranks + 1)` is the discount of nDCG, which `singh2018` uses.

    Returns:
        One value a group of `item_groups`, indexed by its label, sorted; NaN if no slot is filled.

    Raises:
        DataError: attention has another length than the lists, or is negative.

    >>> exposure_share(np.array([[0, 1], [0, -1]]), np.array(["film", "series"])).round(3)
    film      0.667
    series    0.333
    Name: exposure_share, dtype: float64
    """
    columns = check_columns(columns, len(item_groups))
    attention = check_attention(attention, columns)
    labels, group = np.unique(np.asarray(item_groups), return_inverse=True)
    filled = columns >= 0
    weight = np.broadcast_to(attention, columns.shape)[filled]
    total = np.bincount(group[columns[filled]], weight, minlength=len(labels))
    share = total / total.sum() if total.sum() > 0 else np.full(len(labels), np.nan)
    return pd.Series(share, index=labels, name="exposure_share")
