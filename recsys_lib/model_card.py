"""A card for a model: what it is for, what it was judged on, whom it serves worse, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from recsys_lib.errors import ArgumentError, DataError

SEGMENT_NAMES = {"all": "all viewers", "warm": "known viewers", "cold": "new viewers"}
UNLIKELY = 0.05
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
    the others of the table. A group is marked if it lies below the others by more than chance
    explains (p below 0.05, corrected for the number of groups): it is served worse. Where nothing
    is going on, at most one card in twenty bears a mark.

    Args:
        table: what `evaluate` returned.
        model: a name in its column "model".
        use: intended use, and what it is not for; one paragraph.
        data: what it learned from and when; one paragraph.
        limits: what is known not to work, a sentence each, at least one.
        groups: heading (what was measured, by what) → DataFrame group, mean, low, high, users,
            gap, p, as `audit.by_group` makes it.

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
        _check_columns(heading, group, ["group", *NUMBERS, "gap", "p"])
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
    rows = [
        (row.group, *_numbers(row), "–" if pd.isna(row.gap) else f"{row.gap:+.3f}", _mark(row))
        for row in group.itertuples()
    ]
    head = ["group", "mean", "95 % interval", "n", "gap to the others", ""]
    tested = int(group["p"].notna().sum())
    note = f"Marked: below the others by more than chance explains, {tested} groups compared."
    return f"{_markdown(head, rows)}\n\n{note}"


def _mark(row) -> str:
    return "served worse" if row.gap < 0 and row.p < UNLIKELY else ""


def _numbers(row) -> tuple[str, str, str]:
    """Mean, interval and number of viewers as text; a dash where there is none."""
    mean = "–" if pd.isna(row.mean) else f"{row.mean:.3f}"
    interval = "–" if pd.isna(row.low) else f"{row.low:.3f} to {row.high:.3f}"
    return mean, interval, f"{row.users:,}"


def _markdown(head: list[str], rows: list[tuple]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
