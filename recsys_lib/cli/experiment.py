"""Read an A/B test: one row a viewer, its arm, its metrics, and what was known before."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from recsys_lib.cli.data import check_out
from recsys_lib.datasets.tables import TableOptions
from recsys_lib.datasets.tables.read import in_any_form
from recsys_lib.datasets.tables.rows import Rows, one_by_one
from recsys_lib.experiments import in_words, read_experiment
from recsys_lib.report import save_csv


def add_options(command: argparse.ArgumentParser) -> None:
    """The table and its columns."""
    command.add_argument("table", metavar="PATH", help="one row a viewer: user, arm, metric, …;"
                         " a column metric_before makes its metric surer")  # fmt: skip
    command.add_argument("--user-col", default="user", metavar="NAME")
    command.add_argument("--arm-col", default="arm", metavar="NAME")
    command.add_argument("--control", metavar="ARM", help="the arm to compare with")
    command.add_argument("--metrics", metavar="NAME,…", help="columns to compare, or all numeric")
    command.add_argument("--shares", type=_numbers, metavar="S,…",
                         help="what share each arm was to get, arms in sorted order")  # fmt: skip
    command.add_argument("-o", "--output", type=Path, metavar="FILE.csv", help="the table too")


def run(options: argparse.Namespace) -> None:
    """Print sizes, the ratio check and a sentence a metric."""
    check_out(options.output)
    readout = read_experiment(
        read_viewers(options.table), user=options.user_col, arm=options.arm_col,
        control=options.control, shares=options.shares,
        metrics=options.metrics.split(",") if options.metrics else None,
    )  # fmt: skip
    if options.output:
        save_csv(readout.table, options.output)
    print(in_words(readout))


def read_viewers(path: str) -> pd.DataFrame:
    """A table in any form that events are read in; columns of numbers become numbers."""
    frame = in_any_form(path, TableOptions(), lambda table, *_: _frame(table))
    for name in frame:
        numbers = pd.to_numeric(frame[name].where(frame[name] != ""), errors="coerce")
        if (numbers.notna() | (frame[name] == "")).all():
            frame[name] = numbers
    return frame


def _frame(table: Rows) -> pd.DataFrame:
    return pd.DataFrame([row for _, row in one_by_one(table.rows)], columns=table.names)


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]
