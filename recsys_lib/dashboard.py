"""One experiment on one page, for whoever has to decide and did not run it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.experiments import Readout
from recsys_lib.plotting import PALETTE

WISHES = {"higher": 1, "lower": -1}
MINUS = "\N{MINUS SIGN}"
COLORS = {"better": "green", "worse": "red", "not told": "grey"}


def dashboard(
    ax: Axes,
    readout: Readout,
    wishes: Mapping[str, str],
    *,
    arm: str | None = None,
    names: Mapping[str, str] | None = None,
) -> Axes:
    """Sizes, whether the split is believed, and each metric's change with its interval.

    A line a metric: its name, both arms' values, the change as a share of the control's value, and
    a verdict in the colour of its mark, a word and a sign: better, worse, or not told apart from
    nothing, after correction for all comparisons. Of a split that is not believed no metric is
    shown.

    Args:
        ax: an Axes, best 4.4 inches wide and half an inch a metric, and one for the head, high.
        readout: what `read_experiment` returned.
        wishes: metric → "higher" or "lower", what would be good; in this order, from the top.
        arm: the treated arm; None if there is only one.
        names: metric → how it is called on the page.

    Raises:
        ArgumentError: a wish is neither, or the arm is none of the treated ones.
        DataError: a metric is not in the readout, or is 0 in the control.
    """
    rows = _rows(readout, wishes, arm)
    treated = rows[0].arm if rows else ""
    sizes = ", ".join(f"{name} {n:,}" for name, n in readout.sizes.items())
    check = "even enough" if readout.is_believed else "NOT TO BE BELIEVED"
    ax.set_title(f"Viewers by lot: {sizes}\nTheir split is {check} (p = {readout.ratio_p:.2g})")
    if not readout.is_believed:
        ax.set_axis_off()
        return ax
    places = np.arange(len(rows))
    for place, row in zip(places, rows, strict=True):
        _line(ax, place, row, wishes[row.metric], (names or {}).get(row.metric, row.metric),
              1 - readout.level)  # fmt: skip
    ax.vlines([0] * len(rows), places - 0.2, places + 0.2, color=PALETTE["ink"], linewidth=0.8)
    ax.set(yticks=[], ylim=(len(rows) - 0.4, -0.75))
    ax.spines["left"].set_visible(False)
    level = _percent(readout.level, 0)
    ax.set_xlabel(f"{treated} against control, % of its value; {level} intervals")
    return ax


def verdict(row, wish: str, alarm: float) -> str:
    """ "better", "worse" or "not told", of a row of `Readout.table`."""
    if row.p >= alarm:
        return "not told"
    return "better" if row.difference * WISHES[wish] > 0 else "worse"


def _rows(readout: Readout, wishes: Mapping[str, str], arm: str | None) -> list:
    for metric, wish in wishes.items():
        if wish not in WISHES:
            raise ArgumentError(f"a wish is higher or lower, not {wish!r}", where=metric)
    arms = readout.table["arm"].unique().tolist()
    arm = arms[0] if arm is None and len(arms) == 1 else arm
    if arm not in arms:
        raise ArgumentError(f"arm={arm!r} is none of the treated arms", fix=f"Name one of {arms}.")
    table = readout.table[readout.table["arm"] == arm]
    rows = {row.metric: row for row in table.itertuples()}
    for metric in wishes:
        if metric not in rows or not rows[metric].control:
            raise DataError("the readout has no such metric, or it is 0 in the control",
                            where=metric, fix="Leave it out of wishes.")  # fmt: skip
    return [rows[metric] for metric in wishes]


def _line(ax: Axes, place: int, row, wish: str, name: str, alarm: float) -> None:
    said = verdict(row, wish, alarm)
    color = PALETTE[COLORS[said]]
    scale = 100 / row.control
    middle, low, high = (scale * x for x in (row.difference, row.low, row.high))
    ax.errorbar(middle, place, xerr=[[middle - low], [high - middle]], fmt="o", color=color,
                capsize=2)  # fmt: skip
    values = f"{_percent(row.control)} → {_percent(row.treated)}"
    if row.kind == "mean":
        values = f"{row.control:,.3g} → {row.treated:,.3g}"
    ax.annotate(f"{name}: {values}", (0, place - 0.38), xycoords=("axes fraction", "data"))
    change = f"{middle:+.1f} %".replace("-", MINUS)
    ax.annotate(f"{change}, {said}", (1, place - 0.38), ha="right", color=color,
                xycoords=("axes fraction", "data"))  # fmt: skip


def _percent(share: float, places: int = 1) -> str:
    return f"{100 * share:.{places}f} %"
