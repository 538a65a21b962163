"""What a group of titles gets from each viewer: in lists, in histories, in true preferences.

A group is a bool array `in_group` (n_items,), for example the titles that a woman directed or
created. Every function returns one value a viewer; `recsys_lib.audit` averages and compares them.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import DataError
from recsys_lib.metrics.slots import check_attention, check_columns, list_matrix


def list_share(
    columns: np.ndarray, in_group: np.ndarray, *, attention: np.ndarray | None = None
) -> np.ndarray:
    """The group's share of the attention that each list gets; NaN for a list without titles.

    share[u] = sum over filled slots j with a title of the group of attention[j]
               / sum over filled slots j of attention[j]

    Args:
        columns: int (n_users, k), columns of the titles listed, -1 in an empty slot.
        in_group: bool (n_items,).
        attention: how much a slot is looked at, (k,), at least 0; None counts every slot 1.

    >>> list_share(np.array([[0, 1], [1, -1]]), np.array([True, False]))
    array([0.5, 0. ])
    """
    member = _member(in_group)
    columns = check_columns(columns, len(member))
    attention = check_attention(attention, columns)
    looks = (columns >= 0) * attention
    return _share((looks * member[columns]).sum(axis=1), looks.sum(axis=1))


def history_share(history: sparse.csr_array, in_group: np.ndarray) -> np.ndarray:
    """The group's share of the titles that each viewer watched; NaN without history.

    Args:
        history: (n_users, n_items); a stored entry is a title watched, whatever its value.
        in_group: bool (n_items,).

    >>> history_share(sparse.csr_array([[5, 1], [0, 2]]), np.array([True, False]))
    array([0.5, 0. ])
    """
    member, size = _member(in_group, history.shape[1]), np.diff(history.indptr)
    user = np.repeat(np.arange(len(size)), size)
    return _share(np.bincount(user, member[history.indices], minlength=len(size)), size)


def preferred_share(utility: np.ndarray, in_group: np.ndarray, k: int) -> np.ndarray:
    """The group's share of the k titles that each viewer would truly like best.

    Args:
        utility: float (n_users, n_items), the true worth of each title, known only in a simulated
            world; -inf bars a title.
        in_group: bool (n_items,).
        k: titles counted, at least 1.

    >>> preferred_share(np.array([[3.0, 2.0, 1.0]]), np.array([False, True, True]), k=2)
    array([0.5])
    """
    utility = np.asarray(utility)
    best = np.argsort(-utility, axis=1, kind="stable")[:, :k]
    barred = np.take_along_axis(utility, best, axis=1) == -np.inf
    return list_share(np.where(barred, -1, best), in_group)


def group_recall(
    columns: np.ndarray, relevant: sparse.csr_array, in_group: np.ndarray
) -> np.ndarray:
    """Share of each viewer's relevant titles of the group that are listed; NaN if there are none.

    recall[u] = titles in list[u], relevant[u] and the group / titles in relevant[u] and the group

    Equal opportunity asks that its mean be the same for the group and for the others.

    Args:
        columns: int (n_users, k), columns of the titles listed, -1 in an empty slot.
        relevant: (n_users, n_items); a stored entry is a relevant title, whatever its value.
        in_group: bool (n_items,).

    >>> relevant = sparse.csr_array([[1, 1, 1], [0, 0, 1]])
    >>> group_recall(np.array([[0], [2]]), relevant, np.array([True, True, False]))
    array([0.5, nan])
    """
    member = _member(in_group, relevant.shape[1])
    columns = check_columns(columns, len(member))
    shape = relevant.shape
    wanted = sparse.csr_array(
        (member[relevant.indices], relevant.indices, relevant.indptr), shape=shape
    )
    found = list_matrix(columns, len(member)).multiply(wanted)
    return _share(found.sum(axis=1), wanted.sum(axis=1))


def _member(in_group: np.ndarray, n_items: int | None = None) -> np.ndarray:
    member = np.asarray(in_group)
    if member.ndim != 1 or member.dtype != bool or len(member) != (n_items or len(member)):
        raise DataError(
            "in_group must be bool, one a title",
            where=f"shape {member.shape}, dtype {member.dtype}",
        )
    return member.astype(np.float64)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    whole = np.asarray(whole, np.float64)
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
