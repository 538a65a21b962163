"""How the data is split, who could be judged by it, and who could not, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import DataError
from recsys_lib.interactions import Interactions
from recsys_lib.splits import Split, leave_last_out, split_by_time, split_random

FEWEST = 20  # users below which an interval would promise more than it knows


def default_split(data: Interactions, asked: str | None) -> tuple[str, str]:
    """The kind of split, and why it is not by time where nobody asked."""
    if asked:
        return asked, ""
    if data.times is None:
        return "random", ""
    if data.times.min() == data.times.max():
        return "random", " (all events have the same time, which tells no order)"
    return "time", ""


def make_split(data: Interactions, kind: str, rng: np.random.Generator) -> Split:
    """The split.

    Raises:
        DataError: it cannot be made of this data.
    """
    if kind == "random":
        split = split_random(data, rng=rng)
    elif data.times is None:
        fix = "Use --split random or, for a table, name their column with --time-col."
        raise DataError(f"--split {kind} needs times, and this data has none", fix=fix)
    elif data.times.min() == data.times.max():
        raise DataError(f"--split {kind} cannot be made: all events have the same time",
                        fix="Use --split random.")  # fmt: skip
    else:
        split = split_by_time(data) if kind == "time" else leave_last_out(data)
    _refuse_empty(split, kind)
    return split


def _refuse_empty(split: Split, kind: str) -> None:
    if not split.train.n_events:
        what = "every user's events have one and the same time, so none is the last"
        raise DataError(f"--split {kind} leaves nothing to learn from: {what}",
                        fix="Use --split time or --split random.")  # fmt: skip
    if not split.test.n_events:
        raise DataError(f"--split {kind} leaves nothing to judge by: users have too few events",
                        fix="Three events of a user are needed, two for --split last.")  # fmt: skip


def without_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """The table, without the intervals that stand on fewer than `FEWEST` users."""
    few = table["users"] < FEWEST
    return table.assign(low=table["low"].mask(few), high=table["high"].mask(few))


def judged_text(table: pd.DataFrame, split: Split, kind: str) -> str:
    """How many users could be judged, why the others could not, and what that is worth."""
    judged = int(table.loc[table["segment"] == "all", "users"].max())
    everyone = int(((split.train.user_counts + split.test.user_counts) > 0).sum())
    lacking = int(((split.train.user_counts > 0) & (split.test.user_counts == 0)).sum())
    said = [f"{judged:,} of {everyone:,} users could be judged."]
    if lacking:
        why = {"time": "no event after the cut", "random": "fewer than three events",
               "last": "a single event, or all at one time"}[kind]  # fmt: skip
        said.append(f"{lacking:,} have {why}.")
    unliked = everyone - lacking - judged
    if unliked > 0:
        said.append(f"{unliked:,} have no relevant event in the test.")
    known = split.train.user_counts[split.test.user_counts > 0]
    new = int((known == 0).sum())
    if new:
        said.append(f"{new:,} users of the test have no event to learn from: they get what a model"
                    " gives to strangers.")  # fmt: skip
    if judged < FEWEST:
        said.append(f"Fewer than {FEWEST} say very little, so no interval is given.")
    return " ".join(said)
