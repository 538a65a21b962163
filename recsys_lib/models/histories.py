"""Histories that need not be in the log, on the titles of a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.errors import ArgumentError, DataError, check_choice
from recsys_lib.interactions import Interactions
from recsys_lib.models.ranking import columns_of, find_columns


def on_titles(
    histories: Interactions, items: np.ndarray, unknown_items: str = "error"
) -> tuple[np.ndarray, sparse.csr_array]:
    """Who each history belongs to, and their events on the columns of `items`.

    Args:
        histories: its titles are matched by label; listed titles without events do not matter.
        items: the titles of a model.
        unknown_items: "error", or "ignore" to leave out events with titles not in `items`.

    Returns:
        Labels (n,) and a CSR array (n, len(items)), columns ascending within a row.

    Raises:
        DataError: `histories` is no `Interactions`.
        ArgumentError: labels of another kind than those of `items`, or unknown ones.
    """
    check_choice("unknown_items", unknown_items, ("error", "ignore"))
    if not isinstance(histories, Interactions):
        raise DataError(f"histories must be an Interactions, not {type(histories).__name__}",
                        fix="Make one with Interactions.from_frame(frame).")  # fmt: skip
    if np.array_equal(histories.items, items):
        return histories.users, histories.matrix
    column = find_columns(histories.items, items)
    if unknown_items == "error":
        columns_of(histories.items[histories.item_counts > 0], items)
    known = column[histories.matrix.indices] >= 0
    kept = histories if known.all() else histories.select(known)
    parts = kept.matrix.data, column[kept.matrix.indices], kept.matrix.indptr
    matrix = sparse.csr_array(parts, shape=(histories.n_users, len(items)))
    return histories.users, matrix  # labels are sorted on both sides, so columns still ascend


def history_of_labels(labels, values, items: np.ndarray | pd.Index) -> sparse.csr_array:
    """One history as a CSR array (1, len(items)), columns ascending.

    Raises:
        ArgumentError: an unknown title, one that is repeated, or values that are not one finite
            number for each.
    """
    columns = columns_of(labels, items)
    if len(np.unique(columns)) != len(columns):
        raise ArgumentError("history must not hold the same title twice")
    values = np.ones(len(columns)) if values is None else np.asarray(values)
    if values.shape != columns.shape or values.dtype.kind not in "iuf":
        raise ArgumentError("values must be one number for each title of the history")
    with np.errstate(over="ignore"):
        values = values.astype(np.float32)
    if not np.isfinite(values).all():
        raise ArgumentError("values must be finite numbers")
    order = np.argsort(columns, kind="stable")
    parts = values[order], columns[order].astype(np.int32), np.array([0, len(columns)], np.int32)
    return sparse.csr_array(parts, shape=(1, len(items)))


def binary(matrix: sparse.csr_array) -> sparse.csr_array:
    """The matrix with every stored value replaced by 1, float32."""
    parts = np.ones(matrix.nnz, np.float32), matrix.indices, matrix.indptr
    return sparse.csr_array(parts, shape=matrix.shape)


def event_weights(matrix: sparse.csr_array, weighted: bool) -> sparse.csr_array:
    """What each event counts: its value if `weighted`, else 1; float32.

    Raises:
        DataError: `weighted` and a value is below 0.
    """
    if not weighted:
        return binary(matrix)
    if (matrix.data < 0).any():
        raise DataError("weighted=True needs values of at least 0",
                        fix="Pass weighted=False to count every event once.")  # fmt: skip
    return matrix.astype(np.float32)
