"""What follows what: the next title by the last one alone."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import check_above
from recsys_lib.interactions import Interactions
from recsys_lib.models.sequences.order import SequenceRecommender, ages, steps


class Markov(SequenceRecommender):
    """A first-order chain: how many went on from the title watched last to this one.

    score[u, j] = (steps[i, j] + prior * share[j]) / (steps[i, :].sum() + prior)

    where i is the title that u watched last, steps[i, j] is how often j came right after i in a
    viewer's order, and share[j] is the share of j among all steps' ends. Where i was seldom left
    for anything, the score is near that share.

    Args:
        prior: in steps, above 0; at so many steps from a title they count half.

    Attributes:
        steps_: float32 CSR array (n_items, n_items); row = title before, column = title after.
        share_: float64 (n_items,).

    Raises:
        ArgumentError: prior is not above 0.
        DataError: no times.

    Source: the baseline of `quadrana2018`.
    """

    def __init__(self, prior: float = 50.0) -> None:
        self.prior = prior

    def _fit(self, train: Interactions, items, users) -> None:
        check_above("prior", self.prior, 0)
        before, after = steps(train)
        ones, shape = np.ones(len(before), np.float32), (train.n_items, train.n_items)
        self.steps_ = sparse.coo_array((ones, (before, after)), shape=shape).tocsr()
        ends = np.bincount(after, minlength=train.n_items)
        self.share_ = ends / max(len(after), 1)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        last = histories.indices[ages(histories) == 0]
        after = self.steps_[last]
        scores = after.toarray() + self.prior * self.share_
        return (scores / (after.sum(axis=1)[:, None] + self.prior)).astype(np.float32)

    def _likeness(self, column: int) -> np.ndarray:
        return self.steps_[[column]].toarray()[0]
