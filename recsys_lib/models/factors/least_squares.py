"""Many small least-squares problems at once: rows of events in batches, solved by steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recsys_lib.parallel import in_order, one_blas_thread


@dataclass(frozen=True)
class Batch:
    """Some rows of a sparse matrix, padded to the longest of them with column 0 at weight 0.

    Attributes:
        rows: which rows, shape (n,).
        columns, weights: their events, shape (n, length of the longest).
    """

    rows: np.ndarray
    columns: np.ndarray
    weights: np.ndarray


def batches(matrix: sparse.csr_array, cells: int = 4096) -> list[Batch]:
    """All rows that have events, longest first, at most `cells` (but one whole row) a batch.

    Neighbours in that order are of like length, so that little is padded.
    """
    lengths = np.diff(matrix.indptr)
    order = np.argsort(-lengths, kind="stable")
    order = order[lengths[order] > 0]
    found, start = [], 0
    while start < len(order):
        longest = lengths[order[start]]
        rows = order[start : start + max(1, cells // longest)]
        place = np.arange(longest)
        inside = place < lengths[rows][:, None]
        event = np.where(inside, matrix.indptr[rows][:, None] + place, 0)
        weights = np.where(inside, matrix.data[event], 0).astype(np.float64)
        found.append(Batch(rows, np.where(inside, matrix.indices[event], 0), weights))
        start += len(rows)
    return found


def solve_rows(
    events: sparse.csr_array,
    H: np.ndarray,
    alpha: float,
    penalty: np.ndarray,
    toward: np.ndarray | None = None,
    cells: int = 2**18,
) -> np.ndarray:
    """Each row's least-squares problem with H fixed, solved exactly, in float64.

    loss[u] = sum over events i of u of r[u, i] * (x · H[i] - 1) ** 2
              + alpha * sum over all i of (x · H[i]) ** 2 + penalty[u] * |x - toward[u]| ** 2

    Row u gets the x of least loss. It does not depend on the other rows asked for, to the last bit:
    rows of equal length share a batch, which pads nothing. Threads take a batch each.

    Args:
        events: r, CSR array (n_rows, n_items) of at least 0.
        H: float array (n_items, factors).
        alpha: weight of a pair without event, above 0.
        penalty: at least 0, above it if the events and H leave a direction open; (n_rows,).
        toward: where x is pulled; None means 0.
        cells: numbers of H in a batch, which bounds a thread's memory (but one whole row is taken).

    Returns:
        float64 array (n_rows, factors).
    """
    n, factors = events.shape[0], H.shape[1]
    H, x = H.astype(np.float64), np.zeros((n, factors))
    lengths, diagonal = np.diff(events.indptr), np.arange(factors)
    with one_blas_thread():  # small products, the same with any number
        gram = alpha * (H.T @ H)

        def solve(part: np.ndarray) -> None:
            event = events.indptr[part][:, None] + np.arange(lengths[part[0]])
            chosen, r = H.take(events.indices[event], axis=0), events.data[event].astype(np.float64)
            right = (r[:, None, :] @ chosen)[:, 0]
            if (r != 1).any():
                chosen *= np.sqrt(r)[:, :, None]  # of itself and its transpose BLAS makes a half
            left = chosen.transpose(0, 2, 1) @ chosen
            left += gram
            left[:, diagonal, diagonal] += penalty[part, None]
            if toward is not None:
                right += penalty[part, None] * toward[part]
            x[part] = np.linalg.solve(left, right[:, :, None])[:, :, 0]

        parts = list(_of_equal_length(lengths, factors, cells))
        for _ in in_order(solve, parts) if len(parts) > 1 else map(solve, parts):
            pass  # each part has rows of its own
    return x


def _of_equal_length(lengths: np.ndarray, factors: int, cells: int) -> Iterator[np.ndarray]:
    """Rows in parts of one length each, whose numbers of H, or their products, are `cells`."""
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        size = max(1, cells // (max(length, factors) * factors))
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def weighted_sum(weights: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Each row's vectors (rows, length, factors) added up with weights (rows, length)."""
    return (weights[:, None, :] @ vectors)[:, 0]


def conjugate_gradients(
    curvature: Callable[[np.ndarray], np.ndarray], target: np.ndarray, x: np.ndarray, steps: int
) -> np.ndarray:
    """Walk from `x` toward the solution of `curvature(x) = target`, each row on its own.

    As many steps as there are factors would arrive, but for rounding; a few come near.

    Args:
        curvature: multiplies each row by a symmetric positive definite matrix of that row's own.
        target, x: float arrays (rows, factors).
        steps: at least 1.

    Returns:
        float array (rows, factors).
    """
    residual = target - curvature(x)
    direction = residual
    norm = (residual**2).sum(axis=1, keepdims=True)
    for _ in range(steps):
        bent = curvature(direction)
        along = (direction * bent).sum(axis=1, keepdims=True)
        size = np.divide(norm, along, out=np.zeros_like(norm), where=along > 0)
        x, residual = x + size * direction, residual - size * bent
        new = (residual**2).sum(axis=1, keepdims=True)
        ratio = np.divide(new, norm, out=np.zeros_like(norm), where=norm > 0)
        direction, norm = residual + ratio * direction, new
    return x
