"""Say what a table holds, how it was read, and what to type next."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

import numpy as np

from recsys_lib.cli import data as source
from recsys_lib.cli.plots import save_description
from recsys_lib.datasets.source import Dataset
from recsys_lib.interactions import Interactions
from recsys_lib.metrics.beyond import gini


def add_options(command: argparse.ArgumentParser) -> None:
    """The data, and a picture."""
    source.add_options(command)
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw it too")


def run(options: argparse.Namespace) -> None:
    """Print the findings, the sizes and the next command."""
    source.check_out(options.plot)
    data = source.open_data(options)
    if options.plot:
        save_description(data.interactions, options.plot)
    said = [source.found_text(data), sizes(data), "Next: " + _next(options)]
    print("\n\n".join(part for part in said if part))


def sizes(data: Dataset) -> str:
    """How many, how dense, how long, how unequal, which values, from when to when.

    The Gini coefficient is that of items' numbers of events: 0 is equal, 1 is all in one.
    """
    log = data.interactions
    lines = [
        ("events", f"{log.n_events:,} pairs of {log.n_users:,} users and {log.n_items:,} items"),
        ("density", f"{log.density:.3%} of all pairs"),
        ("histories", _spread(log.user_counts, "events a user")),
        ("items", _spread(log.item_counts, "events an item")),
        ("popularity", f"Gini {gini(log.item_counts):.2f}; the most popular tenth of the items has"
                       f" {_top_share(log):.0%} of the events"),
        ("values", _values(data)),
        ("times", _times(log)),
    ]  # fmt: skip
    return "\n".join(f"{name:<12}{text}" for name, text in lines)


def _spread(counts: np.ndarray, what: str) -> str:
    low, median, high = np.quantile(counts[counts > 0], [0, 0.5, 1])
    single = int((counts == 1).sum())
    return f"{median:g} {what} in the median ({low:g} to {high:g}); {single:,} have one"


def _top_share(log: Interactions) -> float:
    counts = np.sort(log.item_counts)[::-1]
    return counts[: max(len(counts) // 10, 1)].sum() / counts.sum()


def _values(data: Dataset) -> str:
    values, counts = np.unique(data.interactions.matrix.data, return_counts=True)
    if not (data.is_rated or data.is_weighted):
        return "none: every event counts 1"
    what = "ratings" if data.is_rated else "counts or weights"
    mean = data.interactions.matrix.data.mean(dtype=float)
    said = f"{what} from {values[0]:g} to {values[-1]:g}, {mean:.2f} in the mean"
    if len(values) > 12:
        return said
    return f"{said} ({', '.join(f'{v:g}: {n:,}' for v, n in zip(values, counts, strict=True))})"


def _times(log: Interactions) -> str:
    if log.times is None:
        return "none: models can only be compared on a random split"
    first, last = log.times.min().astype("datetime64[s]"), log.times.max().astype("datetime64[s]")
    distinct = len(np.unique(log.times))
    few = distinct < log.n_events / 20
    tied = f"; only {distinct:,} distinct times, so many events are tied" if few else ""
    return f"{str(first).replace('T', ' ')} to {str(last).replace('T', ' ')}{tied}"


def _next(options: argparse.Namespace) -> str:
    words = iter(options.arguments[1:])
    kept = []
    for word in words:
        if word == "--plot":
            next(words, None)
        elif not word.startswith("--plot="):
            kept.append(word)
    return shlex.join(["python", "-m", "recsys_lib", "evaluate", *map(str, kept)])
