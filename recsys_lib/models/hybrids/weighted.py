"""Several recommenders, one opinion: their scores weighed and added."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import ArgumentError, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.hybrids.hybrid import Hybrid, fit_parents

OTHERS = 0.2  # equal weights would lose a quarter of the factors' nDCG on Matinee


class Weighted(Hybrid):
    """A title scores by the weighted sum of what the parents say.

    score[u, i] = sum over parents m of weights[m] * z[m, u, i]

    z are the parents' scores with mean 0 and standard deviation 1 over the titles that the viewer
    has not seen, see `hybrid.standard_scores`. The weights are the same for every viewer and
    title; `Stacked` learns weights that are not.

    Args:
        models: name → recommender, cloned in fit; None takes `hybrid.default_parents`.
        weights: name → weight of at least 0, one of them above; None weighs every parent 1, but of
            the default parents all except the factors `OTHERS`.

    Attributes:
        parents_: name → fitted recommender.

    Raises:
        ArgumentError: no models, or weights that do not fit them.
        DataError: a parent needs `items` or `users` that were not given.

    Source: the weighted hybrid of `burke2002`.
    """

    def __init__(
        self,
        models: dict[str, Recommender] | None = None,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.models = models
        self.weights = weights

    def _fit(self, train: Interactions, items, users) -> None:
        self.parents_ = fit_parents(self.models, train, items, users)
        self.weights_ = self._usual_weights() if self.weights is None else self.weights
        if set(self.weights_) != set(self.parents_):
            raise ArgumentError(f"weights are for {sorted(self.weights_)}",
                                fix=f"Give one for each of {sorted(self.parents_)}.")  # fmt: skip
        for name, weight in self.weights_.items():
            check_at_least(f"the weight of {name}", weight, 0)
        if not any(self.weights_.values()):
            raise ArgumentError("weights must hold one that is above 0")

    def _usual_weights(self) -> dict[str, float]:
        if self.models is not None:
            return dict.fromkeys(self.parents_, 1.0)
        return {name: 1.0 if name == "factors" else OTHERS for name in self.parents_}

    def _combine(self, opinion, users: np.ndarray, plays: np.ndarray) -> np.ndarray:
        total = np.zeros((len(users), len(self.items_)))
        for name in self.parents_:
            total += self.weights_[name] * opinion(name)
        return total
