"""What the titles of a history add to every score: a product of sparse matrices, itself dense."""

from __future__ import annotations

import numpy as np
from scipy import sparse

DENSE_GAIN = 30  # how much faster a product with a dense factor does one multiplication
DENSE_VIEWERS = 64  # whose dense histories fit in the processor's cache


def spread(history: sparse.csr_array, votes: sparse.sparray) -> np.ndarray:
    """`history @ votes`, dense, each viewer's row by the faster of two ways.

    A short history looks up the votes of its titles; a long one is made dense, so that all votes
    are run through. Which way is chosen depends on that viewer's history alone, and either adds
    up a score's terms from left to right: it is the same whoever else is asked for.

    Args:
        history: float32 (n_viewers, n_items).
        votes: CSR or CSC array of float32 (n_items, n_items), indices ascending; row = title
            watched, column = title scored.

    Returns:
        float32 (n_viewers, n_items).
    """
    by_row = votes.format == "csr"
    backed = (
        np.diff(votes.indptr) if by_row else np.bincount(votes.indices, minlength=votes.shape[0])
    )
    running = np.r_[0, np.cumsum(backed[history.indices])]
    looked_up = np.diff(running[history.indptr])
    long = DENSE_GAIN * looked_up > votes.nnz
    if not long.any():
        return (history @ votes).toarray()
    scores = np.empty(history.shape, np.float32)
    scores[~long] = (history[np.flatnonzero(~long)] @ votes).toarray()
    rows = np.flatnonzero(long)
    for start in range(0, len(rows), DENSE_VIEWERS):
        part = rows[start : start + DENSE_VIEWERS]
        watched = history[part].T.toarray(order="C")
        scores[part] = (votes.T @ watched).T
    return scores
