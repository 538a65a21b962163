"""People who watched this also watched: recommendation by neighbouring titles."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from recsys_lib.errors import ArgumentError, DataError, check_at_least, check_choice
from recsys_lib.interactions import ITEM, SCORE, Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.histories import event_weights
from recsys_lib.models.neighbours import compiled
from recsys_lib.models.neighbours import similarity as measures
from recsys_lib.models.neighbours.common import Block, Common
from recsys_lib.models.neighbours.neighborhood import compare, nearest
from recsys_lib.models.ranking import columns_of
from recsys_lib.models.top_k import top_k

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


class Neighbors(Recommender):
    """What item- and user-based neighbours share: their arguments and how they compare."""

    def _check(self, train: Interactions) -> None:
        check_at_least("neighbors", self.neighbors, 1, integer=True)
        check_at_least("shrinkage", self.shrinkage, 0)
        check_choice("similarity", self.similarity, tuple(MEASURES))
        if self.weighted and self.similarity != "cosine":
            what = f"weighted=True has no meaning for similarity={self.similarity!r}"
            raise ArgumentError(what, fix='Use "cosine", which compares weights.')
        rated = self.similarity in ("adjusted cosine", "pearson")
        if rated and train.matrix.data.min() == train.matrix.data.max():
            raise DataError(f"similarity={self.similarity!r} compares ratings, but every event of"
                            " train has the same value",
                            fix='Use "cosine", "jaccard" or "lift".')  # fmt: skip

    def _nearest(self, matrix: sparse.sparray) -> sparse.csr_array:
        """The kept similarities between the columns of `matrix`."""
        values = self._compared(matrix)
        return nearest(values, self._measure, int(self.neighbors), self.shrinkage)

    @property
    def _measure(self) -> measures.Measure:
        return measures.weighted_cosine if self.weighted else MEASURES[self.similarity]

    def _compared(self, matrix: sparse.sparray, log=None) -> sparse.csc_array:
        """The values to compare; if so asked, each row's mean in `log` is taken off its ratings."""
        if self.weighted:
            return event_weights(matrix, True).tocsc().astype(np.float64)
        if self.similarity == "adjusted cosine":
            matrix = matrix.tocsr().astype(np.float64)
            log = matrix if log is None else log.tocsr().astype(np.float64)
            means = log.sum(axis=1) / np.maximum(np.diff(log.indptr), 1)
            matrix.data -= np.repeat(means, np.diff(matrix.indptr))
        return matrix.tocsc().astype(np.float64 if self.similarity == "pearson" else matrix.dtype)


class ItemKNN(Neighbors):
    """A title scores by its likeness to what the viewer watched.

    score[u, i] = sum over j in history[u] and in kept[i] of r[u, j] * similarity[i, j]
    similarity[i, j] = measure[i, j] * co[i, j] / (co[i, j] + shrinkage)

    r is 1; with weighted=True it is the value of the event (minutes, plays), in the cosine too.
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
        weighted: whether values are weights; they must then be at least 0. For "cosine" only: the
            other measures compare who watched, or ratings.

    Raises:
        ArgumentError: an argument outside its values.
        DataError: ratings are to be compared and all values of `train` are the same, or
            weighted=True and a value is below 0.

    Sources: `sarwar2001`, `linden2003`.
    """

    def __init__(
        self,
        neighbors: int = 50,
        similarity: str = "cosine",
        shrinkage: float = 0.0,
        neighbors_of: str = "target",
        weighted: bool = False,
    ) -> None:
        self.neighbors = neighbors
        self.similarity = similarity
        self.shrinkage = shrinkage
        self.neighbors_of = neighbors_of
        self.weighted = weighted

    def _fit(self, train: Interactions, items, users) -> None:
        self._check(train)
        check_choice("neighbors_of", self.neighbors_of, ("target", "source"))
        kept = self._nearest(train.matrix)
        # support_[i, j]: what having watched j adds to the score of i.
        self.support_ = kept if self.neighbors_of == "target" else kept.T.tocsr()
        # Chosen once, so that a viewer's scores do not depend on who else is asked for.
        backed = np.bincount(self.support_.indices, minlength=train.n_items)
        self.dense_ = DENSE_GAIN * (train.item_counts @ backed) > kept.nnz * train.active_users
        self.large_ = compiled.worth(train.user_counts, train.n_items)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        history = event_weights(histories, self.weighted)
        if self.large_ and len(users) > compiled.FEW and compiled.available():
            return compiled.product(history, self.support_.T.tocsr())
        if not self.dense_:
            return (history @ self.support_.T).toarray()
        scores = np.empty(history.shape, np.float32)
        for start in range(0, len(users), DENSE_USERS):
            watched = history[start : start + DENSE_USERS].T.toarray()
            scores[start : start + DENSE_USERS] = (self.support_ @ watched).T
        return scores

    def _likeness(self, column: int) -> np.ndarray:
        kept = self.support_ if self.neighbors_of == "target" else self.support_.T.tocsr()
        return kept[[column]].toarray()[0]

    def similar_items(self, item_id, k: int = 10) -> pd.DataFrame:
        """People who watched `item_id` also watched: the k titles most like it.

        All other titles are compared, whichever `neighbors` were kept. A model that was saved
        without its log answers from those that it kept, and knows no viewers in common.

        Returns:
            DataFrame item_id, score (the similarity), common_viewers (with the log), best first;
            equal scores by item id; only titles with a score above 0, so perhaps fewer than k.

        Raises:
            ArgumentError: the title is not in `train`, or k is below 1.
        """
        check_is_fitted(self, "train_")
        if self.train_ is None:
            return super().similar_items(item_id, k)
        check_at_least("k", k, 1, integer=True)
        log = self.train_
        column = columns_of([item_id], log.item_index)[0]
        values = self._compared(log.matrix)
        one, every = (Block(part, log.active_users) for part in (values[:, [column]], values))
        score = compare(one, every, self._measure, self.shrinkage)[0]
        score = np.where(score > 0, score, -np.inf)
        score[column] = -np.inf
        best = top_k(score[None, :], int(k))[0]
        best = best[best >= 0]
        common = Common(one, every).co[0, best].astype(np.int64)
        return pd.DataFrame({ITEM: log.items[best], SCORE: score[best], COMMON_VIEWERS: common})
