"""The tables on the data page that hold numbers: how large the data is, how like real data."""

from __future__ import annotations

from recsys_lib.datasets import Matinee

ONE_ROW_IS = {
    "titles": "a real film or series",
    "viewers": "a simulated person",
    "sessions": "one evening on the sofa",
    "plays": "one sitting with one title",
    "feedback": "an opinion: stars or a thumb",
    "impressions": "a title shown in a slot",
    "artwork": "one picture of a title",
}


def sizes(matinee: Matinee) -> str:
    """A table of the seven tables, and one sentence on how full the matrix is."""
    lines = ["| table | one row is | rows |", "|---|---|--:|"]
    for name, meaning in ONE_ROW_IS.items():
        lines.append(f"| `{name}` | {meaning} | {len(getattr(matinee, name)):,} |")
    watched = matinee.watched()
    lines += [
        "",
        f"Of all pairs of a viewer and a title, {watched.n_events:,} were watched,"
        f" {watched.density:.1%} of what is possible.",
        "",
    ]
    return "\n".join(lines)
