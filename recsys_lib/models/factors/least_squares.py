"""Many small least-squares problems at once: rows of events in batches, solved by steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse


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
        weights = np.where(inside, matrix.data[event], 0).astype(np.float32)
        found.append(Batch(rows, np.where(inside, matrix.indices[event], 0), weights))
        start += len(rows)
    return found


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
