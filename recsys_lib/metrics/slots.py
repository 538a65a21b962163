"""What the metrics share that take lists as columns: int (n_users, k), -1 in an empty slot."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import DataError


def check_columns(columns: np.ndarray, n_items: int) -> np.ndarray:
    """`columns` as an array, refused if it is no int (n_users, k) within -1 ... n_items - 1."""
    columns = np.asarray(columns)
    if columns.ndim != 2 or columns.dtype.kind not in "iu":
        raise DataError(
            "columns must be integers (n_users, k)",
            where=f"shape {columns.shape}, dtype {columns.dtype}",
        )
    if columns.size and not (columns.min() >= -1 and columns.max() < n_items):
        raise DataError(
            f"columns must lie between -1 and {n_items - 1}",
            where=f"found {columns.min()} to {columns.max()}",
        )
    return columns


def list_matrix(columns: np.ndarray, n_items: int) -> sparse.csr_array:
    """The lists as a sparse 0/1 matrix (n_users, n_items)."""
    filled = columns >= 0
    indptr = np.r_[0, filled.sum(axis=1).cumsum()]
    ones = np.ones(indptr[-1])
    return sparse.csr_array((ones, columns[filled], indptr), shape=(len(columns), n_items))


def mean_of_slots(columns: np.ndarray, item_values: np.ndarray) -> np.ndarray:
    """Mean of `item_values` over the titles of each list, NaN for a list without titles."""
    filled = columns >= 0
    total = np.where(filled, item_values[columns], 0).sum(axis=1)
    size = filled.sum(axis=1)
    return np.divide(total, size, out=np.full(len(columns), np.nan), where=size > 0)


def check_attention(attention: np.ndarray | None, columns: np.ndarray) -> np.ndarray:
    """`attention` as float64 (k,), 1 for every slot if None; refused if it does not fit."""
    attention = np.ones(columns.shape[1]) if attention is None else np.asarray(attention, float)
    if attention.shape != columns.shape[1:] or not (attention >= 0).all():
        raise DataError(
            "attention must hold one number of at least 0 a slot",
            where=f"shape {attention.shape} for lists of {columns.shape[1]}",
        )
    return attention
