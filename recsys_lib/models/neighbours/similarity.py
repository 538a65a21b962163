"""How alike two titles are, judged by the viewers they have in common.

Every measure is a formula over `Common`, which holds what two blocks of titles share; it reads
the same for two viewers and the titles that they have in common. A pair with nothing in common,
or whose formula would divide by zero, has similarity 0.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy import sparse


class Block:
    """Some columns of a (viewers, titles) matrix: the titles on one side of a comparison.

    Attributes:
        value: CSC array (n_viewers, width) of what each viewer gave each title.
        n: viewers of each title, shape (width,); 1 where there are none, so that it can divide.
    """

    def __init__(self, value: sparse.csc_array) -> None:
        self.value = value
        self.n = np.maximum(np.diff(value.indptr), 1).astype(np.float32)

    def _with(self, data: np.ndarray) -> sparse.csc_array:
        return sparse.csc_array((data, self.value.indices, self.value.indptr), self.value.shape)

    @cached_property
    def seen(self) -> sparse.csc_array:
        """1 for each event."""
        return self._with(np.ones(self.value.nnz, np.float32))

    @cached_property
    def square(self) -> sparse.csc_array:
        """The square of each value."""
        return self._with(self.value.data**2)


class Common:
    """What each title of `left` and each title of `right` have in common.

    Attributes, all of shape (titles of left, titles of right) or broadcast to it:
        co: viewers in common.
        n_left, n_right: viewers of each title, in common or not.
        n_viewers: all viewers.
        dot: sum over the viewers in common of value left * value right.
        sum_left, sum_right: sum over the viewers in common of the value of one side.
        square_left, square_right: likewise of its square.
    """

    def __init__(self, left: Block, right: Block) -> None:
        self._left, self._right = left, right
        self.n_left, self.n_right = left.n[:, None], right.n[None, :]
        self.n_viewers = np.float32(left.value.shape[0])

    @cached_property
    def co(self) -> np.ndarray:
        return _product(self._left.seen, self._right.seen)

    @cached_property
    def dot(self) -> np.ndarray:
        return _product(self._left.value, self._right.value)

    @cached_property
    def sum_left(self) -> np.ndarray:
        return _product(self._left.value, self._right.seen)

    @cached_property
    def sum_right(self) -> np.ndarray:
        return _product(self._left.seen, self._right.value)

    @cached_property
    def square_left(self) -> np.ndarray:
        return _product(self._left.square, self._right.seen)

    @cached_property
    def square_right(self) -> np.ndarray:
        return _product(self._left.seen, self._right.square)


# Of viewers: who watched it, whatever they thought of it ----------------------------------------


def cosine(c: Common) -> np.ndarray:
    """co / sqrt(n_left * n_right): the cosine of the angle between two columns of 0 and 1."""
    return c.co / (np.sqrt(c.n_left) * np.sqrt(c.n_right))


def jaccard(c: Common) -> np.ndarray:
    """co / (n_left + n_right - co): viewers of both as a share of the viewers of either."""
    return c.co / (c.n_left + c.n_right - c.co)


def lift(c: Common) -> np.ndarray:
    """co * n_viewers / (n_left * n_right): how many times likelier than by chance.

    1 means that watching the one tells nothing about watching the other.
    """
    return c.co * c.n_viewers / (c.n_left * c.n_right)


# Of ratings: what the viewers in common gave each of the two -------------------------------------


def rating_cosine(c: Common) -> np.ndarray:
    """dot / sqrt(square_left * square_right).

    "adjusted cosine" is this measure after each viewer's mean was subtracted from their ratings.
    """
    return _ratio(c.dot, np.sqrt(c.square_left * c.square_right))


def pearson(c: Common) -> np.ndarray:
    """covariance / sqrt(variance_left * variance_right), over the viewers in common.

    covariance = co * dot - sum_left * sum_right
    variance_left = co * square_left - sum_left ** 2
    """
    covariance = c.co * c.dot - c.sum_left * c.sum_right
    left = _variance(c.co * c.square_left, c.sum_left**2)
    right = _variance(c.co * c.square_right, c.sum_right**2)
    return _ratio(covariance, np.sqrt(left * right))


def closeness(c: Common) -> np.ndarray:
    """1 / (1 + msd), with msd = (square_left + square_right - 2 * dot) / co, if co > 0.

    msd is the mean squared difference of the two ratings. Two titles rated alike have closeness 1.
    """
    difference = c.square_left + c.square_right - 2 * c.dot
    return np.where(c.co > 0, 1 / (1 + _ratio(difference, c.co)), 0.0)


def shrunk(similarity: np.ndarray, co: np.ndarray, shrinkage: float) -> np.ndarray:
    """similarity * co / (co + shrinkage): the fewer viewers in common, the less it is believed.

    With co = shrinkage it counts half; with shrinkage = 0 it stays as it is.
    """
    return similarity * (co / (co + np.float32(shrinkage))) if shrinkage else similarity


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _variance(mean_square: np.ndarray, square_mean: np.ndarray) -> np.ndarray:
    """Their difference, without the rounding that a constant column leaves behind."""
    variance = mean_square - square_mean
    return np.where(variance > 1e-10 * mean_square, variance, 0.0)


def _product(left: sparse.csc_array, right: sparse.csc_array) -> np.ndarray:
    """left.T @ right as a dense array, each factor dense where that is faster.

    Dense arithmetic is some hundred times faster a cell and touches every cell; on either side it
    pays from a few per cent of cells filled. Sums of whole numbers are exact, so the way chosen
    does not show in the counts.
    """
    if left.nnz > right.nnz:
        return _product(right, left).T
    cells = right.shape[0] * right.shape[1]
    if right.nnz < 0.04 * cells or left.nnz < right.shape[0]:
        return (left.T @ right).toarray()
    if left.nnz < 0.03 * left.shape[0] * left.shape[1]:
        return left.T @ right.toarray()
    return left.toarray().T @ right.toarray()
