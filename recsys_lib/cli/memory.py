"""How much memory a model will take, so that what cannot end well is not begun."""

from __future__ import annotations

import os

from recsys_lib.errors import DataError
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.factors.ease import EASE


def bytes_needed(model: Recommender, data: Interactions) -> float:
    """About what fitting takes; 0 where it grows only with the events."""
    return 3 * 8.0 * data.n_items**2 if isinstance(model, EASE) else 0.0


def refuse_too_large(name: str, model: Recommender, data: Interactions) -> None:
    """Raise `DataError` if a model needs more memory than this computer has."""
    needed, there = bytes_needed(model, data), total_memory()
    if needed > there:
        raise DataError(
            f"{name} needs about {needed / 1e9:,.0f} GB for {data.n_items:,} items, and this"
            f" computer has {there / 1e9:,.0f} GB",
            fix="Take another model, or keep only items with more events: item_min=10.",
        )


def total_memory() -> float:
    """Bytes of memory; without bound where the system does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return float("inf")
