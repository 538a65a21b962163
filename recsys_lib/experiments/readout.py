"""A whole experiment from one table: the split, every metric, what may be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.experiments.adjust import cuped
from recsys_lib.experiments.checks import ALARM, ratio_check
from recsys_lib.experiments.difference import Difference, mean_difference, share_difference
from recsys_lib.significance import holm

BEFORE = "_before"
CONTROLS = ("control", "a", "old", "0")


@dataclass(frozen=True)
class Readout:
    """What an experiment found.

    Attributes:
        sizes: viewers in each arm.
        ratio_p: `ratio_check` of the sizes.
        table: a row for each metric and treated arm: metric, arm, kind ("mean" or "share"),
            treated, control, difference, low, high, relative (difference / control), p (Holm's, for
            the number of rows), variance (what is left of it after `cuped`; 1 without a column of
            before).
        level: how often each interval is to hold the truth.
    """

    sizes: pd.Series
    ratio_p: float
    table: pd.DataFrame
    level: float

    @property
    def is_believed(self) -> bool:
        """Whether the split is one that the lot could have given."""
        return self.ratio_p >= ALARM


def read_experiment(
    table: pd.DataFrame,
    *,
    user: str = "user",
    arm: str = "arm",
    control: str | None = None,
    metrics: Sequence[str] | None = None,
    shares: Sequence[float] | None = None,
    level: float = 0.95,
) -> Readout:
    """Sizes, the ratio check, and each metric's difference from the control's.

    A metric of 0 and 1 is a share, any other a mean. Where `minutes_before` stands beside
    `minutes`, the metric is first adjusted by it (`cuped`), in all arms together.

    Args:
        table: one row a viewer.
        user, arm: the columns that name the viewer and the arm.
        control: the arm that others are compared with; None takes one that is named control, A,
            old or 0.
        metrics: columns to compare; None takes every numeric one.
        shares: the share of viewers that each arm was to get, in sorted order of the arms.
        level: how often each interval is to hold the truth.

    Raises:
        DataError: a column is missing, a viewer has two rows, an arm is missing or too small, or a
            metric is no number or not known of everybody.
        ArgumentError: the control is not one of the arms.
    """
    _check(table, user, arm, metrics)
    arms = table[arm].astype(str)
    sizes = arms.value_counts().sort_index()
    control = _control(sizes.index, control)
    rows = []
    for name in _metrics(table, user, arm, metrics):
        values, variance = _adjusted(table, name)
        kind = "share" if variance == 1 and np.isin(values, (0, 1)).all() else "mean"
        compare = share_difference if kind == "share" else mean_difference
        for treated in sizes.index.drop(control):
            pair = values[arms == treated], values[arms == control]
            found = compare(*pair, level=level)
            rows.append(_row(name, treated, kind, found, variance))
    found = pd.DataFrame(rows)
    found["p"] = holm(found["p"])
    return Readout(sizes, ratio_check(sizes, shares), found, level)


def _row(name: str, arm: str, kind: str, found: Difference, variance: float) -> dict:
    return {"metric": name, "arm": arm, "kind": kind, **found._asdict(),
            "relative": found.relative, "variance": variance}  # fmt: skip


def _adjusted(table: pd.DataFrame, name: str) -> tuple[np.ndarray, float]:
    """The metric, and the share of its variance that is left of it."""
    values = table[name].to_numpy(float)
    if name + BEFORE not in table or not np.var(values) > 0:
        return values, 1.0
    adjusted = cuped(values, table[name + BEFORE].to_numpy(float))
    return adjusted, float(np.var(adjusted) / np.var(values))


def _check(table: pd.DataFrame, user: str, arm: str, metrics: Sequence[str] | None) -> None:
    missing = [name for name in (user, arm, *(metrics or ())) if name not in table]
    if missing:
        raise DataError(f"the table has no column {missing[0]!r}",
                        fix=f"Its columns: {', '.join(map(str, table.columns))}.")  # fmt: skip
    if table[arm].isna().any():
        raise DataError(f"{int(table[arm].isna().sum())} viewers have no arm", where=arm)
    twice = table[user][table[user].duplicated()]
    if len(twice):
        raise DataError(
            f"viewer {twice.iloc[0]!r} has more than one row",
            where=user,
            fix="Sum or average each viewer's rows first; the lot drew viewers.",
        )


def _control(arms: pd.Index, control: str | None) -> str:
    if len(arms) < 2:
        raise DataError(f"an experiment needs two arms, and there is only {list(arms)}")
    usual = [name for name in arms if name.lower() in CONTROLS]
    chosen = control if control is not None else usual[0] if len(usual) == 1 else None
    if chosen not in arms:
        raise ArgumentError(f"control={control!r} is none of the arms" if control else
                            "no arm, or more than one, is named as a control usually is",
                            fix=f"Name one of {', '.join(arms)} with control=.")  # fmt: skip
    return chosen


def _metrics(table: pd.DataFrame, user: str, arm: str, metrics: Sequence[str] | None) -> list[str]:
    chosen = list(metrics) if metrics is not None else [
        name for name in table
        if name not in (user, arm) and not str(name).endswith(BEFORE)
        and pd.api.types.is_numeric_dtype(table[name])
    ]  # fmt: skip
    if not chosen:
        raise DataError("the table has no numeric column to compare")
    for name in (n for metric in chosen for n in (metric, metric + BEFORE) if n in table):
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column):
            raise DataError(f"{name!r} holds {column.dropna().iloc[0]!r}, no number")
        if column.isna().any():
            raise DataError(f"{int(column.isna().sum())} viewers have no {name!r}",
                            fix="Say what nothing means: 0 minutes is a number.")  # fmt: skip
    return chosen
