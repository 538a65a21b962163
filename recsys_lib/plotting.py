"""The book's look for figures, and the two figures that recur.

A notebook calls ``use_style()`` once, in its first cell. Colours follow Okabe and Ito's
colour-blind safe set, darkened where needed to stand out from white at 3 : 1. Figures are
stored for a light page; the site maps ``PALETTE`` to ``DARK`` when it is read on a dark one.
"""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recsys_lib.svg import as_svg

PALETTE = {
    "blue": "#0072b2",
    "orange": "#c77700",
    "green": "#008a66",
    "red": "#d1491b",
    "purple": "#b0588c",
    "sky": "#3b8fc4",
    "grey": "#767d86",
    "ink": "#24292f",
    "muted": "#57606b",
    "rule": "#d5dae0",
    "paper": "#ffffff",
}

DARK = {
    "blue": "#4aa8e8",
    "orange": "#f0a63c",
    "green": "#35c79c",
    "red": "#ff8a5c",
    "purple": "#dd8fbe",
    "sky": "#86c8f0",
    "grey": "#98a0aa",
    "ink": "#e6e9ed",
    "muted": "#b0b8c2",
    "rule": "#454d57",
    "paper": "none",
}

SERIES = ("blue", "orange", "green", "purple", "red", "sky", "grey")

STYLE = {
    # Drawn as wide as a phone's column (390 pixels across, 4.4 inches are 422): 8.5 points stay
    # above 9 pixels there, and on a desk the style sheet enlarges the figure to about 620 pixels,
    # where its words are as large as the text around them. So no text may be smaller than this.
    "figure.figsize": (4.4, 2.9),
    "figure.constrained_layout.use": True,
    "figure.facecolor": PALETTE["paper"],
    "figure.titlesize": 8.5,
    "font.size": 8.5,
    "font.sans-serif": ["DejaVu Sans", "Verdana"],  # named with every text: two, of the same width
    "axes.facecolor": "none",
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.7,
    "axes.edgecolor": PALETTE["muted"],
    "axes.labelcolor": PALETTE["ink"],
    "axes.prop_cycle": mpl.cycler(color=[PALETTE[name] for name in SERIES]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": PALETTE["rule"],
    "grid.linewidth": 0.6,
    "image.cmap": "cividis",
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "lines.linewidth": 1.5,
    "lines.markersize": 4,
    "patch.linewidth": 0.7,
    "savefig.pad_inches": 0.04,  # cut to its contents, a figure keeps its width
    "text.color": PALETTE["ink"],
    "xtick.color": PALETTE["muted"],
    "ytick.color": PALETTE["muted"],
    "xtick.labelcolor": PALETTE["ink"],
    "xtick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.labelcolor": PALETTE["ink"],
    "ytick.major.size": 2.5,
    "ytick.major.width": 0.6,
    # Text stays text (searchable, sharp), and the same figure is always the same bytes.
    "svg.fonttype": "none",
    "svg.hashsalt": "watch-next",
}


def use_style() -> None:
    """Draw from now on in the book's style; in a notebook, as SVG that is the same every time.

    Changes matplotlib's ``rcParams`` and nothing else; outside IPython no backend is chosen.
    """
    mpl.rcParams.update(STYLE)
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg")
        shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, as_svg)


def bar_with_interval(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    label: str = "model",
    value: str = "mean",
    low: str = "low",
    high: str = "high",
    highlight: str | None = None,
) -> Axes:
    """Draw one horizontal bar a row, first row on top, with a whisker from ``low`` to ``high``.

    ``label``, ``value``, ``low`` and ``high`` name columns of ``frame``; the last three are in
    the unit of the measure. With ``highlight``, only the bar with that label is coloured.
    """
    labels = frame[label].astype(str)
    colors = [PALETTE["blue"] if highlight in (None, name) else PALETTE["grey"] for name in labels]
    errors = [frame[value] - frame[low], frame[high] - frame[value]]
    ax.barh(labels, frame[value], color=colors, xerr=errors, ecolor=PALETTE["ink"], capsize=2)
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax


def line_with_band(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    x: str,
    value: str = "mean",
    low: str = "low",
    high: str = "high",
    label: str | None = None,
    color: str | None = None,
) -> Axes:
    """Draw ``value`` against ``x`` as a line, with a band from ``low`` to ``high`` around it.

    ``x``, ``value``, ``low`` and ``high`` name columns of ``frame``, which is drawn in the order
    of ``x``. ``color`` is a name in ``PALETTE``; without one, the next colour of the axes' cycle.
    """
    rows = frame.sort_values(x, kind="stable")
    shade = PALETTE[color] if color else None
    (line,) = ax.plot(rows[x], rows[value], label=label, color=shade, marker="o", markersize=3)
    ax.fill_between(rows[x], rows[low], rows[high], color=line.get_color(), alpha=0.2, linewidth=0)
    return ax
