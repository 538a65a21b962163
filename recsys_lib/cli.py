"""The command line: compare recommenders on any data, or ask one what to watch next.

Results go to standard output. What is wrong with the input is said in one line on standard error,
the exit code is then 2, and no file has been written.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from recsys_lib.datasets.source import NAMES, Dataset, open_dataset
from recsys_lib.errors import ArgumentError, DataError, RecsysError, UnknownUserError
from recsys_lib.evaluation import evaluate
from recsys_lib.interactions import ITEM, RANK, SCORE, USER, Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.demographic import DemographicGroups
from recsys_lib.models.rating import RatingPredictor
from recsys_lib.models.registry import MODELS, describe, make_model
from recsys_lib.report import as_text, save_csv
from recsys_lib.splits import Split, leave_last_out, split_by_time, split_random

EXAMPLES = """\
examples:
  python -m recsys_lib evaluate matinee --models popular,item-knn
  python -m recsys_lib evaluate ml-100k.zip --models popular,demographic --out table.csv
  python -m recsys_lib evaluate loans.csv --user-col reader --item-col book --time-col lent_on
  python -m recsys_lib recommend matinee --user 17 --model item-knn
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0, or 2 if something is wrong with the input."""
    if hasattr(sys.stdout, "reconfigure"):  # a title must not fail on a narrow terminal encoding
        sys.stdout.reconfigure(errors="replace")
    try:
        options = _parser().parse_args(arguments)
        options.run(options)
    except RecsysError as error:
        problem = str(error)
    except MemoryError:
        problem = "there is not enough memory for this: leave out rare items or users, or choose"
        problem += " a smaller model, such as item-knn."
    else:
        return 0
    print("recsys_lib:", " ".join(problem.split()), file=sys.stderr)
    return 2


# Options ----------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ArgumentError(message, fix=f"See {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m recsys_lib",
        description=__doc__.splitlines()[0],
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_evaluate(commands.add_parser("evaluate", help="compare models on one split of the data"))
    _add_recommend(commands.add_parser("recommend", help="what one user should watch next"))
    listing = commands.add_parser("models", help="list the models' names")
    listing.set_defaults(run=_list_models)
    return parser


def _add_evaluate(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_evaluate)
    command.add_argument("--models", default="popular,item-knn", help="names, comma-separated")
    command.add_argument(
        "--split",
        choices=["time", "random", "last"],
        help="test on the newest fifth of all, a random fifth of each user's, or each user's last"
        " (default: time if the data tells it, else random)",
    )
    relevant = "only test events with at least this value count as relevant"
    command.add_argument("--relevant-from", type=float, metavar="X", help=relevant)
    _add_common(command)


def _add_recommend(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_recommend)
    command.add_argument("--user", required=True, metavar="ID", help="the user's label in the data")
    command.add_argument("--model", default="item-knn", help="a model's name")
    _add_common(command)


def _add_common(command: argparse.ArgumentParser) -> None:
    source = f"a CSV file, a folder or zip of MovieLens, or one of {', '.join(NAMES)}"
    command.add_argument("data", metavar="PATH_OR_NAME", help=source)
    command.add_argument("--k", type=_whole(1), default=10, help="titles a list (default 10)")
    command.add_argument("--seed", type=_whole(0), default=0, help="of all that is random")
    command.add_argument("--out", type=Path, metavar="FILE.csv", help="save the table there too")
    table = command.add_argument_group("for a CSV file")
    table.add_argument("--user-col", default=USER, metavar="NAME")
    table.add_argument("--item-col", default=ITEM, metavar="NAME")
    table.add_argument("--rating-col", metavar="NAME")
    table.add_argument("--time-col", metavar="NAME")
    repeated = "which event counts where a pair of user and item is repeated"
    choices = ["error", "first", "last", "sum"]
    table.add_argument("--duplicates", default="error", choices=choices, help=repeated)
    table.add_argument("--encoding", default="utf-8")


def _whole(low: int):
    def whole_number(text: str) -> int:
        number = int(text)
        if not low <= number < 2**32:
            raise argparse.ArgumentTypeError(f"must be between {low} and {2**32 - 1}")
        return number

    return whole_number


# Commands ---------------------------------------------------------------------------------------


def _evaluate(options: argparse.Namespace) -> None:
    names = [name.strip() for name in options.models.split(",")]
    models = {name: make_model(name, options.seed) for name in names}
    data = _open(options, models)
    split = _split(data.interactions, options.split, np.random.default_rng(options.seed))
    table = evaluate(
        models,
        split,
        k=min(options.k, data.interactions.n_items),
        relevant_from=options.relevant_from,
        items=data.items,
        users=data.users,
        rng=np.random.default_rng(options.seed),
        progress=sys.stderr.isatty(),
    )
    if options.out:
        save_csv(table, options.out)
    print(data.interactions)
    sizes = f"{split.train.n_events:,} events to learn from, {split.test.n_events:,} to judge by"
    print(f"Split {split.name}: {sizes}", as_text(table), sep="\n\n")


def _recommend(options: argparse.Namespace) -> None:
    model = make_model(options.model, options.seed)
    data = _open(options, {options.model: model})
    user = _find_user(data.interactions, options.user)
    model.fit(data.interactions, items=data.items, users=data.users)
    table = model.recommend([user], k=min(options.k, data.interactions.n_items))
    if data.items is not None:
        known = [name for name in ("title", "year", "genres") if name in data.items]
        table = table.merge(data.items[[ITEM, *known]], on=ITEM, how="left")
    if options.out:
        save_csv(table, options.out)
    shown = [name for name in table if name not in (USER, RANK, SCORE)]
    print(table[[RANK, *shown, SCORE]].to_string(index=False))


def _list_models(options: argparse.Namespace) -> None:
    for name in MODELS:
        print(f"{name:<14}{describe(name)}")


# Steps ------------------------------------------------------------------------------------------


def _open(options: argparse.Namespace, models: dict[str, Recommender]) -> Dataset:
    """The data, refused before any long computation if the outcome could not be had."""
    out = options.out
    if out and (os.path.isdir(out) or not os.path.isdir(out.absolute().parent)):
        raise ArgumentError("--out must name a file in a folder that exists", where=str(out))
    data = open_dataset(
        options.data,
        progress=sys.stderr.isatty(),
        user=options.user_col,
        item=options.item_col,
        rating=options.rating_col,
        time=options.time_col,
        duplicates=options.duplicates,
        encoding=options.encoding,
    )
    for name, model in models.items():
        _check_needs(name, model, data)
    return data


def _check_needs(name: str, model: Recommender, data: Dataset) -> None:
    if isinstance(model, DemographicGroups) and data.users is None:
        raise DataError(f"{name} needs viewers' gender and age, and this data has none")
    values = data.interactions.matrix.data
    if isinstance(model, RatingPredictor) and values.min() == values.max():
        fix = "For a CSV file, name their column with --rating-col."
        raise DataError(f"{name} learns from ratings, and all of them are equal", fix=fix)


def _split(data: Interactions, kind: str | None, rng: np.random.Generator) -> Split:
    kind = kind or ("random" if data.times is None else "time")
    if kind == "random":
        return split_random(data, rng=rng)
    if data.times is None:
        fix = "Use --split random or, for a CSV file, name their column with --time-col."
        raise DataError(f"--split {kind} needs times, and this data has none", fix=fix)
    return split_by_time(data) if kind == "time" else leave_last_out(data)


def _find_user(data: Interactions, label: str) -> object:
    row = pd.Index(data.users.astype(str)).get_indexer([label.strip()])[0]
    if row < 0:
        examples = ", ".join(map(str, data.users[:3]))
        raise UnknownUserError(f"there is no user {label!r}", fix=f"Users are {examples}, ...")
    return data.users[row]
