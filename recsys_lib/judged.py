"""Fits of one model, each with a seed of its own, and what they achieve on a split."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import clone

from recsys_lib.interactions import USER
from recsys_lib.leakage import Split
from recsys_lib.metrics.lists import make_lists
from recsys_lib.metrics.named import OF_RATINGS, PER_USER
from recsys_lib.models.base import Recommender
from recsys_lib.per_user import per_user, user_auc, user_errors

SEED = "random_state"


@dataclass(frozen=True)
class Fit:
    """What one fit of a model achieves.

    Attributes:
        values: a row a user with a relevant event, a column a metric of lists or scores.
        errors: likewise of rating metrics, for users with any event; "rmse" is not yet a root.
        n_ratings: by which a row of `errors` is to be weighted.
        columns: the lists, see `metrics.lists.Lists`.
        fit_seconds, recommend_seconds: wall time.
    """

    values: pd.DataFrame
    errors: pd.DataFrame
    n_ratings: np.ndarray
    columns: np.ndarray
    fit_seconds: float
    recommend_seconds: float


def seeded(model: Recommender, seeds: int) -> list[Recommender]:
    """Unfitted copies that differ in their seeds alone; one copy of a model that draws nothing.

    Every parameter named `random_state`, also of a model inside, counts up from what it is.
    """
    parameters = {
        name: value
        for name, value in model.get_params().items()
        if name.split("__")[-1] == SEED and isinstance(value, int | np.integer)
    }
    copies = [clone(model) for _ in range(seeds if parameters else 1)]
    for number, copy in enumerate(copies):
        copy.set_params(**{name: value + number for name, value in parameters.items()})
    return copies


def judge(
    model: Recommender, split: Split, labels, relevant, k: int, metrics, context, frames
) -> Fit:
    """Fit a model on `split.train` and measure it.

    Args:
        model: unfitted, fitted here.
        labels, relevant: users judged, and what is relevant to them.
        k, metrics: length of the lists; names from `metrics.named.KNOWN`.
        context: what the metrics need besides, see `metrics.lists.Lists`.
        frames: items and users for the model's `fit`.
    """
    fitted, fit_seconds = _timed(model.fit, split.train, **frames)
    frame, recommend_seconds = _timed(fitted.recommend, labels, k)
    lists = make_lists(frame, labels, k, split.train, relevant, **context)
    values = per_user(lists, [name for name in metrics if name in PER_USER])
    if "auc" in metrics:
        values["auc"] = user_auc(fitted, lists.users, relevant)
    errors, n_ratings = pd.DataFrame(index=pd.Index([], name=USER)), np.empty(0)
    of_ratings = [name for name in metrics if name in OF_RATINGS]
    if of_ratings and hasattr(fitted, "predict"):
        errors, n_ratings = user_errors(fitted, split.test)
        errors = errors[of_ratings]
    return Fit(values, errors, n_ratings, lists.columns, fit_seconds, recommend_seconds)


def _timed(function: Callable, *args, **kwargs):
    start = time.perf_counter()
    result = function(*args, **kwargs)
    return result, time.perf_counter() - start
