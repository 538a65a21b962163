"""People who watched this also watched: recommendation by neighbouring titles or viewers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.columns import positions
from recsys_lib.errors import DataError, check_at_least, check_choice
from recsys_lib.interactions import ITEM, SCORE, Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.histories import binary
from recsys_lib.models.neighbours import similarity as measures
from recsys_lib.models.neighbours.common import Block, Common, viewers_of
from recsys_lib.models.neighbours.neighborhood import compare, nearest
from recsys_lib.models.ranking import columns_of
from recsys_lib.models.top_k import highest, top_k

COMMON_VIEWERS = "common_viewers"
DENSE_GAIN = 30  # how much faster a product with a dense factor does one multiplication
DENSE_USERS = 64  # viewers whose dense histories fit in the processor's cache

MEASURES = {
    "cosine": measures.cosine,
    "jaccard": measures.jaccard,
    "lift": measures.lift,
    "adjusted cosine": measures.rating_cosine,
    "pearson": measures.pearson,
}
"""What `similarity=` may be; the last two compare ratings, the others who watched."""


class _Neighbors(Recommender):
    """What item- and user-based neighbours share: their arguments and how they compare."""

    def _check(self, train: Interactions) -> None:
        check_at_least("neighbors", self.neighbors, 1, integer=True)
        check_at_least("shrinkage", self.shrinkage, 0)
        check_choice("similarity", self.similarity, tuple(MEASURES))
        rated = self.similarity in ("adjusted cosine", "pearson")
        if rated and train.matrix.data.min() == train.matrix.data.max():
            raise DataError(f"similarity={self.similarity!r} compares ratings, but every event of"
                            " train has the same value",
                            fix='Use "cosine", "jaccard" or "lift".')  # fmt: skip

    def _nearest(self, matrix: sparse.sparray) -> sparse.csr_array:
        """The kept similarities between the columns of `matrix`."""
        values = self._compared(matrix)
        return nearest(values, MEASURES[self.similarity], int(self.neighbors), self.shrinkage)

    def _compared(self, matrix: sparse.sparray, log=None) -> sparse.csc_array:
        """The values to compare; if so asked, each row's mean in `log` is taken off its ratings."""
        if self.similarity == "adjusted cosine":
            matrix = matrix.tocsr().astype(np.float64)
            log = matrix if log is None else log.tocsr().astype(np.float64)
            means = log.sum(axis=1) / np.maximum(np.diff(log.indptr), 1)
            matrix.data -= np.repeat(means, np.diff(matrix.indptr))
        return matrix.tocsc().astype(np.float64 if self.similarity == "pearson" else matrix.dtype)


class ItemKNN(_Neighbors):
    """A title scores by its likeness to what the viewer watched.

    score[u, i] = sum over j in history[u] and in kept[i] of similarity[i, j]
    similarity[i, j] = measure[i, j] * co[i, j] / (co[i, j] + shrinkage)

    co[i, j] is the number of viewers that i and j have in common; the measures are the formulas of
    `recsys_lib.models.neighbours.similarity`. With `neighbors_of="target"`, kept[i] are the titles
    most like i: every title has equally many that can back it, and competes on how many of them the
    viewer watched. With "source", j is in kept[i] if i is among the titles most like j. Popular
    titles are near to very many others, so they may then be backed by several times `neighbors`,
    titles in the middle by fewer, and lists turn to what is popular anyway. "target" ranks better
    on MovieLens and shows twice as many different titles (`benchmarks/results.md`).

    Args:
        neighbors: titles kept for each, at least 1.
        similarity: "cosine", "jaccard", "lift" (who watched), "adjusted cosine" or "pearson" (what
            they rated it; scores still add up similarities).
        shrinkage: in viewers, at least 0; at so many viewers in common a similarity counts half.
        neighbors_of: "target" or "source", see above.

    Raises:
        ArgumentError: an argument outside its values.
        DataError: ratings are to be compared and all values of `train` are the same.

    Sources: `sarwar2001`, `linden2003`.
    """

    def __init__(
        self,
        neighbors: int = 50,
        similarity: str = "cosine",
        shrinkage: float = 0.0,
        neighbors_of: str = "target",
    ) -> None:
        self.neighbors = neighbors
        self.similarity = similarity
        self.shrinkage = shrinkage
        self.neighbors_of = neighbors_of

    def _fit(self, train: Interactions, items, users) -> None:
        self._check(train)
        check_choice("neighbors_of", self.neighbors_of, ("target", "source"))
        kept = self._nearest(train.matrix)
        # support_[i, j]: what having watched j adds to the score of i.
        self.support_ = kept if self.neighbors_of == "target" else kept.T.tocsr()
        # Chosen once, so that a viewer's scores do not depend on who else is asked for.
        backed = np.bincount(self.support_.indices, minlength=train.n_items)
        self.dense_ = DENSE_GAIN * (train.item_counts @ backed) > kept.nnz * train.active_users

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        history = binary(histories)
        if not self.dense_:
            return (history @ self.support_.T).toarray()
        scores = np.empty(history.shape, np.float32)
        for start in range(0, len(users), DENSE_USERS):
            watched = history[start : start + DENSE_USERS].T.toarray()
            scores[start : start + DENSE_USERS] = (self.support_ @ watched).T
        return scores

    def similar_items(self, item_id, k: int = 10) -> pd.DataFrame:
        """People who watched `item_id` also watched: the k titles most like it.

        All other titles are compared, whichever `neighbors` were kept.

        Returns:
            DataFrame item_id, score (the similarity), common_viewers, best first; equal scores by
            item id; only titles with a score above 0, so perhaps fewer than k.

        Raises:
            ArgumentError: the title is not in `train`, or k is below 1.
        """
        log = self._log()
        check_at_least("k", k, 1, integer=True)
        column = columns_of([item_id], log.items)[0]
        values = self._compared(log.matrix)
        one, every = (Block(part, log.active_users) for part in (values[:, [column]], values))
        score = compare(one, every, MEASURES[self.similarity], self.shrinkage)[0]
        score = np.where(score > 0, score, -np.inf)
        score[column] = -np.inf
        best = top_k(score[None, :], int(k))[0]
        best = best[best >= 0]
        common = Common(one, every).co[0, best].astype(np.int64)
        return pd.DataFrame({ITEM: log.items[best], SCORE: score[best], COMMON_VIEWERS: common})


