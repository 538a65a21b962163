"""What networks of the order share: the loss they learn by, and how they score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recsys_lib.errors import ArgumentError, DataError, check_above, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.deep.packages import library
from recsys_lib.models.deep.training import Schedule, hold_out, train_with_jax
from recsys_lib.models.sequences.order import SequenceRecommender, in_places, windows
from recsys_lib.models.similar import cosines

BLOCK = 256  # histories read at a time


class SequenceNetwork(SequenceRecommender):
    """Reads a history evening by evening; after each, a vector says what may come next.

    score[u, j] = state[u, last] @ titles[j] + bias[j]
    loss        = -mean over evenings t of ln(exp(score[t, next]) / sum over c of exp(score[t, c]))

    c are the next title and `negatives` titles drawn by lot, anew for each step: a sampled softmax.
    With a single one such a network is too sure of itself (`petrov2023`, `klenitskiy2023`). A file
    gives `_first` (parameters to begin with) and `_states` (the vectors, written for numpy and for
    `jax.numpy`). Learning needs JAX and optax; scoring needs numpy alone.

    Attributes:
        parameters_: name → float64 array; `titles` is (n_items + 1, factors), the last row pads.
        history_: DataFrame epoch, loss, held_loss.
    """

    _of_viewers = (*SequenceRecommender._of_viewers, "history_")
    _whole = ("factors", "length", "negatives", "epochs")  # whole numbers of at least 1

    def _fit(self, train: Interactions, items, users) -> None:
        self._check()
        rows = np.flatnonzero(train.user_counts > 1)
        if len(rows) == 0:
            raise DataError("nobody in train watched two titles, so nothing comes next")
        _, held = hold_out(rows, self.held_out, self.random_state)
        rows = np.setdiff1d(rows, held)
        seen = windows(in_places(train).matrix, self.length + 1, empty=train.n_items)
        schedule = Schedule(
            self.epochs, self.batch_size, self.patience, self.random_state, self.progress
        )
        self.parameters_, self.history_ = train_with_jax(
            self._loss(), self._begin_with(train), lambda chosen: self._batch(seen[chosen]),
            rows, schedule, learning_rate=self.learning_rate, held=held,
        )  # fmt: skip

    def _check(self) -> None:
        for name in self._whole:
            check_at_least(name, getattr(self, name), 1, integer=True)
        check_above("learning_rate", self.learning_rate, 0)
        check_at_least("dropout", self.dropout, 0)
        if self.dropout >= 1:
            raise ArgumentError(f"dropout must be below 1, not {self.dropout!r}")

    def _loss(self) -> Callable:
        return SampledSoftmax(type(self)._states, int(self.negatives), float(self.dropout))

    def _batch(self, seen: np.ndarray):
        """What the loss reads of some viewers; their columns, (n, length + 1), are all here."""
        return seen

    def _begin_with(self, train: Interactions) -> dict[str, np.ndarray]:
        rng, share = np.random.default_rng(self.random_state), train.item_counts + 1.0
        shared = {
            "titles": rng.normal(0, 0.1, (train.n_items + 1, self.factors)),
            "bias": np.log(share / share.mean()),
        }
        return shared | self._first(rng)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        seen = windows(histories, int(self.length), empty=histories.shape[1])
        titles, scores = self.parameters_["titles"][:-1].T, np.empty(histories.shape, np.float32)
        for start in range(0, len(seen), BLOCK):
            block = seen[start : start + BLOCK]
            state = self._states(self.parameters_, block, lambda x, place: x, np)[:, -1]
            scores[start : start + BLOCK] = state @ titles + self.parameters_["bias"]
        return scores

    def _first(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Parameters to begin with, beside `titles` and `bias`."""
        raise NotImplementedError

    @staticmethod
    def _states(parameters, seen, drop, xp):
        """What may come next after each evening, (n, length, factors).

        Args:
            seen: int (n, length), columns of titles, oldest first; n_items pads on the left.
            drop: drop(x, place) sets some of x to 0 while the network learns; place tells draws
                apart.

        Sizes are read off the parameters: a function of its arguments alone is compiled once for
        all fits.
        """
        raise NotImplementedError

    def _likeness(self, column: int) -> np.ndarray:
        return cosines(self.parameters_["titles"][:-1], column)


def dropping(key, dropout: float) -> Callable:
    """drop(x, place): x with a share of its numbers 0 and the others larger; for JAX."""
    jax, _ = library()

    def drop(x, place: int):
        kept = jax.random.bernoulli(jax.random.fold_in(key, place), 1 - dropout, x.shape)
        return jax.numpy.where(kept, x / (1 - dropout), 0.0)

    return drop


@dataclass(frozen=True)
class SampledSoftmax:
    """The loss of `SequenceNetwork` for some histories; for JAX.

    Args:
        states: `_states` of the network.
        negatives, dropout: as in `SASRec`.
    """

    states: Callable
    negatives: int
    dropout: float

    def __call__(self, parameters: dict, batch, key):
        jax, _ = library()
        xp, n_items = jax.numpy, len(parameters["bias"])
        chance, lots = jax.random.split(key)
        drop = dropping(chance, self.dropout)
        state = self.states(parameters, batch[:, :-1], drop, xp)
        following = batch[:, 1:]
        real = following < n_items
        following = xp.where(real, following, 0)
        others = jax.random.randint(lots, (self.negatives,), 0, n_items)
        right = (state * parameters["titles"][following]).sum(-1) + parameters["bias"][following]
        wrong = state @ parameters["titles"][others].T + parameters["bias"][others]
        wrong = xp.where(others == following[..., None], -1e30, wrong)
        missed = self.missed(right, wrong, n_items, xp)
        return (missed * real).sum() / xp.maximum(real.sum(), 1)

    def missed(self, right, wrong, n_items: int, xp):
        """How far each evening's guess was off.

        Args:
            right: score of the next title, (n, length).
            wrong: scores of the titles drawn, (n, length, negatives); -1e30 for the next one.
            n_items: titles in all.
        """
        top = xp.maximum(wrong.max(axis=-1), right)
        total = xp.exp(right - top) + xp.exp(wrong - top[..., None]).sum(-1)
        return xp.log(total) + top - right
