"""A walk from a viewer to a title and back: who watches what those who watched this watch."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.top_k import top_k


class RP3beta(Recommender):
    """A title scores by how likely a walk of three steps ends there, less its popularity.

    score[u, j] = sum over i in history[u] of walk[i, j] / n_viewers[j] ** beta
    walk[i, j]  = sum over v of to_viewer[i, v] ** alpha * to_title[v, j] ** alpha

    to_viewer[i, v] = 1 / n_viewers[i] for each viewer v of title i and to_title[v, j] =
    1 / n_titles[v] for each title j of viewer v: the chances that someone who picks by lot among
    the neighbours of where they stand goes there next. (The first step, from u to one of their
    titles, is the same for all of them and changes no order.) With alpha = 1 and beta = 0 it is
    the walk itself, which ends on popular titles most often; beta takes that back: at beta = 1 a
    title is judged by its viewers' average. So the one model runs from *popular* to *niche*.

    Args:
        alpha: exponent of the chances, at least 0; below 1 an avid viewer or a popular title
            passes on more than its fair share.
        beta: how much popularity is penalised, at least 0.
        neighbors: entries of walk / n_viewers ** beta kept for each title, at least 1: the largest
            of each column j, so that every title is judged by equally many.

    Attributes:
        votes_: float32 CSR (n_items, n_items); row = title watched, column = title scored.

    Raises:
        ArgumentError: an argument outside its values.

    Source: a baseline of `dacrema2019`, who found it ahead of many a deep model.
    """

    def __init__(self, alpha: float = 0.7, beta: float = 0.5, neighbors: int = 200) -> None:
        self.alpha = alpha
        self.beta = beta
        self.neighbors = neighbors

    def _fit(self, train: Interactions, items, users) -> None:
        check_at_least("alpha", self.alpha, 0)
        check_at_least("beta", self.beta, 0)
        check_at_least("neighbors", self.neighbors, 1, integer=True)
        matrix = train.binary().astype(np.float64)
        n_titles = np.maximum(train.user_counts, 1.0)
        n_viewers = np.maximum(train.item_counts, 1.0)
        to_viewer = sparse.diags_array(n_viewers**-self.alpha) @ matrix.T
        to_title = sparse.diags_array(n_titles**-self.alpha) @ matrix
        ends = to_title @ sparse.diags_array(n_viewers**-self.beta)
        kept = _largest(ends.T.tocsr(), to_viewer.T.tocsr(), int(self.neighbors))
        self.votes_ = kept.T.tocsr()

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return (self.train_.binary()[rows] @ self.votes_).toarray()


def _largest(
    left: sparse.csr_array, right: sparse.csr_array, k: int, chunk: int = 512
) -> sparse.csr_array:
    """The k largest positive entries of each row of `left @ right`, off the diagonal, as float32.

    Rows are multiplied `chunk` at a time; of equal entries the lower column is kept.
    """
    parts = []
    for start in range(0, left.shape[0], chunk):
        product = (left[start : start + chunk] @ right).toarray().astype(np.float32)
        here = np.arange(len(product))
        product[here, start + here] = 0
        best = top_k(product, k)
        values = np.take_along_axis(product, best, axis=1)
        row, place = np.nonzero(values > 0)
        entries = values[row, place], (row, best[row, place])
        parts.append(sparse.coo_array(entries, shape=product.shape))
    return sparse.vstack(parts, format="csr")
