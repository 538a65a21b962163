"""Null models: lists that know nothing of what a claim says. If one passes, it is no claim.

lot             each viewer's titles are drawn by lot from what that viewer has not seen
same for all    one shuffled shelf for everybody, another in each world
own choices     titles that the viewer truly chose later, in no order
"""

from __future__ import annotations

import numpy as np

from recsys_lib.models.top_k import top_k

NULLS = ("lot", "same for all", "own choices")


def null_lists(kind: str, seen: np.ndarray, later: np.ndarray, k: int, *, seed: int) -> np.ndarray:
    """Lists of k columns, int (n_viewers, k), -1 in an empty slot.

    Args:
        kind: one of `NULLS`.
        seen, later: bool (n_viewers, n_titles): watched before the lists were made, and after.
        seed: decides the draw; another for each world.
    """
    rng = np.random.default_rng(seed)
    lots = rng.random(seen.shape)
    if kind == "same for all":
        lots = np.broadcast_to(rng.random(seen.shape[1]), seen.shape)
    barred = ~later if kind == "own choices" else seen
    return top_k(np.where(barred, -np.inf, lots), k)
