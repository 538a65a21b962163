"""What the viewers most like you watched: recommendation by neighbouring viewers."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.columns import positions
from recsys_lib.interactions import Interactions
from recsys_lib.models.histories import event_weights
from recsys_lib.models.neighbours.common import Block, viewers_of
from recsys_lib.models.neighbours.knn import Neighbors
from recsys_lib.models.neighbours.neighborhood import compare
from recsys_lib.models.top_k import highest


class UserKNN(Neighbors):
    """A title scores by how many of the viewers most like you watched it.

    score[u, i] = sum over v in kept[u] with i in history[v] of r[v, i] * similarity[u, v]
    similarity[u, v] = measure[u, v] * co[u, v] / (co[u, v] + shrinkage)

    kept[u] are the `neighbors` viewers most like u and co[u, v] is the number of titles that both
    watched: the formulas of `recsys_lib.models.neighbours.similarity` with viewers and titles
    exchanged. So "adjusted cosine" takes off each title's mean rating.

    What it learns are the viewers. So a saved one holds what each of them watched, though not who
    they are.

    Args, errors: as in `ItemKNN`; the shrinkage is in titles.

    Attributes:
        histories_: CSR array (n_users, n_items), the events of `train` without the viewers' labels.

    Source: `resnick1994`, for who watched instead of ratings.
    """

    _of_viewers = ("train_", "kept_")

    def __init__(
        self,
        neighbors: int = 100,
        similarity: str = "cosine",
        shrinkage: float = 0.0,
        weighted: bool = False,
    ) -> None:
        self.neighbors = neighbors
        self.similarity = similarity
        self.shrinkage = shrinkage
        self.weighted = weighted

    def _fit(self, train: Interactions, items, users) -> None:
        self._check(train)
        self.histories_ = train.matrix
        self.kept_ = self._nearest(train.matrix.T)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return self._votes(self.kept_[rows])

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        return self._votes(self._near(users, histories))

    def _votes(self, near: sparse.csr_array) -> np.ndarray:
        return (near @ event_weights(self.histories_, self.weighted)).toarray()

    def _near(self, users: np.ndarray, histories: sparse.csr_array, chunk: int = 256):
        """The similarities of each history's nearest viewers of `train`, never its own label's."""
        log = self.histories_
        order = np.argsort(-np.diff(log.indptr), kind="stable")  # as in `nearest`
        value = self._compared(log.T)
        n_titles = viewers_of(value)
        every = Block(value[:, order], n_titles)
        place = np.argsort(order, kind="stable")
        found = []
        for start in range(0, len(users), chunk):
            part = histories[start : start + chunk]
            one = Block(self._compared(part.T, log.T), n_titles)
            near = compare(one, every, self._measure, self.shrinkage)
            near = near.astype(np.float32)
            near[near <= 0] = -np.inf
            if self.train_ is not None:
                own = positions(self.train_.users, users[start : start + chunk])
                near[own >= 0, place[own[own >= 0]]] = -np.inf
            best = highest(near, int(self.neighbors))
            kept = np.take_along_axis(near, best, axis=1)
            row, rank = np.nonzero(kept > -np.inf)
            entries = kept[row, rank], (start + row, order[best[row, rank]])
            found.append(entries)
        data = np.concatenate([entry[0] for entry in found])
        where = tuple(np.concatenate([entry[1][axis] for entry in found]) for axis in (0, 1))
        return sparse.coo_array((data, where), shape=(len(users), log.shape[0])).tocsr()
