"""How far predicted ratings are from those given, in the unit of the ratings (stars)."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError


def rmse(actual: np.ndarray, predicted: np.ndarray) -> float:
    """Root of the mean squared error over all ratings: one large miss weighs more than two small.

    >>> rmse(np.array([4.0, 2.0]), np.array([3.0, 2.0]))  # sqrt((1 + 0) / 2)
    0.7071067811865476
    """
    return float(np.sqrt(np.mean(_errors(actual, predicted) ** 2)))


def mae(actual: np.ndarray, predicted: np.ndarray) -> float:
    """Mean absolute error over all ratings.

    >>> mae(np.array([4.0, 2.0]), np.array([3.0, 2.0]))
    0.5
    """
    return float(np.mean(np.abs(_errors(actual, predicted))))


def user_squared_error(
    actual: np.ndarray, predicted: np.ndarray, rows: np.ndarray, n_users: int
) -> np.ndarray:
    """Mean squared error of each user's ratings, shape (n_users,); NaN without ratings.

    The root of their mean, weighted by how many ratings each user gave, is `rmse`. The mean of
    their roots, each user counting alike, is another number, and smaller as a rule.

    Args:
        actual, predicted: one value a rating, shape (n_ratings,).
        rows: the user of each rating, from 0 to n_users - 1, shape (n_ratings,).
        n_users: number of users.

    >>> user_squared_error(np.array([4, 2, 5]), np.array([3, 2, 3]), np.array([0, 0, 1]), 3)
    array([0.5, 4. , nan])
    """
    return _mean_by_user(_errors(actual, predicted) ** 2, rows, n_users)


def user_absolute_error(
    actual: np.ndarray, predicted: np.ndarray, rows: np.ndarray, n_users: int
) -> np.ndarray:
    """Mean absolute error of each user's ratings, shape (n_users,); NaN without ratings.

    Their mean, weighted by how many ratings each user gave, is `mae`. Arguments as in
    `user_squared_error`.

    >>> user_absolute_error(np.array([4, 2, 5]), np.array([3, 2, 3]), np.array([0, 0, 1]), 3)
    array([0.5, 2. , nan])
    """
    return _mean_by_user(np.abs(_errors(actual, predicted)), rows, n_users)


def _errors(actual: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    actual, predicted = np.asarray(actual, np.float64), np.asarray(predicted, np.float64)
    if actual.ndim != 1 or actual.shape != predicted.shape or not len(actual):
        raise DataError(
            "actual and predicted must be of the same length, at least 1",
            where=f"shapes {actual.shape} and {predicted.shape}",
        )
    bad = np.flatnonzero(~(np.isfinite(actual) & np.isfinite(predicted)))
    if len(bad):
        raise DataError(
            f"{len(bad)} ratings or predictions are not finite", where=f"place {bad[0]}"
        )
    return predicted - actual


def _mean_by_user(values: np.ndarray, rows: np.ndarray, n_users: int) -> np.ndarray:
    counts = np.bincount(rows, minlength=n_users)
    total = np.bincount(rows, values, minlength=n_users)
    return np.divide(total, counts, out=np.full(n_users, np.nan), where=counts > 0)
