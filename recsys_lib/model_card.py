"""A card for a model: what it is for, what it was judged on, whom it serves worse, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from recsys_lib.errors import ArgumentError, DataError

SEGMENT_NAMES = {"all": "all viewers", "warm": "known viewers", "cold": "new viewers"}
NUMBERS = ["mean", "low", "high", "users"]


def model_card(
    table: pd.DataFrame,
    model: str,
    *,
    use: str,
    data: str,
    limits: Sequence[str],
    groups: Mapping[str, pd.DataFrame] | None = None,
) -> str:
    """Put what an evaluation found beside what the model is meant for.

    Numbers come from the tables only. Each metric is shown for the model and, for all viewers, for
    the others of the table. A group is marked if its interval lies wholly below the mean of all
    groups, weighted by their viewers: it is served worse, beyond what chance explains.

    Args:
        table: what `evaluate` returned.
        model: a name in its column "model".
        use: intended use, and what it is not for; one paragraph.
        data: what it learned from and when; one paragraph.
        limits: what is known not to work, a sentence each, at least one.
        groups: heading (what was measured, by what) → DataFrame group, mean, low, high, users, as
            `audit.by_group` makes it.

    Returns:
        Markdown.

    Raises:
        ArgumentError: the model is not in the table, or no limit is stated.
        DataError: a table lacks a column.
    """
    _check_columns("table", table, ["model", "metric", "segment", *NUMBERS])
    if model not in set(table["model"]):
        known = ", ".join(dict.fromkeys(table["model"]))
        raise ArgumentError(f"the table has no model {model!r}", fix=f"Choose from {known}.")
    if not limits:
        raise ArgumentError("limits must state at least one: no model is without")
    parts = [f"# Model card: {model}", f"## Intended use\n\n{use}", f"## Data\n\n{data}"]
    parts.append(f"## Measured\n\n{_measured(table, model)}")
    for heading, group in (groups or {}).items():
        _check_columns(heading, group, ["group", *NUMBERS])
        parts.append(f"## {heading}\n\n{_by_group(group)}")
    parts.append("## Limits\n\n" + "\n".join(f"- {limit}" for limit in limits))
    return "\n\n".join(parts) + "\n"


def _check_columns(name: str, table: pd.DataFrame, columns: list[str]) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise DataError(f"{name} has no column {missing}",
                        where=f"columns: {', '.join(map(str, table.columns))}")  # fmt: skip


def _measured(table: pd.DataFrame, model: str) -> str:
    own = table["model"] == model
    rows = [
        (row.metric, row.model, SEGMENT_NAMES.get(row.segment, row.segment), *_numbers(row))
        for row in table[own | (table["segment"] == "all")].itertuples()
    ]
    rows.sort(key=lambda row: (row[0], row[1] != model))
    return _markdown(["metric", "model", "viewers", "mean", "95 % interval", "n"], rows)


def _by_group(group: pd.DataFrame) -> str:
    known = group.dropna(subset=["mean"])
    overall = (known["mean"] * known["users"]).sum() / known["users"].sum()
    rows = [
        (row.group, *_numbers(row), "served worse" if row.high < overall else "")
        for row in group.itertuples()
    ]
    return _markdown(["group", "mean", "95 % interval", "n", ""], rows)


def _numbers(row) -> tuple[str, str, str]:
    """Mean, interval and number of viewers as text; a dash where there is none."""
    mean = "–" if pd.isna(row.mean) else f"{row.mean:.3f}"
    interval = "–" if pd.isna(row.low) else f"{row.low:.3f} to {row.high:.3f}"
    return mean, interval, f"{row.users:,}"


def _markdown(head: list[str], rows: list[tuple]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
