"""What most viewers watched: the recommender to beat."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import DataError, check_above
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.histories import event_weights

DAY = 86_400  # seconds


class Popular(Recommender):
    """Every viewer gets the titles with the most viewers.

    score[i] = sum over events e of title i of 0.5 ** (age[e] / half_life_days)

    where age[e] is how many days before the newest event of `train` the event took place. Without
    `half_life_days` every event counts 1 and the score is the number of viewers. With weighted=True
    an event counts its value (minutes, plays) times that.

    Args:
        half_life_days: days after which an event counts half; None for never. Needs times.
        weighted: whether values are weights; they must then be at least 0.

    Raises:
        ArgumentError: half_life_days is not above 0.
        DataError: half_life_days is given and `train` has no times, or weighted=True and a value is
            below 0.
    """

    def __init__(self, half_life_days: float | None = None, weighted: bool = False) -> None:
        self.half_life_days = half_life_days
        self.weighted = weighted

    def _fit(self, train: Interactions, items, users) -> None:
        weights = event_weights(train.matrix, self.weighted).data.astype(np.float64)
        if self.half_life_days is not None:
            check_above("half_life_days", self.half_life_days, 0)
            if train.times is None:
                raise DataError("half_life_days needs times and train has none",
                                fix="Pass time= to Interactions.from_frame.")  # fmt: skip
            age = (train.times.max() - train.times) / DAY
            weights *= 0.5 ** (age / self.half_life_days)
        counts = np.bincount(train.matrix.indices, weights, minlength=train.n_items)
        self.popularity_ = counts.astype(np.float32)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return self._score_strangers(users)

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        return np.tile(self.popularity_, (len(users), 1))
