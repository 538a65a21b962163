"""Judge several recommenders on the same split: one call, one tidy table with intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from tqdm import tqdm

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.interactions import USER, Interactions
from recsys_lib.intervals import between, drawn_means, seed_noise
from recsys_lib.judged import Fit, judge, seeded
from recsys_lib.metrics.genres import genre_shares
from recsys_lib.metrics.lists import list_columns
from recsys_lib.metrics.named import KNOWN, OF_CATALOGUE, metric_name
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.per_user import relevant_events
from recsys_lib.randomness import Rng, generator
from recsys_lib.splits import Split

DEFAULT = ("ndcg", "recall", "hit_rate", "novelty", "coverage")
SEGMENTS = ("all", "warm", "cold")
TABLE = ["model", "metric", "segment", "mean", "low", "high", "users",
         "fit_seconds", "recommend_seconds"]  # fmt: skip
OF_SEEDS = ["seeds", "seed_sd"]
PER_USER_TABLE = ["model", "seed", "metric", USER, "value", "weight"]


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
    rng: Rng = 0,
    progress: bool = True,
    seeds: int = 1,
    per_user: bool = False,
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
        rng: decides the bootstrap, whose draws are the same for every model.
        progress: show a bar, one step a model.
        seeds: fits of every model that has a `random_state`, each with the next seed; the others
            are fitted once. With more than one, the means are over the fits and the intervals
            hold what other seeds could have given besides.
        per_user: return the users' own values instead of the table, for `comparison.compare`.

    Returns:
        DataFrame model, metric (for example "ndcg@10"), segment ("all", "warm", "cold"), mean,
        low, high (95 % bootstrap interval over users, NaN below `intervals.FEWEST` of them), users
        (those with a value), fit_seconds, recommend_seconds; with several seeds also seeds (fits
        of this model) and seed_sd (standard deviation of the mean between them).
        With `per_user`: model, seed (counted from 0), metric, user_id, value, weight (1, or the
        user's ratings; of "rmse" the value is the mean squared error). Coverage and Gini, which
        belong to no user, are left out.

    Raises:
        LeakageError, DataError: the split leaks, or nobody has a relevant test event.
        ArgumentError: no model or metric, an unknown metric, k below 1, a log in place of a split,
            or no model has a value of any metric.
    """
    metrics = _check_request(models, metrics, k)
    check_at_least("seeds", seeds, 1, integer=True)
    if not isinstance(split, Split):
        raise ArgumentError(
            f"split must be a Split, not {type(split).__name__}",
            fix="Make one, for example split_by_time(data).",
        )
    split.check()
    rows, relevant = relevant_events(split.test, relevant_from)
    labels = split.test.users[rows]
    asked = split, labels, relevant, k, metrics, _context(split.train, labels, k, metrics, items)
    draw_seed = generator(rng).integers(2**63)
    parts = []
    for name, model in tqdm(models.items(), desc="evaluate", disable=not progress):
        frames = {"items": items, "users": users}
        fits = [judge(copy, *asked, frames) for copy in seeded(model, seeds)]
        part = (
            _users_table(fits) if per_user else _table(fits, split, metrics, cold_below, draw_seed)
        )
        parts.append(part.assign(model=name))
    columns = PER_USER_TABLE if per_user else TABLE + (OF_SEEDS if seeds > 1 else [])
    table = pd.concat(parts, ignore_index=True)[columns]
    if table.empty:
        kinds = sorted({type(model).__name__ for model in models.values()})
        raise ArgumentError(
            f"{', '.join(kinds)} {'has' if len(kinds) == 1 else 'have'} no value of"
            f" {', '.join(map(repr, metrics))}",
            fix="rmse and mae judge models that predict values, such as biased-mf (BiasedMF).",
        )
    return table.assign(metric=[metric_name(metric, k) for metric in table["metric"]])


def _users_table(fits: list[Fit]) -> pd.DataFrame:
    """Every user's values of every fit, a row each."""
    parts = []
    for seed, fit in enumerate(fits):
        for values, weight in ((fit.values, 1.0), (fit.errors, fit.n_ratings)):
            for metric in values:
                columns = {USER: values.index, "value": values[metric].to_numpy(), "weight": weight}
                parts.append(pd.DataFrame({"seed": seed, "metric": metric} | columns))
    return pd.concat(parts) if parts else pd.DataFrame(columns=PER_USER_TABLE)


