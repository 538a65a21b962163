"""Judge several recommenders on the same split: one call, one tidy table with intervals."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from sklearn.base import clone
from tqdm import tqdm

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.metrics.genres import genre_shares
from recsys_lib.metrics.lists import Lists, list_columns, make_lists
from recsys_lib.metrics.named import KNOWN, OF_CATALOGUE, OF_RATINGS, PER_USER, metric_name
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.per_user import per_user, relevant_events, user_auc, user_errors
from recsys_lib.splits import Split

DEFAULT = ("ndcg", "recall", "hit_rate", "novelty", "coverage")
SEGMENTS = ("all", "warm", "cold")
TABLE = ["model", "metric", "segment", "mean", "low", "high", "users",
         "fit_seconds", "recommend_seconds"]  # fmt: skip


def evaluate(
    models: Mapping[str, Recommender],
    split: Split,
    *,
    k: int = 10,
    metrics: tuple[str, ...] = DEFAULT,
    relevant_from: float | None = None,
    cold_below: int = 5,
    items: pd.DataFrame | None = None,
    users: pd.DataFrame | None = None,
    rng: np.random.Generator | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Fit every model on `split.train`, recommend k unseen titles, compare with `split.test`.

    Judged are the users with at least one relevant test event, all titles being candidates but
    those that the user has in train. For "rmse" and "mae" it is the users with any test event,
    each event counting alike; models without `predict` have no such rows.

    Args:
        models: name → unfitted model; the models given are cloned, never changed.
        split: refused if it leaks (see `Split.check`).
        k: length of the lists.
        metrics: names from `metrics.named.KNOWN`, without "@k". "diversity" and "miscalibration"
            need `items` with a column "genres"; "serendipity" expects the k most popular titles.
        relevant_from: a test event is relevant if its value is at least this; None: every one is.
        cold_below: users with fewer train events are the segment "cold", the others "warm".
        items, users: passed on to the models' `fit`.
        rng: decides the bootstrap, whose draws are the same for every model; None is a generator
            with seed 0.
        progress: show a bar, one step a model.

    Returns:
        DataFrame model, metric (for example "ndcg@10"), segment ("all", "warm", "cold"), mean,
        low, high (95 % bootstrap interval over users), users (those with a value), fit_seconds,
        recommend_seconds.

    Raises:
        LeakageError, DataError: the split leaks, or nobody has a relevant test event.
        ArgumentError: no model or metric, an unknown metric, k below 1.
    """
    metrics = _check_request(models, metrics, k)
    split.check()
    rows, relevant = relevant_events(split.test, relevant_from)
    labels = split.test.users[rows]
    context = _context(split.train, labels, k, metrics, items)
    seed = (rng or np.random.default_rng(0)).integers(2**63)
    records = []
    for name, model in tqdm(models.items(), desc="evaluate", disable=not progress):
        fitted, fit_seconds = _timed(clone(model).fit, split.train, items=items, users=users)
        frame, recommend_seconds = _timed(fitted.recommend, labels, k)
        lists = make_lists(frame, labels, k, split.train, relevant, **context)
        rows_of_model = _judge(fitted, lists, split, relevant, metrics, cold_below, seed)
        rows_of_model.sort(
            key=lambda row: (SEGMENTS.index(row["segment"]), metrics.index(row["metric"]))
        )
        seconds = {"fit_seconds": fit_seconds, "recommend_seconds": recommend_seconds}
        records += [{"model": name} | row | seconds for row in rows_of_model]
    table = pd.DataFrame(records, columns=TABLE)
    return table.assign(metric=[metric_name(metric, k) for metric in table["metric"]])


def _judge(model, lists: Lists, split: Split, relevant, metrics, cold_below, seed) -> list[dict]:
    """Every metric of one fitted model in every segment, a row each."""
    train = split.train
    values = per_user(lists, [name for name in metrics if name in PER_USER])
    if "auc" in metrics:
        values["auc"] = user_auc(model, lists.users, relevant)
    rows = []
    for segment, mask in _segments(train, lists.users, cold_below):
        rows += _means(values[mask], None, segment, seed)
        size = {"segment": segment, "users": int(mask.sum())}
        rows += [
            {"metric": name, "mean": OF_CATALOGUE[name](lists.columns[mask], train.n_items)} | size
            for name in metrics
            if name in OF_CATALOGUE
        ]
    of_ratings = [name for name in metrics if name in OF_RATINGS]
    if of_ratings and hasattr(model, "predict"):
        errors, n_ratings = user_errors(model, split.test)
        for segment, mask in _segments(train, errors.index, cold_below):
            rows += _means(errors.loc[mask, of_ratings], n_ratings[mask], segment, seed)
    return rows


def _segments(train: Interactions, users, cold_below: int) -> list[tuple[str, np.ndarray]]:
    """Names and masks of the segments that hold any of `users`."""
    cold = train.user_counts[train.user_positions(users)] < cold_below
    masks = zip(SEGMENTS, (np.ones(len(cold), bool), ~cold, cold), strict=True)
    return [(name, mask) for name, mask in masks if mask.any()]


def _means(values: pd.DataFrame, weights: np.ndarray | None, segment: str, seed) -> list[dict]:
    """Mean and interval of each column over its rows, of which each weighs as `weights` says."""
    if values.columns.empty:
        return []
    if weights is not None:
        weights = np.broadcast_to(weights[:, None], values.shape)
    rng = np.random.default_rng(seed)
    table = np.array(bootstrap_interval(values.to_numpy(), weights=weights, rng=rng)).T
    counted = values.notna().sum()
    rows = []
    for name, numbers in zip(values.columns, table, strict=True):
        mean, low, high = np.sqrt(numbers) if name == "rmse" else numbers
        row = {"metric": name, "segment": segment, "mean": mean, "low": low, "high": high}
        rows.append(row | {"users": int(counted[name])})
    return rows


def _check_request(models, metrics, k: int) -> tuple[str, ...]:
    check_at_least("k", k, 1, integer=True)
    if not isinstance(models, Mapping) or not models:
        raise ArgumentError("models must be a dict of at least one name and model")
    metrics = (metrics,) if isinstance(metrics, str) else tuple(dict.fromkeys(metrics))
    unknown = [name for name in metrics if name not in KNOWN]
    if unknown or not metrics:
        raise ArgumentError(
            f"metrics {unknown} are not known", fix=f"Choose from {', '.join(KNOWN)}."
        )
    return metrics


def _context(train: Interactions, users, k: int, metrics, items) -> dict[str, np.ndarray]:
    """What the metrics that are asked for need to know beside the lists."""
    context = {}
    if "serendipity" in metrics:
        popular = Popular().fit(train).recommend(users, k)
        context["expected"] = list_columns(popular, users, k, train)
    if "diversity" in metrics or "miscalibration" in metrics:
        if items is None:
            raise DataError(
                "diversity and miscalibration need to know the titles' genres",
                fix="Pass items= with the columns item_id and genres.",
            )
        context["shares"] = genre_shares(items, train.items).to_numpy()
    return context


def _timed(function: Callable, *args, **kwargs):
    start = time.perf_counter()
    result = function(*args, **kwargs)
    return result, time.perf_counter() - start
