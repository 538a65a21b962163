"""Every title predicted from all the others: one linear model with a closed solution."""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from recsys_lib.errors import check_above
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.histories import binary


class EASE(Recommender):
    """A title scores by what each watched title says about it, learned by ridge regression.

    score[u, j] = sum over i in history[u] of weights[i, j]
    weights     = argmin |X - X @ weights|**2 + l2 * |weights|**2   with weights[j, j] = 0

    X[u, i] is 1 where viewer u has an event with title i, else 0. Column j of `weights_` is the
    ridge regression of title j on all others, so weights can be negative: what a watched title
    says that others have said already is taken off. Time grows with n_items**3 and memory with
    n_items**2 (20 bytes a cell while fitting, 4 after), whatever the number of viewers.

    Args:
        l2: the penalty, in viewers, above 0. It acts like that many extra viewers of each title,
            who watched nothing else.

    Attributes:
        weights_: float32 (n_items, n_items); row = title watched, column = title scored.

    Raises:
        ArgumentError: l2 is not above 0.

    Source: `steck2019`.
    """

    def __init__(self, l2: float = 500.0) -> None:
        self.l2 = l2

    def _fit(self, train: Interactions, items, users) -> None:
        check_above("l2", self.l2, 0)
        self.weights_ = ease_weights(co_occurrence(train.binary()), self.l2).astype(np.float32)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return sparse_dot(binary(histories), self.weights_)


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

    >>> ease_weights(np.array([[2.0, 1.0], [1.0, 1.0]]), l2=1.0)  # 1 / (2 + 1) and 1 / (1 + 1)
    array([[0.        , 0.33333333],
           [0.5       , 0.        ]])
    """
    penalised = np.array(gram, dtype=np.float64, order="F")
    penalised[np.diag_indices_from(penalised)] += l2
    factorise, invert = linalg.get_lapack_funcs(("potrf", "potri"), (penalised,))
    factor, _ = factorise(penalised, lower=True, clean=True, overwrite_a=True)
    precision, _ = invert(factor, lower=True, overwrite_c=True)
    precision += np.tril(precision, -1).T
    weights = precision / -np.diag(precision)
    np.fill_diagonal(weights, 0)
    return weights


def co_occurrence(matrix: sparse.csr_array, chunk: int = 1024) -> np.ndarray:
    """Viewers that titles i >= j have in common: `matrix.T @ matrix`, the lower triangle.

    Args:
        matrix: (n_users, n_items) of 0 and 1.
        chunk: users made dense at a time.

    Returns:
        float32 (n_items, n_items), exact up to 2**24 viewers; 0 above the diagonal.
    """
    n_items = matrix.shape[1]
    counts = np.zeros((n_items, n_items), np.float32, order="F")
    for start in range(0, matrix.shape[0], chunk):
        block = matrix[start : start + chunk].toarray()
        counts = linalg.blas.ssyrk(1, block.T, beta=1, c=counts, lower=1, overwrite_c=1)
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
