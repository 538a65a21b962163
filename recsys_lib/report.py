"""The table of `evaluate` for people: aligned text, and a CSV file that is whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from recsys_lib.errors import FetchError


def as_text(table: pd.DataFrame) -> str:
    """One line a metric and model: mean and 95 % interval over all users, then warm and cold ones.

    Args:
        table: what `evaluate` returned.
    """
    width = max(map(len, [*table["model"], "model"])) + 2
    means = table.set_index(["metric", "model", "segment"])["mean"]
    head = f"{'all':>8}  {'95 % interval':<18}{'warm':>8}{'cold':>8}{'users':>9}{'seconds':>9}"
    lines = [f"{'metric':<14}{'model':<{width}}{head}"]
    for metric in table["metric"].unique():
        chosen = table[(table["metric"] == metric) & (table["segment"] == "all")]
        for row in chosen.itertuples():
            interval = "" if pd.isna(row.low) else f"{row.low:.4f} to {row.high:.4f}"
            warm, cold = (means.get((metric, row.model, part)) for part in ("warm", "cold"))
            seconds = row.fit_seconds + row.recommend_seconds
            lines.append(
                f"{metric:<14}{row.model:<{width}}{_number(row.mean)}  {interval:<18}"
                f"{_number(warm)}{_number(cold)}{row.users:>9,}{seconds:>9.1f}"
            )
    return "\n".join(lines)


def save_csv(table: pd.DataFrame, path: Path) -> None:
    """Write the whole table, or nothing.

    Raises:
        FetchError: the file cannot be written.
    """
    part = path.with_name(f".{os.getpid()}.part")
    try:
        table.to_csv(part, index=False)
        part.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FetchError(f"the table cannot be saved: {reason}", where=str(path)) from None
    finally:
        part.unlink(missing_ok=True)


def _number(value: float | None) -> str:
    return f"{'–':>8}" if value is None or pd.isna(value) else f"{value:>8.4f}"
