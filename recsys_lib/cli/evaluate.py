"""Compare models on one split of the data."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_lib.cli import data as source
from recsys_lib.cli.estimate import expected
from recsys_lib.cli.judged import default_split, judged_text, make_split, without_intervals
from recsys_lib.cli.models import SETTINGS, check_needs, make, values_text
from recsys_lib.cli.plots import save_comparison
from recsys_lib.cli.progress import alive
from recsys_lib.datasets.source import Dataset
from recsys_lib.errors import DataError, RecsysError
from recsys_lib.evaluation import DEFAULT, evaluate
from recsys_lib.metrics.named import KNOWN, OF_RATINGS
from recsys_lib.models.base import Recommender
from recsys_lib.models.registry import MODELS
from recsys_lib.report import as_text, save_csv

GENRES = ("diversity", "miscalibration")


def add_options(command: argparse.ArgumentParser) -> None:
    """What to compare, how, and where the table goes."""
    source.add_options(command)
    models = f"names, comma-separated, or all. {SETTINGS}"
    command.add_argument("--models", default="random,popular,item-knn", help=models)
    metrics = f"comma-separated, or all: {', '.join(KNOWN)}"
    command.add_argument("--metrics", default=",".join(DEFAULT), help=metrics)
    command.add_argument(
        "--split",
        choices=["time", "random", "last"],
        help="test on the newest fifth of all, a random fifth of each user's, or each user's last"
        " (default: time if the data tells it, else random)",
    )
    relevant = "only test events with at least this value count as relevant"
    command.add_argument("--relevant-from", type=float, metavar="X", help=relevant)
    command.add_argument("--k", type=source.whole(1), default=10, help="titles a list (default 10)")
    command.add_argument("-o", "--out", type=Path, metavar="FILE.csv", help="save the table too")
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the first metric")


def run(options: argparse.Namespace) -> None:
    """Print the table, what it stands on, and save what was asked for."""
    source.check_out(options.out)
    source.check_out(options.plot)
    chosen = [*MODELS] if options.models == "all" else options.models.split(",")
    models = {text.strip(): None for text in chosen}
    lacks = {}
    for text in [*models]:
        _or_note(lambda text=text: models.update({text: make(text, options.seed)}),
                 text, options, lacks)  # fmt: skip
    data = source.open_data(options)
    for text, model in [*models.items()]:
        if model is None or not _or_note(lambda t=text, m=model: check_needs(t, m, data),
                                         text, options, lacks):  # fmt: skip
            del models[text]
    _refuse_without_values(options, data)
    kind, why = default_split(data.interactions, options.split)
    split = make_split(data.interactions, kind, np.random.default_rng(options.seed))
    table = _compare(models, split, data, options, lacks)
    shown = without_intervals(table)
    if options.out:
        save_csv(shown, options.out)
    if options.plot:
        save_comparison(shown, options.plot)
    said = [source.found_text(data), f"{data.interactions}"]
    sizes = f"{split.train.n_events:,} events to learn from, {split.test.n_events:,} to judge by"
    said += [f"Split {split.name}: {sizes}{why}", as_text(shown)]
    said += [judged_text(table, split, kind), values_text(models, data), *_left_out(lacks)]
    print("\n\n".join(part for part in said if part))


def _or_note(step, name: str, options: argparse.Namespace, lacks: dict[str, list[str]]) -> bool:
    """Take a step; where "all" was asked for, what a model lacks is noted instead of refused."""
    try:
        step()
    except RecsysError as error:
        if options.models != "all":
            raise
        lacks.setdefault(str(error), []).append(name)
        return False
    return True


def _left_out(lacks: dict[str, list[str]]) -> list[str]:
    """A line for each thing that is lacking, with all models that lack it."""
    return [f"Left out: {', '.join(names)}. {error}" for error, names in lacks.items()]


def _compare(models: dict[str, Recommender], split, data: Dataset, options, lacks) -> pd.DataFrame:
    metrics = _metrics(options.metrics, data)
    tables = []
    for place, (name, model) in enumerate(models.items(), 1):

        def step(name=name, model=model):
            return tables.append(evaluate(
                {name: model}, split, k=min(options.k, data.interactions.n_items),
                metrics=metrics, relevant_from=options.relevant_from, items=data.items,
                users=data.users, rng=np.random.default_rng(options.seed), progress=False,
            ))  # fmt: skip

        takes = expected(model, split.train, items=data.items, users=data.users)
        with alive(f"evaluating {name} ({place} of {len(models)})", takes):
            _or_note(step, name, options, lacks)
    if not tables:
        raise DataError("no model can be evaluated on this data", where="; ".join(_left_out(lacks)))
    return pd.concat(tables, ignore_index=True)


def _metrics(text: str, data: Dataset) -> tuple[str, ...]:
    if text != "all":
        return tuple(name.strip() for name in text.split(","))
    genres = data.items is not None and "genres" in data.items
    return tuple(
        name
        for name in KNOWN
        if (genres or name not in GENRES) and (data.is_rated or name not in OF_RATINGS)
    )


def _refuse_without_values(options: argparse.Namespace, data: Dataset) -> None:
    low, values = options.relevant_from, data.interactions.matrix.data
    if low is not None and low > values.max():
        span = f"values run from {values.min():g} to {values.max():g}"
        plain = values.min() == values.max() == 1 and not data.is_rated
        span = "this data has no ratings: every event counts 1" if plain else span
        raise DataError(f"no event reaches --relevant-from {low:g}: {span}",
                        fix="Name the column of ratings with --rating-col.")  # fmt: skip
    asked = {*options.metrics.split(",")} & {*OF_RATINGS}
    if asked and not data.is_rated:
        raise DataError(f"{', '.join(sorted(asked))} needs ratings, and this data has none",
                        fix="Name the column of ratings with --rating-col.")  # fmt: skip
