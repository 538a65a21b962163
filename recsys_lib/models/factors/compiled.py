"""Half a round of `ImplicitALS`, compiled by Numba where that is installed and pays.

Without it numpy makes the same steps, many rows at a time, in about three times the time. Both are
in float64 and differ in the order of their sums alone: rounded to float32, factors are the same but
for a last digit here and there, as they are between two processors.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from recsys_lib.models.compiling import available, fast, unsigned

__all__ = ["available", "pieces", "steps_toward", "worth"]

WORTH = 2 * 10**9
"""Events times factors times walks through them, from which on one fit repays Numba's import."""
PIECE = 2**14
"""Events that a thread takes at a time (or one whole row): few enough to keep all threads busy."""


def worth(n_events: int, factors: int, walks: int) -> bool:
    """Whether so much work is made that compiled code pays."""
    return n_events * factors * walks >= WORTH


def pieces(starts: np.ndarray) -> Iterator[slice]:
    """All rows of a CSR array, in parts of about `PIECE` events: whole rows, in their order."""
    inside = np.searchsorted(starts, np.arange(PIECE, starts[-1], PIECE))
    bounds = np.unique(np.r_[0, inside, len(starts) - 1])
    yield from map(slice, bounds[:-1], bounds[1:])


def steps_toward(
    W: np.ndarray,
    H: np.ndarray,
    r: sparse.csr_array,
    gram: np.ndarray,
    penalty: np.ndarray,
    steps: int,
    rows: slice,
) -> None:
    """Move these rows of W toward the least loss with H fixed, by steps of conjugate gradients.

    Each row is moved by itself, from its own events, so it comes out the same in any piece and by
    any number of threads.

    Args:
        W, H: float64 (n_rows, factors) and (n_others, factors); W is changed.
        r: weights of the events, CSR array (n_rows, n_others).
        gram: alpha * (H.T @ H).
        penalty: of each row, float64 (n_rows,).
        steps: at least 1.
        rows: which.
    """
    starts = r.indptr[rows.start : rows.stop + 1]
    step = fast(_walk_rows, _pull, _curvature, any_order=True)
    step(W[rows], H, unsigned(starts), unsigned(r.indices), r.data, gram, penalty[rows], steps)


def _walk_rows(W, H, starts, columns, weights, gram, penalty, steps) -> None:
    """`least_squares.conjugate_gradients` for each row of W that has events."""
    size = W.shape[1]
    residual, direction, bent = np.zeros(size), np.zeros(size), np.zeros(size)
    for u in range(len(W)):
        x, h, r = W[u], columns[starts[u] : starts[u + 1]], weights[starts[u] : starts[u + 1]]
        if len(h) == 0:
            continue
        _pull(x, H, h, r, gram, penalty[u], 1.0, residual)
        direction[:] = residual
        norm = residual @ residual
        for left in range(steps, 0, -1):
            if left > 1:
                _pull(direction, H, h, r, gram, penalty[u], 0.0, bent)
                along = -(direction @ bent)
            else:  # no step follows that would ask for the residual
                along = _curvature(direction, H, h, r, gram, penalty[u])
            if not (along > 0 and norm > 0):  # it has arrived
                break
            far = norm / along
            for f in range(size):
                x[f] += far * direction[f]
                residual[f] += far * bent[f]
            new = residual @ residual
            for f in range(size):
                direction[f] = residual[f] + new / norm * direction[f]
            norm = new


def _pull(x, H, columns, weights, gram, penalty, goal, out) -> None:
    """out = (weights * (goal - scores of x)) @ H[columns] - gram @ x - penalty * x.

    Four events at a time, so that what is read of x and `out` serves them all.
    """
    np.dot(gram, x, out)
    for f in range(len(x)):
        out[f] = -penalty * x[f] - out[f]
    n = len(columns)
    for e in range(0, n - 3, 4):
        a, b, c, d = H[columns[e]], H[columns[e + 1]], H[columns[e + 2]], H[columns[e + 3]]
        p = q = s = t = 0.0
        for f in range(len(x)):
            p += a[f] * x[f]
            q += b[f] * x[f]
            s += c[f] * x[f]
            t += d[f] * x[f]
        p, q = weights[e] * (goal - p), weights[e + 1] * (goal - q)
        s, t = weights[e + 2] * (goal - s), weights[e + 3] * (goal - t)
        for f in range(len(x)):
            out[f] += p * a[f] + q * b[f] + s * c[f] + t * d[f]
    for e in range(n - n % 4, n):
        a = H[columns[e]]
        p = weights[e] * (goal - a @ x)
        for f in range(len(x)):
            out[f] += p * a[f]


def _curvature(x, H, columns, weights, gram, penalty) -> float:
    """The loss's curvature along x: weights @ scores ** 2 + x @ gram @ x + penalty * x @ x."""
    total = penalty * (x @ x) + x @ (gram @ x)
    n = len(columns)
    for e in range(0, n - 3, 4):
        a, b, c, d = H[columns[e]], H[columns[e + 1]], H[columns[e + 2]], H[columns[e + 3]]
        p = q = s = t = 0.0
        for f in range(len(x)):
            p += a[f] * x[f]
            q += b[f] * x[f]
            s += c[f] * x[f]
            t += d[f] * x[f]
        total += weights[e] * p * p + weights[e + 1] * q * q
        total += weights[e + 2] * s * s + weights[e + 3] * t * t
    for e in range(n - n % 4, n):
        total += weights[e] * (H[columns[e]] @ x) ** 2
    return total
