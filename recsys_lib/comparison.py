"""Is one model better than another? The same users, two lists each: their differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import USER
from recsys_lib.intervals import between, drawn_means, seed_noise
from recsys_lib.randomness import Rng, generator
from recsys_lib.significance import holm

TABLE = ["model", "other", "metric", "difference", "low", "high", "users", "p", "seeds", "seed_sd"]


def compare(
    values: pd.DataFrame,
    model: str,
    other: str | None = None,
    *,
    rng: Rng = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """How much higher a model's metrics are than another's, user by user.

    difference = mean over users of (value of `model` - value of `other`)

    A user who is hard to please is hard for both, so the difference is surer than either mean; two
    models whose intervals overlap may well differ all the same. Means are over the fits of each
    model; where there are several, the interval holds what other seeds could have given besides.

    Args:
        values: what `evaluate(..., per_user=True)` returned.
        model: a name in its column "model".
        other: another, or None for each of the others.
        rng: decides the bootstrap.
        level: how often each interval is to hold the truth.

    Returns:
        DataFrame model, other, metric, difference, low, high (bootstrap interval over users, NaN
        below `intervals.FEWEST` of them), users (with a value of both), p (how often chance alone
        gives as large a difference, corrected for the number of rows: `significance.holm`), seeds
        (fits of the model with more of them), seed_sd (standard deviation of the difference of
        single fits; NaN if neither has several). For "rmse", "mae" and others of which less is
        better, a difference below 0 is in favour of `model`.

    Raises:
        ArgumentError: a model is not in `values`, or there is no other.
        DataError: a column is missing.
    """
    missing = [name for name in ("seed", "metric", USER, "value", "weight") if name not in values]
    if missing:
        raise DataError(f"values has no column {missing}", fix="Use evaluate(..., per_user=True).")
    names = list(dict.fromkeys(values["model"]))
    others = [name for name in names if name != model] if other is None else [other]
    for name in (model, *others):
        if name not in names:
            raise ArgumentError(f"there is no model {name!r}", fix=f"Choose from {names}.")
    if not others or others == [model]:
        raise ArgumentError(f"there is no other model than {model!r} to compare with")
    seed = generator(rng).integers(2**63)
    of_model = dict(list(values.groupby("model", sort=False)))
    rows = []
    for against in others:
        for metric in dict.fromkeys(of_model[model]["metric"]):
            two = [_by_fit(of_model[name], metric) for name in (model, against)]
            if not any(fits.empty for fits in two):
                row = _difference(metric, *two, level, np.random.default_rng(seed))
                rows.append({"model": model, "other": against, "metric": metric} | row)
    table = pd.DataFrame(rows, columns=TABLE)
    return table.assign(p=holm(table["p"].to_numpy(float)))


def _by_fit(values: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One metric of one model: a row a user and their weight, a column a fit."""
    return values[values["metric"] == metric].pivot(
        index=[USER, "weight"], columns="seed", values="value"
    )


def _difference(metric: str, one: pd.DataFrame, two: pd.DataFrame, level: float, rng) -> dict:
    """The row of `compare` for one metric of two models, but for their names."""
    one, two = one.align(two, join="inner", axis=0)
    weights = np.repeat(one.index.get_level_values("weight").to_numpy(float)[:, None], 2, axis=1)
    both = np.column_stack([one.mean(axis=1, skipna=False), two.mean(axis=1, skipna=False)])
    both[np.isnan(both).any(axis=1)] = np.nan
    mean, drawn, n = drawn_means(both, weights=weights, rng=rng)
    single = []
    for side, fits in enumerate((one, two)):
        if fits.shape[1] > 1:
            known = fits.to_numpy()[~np.isnan(both[:, side])]
            of_fits = np.average(known, axis=0, weights=weights[~np.isnan(both[:, side]), side])
            drawn[:, [side]] += seed_noise(of_fits[:, None], len(drawn), rng)
            single.append(np.var(_shown(metric, of_fits), ddof=1))
    drawn = _shown(metric, np.maximum(drawn, 0) if metric == "rmse" else drawn)
    gap = np.subtract(*_shown(metric, mean))
    gaps = drawn[:, 0] - drawn[:, 1]
    (low,), (high,) = between(gaps[:, None], n[:1], level)
    return {
        "difference": gap, "low": low, "high": high, "users": int(n[0]), "p": _p(gap, gaps, n[0]),
        "seeds": max(one.shape[1], two.shape[1]),
        "seed_sd": np.sqrt(sum(single)) if single else np.nan,
    }  # fmt: skip


def _shown(metric: str, means: np.ndarray) -> np.ndarray:
    return np.sqrt(means) if metric == "rmse" else means


def _p(gap: float, gaps: np.ndarray, n: int) -> float:
    """Student's test of the gap with the draws' spread for its standard error."""
    if np.isnan(gap) or n < 2:
        return np.nan
    error = np.std(gaps) * np.sqrt(n / (n - 1))
    if error < 1e-12:
        return 1.0 if abs(gap) < 1e-12 else 0.0
    return float(2 * stats.t.sf(abs(gap) / error, n - 1))
