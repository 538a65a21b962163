"""The metrics that tables call by name. A name says its convention: ndcg@10 is not ndcg@10[k]."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from recsys_lib.errors import DataError
from recsys_lib.metrics import beyond, calibration, ranking
from recsys_lib.metrics.lists import Lists


def _diversity(x: Lists) -> np.ndarray:
    return beyond.intra_list_diversity(x.columns, _genres(x))


def _miscalibration(x: Lists) -> np.ndarray:
    history = x.train.binary()[x.train.user_positions(x.users)]
    return calibration.miscalibration(x.columns, history, _genres(x))


def _serendipity(x: Lists) -> np.ndarray:
    if x.expected is None:
        raise DataError("serendipity needs the expected titles of each user")
    return beyond.serendipity(x.columns, x.hits, x.expected)


def _genres(x: Lists) -> np.ndarray:
    if x.shares is None:
        raise DataError(
            "diversity and miscalibration need to know the titles' genres",
            fix="Pass items= with the columns item_id and genres.",
        )
    return x.shares


PER_USER: dict[str, Callable[[Lists], np.ndarray]] = {
    "precision": lambda x: ranking.precision(x.hits, x.n_relevant),
    "recall": lambda x: ranking.recall(x.hits, x.n_relevant),
    "recall[min]": lambda x: ranking.recall(x.hits, x.n_relevant, attainable=True),
    "hit_rate": lambda x: ranking.hit_rate(x.hits, x.n_relevant),
    "mrr": lambda x: ranking.reciprocal_rank(x.hits, x.n_relevant),
    "map": lambda x: ranking.average_precision(x.hits, x.n_relevant),
    "map[all]": lambda x: ranking.average_precision(x.hits, x.n_relevant, attainable=False),
    "ndcg": lambda x: ranking.ndcg(x.hits, x.n_relevant),
    "ndcg[k]": lambda x: ranking.ndcg(x.hits, x.n_relevant, attainable=False),
    "novelty": lambda x: beyond.novelty(x.columns, x.train.item_counts, x.train.active_users),
    "diversity": _diversity,
    "miscalibration": _miscalibration,
    "serendipity": _serendipity,
}
"""Metrics of lists with one value a user, by name."""

OF_CATALOGUE: dict[str, Callable[[np.ndarray, int], float]] = {
    "coverage": beyond.coverage,
    "gini": lambda columns, n_items: beyond.gini(beyond.exposure(columns, n_items)),
}
"""Metrics of all lists together, by name; they have no interval."""

OF_SCORES = ("auc",)
"""Metrics of the scores of every unseen title, with one value a user."""

OF_RATINGS = ("rmse", "mae")
"""Metrics of predicted ratings, for models that have `predict`."""

KNOWN = (*PER_USER, *OF_CATALOGUE, *OF_SCORES, *OF_RATINGS)


def metric_name(metric: str, k: int) -> str:
    """The name with its cut-off, if it has one.

    >>> metric_name("recall[min]", 10), metric_name("auc", 10)
    ('recall@10[min]', 'auc')
    """
    if metric in OF_SCORES or metric in OF_RATINGS:
        return metric
    return re.sub(r"^([a-z_]+)", rf"\1@{k}", metric)
