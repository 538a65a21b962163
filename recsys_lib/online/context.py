"""Taste as a context: how well what a title is said to be fits what a viewer has watched."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import DataError, check_at_least
from recsys_lib.interactions import ITEM, Interactions
from recsys_lib.models.content.title_features import title_features

BLOCKS = ("genres", "people", "tone", "themes")


def liking(
    watched: Interactions, items: pd.DataFrame, blocks: tuple[str, ...] = BLOCKS, doubt: float = 10
) -> np.ndarray:
    """How well each title fits each viewer's past, by one kind of statement at a time.

    liking[u, i, b] = sum over j watched by u of centred_b[j] · centred_b[i] / (watched[u] + doubt)

    divided by the standard deviation over all of a block; centred_b[i] is the TF-IDF of what block
    b says of title i, minus its mean over titles. Nothing else about the viewer is read.

    Args:
        watched: who watched what.
        items: titles with `item_id` and what the blocks read; one for each of `watched.items`.
        blocks: of `recsys_lib.models.content.title_features.BLOCKS`.
        doubt: as many titles without any likeness are added, so that few plays say little.

    Returns:
        float64 (n_users, n_items, n_blocks).

    Raises:
        DataError: a title of the log is missing in `items`.
    """
    check_at_least("doubt", doubt, 0)
    items = items.set_index(ITEM).reindex(watched.items)
    if items[items.columns[0]].isna().any():
        raise DataError("a title of the log is missing in items")
    seen = watched.binary()
    known = (watched.user_counts + doubt).clip(1)[:, None]
    fits = []
    for block in blocks:
        features = title_features(items.reset_index(), {block: 1.0})[0].toarray()
        features = features - features.mean(axis=0)
        fit = (seen @ features / known) @ features.T
        fits.append(fit / max(fit.std(), 1e-12))
    return np.round(np.stack(fits, axis=2), 6)
