"""Taste in a few numbers, learned from pairs: what was watched ranks before what was not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse
from scipy.special import expit

from recsys_lib.errors import check_above, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.numerics import check_learned

Move = tuple[np.ndarray | slice, np.ndarray]
TINY = 1e-12  # keeps a number without gradient where it is


class BPR(Recommender):
    """A title scores by its bias and the dot product of the viewer's factors and its own.

    score[u, i] = bias[i] + W[u] · H[i]

    gain = sum over triples (u, i, j) of log(sigmoid(score[u, i] - score[u, j]))
         - l2 / 2 * (|W[u]| ** 2 + |H[i]| ** 2 + |H[j]| ** 2 + bias[i] ** 2 + bias[j] ** 2)

    In each epoch every event (u, i) makes one triple, with a j drawn evenly from what u has not
    watched. Triples come in random order, `batch_size` at a time; a batch moves each number by
    learning_rate * gradient / sqrt(sum of its squared gradients so far) (Adagrad, upward). A viewer
    who has watched everything makes no triple.

    Args:
        factors: numbers a viewer and a title, at least 1.
        epochs: triples made of each event, at least 1.
        learning_rate: above 0; the first step of each number has this length.
        l2: the penalty, at least 0.
        batch_size: triples a step, at least 1.
        random_state: seed of the first W and H (normal, standard deviation 0.1 / sqrt(factors)), of
            the order and of the draws.

    Attributes:
        user_factors_, item_factors_: W (n_users, factors) and H (n_items, factors), float32.
        item_bias_: bias (n_items,), float32.

    Raises:
        ArgumentError: an argument outside its values.

    Source: `rendle2009`, criterion BPR-OPT with matrix factorisation; Adagrad in place of plain
    gradient steps.
    """

    def __init__(
        self,
        factors: int = 64,
        epochs: int = 30,
        learning_rate: float = 0.15,
        l2: float = 0.01,
        batch_size: int = 16_384,
        random_state: int = 0,
    ) -> None:
        self.factors = factors
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.l2 = l2
        self.batch_size = batch_size
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        for name in ("factors", "epochs", "batch_size"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        check_at_least("l2", self.l2, 0)
        check_above("learning_rate", self.learning_rate, 0)
        rng = np.random.default_rng(self.random_state)
        parameters = self._initialise(train, rng)
        squares = [np.full_like(parameter, TINY) for parameter in parameters]
        rate = np.float32(self.learning_rate)
        with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is checked below
            for _ in range(self.epochs):
                for triples in self._triples(train, rng):
                    steps = zip(parameters, squares, self._gradients(*triples), strict=True)
                    for parameter, square, (rows, gradient) in steps:
                        square[rows] += gradient**2
                        parameter[rows] += rate * gradient / np.sqrt(square[rows])
        W, H, bias = parameters
        check_learned(self, user_factors_=W, item_factors_=H, item_bias_=bias)

    def _initialise(self, train: Interactions, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        scale = 0.1 / np.sqrt(self.factors)
        W, told = np.zeros((train.n_users, self.factors)), train.user_counts > 0
        W[told] = rng.normal(0, scale, (train.active_users, self.factors))
        H = rng.normal(0, scale, (train.n_items, self.factors))
        self.user_factors_, self.item_factors_ = W.astype(np.float32), H.astype(np.float32)
        self.item_bias_ = np.zeros(train.n_items, np.float32)
        return self.user_factors_, self.item_factors_, self.item_bias_

    def _triples(self, train: Interactions, rng: np.random.Generator) -> Iterator:
        """The batches of one epoch: rows u, columns i with an event, columns j without."""
        rows, columns = train.event_rows, train.matrix.indices
        usable = train.user_counts[rows] < train.n_items
        rows, columns = rows[usable], columns[usable]
        others = draw_unseen(train, rows, rng=rng)
        order = rng.permutation(len(rows))
        for start in range(0, len(order), self.batch_size):
            batch = order[start : start + self.batch_size]
            yield rows[batch], columns[batch], others[batch]

    def _gradients(self, u: np.ndarray, i: np.ndarray, j: np.ndarray) -> tuple[Move, ...]:
        """The rows of W, H and bias that some triples touch, and how the gain grows with each.

        A batch touches few of many viewers, and only their numbers are read and moved.
        """
        users, u = _touched(u, len(self.user_factors_))
        items, ij = _touched(np.r_[i, j], len(self.item_factors_))
        W, H, bias = self.user_factors_[users], self.item_factors_[items], self.item_bias_[items]
        i, j = ij[: len(u)], ij[len(u) :]
        lead = bias[i] - bias[j] + np.einsum("nf,nf->n", W[u], H[i] - H[j])
        pull = expit(-lead)  # toward 1 where the triple is the wrong way round
        # Each triple pulls (u, i) up and (u, j) down; as a matrix they add up by themselves.
        pairs = np.r_[pull, -pull], (np.r_[u, u], ij)
        pulls = sparse.coo_array(pairs, shape=(len(W), len(H))).tocsr()
        user_l2 = (self.l2 * np.bincount(u, minlength=len(W))).astype(np.float32)
        item_l2 = (self.l2 * np.bincount(ij, minlength=len(H))).astype(np.float32)
        return (
            (users, pulls @ H - user_l2[:, None] * W),
            (items, pulls.T @ W - item_l2[:, None] * H),
            (items, pulls.sum(axis=0) - item_l2 * bias),
        )

    def _score(self, rows: np.ndarray) -> np.ndarray:
        # In float64, then rounded: the same scores however many rows are asked for at once.
        W, H = self.user_factors_[rows].astype(np.float64), self.item_factors_.astype(np.float64)
        return (W @ H.T + self.item_bias_).astype(np.float32)


def _touched(rows: np.ndarray, n: int) -> tuple[np.ndarray | slice, np.ndarray]:
    """As `np.unique` of numbers below n, without a sort: each once, and the place of each.

    Where that is more than half of them, all n in place: a slice, which copies nothing. Those not
    in `rows` get a gradient of 0 and stay as they are.
    """
    seen, place = np.zeros(n, bool), np.empty(n, np.int64)
    seen[rows] = True
    distinct = np.flatnonzero(seen)
    if len(distinct) > n / 2:
        return slice(None), rows
    place[distinct] = np.arange(len(distinct))
    return distinct, place[rows]


def draw_unseen(train: Interactions, rows: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """For each of `rows` a column without event, each such column equally likely.

    Args:
        train: the events.
        rows: rows of `train` that have a column without event.
        rng: the source of the draws.

    Returns:
        int64 array (len(rows),).
    """
    events = train.event_rows * train.n_items + train.matrix.indices  # sorted, as rows are
    drawn = rng.integers(train.n_items, size=len(rows))
    again = np.arange(len(rows))
    while len(again):
        pair = rows[again] * train.n_items + drawn[again]
        place = np.minimum(np.searchsorted(events, pair), len(events) - 1)
        again = again[events[place] == pair]
        drawn[again] = rng.integers(train.n_items, size=len(again))
    return drawn
