"""Half of a history in, the whole of it out: a network that learns what goes together."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_lib.errors import check_above, check_at_least, check_between, check_choice
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.deep.layers import (
    BENDS,
    Adam,
    Layers,
    backward,
    cross_entropy,
    first_layers,
    forward,
)
from recsys_lib.models.deep.training import Schedule, hold_out, train
from recsys_lib.models.histories import binary
from recsys_lib.models.numerics import check_learned


class DenoisingAutoencoder(Recommender):
    """Guesses a whole history from a part of it, through a few neurons in between.

    x      = history[u] with each title dropped with chance `noise`, as a vector of length 1
    z      = forward(x): layers of neurons with the bend tanh, then one straight layer
    loss   = mean over viewers of -sum over i in history[u] of log(softmax(z)[i])
           + l2 / 2 * sum of all squared weights

    score[u, i] = z[i], with nothing dropped. With bend="none" the layers are straight and the whole
    is a factor model: z = x @ W_1 @ W_2. All in float64 and in numpy (`layers` has the formulas);
    steps are Adam's. A share of the viewers is held out, and of all epochs the one is kept after
    which these were guessed best.

    Args:
        hidden: neurons of each layer between, such as (64,) or (64, 64); () for none.
        noise: chance that a title is dropped while learning, from 0 to below 1.
        l2: the penalty, at least 0.
        bend: "tanh" or "none".
        learning_rate: of Adam, above 0.
        epochs, batch_size, patience, progress: as in `training.Schedule`; rows are viewers.
        held_out: share of the viewers for early stopping; 0: none, and all epochs are run.
        random_state: seed of the first weights, of the noise, of the order and of who is held out.

    Attributes:
        layers_: tuple of (W, b), float64; the first W has a row a title, the last a column a title.
        item_factors_: the last W, a row a title, float64 (n_items, hidden[-1]).
        history_: DataFrame epoch, loss, held_loss.

    Raises:
        ArgumentError: an argument outside its values, or the loss grew without bound.

    Sources: `liang2018` for the loss (its denoising autoencoder, there called Mult-DAE).
    """

    def __init__(
        self,
        hidden: tuple[int, ...] = (64,),
        noise: float = 0.5,
        l2: float = 0.005,
        bend: str = "tanh",
        learning_rate: float = 0.02,
        epochs: int = 100,
        batch_size: int = 256,
        patience: int = 5,
        held_out: float = 0.1,
        progress: bool = False,
        random_state: int = 0,
    ) -> None:
        self.hidden = hidden
        self.noise = noise
        self.l2 = l2
        self.bend = bend
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.held_out = held_out
        self.progress = progress
        self.random_state = random_state

    def _fit(self, train_log: Interactions, items, users) -> None:
        schedule = self._schedule()
        rng = np.random.default_rng(self.random_state)
        rows, out = hold_out(
            np.flatnonzero(train_log.user_counts), self.held_out, self.random_state
        )
        histories = binary(train_log.matrix)
        layers = first_layers((train_log.n_items, *self.hidden, train_log.n_items), rng)
        judged = self._drawn(histories, out, np.random.default_rng(self.random_state))

        def step(adam: Adam, batch: np.ndarray) -> tuple[Adam, float]:
            x, y = self._drawn(histories, batch, rng)
            loss, gradients = penalised_loss(adam.layers, x, y, self.l2, self.bend)
            return adam.step(gradients, self.learning_rate), loss

        def held(adam: Adam) -> float:
            return cross_entropy(forward(adam.layers, judged[0], self.bend)[-1], judged[1])[0]

        # One thread, as in `ImplicitALS`; what comes of an overflow is checked below.
        with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
            adam, self.history_ = train(
                step, Adam.start(layers), rows, schedule, held if len(out) else None
            )
        self.layers_ = tuple(adam.layers)
        self.item_factors_ = self.layers_[-1][0].T
        check_learned(self, weights=np.concatenate([W.ravel() for W, _ in self.layers_]))

    def _schedule(self) -> Schedule:
        check_at_least("l2", self.l2, 0)
        check_at_least("noise", self.noise, 0)
        check_between("noise", self.noise, -1, 1)
        check_above("learning_rate", self.learning_rate, 0)
        check_choice("bend", self.bend, tuple(BENDS))
        for size in self.hidden:
            check_at_least("hidden", size, 1, integer=True)
        return Schedule(self.epochs, self.batch_size, self.patience, self.random_state,
                        self.progress)  # fmt: skip

    def _drawn(self, histories: sparse.csr_array, rows, rng) -> tuple[np.ndarray, np.ndarray]:
        """What is told of some viewers, with noise, and what they watched."""
        whole = histories[rows].astype(np.float64)
        told = whole.copy()
        told.data *= rng.random(told.nnz) >= self.noise
        return unit_length(told.toarray()), whole.toarray()

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        x = unit_length(binary(histories).toarray().astype(np.float64))
        return forward(self.layers_, x, self.bend)[-1].astype(np.float32)


def penalised_loss(
    layers: Layers, x: np.ndarray, y: np.ndarray, l2: float, bend: str
) -> tuple[float, Layers]:
    """The loss of some viewers, and its slope in each weight and bias.

    Args:
        layers: as `layers_`.
        x: (n, n_items), what is told of each; y: 0 or 1, what each watched.
        l2, bend: as in `DenoisingAutoencoder`.
    """
    said = forward(layers, x, bend)
    loss, dz = cross_entropy(said[-1], y)
    loss += float(l2 / 2 * sum((W**2).sum() for W, _ in layers))
    together = zip(layers, backward(layers, said, dz, bend), strict=True)
    return loss, [(dW + l2 * W, db) for (W, _), (dW, db) in together]


def unit_length(x: np.ndarray) -> np.ndarray:
    """Each row divided by its length; a row of zeros stays one."""
    length = np.sqrt((x**2).sum(axis=1, keepdims=True))
    return np.divide(x, length, out=np.zeros_like(x), where=length > 0)
