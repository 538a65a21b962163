"""A walk from a viewer to a title and back: who watches what those who watched this watch."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.histories import event_weights
from recsys_lib.models.neighbours import compiled
from recsys_lib.models.neighbours.common import Common
from recsys_lib.models.neighbours.neighborhood import nearest
from recsys_lib.models.neighbours.similarity import Measure


class RP3beta(Recommender):
    """A title scores by how likely a walk from the history ends there, less its fame.

    score[u, j] = sum over i in history[u] of votes[i, j]
    votes[i, j] = walk[i, j] / sum over j in kept[i] of walk[i, j], if j in kept[i], else 0
    walk[i, j]  = sum over v who watched both of (1 / n_titles[v]) ** alpha / n_viewers[j] ** beta

    With weighted=True the lots are drawn in proportion to the values of events (minutes, plays):

    score[u, j] = sum over i in history[u] of r[u, i] * votes[i, j]
    walk[i, j]  = sum over v of r[v, i] * r[v, j] / r[v].sum() ** alpha / r[:, j].sum() ** beta

    Someone at title i picks one of its viewers by lot, then one of that viewer's n_titles titles:
    where do they end? (The lot of the first step is the same for all viewers and cancels.) With
    alpha = 1 and beta = 0 that is the walk itself, which ends on popular titles most often; beta
    takes that back. So the one model runs from *popular* to *niche*.

    kept[i] are the `neighbors` likeliest ends. Each title watched has one vote to share out among
    them, which matters: where all walks count alike, titles with few viewers, whose ends are far
    apart, hardly have a say. Of the votes for each title j only the `neighbors` largest count.

    Args:
        alpha: how much less an avid viewer counts, at least 0.
        beta: how much popularity is penalised, at least 0.
        neighbors: ends kept of each title, and votes kept for each, at least 1.
        weighted: whether values are weights; they must then be at least 0.

    Attributes:
        votes_: float32 CSR (n_items, n_items); row = title watched, column = title scored.

    Raises:
        ArgumentError: an argument outside its values.
        DataError: weighted=True and a value is below 0.

    Source: a baseline of `dacrema2019`, who found it ahead of many a deep model; theirs is this one
    with equal alpha in both steps.
    """

    def __init__(
        self, alpha: float = 0.8, beta: float = 0.4, neighbors: int = 75, weighted: bool = False
    ) -> None:
        self.alpha = alpha
        self.beta = beta
        self.neighbors = neighbors
        self.weighted = weighted

    def _fit(self, train: Interactions, items, users) -> None:
        check_at_least("alpha", self.alpha, 0)
        check_at_least("beta", self.beta, 0)
        check_at_least("neighbors", self.neighbors, 1, integer=True)
        passed, walk = self._weighted_walk(train) if self.weighted else self._walk(train)
        kept = nearest(passed.tocsc(), walk, int(self.neighbors), shrinkage=0)
        kept.data /= np.repeat(kept.sum(axis=1), np.diff(kept.indptr))
        self.votes_ = largest(kept.T.tocsr(), int(self.neighbors)).T.tocsr()
        self.large_ = compiled.worth(train.user_counts, train.n_items)

    def _walk(self, train: Interactions) -> tuple[sparse.csr_array, Measure]:
        passed = train.binary().astype(np.float64)
        weights = addable(np.maximum(train.user_counts, 1.0) ** -float(self.alpha))
        passed.data = weights[train.event_rows]

        def walk(common: Common) -> np.ndarray:
            # Over n_viewers[i] ** beta too, which cancels below and makes i and j alike.
            left, right = (n ** -np.float64(self.beta) for n in (common.n_left, common.n_right))
            return common.sum_right * (left * right)

        return passed, walk

    def _weighted_walk(self, train: Interactions) -> tuple[sparse.csr_array, Measure]:
        """Half of each step on either side, so that i and j are alike and their product is walk."""
        r = event_weights(train.matrix, True).astype(np.float64)
        viewers, titles = r.sum(axis=1)[train.event_rows], r.sum(axis=0)[r.indices]
        some = r.data > 0  # weights of 0 stay 0
        r.data[some] *= viewers[some] ** (-self.alpha / 2) * titles[some] ** -float(self.beta)
        return r, lambda common: common.dot

    def _likeness(self, column: int) -> np.ndarray:
        return self.votes_[[column]].toarray()[0]

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        history = event_weights(histories, self.weighted)
        if self.large_ and len(users) > compiled.FEW and compiled.available():
            return compiled.product(history, self.votes_)
        return (history @ self.votes_).toarray()


def addable(weights: np.ndarray) -> np.ndarray:
    """Weights, at least 0, rounded so that any of them add up without any rounding.

    A sum then does not depend on its order, which the number of threads and the kind of processor
    decide. They become multiples of a power of two, of which their total has 2**53 at most.

    >>> tenths = addable(np.array([0.1, 0.2, 0.3]))
    >>> tenths[0] + tenths[1] + tenths[2] == tenths[2] + tenths[1] + tenths[0]
    np.True_
    """
    total = max(weights.sum(), np.finfo(np.float64).tiny)
    unit = 2.0 ** (np.ceil(np.log2(total)) - 52)
    return np.round(weights / unit) * unit


def largest(matrix: sparse.csr_array, k: int) -> sparse.csr_array:
    """The k largest entries of each row; of equal ones those further left, if columns ascend.

    >>> largest(sparse.csr_array([[0.3, 0.9, 0.3], [0.0, 0.0, 0.1]]), k=2).toarray()
    array([[0.3, 0.9, 0. ],
           [0. , 0. , 0.1]])
    """
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((-matrix.data, row))  # stable, and the columns of a row ascend
    place = np.arange(matrix.nnz) - matrix.indptr[row]
    kept = order[place < k]
    entries = matrix.data[kept], (row[kept], matrix.indices[kept])
    return sparse.coo_array(entries, shape=matrix.shape).tocsr()
