"""How many stars: what the most similar viewers gave the title, or what you gave similar titles."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import check_at_least, check_choice
from recsys_lib.interactions import Interactions
from recsys_lib.models.neighbours.neighborhood import all_similarities
from recsys_lib.models.neighbours.similarity import (
    Common,
    closeness,
    pearson,
    rating_cosine,
    shrunk,
)
from recsys_lib.models.numerics import check_memory
from recsys_lib.models.rating import RatingPredictor
from recsys_lib.models.top_k import top_k

SIMILARITIES = ("msd", "cosine", "pearson", "pearson baseline")
BASES = ("nothing", "mean", "baseline")


class RatingKNN(RatingPredictor):
    """A weighted mean of the ratings that neighbours gave, each against what to expect of it.

    expected[u, i] = base[u, i] + sum over v of similarity[u, v] * (rating[v, i] - base[v, i])
                                / sum over v of similarity[u, v]

    v runs over the `neighbors` viewers most similar to u among those who rated i, as far as their
    similarity is above 0; of equally similar ones the first in `train` are taken. If u rated i in
    `train`, v may be u. With by="item", viewers and titles change places: v is then one of the
    titles most similar to i that u rated.

    base[u, i] is 0 with base="nothing", the mean rating of u (by="item": of i) with "mean", and
    mean + user_bias[u] + item_bias[i] with "baseline" (see `biases`). With fewer than
    `min_neighbors` to go by, the prediction is base[u, i], or for "nothing" the mean of `train`.

    Args:
        neighbors: at least 1.
        similarity: "msd" (`similarity.closeness`), "cosine" (`rating_cosine`), "pearson", or
            "pearson baseline", the `rating_cosine` of what ratings differ from the baseline by,
            shrunk: * (co - 1) / (co - 1 + shrinkage).
        base: "nothing", "mean" or "baseline"; Surprise's KNNBasic, KNNWithMeans, KNNBaseline.
        by: "user" or "item".
        min_neighbors: at least 1.
        shrinkage: in titles in common, at least 0; for "pearson baseline" only.

    Memory: 8 bytes for each pair of viewers (by="item": of titles).

    Raises:
        ArgumentError: an argument outside its values.
        TooLargeError: the similarities do not fit into memory.

    Sources: `resnick1994`; `koren2009` for the biases.
    """

    def __init__(
        self,
        neighbors: int = 40,
        similarity: str = "msd",
        base: str = "mean",
        by: str = "user",
        min_neighbors: int = 1,
        shrinkage: float = 100.0,
    ) -> None:
        self.neighbors = neighbors
        self.similarity = similarity
        self.base = base
        self.by = by
        self.min_neighbors = min_neighbors
        self.shrinkage = shrinkage

    def _check_size(self, train: Interactions) -> None:
        n, others = (train.n_users, "items") if self.by == "user" else (train.n_items, "users")
        check_memory(8 * n**2, f"The similarities of RatingKNN for {n:,} {self.by}s",
                     f"Leave out {self.by}s with few ratings, compare {others} instead (by=),"
                     " or use BiasedMF.")  # fmt: skip

    def _fit(self, train: Interactions, items, users) -> None:
        check_at_least("neighbors", self.neighbors, 1, integer=True)
        check_at_least("min_neighbors", self.min_neighbors, 1, integer=True)
        check_at_least("shrinkage", self.shrinkage, 0)
        check_choice("similarity", self.similarity, SIMILARITIES)
        check_choice("base", self.base, BASES)
        check_choice("by", self.by, ("user", "item"))
        self.user_bias_, self.item_bias_ = biases(train)
        rows, columns = train.event_rows, train.matrix.indices
        compared, deviations = (train.matrix.astype(np.float64) for _ in range(2))
        deviations.data -= self._base(rows, columns)
        if self.similarity == "pearson baseline":
            compared.data -= self._baseline(rows, columns)
        if self.by == "user":
            compared, deviations = compared.T, deviations.T
        self.similarities_ = all_similarities(compared.tocsc(), self._measure)
        self.deviations_ = deviations.tocsr()  # a row holds the ratings that one sum is taken from

    def _likeness(self, column: int) -> np.ndarray:
        if self.by == "user":
            return super()._likeness(column)  # compares viewers, not titles
        return self.similarities_[column]

    def _measure(self, c: Common) -> np.ndarray:
        if self.similarity == "pearson baseline":
            return shrunk(rating_cosine(c), np.maximum(c.co - 1, 0), self.shrinkage)
        return {"msd": closeness, "cosine": rating_cosine, "pearson": pearson}[self.similarity](c)

    def _baseline(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return self.mean_ + self.user_bias_[rows] + self.item_bias_[columns]

    def _base(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        if self.base == "nothing":
            return np.zeros(len(rows))
        if self.base == "baseline":
            return self._baseline(rows, columns)
        return self.user_means_[rows] if self.by == "user" else self.item_means_[columns]

    def _predict_pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        expected = self._base(rows, columns)
        fallback = np.full(len(rows), self.mean_) if self.base == "nothing" else expected
        about, given = (rows, columns) if self.by == "user" else (columns, rows)
        order = np.argsort(given, kind="stable")
        starts = np.flatnonzero(np.diff(given[order], prepend=-1))
        adjustment = np.empty(len(rows))  # NaN where neighbours are too few
        for pairs in np.split(order, starts[1:]):
            adjustment[pairs] = self._adjust(about[pairs], given[pairs[0]])
        return np.where(np.isnan(adjustment), fallback, expected + adjustment)

    def _adjust(self, about: np.ndarray, given: int) -> np.ndarray:
        """The weighted mean deviation for each of `about`, from the ratings that `given` holds."""
        span = slice(*self.deviations_.indptr[given : given + 2])
        others, deviations = self.deviations_.indices[span], self.deviations_.data[span]
        similarity = self.similarities_[np.ix_(about, others)]
        best = top_k(np.where(similarity > 0, similarity, -np.inf), int(self.neighbors))
        weight = np.where(best >= 0, np.take_along_axis(similarity, best, axis=1), 0.0)
        total = weight.sum(axis=1)
        enough = (best >= 0).sum(axis=1) >= self.min_neighbors
        return np.divide((weight * deviations[best]).sum(axis=1), total,
                         out=np.full(len(about), np.nan), where=enough)  # fmt: skip


def biases(
    train: Interactions, *, epochs: int = 10, user_damping: float = 15, item_damping: float = 10
) -> tuple[np.ndarray, np.ndarray]:
    """How far each user's and each item's ratings lie from the mean, damped toward 0.

    item_bias[i] = sum over u who rated i of (rating - mean - user_bias[u]) / (item_damping + n[i])
    user_bias[u] = sum over i rated by u of (rating - mean - item_bias[i]) / (user_damping + n[u])

    starting from 0 and taken in turn `epochs` times. The defaults are Surprise's.

    Returns:
        user_bias (n_users,) and item_bias (n_items,), in the unit of the ratings.
    """
    rows, columns = train.event_rows, train.matrix.indices
    ratings = train.matrix.data.astype(np.float64)
    ratings -= ratings.mean()
    user_bias, item_bias = np.zeros(train.n_users), np.zeros(train.n_items)
    for _ in range(epochs):
        sums = np.bincount(columns, ratings - user_bias[rows], minlength=train.n_items)
        item_bias = sums / (item_damping + train.item_counts)
        sums = np.bincount(rows, ratings - item_bias[columns], minlength=train.n_users)
        user_bias = sums / (user_damping + train.user_counts)
    return user_bias, item_bias
