"""An experiment in words that somebody who did not run it can act on."""

from __future__ import annotations

import pandas as pd

from recsys_lib.experiments.checks import ALARM
from recsys_lib.experiments.readout import Readout


def in_words(readout: Readout) -> str:
    """Sizes, whether the split is believed, a sentence a metric, and what was not found.

    Args:
        readout: what `read_experiment` returned.
    """
    sizes = ", ".join(f"{arm} {n:,}" for arm, n in readout.sizes.items())
    lines = [f"Viewers: {sizes}.", _split(readout)]
    if readout.is_believed:
        lines += [_sentence(row, readout.level) for row in readout.table.itertuples()]
        lines.append(_number(len(readout.table)))
    return "\n".join(lines)


def _split(readout: Readout) -> str:
    if readout.is_believed:
        return f"The split is one that chance gives (p = {readout.ratio_p:.2g})."
    return (
        f"The split is not to be believed: chance gives one as uneven in {readout.ratio_p:.1g} of"
        f" experiments, below the alarm of {ALARM}. Find out who was lost in which arm; until then"
        " no difference between the arms means anything, and none is shown."
    )


def _sentence(row, level: float) -> str:
    if row.kind == "share":
        values = f"{row.treated:.1%} against {row.control:.1%}"
        gap = f"{100 * row.difference:+.2f} points [{100 * row.low:+.2f}, {100 * row.high:+.2f}]"
    else:
        values = f"{row.treated:,.4g} against {row.control:,.4g}"
        gap = f"{row.difference:+,.3g} [{row.low:+,.3g}, {row.high:+,.3g}]"
    if pd.notna(row.relative):
        gap += f", {row.relative:+.1%} of the control's"
    said = f"{row.metric}, {row.arm}: {values}; {gap}; p = {row.p:.2g}. {_verdict(row, level)}"
    if row.variance < 1:
        said += f" What was known before took away {1 - row.variance:.0%} of the variance."
    return said


def _verdict(row, level: float) -> str:
    if row.p < 1 - level:
        return "More than chance explains."
    if row.low <= 0 <= row.high:
        return "Not told apart from nothing; the interval says how large it could still be."
    return "By itself outside its interval, but not once all comparisons are counted."


def _number(comparisons: int) -> str:
    if comparisons == 1:
        return "One comparison was made."
    return f"{comparisons} comparisons were made; p is corrected for them (Holm)."