def _table(fits: list[Fit], split: Split, metrics, cold_below: int, draw_seed) -> pd.DataFrame:
    """Every metric of one model in every segment, a row each."""
    train, first, rows = split.train, fits[0], []
    for segment, mask in _segments(train, first.values.index, cold_below):
        if rows and mask.all():  # the same users as before: nothing to draw anew
            rows += [row | {"segment": segment} for row in rows]
            continue
        rows += _means([fit.values[mask] for fit in fits], None, segment, draw_seed)
        size = {"segment": segment, "users": int(mask.sum())}
        rows += [
            _mean_and_spread([OF_CATALOGUE[name](fit.columns[mask], train.n_items) for fit in fits])
            | {"metric": name}
            | size
            for name in metrics
            if name in OF_CATALOGUE
        ]
    for segment, mask in _segments(train, first.errors.index, cold_below):
        errors = [fit.errors[mask] for fit in fits]
        rows += _means(errors, first.n_ratings[mask], segment, draw_seed)
    rows.sort(key=lambda row: (SEGMENTS.index(row["segment"]), metrics.index(row["metric"])))
    table = pd.DataFrame(rows, columns=[*TABLE, *OF_SEEDS])
    seconds = {name: np.mean([getattr(fit, name) for fit in fits]) for name in TABLE[-2:]}
    return table.assign(**seconds, seeds=len(fits))


def _segments(train: Interactions, users, cold_below: int) -> list[tuple[str, np.ndarray]]:
    """Names and masks of the segments that hold any of `users`."""
    cold = train.user_counts[train.user_positions(users)] < cold_below
    masks = zip(SEGMENTS, (np.ones(len(cold), bool), ~cold, cold), strict=True)
    return [(name, mask) for name, mask in masks if mask.any()]


def _means(fits: list[pd.DataFrame], weights: np.ndarray | None, segment: str, draw_seed):
    """Mean and interval of each column over its rows, of which each weighs as `weights` says."""
    values = sum(fits) / len(fits)
    if values.columns.empty:
        return []
    if weights is not None:
        weights = np.broadcast_to(weights[:, None], values.shape)
    rng = np.random.default_rng(draw_seed)
    mean, drawn, n = drawn_means(values.to_numpy(), weights=weights, rng=rng)
    if len(fits) > 1:
        of_fits = [drawn_means(f.to_numpy(), weights=weights, rng=rng, draws=0)[0] for f in fits]
        drawn = drawn + seed_noise(of_fits, len(drawn), rng)
    else:
        of_fits = [mean]
    rows = []
    for column, (name, *numbers) in enumerate(
        zip(values.columns, mean, *between(drawn, n), strict=True)
    ):
        root = np.sqrt if name == "rmse" else np.asarray
        row = dict(zip(("mean", "low", "high"), root(np.maximum(numbers, 0) if name == "rmse"
                                                     else numbers), strict=True))  # fmt: skip
        spread = _mean_and_spread([float(root(means[column])) for means in of_fits])["seed_sd"]
        counted = int(values[name].notna().sum())
        rows.append({"metric": name, "segment": segment, "users": counted, "seed_sd": spread} | row)
    return rows


def _mean_and_spread(values: list[float]) -> dict[str, float]:
    """Of one number of several fits; no spread of one fit, none of a model that draws nothing."""
    spread = np.std(values, ddof=1) if len(values) > 1 else np.nan
    return {"mean": float(np.mean(values)), "seed_sd": float(spread)}


def _check_request(models, metrics, k: int) -> tuple[str, ...]:
    check_at_least("k", k, 1, integer=True)
    if not isinstance(models, Mapping) or not models:
        raise ArgumentError("models must be a dict of at least one name and model")
    metrics = (metrics,) if isinstance(metrics, str) else tuple(dict.fromkeys(metrics))
    unknown = [name for name in metrics if name not in KNOWN]
    if unknown or not metrics:
        raise ArgumentError(
            f"metrics {unknown} are not known",
            fix=f"Choose from {', '.join(KNOWN)}; k is an argument of its own.",
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