class UserKNN(_Neighbors):
    """A title scores by how many of the viewers most like you watched it.

    score[u, i] = sum over v in kept[u] with i in history[v] of similarity[u, v]
    similarity[u, v] = measure[u, v] * co[u, v] / (co[u, v] + shrinkage)

    kept[u] are the `neighbors` viewers most like u and co[u, v] is the number of titles that both
    watched: the formulas of `recsys_lib.models.neighbours.similarity` with viewers and titles
    exchanged. So "adjusted cosine" takes off each title's mean rating.

    Args, errors: as in `ItemKNN`; the shrinkage is in titles.

    Source: `resnick1994`, for who watched instead of ratings.
    """

    _is_its_log = True  # what it learned are the viewers, so it cannot be saved without them

    def __init__(
        self, neighbors: int = 100, similarity: str = "cosine", shrinkage: float = 0.0
    ) -> None:
        self.neighbors = neighbors
        self.similarity = similarity
        self.shrinkage = shrinkage

    def _fit(self, train: Interactions, items, users) -> None:
        self._check(train)
        self.kept_ = self._nearest(train.matrix.T)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return (self.kept_[rows] @ self.train_.binary()).toarray()

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        near = self._near(users, histories)
        return (near @ self.train_.binary()).toarray()

    def _near(self, users: np.ndarray, histories: sparse.csr_array, chunk: int = 256):
        """The similarities of each history's nearest viewers of `train`, never its own label's."""
        log = self.train_
        order = np.argsort(-log.user_counts, kind="stable")  # as in `nearest`
        value = self._compared(log.matrix.T)
        n_titles = viewers_of(value)
        every = Block(value[:, order], n_titles)
        place = np.argsort(order, kind="stable")
        found = []
        for start in range(0, len(users), chunk):
            part = histories[start : start + chunk]
            one = Block(self._compared(part.T, log.matrix.T), n_titles)
            near = compare(one, every, MEASURES[self.similarity], self.shrinkage)
            near = near.astype(np.float32)
            near[near <= 0] = -np.inf
            own = positions(log.users, users[start : start + chunk])
            near[own >= 0, place[own[own >= 0]]] = -np.inf
            best = highest(near, int(self.neighbors))
            kept = np.take_along_axis(near, best, axis=1)
            row, rank = np.nonzero(kept > -np.inf)
            entries = kept[row, rank], (start + row, order[best[row, rank]])
            found.append(entries)
        data = np.concatenate([entry[0] for entry in found])
        where = tuple(np.concatenate([entry[1][axis] for entry in found]) for axis in (0, 1))
        return sparse.coo_array((data, where), shape=(len(users), log.n_users)).tocsr()
