"""Sparse products and the k best of each row, compiled by Numba where that is installed and pays.

Without it the same numbers come from numpy and scipy, in about twice the time on large logs.
Smaller logs never ask for it (see `recsys_lib.models.compiling`).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.models.compiling import available, fast, unsigned

__all__ = ["available", "highest", "product", "worth"]

WORTH = 10**8
"""Multiplications from which on a second fit gains more than the import has cost."""
DENSE = 0.03
"""Share of a dense product's multiplications from which on that is faster all the same."""
FEW = 64
"""Histories up to which scoring them is too little work."""


def worth(events: np.ndarray, n_titles: int) -> bool:
    """Whether comparing all titles is so much work that compiled code pays.

    Args:
        events: of each viewer.
        n_titles: the titles that they are events with.
    """
    multiplications = (events.astype(np.float64) ** 2).sum()
    return bool(WORTH <= multiplications < DENSE * len(events) * n_titles**2)


def product(left: sparse.csr_array, right: sparse.csr_array) -> np.ndarray:
    """left @ right as a dense array.

    Each sum is made in the order of `left`'s entries, by one thread, in the type of the result: so
    it does not depend on the threads, and sums of whole numbers are exact.
    """
    out = np.zeros((left.shape[0], right.shape[1]), np.result_type(left.dtype, right.dtype))
    places = (unsigned(part) for part in (left.indptr, left.indices, right.indptr, right.indices))
    fast(_add_products)(*places, left.data, right.data, out)
    return out


def highest(values: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns and values of the k highest values above 0 of each row, of equal ones the lower.

    Args:
        values: shape (n_rows, n_columns).
        k: at least 1.

    Returns:
        Two arrays (n_rows, k), in no order; places that stay empty hold the value 0.
    """
    columns = np.zeros((len(values), k), np.int64)
    best = np.zeros((len(values), k), values.dtype)
    fast(_keep_highest)(values, columns, best)
    return columns, best


def _add_products(
    left_starts, left_columns, right_starts, right_columns, left_values, right_values, out
) -> None:
    """out[i, j] += sum over m of left[i, m] * right[m, j], both in CSR form."""
    for i in range(len(left_starts) - 1):
        row = out[i]
        for entry in range(left_starts[i], left_starts[i + 1]):
            m, value = left_columns[entry], left_values[entry]
            start, stop = right_starts[m], right_starts[m + np.uint8(1)]
            columns, values = right_columns[start:stop], right_values[start:stop]
            for j in range(len(columns)):
                row[columns[j]] += value * values[j]


def _keep_highest(values, columns, best) -> None:
    """For each row a heap of what is kept: its first place holds the least, of equals the last.

    Children of place p are 2 p + 1 and 2 p + 2, and never less than it. Columns come in ascending
    order, so a value equal to the least comes too late.
    """
    k = best.shape[1]
    for i in range(len(values)):
        row, column, kept = values[i], columns[i], best[i]
        for j in range(len(row)):
            value = row[j]
            if not value > kept[0]:
                continue
            place, child = 0, 1
            while child < k:
                other = child + 1
                if other < k and (
                    kept[other] < kept[child]
                    or (kept[other] == kept[child] and column[other] > column[child])
                ):
                    child = other
                if kept[child] >= value:  # an equal one has a lower column, and stays longer
                    break
                kept[place], column[place] = kept[child], column[child]
                place, child = child, 2 * child + 1
            kept[place], column[place] = value, j
