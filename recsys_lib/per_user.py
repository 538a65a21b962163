"""One value a user: what a fitted model achieves on a test, before anything is averaged."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.errors import DataError
from recsys_lib.interactions import USER, Interactions
from recsys_lib.metrics.accuracy import user_absolute_error, user_squared_error
from recsys_lib.metrics.auc import auc
from recsys_lib.metrics.lists import Lists
from recsys_lib.metrics.named import PER_USER
from recsys_lib.models.base import Recommender


def relevant_events(
    test: Interactions, relevant_from: float | None = None
) -> tuple[np.ndarray, sparse.csr_array]:
    """The users with a relevant event, and what is relevant to them.

    Args:
        test: events.
        relevant_from: an event is relevant if its value is at least this; None: every one is.

    Returns:
        Their rows in `test`, shape (n,), and a bool array (n, n_items), rows in the same order.

    Raises:
        DataError: nobody has a relevant event.
    """
    kept = test if relevant_from is None else test.select(test.matrix.data >= relevant_from)
    rows = np.flatnonzero(kept.user_counts)
    if not len(rows):
        raise DataError("no user has a relevant event in the test, so there is nothing to measure")
    return rows, kept.binary().astype(bool)[rows]


def per_user(lists: Lists, metrics: tuple[str, ...]) -> pd.DataFrame:
    """One row a user, one column a metric of `metrics.named.PER_USER`."""
    values = {name: PER_USER[name](lists) for name in metrics}
    return pd.DataFrame(values, index=pd.Index(lists.users, name=USER))


def user_auc(
    model: Recommender, users: np.ndarray, relevant: sparse.csr_array, *, chunk: int = 1024
) -> np.ndarray:
    """AUC of each user over the titles that the user has not seen, shape (n_users,).

    Args:
        model: a fitted recommender.
        users: labels, shape (n_users,).
        relevant: (n_users, n_items); a stored entry is a relevant title, none of them seen.
        chunk: users scored at a time; memory grows with `chunk * n_items`.
    """
    train, parts = model.train_, []
    for start in range(0, len(users), chunk):
        scores = model.score_all(users[start : start + chunk])
        seen = train.matrix[train.user_positions(users[start : start + chunk])]
        scores[np.repeat(np.arange(len(scores)), np.diff(seen.indptr)), seen.indices] = np.nan
        parts.append(auc(scores, relevant[start : start + chunk]))
    return np.concatenate(parts)


def user_errors(model: Recommender, test: Interactions) -> tuple[pd.DataFrame, np.ndarray]:
    """Mean squared and absolute error of each user with ratings in `test`.

    Args:
        model: a fitted recommender with `predict`.
        test: its values are ratings.

    Returns:
        A frame with a row a user and the columns "rmse" (not yet a root) and "mae"; and the
        number of ratings of each, shape (n_users,), by which their mean is to be weighted.
    """
    rated = np.flatnonzero(test.user_counts)
    predicted = model.predict(test.users[test.event_rows], test.items[test.matrix.indices])
    args = test.matrix.data, predicted, test.event_rows, test.n_users
    errors = {"rmse": user_squared_error(*args)[rated], "mae": user_absolute_error(*args)[rated]}
    return pd.DataFrame(errors, index=pd.Index(test.users[rated], name=USER)), test.user_counts[
        rated
    ]
