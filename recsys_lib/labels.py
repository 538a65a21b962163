"""Names at the ends of the lines that they name, instead of a key to look up."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from sklearn.isotonic import IsotonicRegression

LINE = 1.15
"""From one label to the next, in sizes of the letters."""


def label_ends(ax: Axes) -> Axes:
    """Write each line's ``label`` right of its last point, in its colour, none upon another.

    Lines with whiskers count as one. Labels keep the order of the ends. Call this last: how far
    apart the ends are on paper is known only when all else stands.
    """
    handles, names = ax.get_legend_handles_labels()
    lines = [each[0] if isinstance(each, ErrorbarContainer) else each for each in handles]
    ax.figure.draw_without_rendering()
    points = 72 / ax.figure.dpi
    ends = [line.get_xydata()[-1] for line in lines]
    heights = points * ax.transData.transform(ends)[:, 1]
    size = ax.xaxis.label.get_fontsize()
    moves = (apart(heights, LINE * size) - heights).round(1)
    for line, name, end, move in zip(lines, names, ends, moves, strict=True):
        ax.annotate(name, end, (6, move), textcoords="offset points", va="center",
                    color=line.get_color(), annotation_clip=False)  # fmt: skip
    return ax


def apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """The places nearest to ``heights``, by squares, with at least ``gap`` between any two.

    Less a staircase of steps ``gap``, places may only rise: that is isotonic regression.
    """
    order = np.argsort(heights, kind="stable")
    stairs = gap * np.arange(len(heights))
    places = np.empty(len(heights))
    places[order] = IsotonicRegression().fit_transform(stairs, heights[order] - stairs) + stairs
    return places
