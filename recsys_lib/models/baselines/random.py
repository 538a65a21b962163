"""A list drawn by lot: what any recommender must at least beat."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from scipy import sparse

from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender


class Random(Recommender):
    """Every title gets a uniform random score, anew for every viewer.

    A viewer's scores depend on `random_state` and the viewer's label alone, so that the list stays
    the same whoever else is asked for in the same call.

    Args:
        random_state: an integer seed.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        pass

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return self._score_strangers(users)

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        scores = np.empty((len(users), len(self.items_)), np.float32)
        for row, user in enumerate(users):
            # Wide enough that no two names share a number; a checksum of 32 bits has such twins.
            name = int.from_bytes(blake2b(str(user).encode(), digest_size=16).digest())
            seed = (self.random_state, name)
            np.random.default_rng(seed).random(out=scores[row], dtype=np.float32)
        return scores
