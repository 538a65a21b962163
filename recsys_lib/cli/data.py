"""The options that every command has for its data, and the data that they name."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from recsys_lib.cli.words import in_options
from recsys_lib.datasets.filters import between, k_core, values_from
from recsys_lib.datasets.source import NAMES, Dataset, open_dataset
from recsys_lib.datasets.tables import TableOptions
from recsys_lib.datasets.tables.options import DUPLICATES, UNITS
from recsys_lib.datasets.tables.titles import read_titles
from recsys_lib.errors import ArgumentError


def add_options(command: argparse.ArgumentParser) -> None:
    """What names the data, tells how a table is written, and filters its events."""
    source = f"a table, a folder or zip of a known data set, or one of {', '.join(NAMES)}"
    command.add_argument("data", metavar="PATH_OR_NAME", help=source)
    command.add_argument("--seed", type=whole(0), default=0, help="of all that is random")
    add_table_options(command)


def add_table_options(command: argparse.ArgumentParser) -> None:
    """How a table is written, and which of its events count."""
    _add_table(command.add_argument_group("for a table (what is not given is found by looking)"))
    _add_filters(command.add_argument_group("fewer events"))


def _add_table(group) -> None:
    for role in ("user", "item", "rating", "time", "weight"):
        group.add_argument(f"--{role}-col", metavar="NAME", help="a name, or a number from 1")
    group.add_argument("--weights", type=_weights, metavar="KIND=W,…", help="view=1,cart=3,…")
    group.add_argument("--no-rating", type=float, nargs="+", default=(), metavar="X",
                       help="values that mean that there is no rating")  # fmt: skip
    group.add_argument("--duplicates", choices=DUPLICATES, help="where a pair is repeated")
    group.add_argument("--bad-rows", choices=["error", "skip"], default="error")
    group.add_argument("--separator", metavar="S", help="also: tab, blanks")
    group.add_argument("--encoding", metavar="NAME")
    group.add_argument("--no-header", action="store_const", const=False, dest="header")
    group.add_argument("--no-quotes", action="store_const", const=False, dest="quotes")
    group.add_argument("--decimal", choices=[".", ","])
    group.add_argument("--time-unit", choices=UNITS)
    group.add_argument("--time-format", metavar="F", help="for example %%d/%%m/%%Y")
    group.add_argument("--wide", action="store_true", help="one row a user, one column an item")
    group.add_argument("--ignore-cols", nargs="+", default=(), metavar="NAME")
    group.add_argument("--items", metavar="FILE", help="a table of the items' titles")


def _add_filters(group) -> None:
    group.add_argument("--min-user-events", type=whole(1), metavar="N")
    group.add_argument("--min-item-events", type=whole(1), metavar="N")
    group.add_argument("--value-from", type=float, metavar="X", help="only values of at least X")
    group.add_argument("--date-from", metavar="DATE", help="only events at or after it")
    group.add_argument("--date-to", metavar="DATE", help="only events before it")


def open_data(options: argparse.Namespace) -> Dataset:
    """The data, its filters applied, its titles added; told what was found."""
    separator = {"tab": "\t", "\\t": "\t"}.get(options.separator, options.separator)
    columns = {role: getattr(options, f"{role}_col") for role in _ROLES}
    told = {name: getattr(options, name) for name in _TOLD}
    data = open_dataset(
        options.data,
        progress=sys.stderr.isatty(),
        **columns,
        **told,
        separator=separator,
        no_rating=tuple(options.no_rating),
        ignore=tuple(options.ignore_cols),
    )
    data = replace(data, interactions=_filtered(data.interactions, options))
    if options.items:
        titles = read_titles(options.items, TableOptions(), data.interactions.items)
        data = replace(data, items=titles)
    return data


_ROLES = ("user", "item", "rating", "time", "weight")
_TOLD = ("weights", "encoding", "header", "quotes", "decimal", "time_unit", "time_format",
         "duplicates", "bad_rows", "wide")  # fmt: skip


def _filtered(data, options: argparse.Namespace):
    if options.value_from is not None:
        data = values_from(data, options.value_from)
    if options.date_from or options.date_to:
        data = between(data, options.date_from, options.date_to)
    if options.min_user_events or options.min_item_events:
        data = k_core(data, options.min_user_events or 1, options.min_item_events or 1)
    return data


def found_text(data: Dataset) -> str:
    """What was found while reading, the notes in the options' words; empty for a named set."""
    said = [] if data.reading is None else [in_options(data.reading.text())]
    if data.layout is not None:
        said.insert(0, f"This is {data.layout.name}. {data.layout.terms}".strip())
    return "\n".join(said)


def check_out(out: Path | None) -> None:
    """Refuse a file that could not be written, before any long computation."""
    if out and (os.path.isdir(out) or not os.path.isdir(out.absolute().parent)):
        raise ArgumentError("--out must name a file in a folder that exists", where=str(out))


def whole(low: int):
    """A type for argparse: a whole number of at least `low`."""

    def whole_number(text: str) -> int:
        number = int(text)
        if not low <= number < 2**32:
            raise argparse.ArgumentTypeError(f"must be between {low} and {2**32 - 1}")
        return number

    return whole_number


def _weights(text: str) -> dict[str, float]:
    pairs = [part.rpartition("=") for part in text.split(",") if part]
    try:
        return {kind.strip(): float(weight) for kind, _, weight in pairs}
    except ValueError:
        raise argparse.ArgumentTypeError("must look like view=1,cart=3") from None
