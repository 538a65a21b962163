"""Choose a model's settings on validation data, never on the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from recsys_lib.errors import ArgumentError, check_choice
from recsys_lib.evaluation import evaluate
from recsys_lib.leakage import Recipe, Split
from recsys_lib.metrics.named import KNOWN
from recsys_lib.models.base import Recommender
from recsys_lib.randomness import Rng, generator
from recsys_lib.splits import again

LESS_IS_BETTER = ("rmse", "mae", "miscalibration", "gini")
MEASURED = ["mean", "low", "high", "users", "fit_seconds", "recommend_seconds"]


@dataclass(frozen=True)
class Tuned:
    """What `tune` found.

    Attributes:
        model: the winner, fitted on the whole of `split.train`.
        best: the winner's settings from the grid.
        table: one row a combination, best first: its settings, then mean, low, high (95 % interval
            over users) of the metric on the validation data, users, fit_seconds,
            recommend_seconds.
    """

    model: Recommender
    best: dict
    table: pd.DataFrame


def tune(
    model: Recommender,
    grid: Mapping[str, Sequence] | Sequence[Mapping[str, Sequence]],
    split: Split,
    *,
    metric: str = "ndcg",
    k: int = 10,
    fraction: float = 0.2,
    relevant_from: float | None = None,
    items: pd.DataFrame | None = None,
    users: pd.DataFrame | None = None,
    rng: Rng = 0,
    progress: bool = True,
) -> Tuned:
    """Try every combination of settings on a part of `split.train`, then fit the best on all of it.

    The validation data is carved from `split.train` the way that `split` was made: if that hides
    all events of some titles, so does this. `split.test` is not looked at. The winner's mean is
    the best of many and so a little too good: what the model is worth, only the test says.

    Args:
        model: cloned, never changed.
        grid: setting → the values to try, or several such; as in scikit-learn's `ParameterGrid`.
        split: how the winner will be judged.
        metric: a name that `evaluate` knows; the lowest wins for those in `LESS_IS_BETTER`, else
            the highest; of equals the first in the grid.
        fraction: share of `split.train` to validate on, of events, users or titles as in `split`;
            `leave_last_out` has none, but as many events a user as in `split`.
        k, relevant_from, items, users: as in `evaluate`.
        rng: decides a random validation part and the intervals.
        progress: show a bar, one step a combination.

    Raises:
        ArgumentError: an empty grid, an unknown setting or metric, or the model has no value of
            this metric.
    """
    check_choice("metric", metric, tuple(KNOWN))
    settings = _combinations(model, grid)
    rng = generator(rng)
    table = evaluate(
        {str(number): clone(model).set_params(**chosen) for number, chosen in enumerate(settings)},
        validation(split, fraction, rng=rng),
        k=k, metrics=(metric,), relevant_from=relevant_from, items=items, users=users, rng=rng,
        progress=progress, cold_below=0,
    )  # fmt: skip
    table = table[(table["segment"] == "all") & table["mean"].notna()]
    if table.empty:
        raise ArgumentError(f"{type(model).__name__} has no value of {metric!r}")
    table = table.sort_values("mean", ascending=metric in LESS_IS_BETTER, kind="stable")
    tried = [settings[int(number)] for number in table["model"]]
    measured = table[MEASURED].reset_index(drop=True)
    winner = clone(model).set_params(**tried[0]).fit(split.train, items=items, users=users)
    return Tuned(winner, tried[0], pd.concat([pd.DataFrame(tried), measured], axis=1))


def validation(split: Split, fraction: float = 0.2, *, rng: Rng) -> Split:
    """Split `split.train` again, the way that `split` itself was made.

    A split made by hand is taken for one of its order: by time ("global"), each user's last event
    ("user") or random ("none").
    """
    by_order = {"global": "split_by_time", "user": "leave_last_out", "none": "split_random"}
    recipe = split.recipe or Recipe(by_order[split.order])
    return again(recipe, split.train, fraction, rng=rng)


def _combinations(model: Recommender, grid) -> list[dict]:
    fix = 'For example {"l2": [100, 300]}.'
    try:
        settings = list(ParameterGrid(grid))
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"this is no grid: {error}".rstrip("."), fix=fix) from None
    if not any(settings):
        raise ArgumentError("the grid is empty", fix=fix)
    known = model.get_params()
    unknown = sorted({name for chosen in settings for name in chosen} - set(known))
    if unknown:
        listed = ", ".join(known) or "none"
        raise ArgumentError(f"{type(model).__name__} has no settings {unknown}",
                            fix=f"It has: {listed}.")  # fmt: skip
    return settings
