"""Two circles of viewers that no table names: for asking what a service gives away unknowingly."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import check_between
from recsys_lib.simulation.world.world import World


class CircledWorld(World):
    """A world in which each viewer belongs to one of two circles, by lot.

    taste = sqrt(1 - share) * taste + sqrt(share) * taste of the circle

    What a circle likes is drawn by lot, as what each viewer likes. Circles are no group of people:
    neither a table nor any column tells of them, only what is watched.

    Args:
        share: of the variance of taste that belongs to the circles, from 0 (none) to below 1.
        others: as for `World`.

    Attributes:
        circle: int (n_viewers,), 0 or 1.
    """

    def __init__(self, seed: int, share: float, **others) -> None:
        check_between("share", share, -1e-9, 1)
        super().__init__(seed=seed, **others)
        rng = np.random.default_rng([seed, 12])
        self.circle = rng.permutation(self.n_viewers) % 2
        own = rng.standard_normal((2, self.tastes.shape[2]))
        self.tastes = np.sqrt(1 - share) * self.tastes + np.sqrt(share) * own[self.circle]
