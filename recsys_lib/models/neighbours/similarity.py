"""How alike two titles are, judged by the viewers they have in common.

Every measure is a formula over `Common`, which holds what two blocks of titles share; it reads
the same for two viewers and the titles that they have in common. A pair with nothing in common,
or whose formula would divide by zero, has similarity 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recsys_lib.models.neighbours.common import Common

Measure = Callable[[Common], np.ndarray]


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


# Of weights: how much of it they watched ---------------------------------------------------------


def weighted_cosine(c: Common) -> np.ndarray:
    """dot / (norm_left * norm_right): the cosine of two columns of weights, that of 0 for none."""
    return _ratio(c.dot, c.norm_left * c.norm_right)


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


def compared(common: Common, measure: Measure, shrinkage: float) -> np.ndarray:
    """The shrunk similarity of what two blocks have in common."""
    similarity = measure(common)
    return shrunk(similarity, common.co, shrinkage) if shrinkage else similarity


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _variance(mean_square: np.ndarray, square_mean: np.ndarray) -> np.ndarray:
    """Their difference, without the rounding that a constant column leaves behind."""
    variance = mean_square - square_mean
    return np.where(variance > 1e-10 * mean_square, variance, 0.0)
