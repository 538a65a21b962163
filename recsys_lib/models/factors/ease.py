"""Every title predicted from all the others: one linear model with a closed solution."""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from recsys_lib.errors import ArgumentError, check_above
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.histories import event_weights
from recsys_lib.models.numerics import check_memory
from recsys_lib.parallel import in_order

CELL_BYTES = 20  # for each pair of titles, while fitting
LEAST_CONDITION = 1e-12  # of a matrix to invert: below it not four digits would be right


class EASE(Recommender):
    """A title scores by what each watched title says about it, learned by ridge regression.

    score[u, j] = sum over i in history[u] of weights[i, j]
    weights     = argmin |X - X @ weights|**2 + l2 * |weights|**2   with weights[j, j] = 0

    X[u, i] is 1 where viewer u has an event with title i, else 0; with weighted=True it is the
    value of the event (a completion, plays), and a score adds up values times weights. Column j of
    `weights_` is the ridge regression of title j on all others, so weights can be negative: what a
    watched title says that others have said already is taken off. Time grows with n_items**3 and
    memory with n_items**2 (20 bytes a cell while fitting, 4 after), whatever the number of viewers.

    Args:
        l2: the penalty, in viewers, above 0. It acts like that many extra viewers of each title,
            who watched nothing else.
        weighted: whether values are weights; they must then be at least 0.

    Attributes:
        weights_: float32 (n_items, n_items); row = title watched, column = title scored.

    Raises:
        ArgumentError: l2 is not above 0, or so small that the weights would be noise.
        DataError: weighted=True and a value is below 0.
        TooLargeError: 20 bytes a cell do not fit into memory.

    Source: `steck2019`.
    """

    def __init__(self, l2: float = 500.0, weighted: bool = False) -> None:
        self.l2 = l2
        self.weighted = weighted

    def _check_size(self, train: Interactions) -> None:
        what = f"The weights of EASE for {train.n_items:,} titles"
        fix = "Leave out titles with few viewers, or use ItemKNN or ImplicitALS."
        check_memory(CELL_BYTES * train.n_items**2, what, fix)

    def _fit(self, train: Interactions, items, users) -> None:
        check_above("l2", self.l2, 0)
        weights = ease_weights(co_occurrence(event_weights(train.matrix, self.weighted)), self.l2)
        # In C's order, or scipy would copy the whole matrix into it for every viewer who asks.
        self.weights_ = weights.astype(np.float32, order="C")

    def _likeness(self, column: int) -> np.ndarray:
        return self.weights_[column]

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return sparse_dot(event_weights(histories, self.weighted), self.weights_)


def ease_weights(gram: np.ndarray, l2: float) -> np.ndarray:
    """The weights of `EASE` from the co-occurrence counts of titles.

    precision = inverse(gram + l2 * identity)
    weights[i, j] = -precision[i, j] / precision[j, j],  weights[j, j] = 0

    The inverse comes out of one Cholesky factor (LAPACK potrf, then potri), in a third of the time
    of a general inverse. In float32 that would halve once more, but then the rounding, which
    differs with the number of threads, would reach the order of the lists.

    Args:
        gram: (n_items, n_items), of which the lower triangle is read.
        l2: above 0.

    Returns:
        float64 (n_items, n_items).

    Raises:
        ArgumentError: l2 is so small, next to the counts, that the inverse would be noise.

    >>> ease_weights(np.array([[2.0, 1.0], [1.0, 1.0]]), l2=1.0)  # 1 / (2 + 1) and 1 / (1 + 1)
    array([[0.        , 0.33333333],
           [0.5       , 0.        ]])
    """
    penalised = np.array(gram, dtype=np.float64, order="F")
    penalised[np.diag_indices_from(penalised)] += l2
    names = "potrf", "pocon", "potri"
    factorise, estimate, invert = linalg.get_lapack_funcs(names, (penalised,))
    size = _norm(penalised)
    factor, failed = factorise(penalised, lower=True, clean=True, overwrite_a=True)
    condition = 0.0 if failed else estimate(factor, size, uplo="L")[0]
    if condition < LEAST_CONDITION:
        raise ArgumentError(f"l2={l2} is too small for {len(gram):,} titles with these viewers:"
                            " the weights would be noise", fix="Try 1 or more.")  # fmt: skip
    precision, _ = invert(factor, lower=True, overwrite_c=True)
    precision += np.tril(precision, -1).T
    weights = precision / -np.diag(precision)
    np.fill_diagonal(weights, 0)
    return weights


def _norm(lower: np.ndarray) -> float:
    """The largest sum of a column of a symmetric matrix, of which the lower triangle is read."""
    sums = np.zeros(len(lower))
    for column in range(len(lower)):
        below = np.abs(lower[column:, column])
        sums[column] += below.sum()
        sums[column + 1 :] += below[1:]
    return float(sums.max(initial=0))


def co_occurrence(matrix: sparse.csr_array, chunk: int = 512) -> np.ndarray:
    """Viewers that each two titles have in common: `matrix.T @ matrix`.

    The product is sparse: time grows with the pairs of titles that each viewer has.

    Args:
        matrix: (n_users, n_items) of 0 and 1; other values are multiplied and added up.
        chunk: titles made dense at a time.

    Returns:
        float32 (n_items, n_items), exact up to 2**24 viewers.
    """
    n_items, viewers = matrix.shape[1], matrix.T.tocsr()
    counts = np.empty((n_items, n_items), np.float32)
    starts = range(0, n_items, chunk)
    blocks = in_order(lambda start: (viewers[start : start + chunk] @ matrix).toarray(), starts)
    for start, block in zip(starts, blocks, strict=True):
        counts[start : start + chunk] = block
    return counts


def sparse_dot(history: sparse.csr_array, weights: np.ndarray, width: int = 256) -> np.ndarray:
    """`history @ weights`, dense, by blocks of columns that stay in the processor's cache.

    Each cell adds up its terms from left to right, so the result does not depend on how many rows
    are asked for at once or on the number of threads, as that of a dense product would.
    """
    if history.shape[0] <= width // 8:  # not worth copying blocks of weights for
        return history @ weights
    scores = np.empty((history.shape[0], weights.shape[1]), weights.dtype)
    for start in range(0, weights.shape[1], width):
        block = slice(start, start + width)
        scores[:, block] = history @ weights[:, block]
    return scores
