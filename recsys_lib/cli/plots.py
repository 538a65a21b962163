"""The pictures that commands save: one comparison, one description."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from recsys_lib.errors import FetchError
from recsys_lib.interactions import Interactions
from recsys_lib.plotting import PALETTE, STYLE, bar_with_interval


def save_comparison(table: pd.DataFrame, path: Path) -> None:
    """Bars of the table's first metric, with intervals where there are any."""
    metric = table["metric"].iloc[0]
    chosen = table[(table["metric"] == metric) & (table["segment"] == "all")]
    chosen = chosen.assign(low=chosen["low"].fillna(chosen["mean"]),
                           high=chosen["high"].fillna(chosen["mean"]))  # fmt: skip
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.4, 0.7 + 0.28 * len(chosen)))
        ax = bar_with_interval(figure.subplots(), chosen)
        ax.set_xlabel(f"{metric} (95 % interval over users)")
        _save(figure, path)


def save_description(data: Interactions, path: Path) -> None:
    """How long histories are, and how unequal items' popularity is."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.6, 2.6))
        left, right = figure.subplots(1, 2)
        counts = data.user_counts[data.user_counts > 0]
        edges = np.geomspace(1, counts.max() + 1, 20)
        left.hist(counts, bins=edges, color=PALETTE["blue"])
        left.set(xscale="log", xlabel="events a user", ylabel="users", title="Histories")
        popular = np.sort(data.item_counts)[::-1]
        share = np.r_[0, np.cumsum(popular)] / popular.sum()
        right.plot(np.linspace(0, 1, len(share)), share)
        right.plot([0, 1], [0, 1], color=PALETTE["grey"], linewidth=0.8)
        right.set(xlabel="share of items, most popular first", ylabel="share of events",
                  title="Popularity")  # fmt: skip
        _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    try:
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    except (OSError, ValueError) as error:  # an unknown ending is a ValueError
        raise FetchError(f"the picture cannot be saved: {error}", where=str(path)) from None
