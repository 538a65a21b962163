"""The library's messages name its arguments; on the command line they name the options."""

from __future__ import annotations

import re

OPTION = {
    "user": "--user-col", "item": "--item-col", "rating": "--rating-col", "time": "--time-col",
    "weight": "--weight-col", "weights": "--weights", "separator": "--separator",
    "encoding": "--encoding", "header=False": "--no-header", "quotes=False": "--no-quotes",
    "decimal": "--decimal", "time_unit": "--time-unit", "time_format": "--time-format",
    "no_rating": "--no-rating", "duplicates": "--duplicates", "bad_rows": "--bad-rows",
    "wide=True": "--wide", "ignore": "--ignore-cols", "relevant_from": "--relevant-from",
    "user_min": "--min-user-events", "item_min": "--min-item-events",
    "control": "--control",
}  # fmt: skip
"""Argument → option."""
NAMED = re.compile(rf"\b({'|'.join(name for name in OPTION if '=' in name)})"
                   rf"|\b({'|'.join(name for name in OPTION if '=' not in name)})=")  # fmt: skip


def in_options(message: str) -> str:
    """The message, its arguments named as the options that set them.

    >>> in_options('Name it with user="..." or say header=False.')
    'Name it with --user-col "..." or say --no-header.'
    """
    return NAMED.sub(
        lambda found: OPTION[found[1] or found[2]] + ("" if found[1] else " "), message
    )
