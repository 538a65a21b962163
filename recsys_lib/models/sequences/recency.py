"""Models of chapters 04 and 05 to which yesterday's evening counts more than last winter's."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import check_above
from recsys_lib.interactions import Interactions
from recsys_lib.models.factors.ease import EASE, co_occurrence, ease_weights, sparse_dot
from recsys_lib.models.histories import binary
from recsys_lib.models.neighbours.knn import Neighbors
from recsys_lib.models.sequences.order import SequenceRecommender, ages


def faded(places: sparse.csr_array, half_life: float) -> sparse.csr_array:
    """What each event of a history weighs: 0.5 ** (newer events of the row / half_life).

    >>> faded(sparse.csr_array([[1.0, 3.0, 2.0]]), half_life=1.0).toarray()
    array([[0.25, 1.  , 0.5 ]], dtype=float32)
    """
    weights = (0.5 ** (ages(places) / half_life)).astype(np.float32)
    return sparse.csr_array((weights, places.indices, places.indptr), shape=places.shape)


class RecentEASE(SequenceRecommender):
    """EASE for a history that fades: each play weighs half after `half_life` newer ones.

    score[u, j] = sum over i in history[u] of 0.5 ** (age[u, i] / half_life) * weights[i, j]

    age[u, i] is how many titles u began after i; `weights` are those of `EASE`, which are learned
    from whole histories, without their order.

    Args:
        l2: as in `EASE`.
        half_life: in plays, above 0.

    Attributes:
        weights_: as in `EASE`.

    Raises:
        ArgumentError: an argument outside its values.
        DataError: no times.
        TooLargeError: as in `EASE`.

    Sources: `steck2019`; a history that fades, `ludewig2018`.
    """

    def __init__(self, l2: float = 500.0, half_life: float = 10.0) -> None:
        self.l2 = l2
        self.half_life = half_life

    def _check_size(self, train: Interactions) -> None:
        EASE._check_size(self, train)

    def _fit(self, train: Interactions, items, users) -> None:
        check_above("l2", self.l2, 0)
        check_above("half_life", self.half_life, 0)
        weights = ease_weights(co_occurrence(binary(train.matrix)), self.l2)
        self.weights_ = weights.astype(np.float32)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return sparse_dot(faded(histories, self.half_life), self.weights_)

    def _likeness(self, column: int) -> np.ndarray:
        return self.weights_[column]


class RecentItemKNN(SequenceRecommender, Neighbors):
    """Neighbours of a history that fades, by half every `half_life` newer plays.

    score[u, i] = sum over j in history[u] and in kept[i] of 0.5 ** (age[u, j] / half_life)
                                                             * similarity[i, j]

    age[u, j] is how many titles u began after j; the similarities are those of `ItemKNN`.

    Args:
        neighbors, similarity, shrinkage: as in `ItemKNN`.
        half_life: in plays, above 0.

    Attributes:
        support_: float32 CSR array (n_items, n_items); what having watched the column adds to the
            score of the row.

    Raises:
        ArgumentError: an argument outside its values.
        DataError: no times, or as in `ItemKNN`.

    Sources: `sarwar2001`; a history that fades, `ludewig2018`.
    """

    weighted = False  # the order is all that is read of an event

    def __init__(
        self,
        neighbors: int = 50,
        similarity: str = "cosine",
        shrinkage: float = 0.0,
        half_life: float = 10.0,
    ) -> None:
        self.neighbors = neighbors
        self.similarity = similarity
        self.shrinkage = shrinkage
        self.half_life = half_life

    def _fit(self, train: Interactions, items, users) -> None:
        self._check(train)
        check_above("half_life", self.half_life, 0)
        self.support_ = self._nearest(train.matrix)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return (faded(histories, self.half_life) @ self.support_.T).toarray()

    def _likeness(self, column: int) -> np.ndarray:
        return self.support_[[column]].toarray()[0]
