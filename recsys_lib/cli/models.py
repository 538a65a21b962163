"""List the models' names."""

from __future__ import annotations

import argparse
import ast

from recsys_lib.datasets.source import Dataset
from recsys_lib.errors import ArgumentError, DataError, TooLargeError
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.demographic import DemographicGroups
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.hybrids.hybrid import default_parents
from recsys_lib.models.hybrids.stacked import Stacked
from recsys_lib.models.hybrids.weighted import Weighted
from recsys_lib.models.rating import RatingPredictor
from recsys_lib.models.registry import MODELS, describe, make_model

SETTINGS = "A setting follows a colon: ials:factors=128:l2=0.1."


def add_options(command: argparse.ArgumentParser) -> None:
    """None."""


def run(options: argparse.Namespace) -> None:
    """Print every model's name, and what it is."""
    for name in MODELS:
        print(f"{name:<16}{describe(name)}")


def make(text: str, seed: int) -> Recommender:
    """The model that `name:setting=value:…` means.

    Raises:
        ArgumentError: an unknown name or setting.
    """
    name, *settings = text.split(":")
    model = make_model(name, seed)
    known = model.get_params(deep=False)
    for setting in settings:
        key, mark, value = setting.partition("=")
        if not mark or key not in known:
            listed = ", ".join(known) or "none"
            raise ArgumentError(f"{name} has no setting {setting!r}", fix=f"It has {listed}.")
        model.set_params(**{key: _value(value)})
    return model


def _value(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def check_needs(name: str, model: Recommender, data: Dataset) -> None:
    """Refuse a model that needs what the data has not, or more memory than there is."""
    if isinstance(model, DemographicGroups) and data.users is None:
        raise DataError(f"{name} needs viewers' gender and age, and this data has none")
    values = data.interactions.matrix.data
    if isinstance(model, RatingPredictor):
        fix = "Name the column of ratings with --rating-col."
        if values.min() == values.max():
            raise DataError(f"{name} learns from ratings, and all of them are equal", fix=fix)
        if data.is_weighted:
            raise DataError(f"{name} learns from ratings, and this data has counts", fix=fix)
    try:
        model._check_size(data.interactions)
    except TooLargeError as error:
        fix = "Take another model, or keep only items with more events: item_min=10."
        raise TooLargeError(f"{name}: {error.what}", fix=fix) from None


def uses_values(model: Recommender, items=None) -> bool:
    """Whether a model learns from ratings or weights, or only from who had what.

    Args:
        items: what is known of the titles; hybrids look into it too, through `ContentProfile`.
    """
    if isinstance(model, Weighted | Stacked):
        return any(map(uses_values, default_parents(items).values()))
    weighted = bool(getattr(model, "weighted", False))
    return isinstance(model, RatingPredictor | ContentProfile) or weighted


def values_text(models: dict[str, Recommender], data: Dataset) -> str:
    """Which models use the values and which do not; empty where there are none."""
    if not (data.is_rated or data.is_weighted):
        return ""
    what = "ratings" if data.is_rated else "weights"
    use = [name for name, model in models.items() if uses_values(model, data.items)]
    rest = [name for name in models if name not in use]
    said = [f"{', '.join(use)} learn from the {what}"] if use else []
    said += [f"{', '.join(rest)} only from who had what"] if rest else []
    able = [f"{name}:weighted=True" for name in rest if hasattr(models[name], "weighted")]
    could = f" ({', '.join(able)} would use the weights)"
    more = could if able and data.is_weighted else ""
    return f"Values are {what}: {'; '.join(said)}{more}."
