"""An autoencoder that guesses a cloud, not a point: what a viewer may like, and how surely."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import check_at_least, check_between
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.deep.autoencoder import unit_length
from recsys_lib.models.deep.packages import library
from recsys_lib.models.deep.training import Schedule, hold_out, train_with_jax
from recsys_lib.models.histories import binary
from recsys_lib.models.numerics import check_learned


class MultVAE(Recommender):
    """A history becomes a cloud of numbers, and a draw from it guesses the titles.

    inside = tanh(x @ A + a),  x = history[u] with each title dropped with chance `noise`, length 1
    mean   = inside @ M + m,  log_variance = inside @ S + s
    drawn  = mean + exp(log_variance / 2) * a standard normal
    score  = tanh(drawn @ B + b) @ V + c

    loss = mean over viewers of -sum over i in history[u] of log(softmax(score)[i])
         + beta * mean over viewers of
           sum(exp(log_variance) + mean ** 2 - 1 - log_variance) / 2
         + l2 / 2 * sum of all squared weights

    The second line is how far the cloud is from a standard normal one (Kullback and Leibler's
    divergence). Scores are those of the cloud's mean, with nothing dropped. It learns with JAX; a
    fitted model scores with numpy alone.

    Args:
        hidden: neurons on either side, at least 1.
        latent: numbers a viewer, at least 1.
        beta: weight of the second line, at least 0; the source raises it step by step, here it
            is the same from the start.
        noise, l2, learning_rate, epochs, batch_size, patience, held_out, progress, random_state:
            as in `DenoisingAutoencoder`.

    Attributes:
        parameters_: A, a, M, m, S, s, B, b, V, c by name, float64.
        item_factors_: V, a row a title, float64 (n_items, hidden).
        history_: DataFrame epoch, loss, held_loss.

    Raises:
        MissingPackageError: JAX is not installed.
        ArgumentError: an argument outside its values, or the loss grew without bound.

    Source: `liang2018`.
    """

    def __init__(
        self,
        hidden: int = 64,
        latent: int = 32,
        beta: float = 0.2,
        noise: float = 0.5,
        l2: float = 0.005,
        learning_rate: float = 0.01,
        epochs: int = 100,
        batch_size: int = 256,
        patience: int = 5,
        held_out: float = 0.1,
        progress: bool = False,
        random_state: int = 0,
    ) -> None:
        self.hidden = hidden
        self.latent = latent
        self.beta = beta
        self.noise = noise
        self.l2 = l2
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.held_out = held_out
        self.progress = progress
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        schedule = self._schedule()
        viewers = np.flatnonzero(train.user_counts)
        rows, out = hold_out(viewers, self.held_out, self.random_state)
        histories = binary(train.matrix)
        settings = {name: np.float64(getattr(self, name)) for name in ("beta", "noise", "l2")}

        def take(chosen: np.ndarray) -> dict[str, np.ndarray]:
            return {"y": histories[chosen].toarray().astype(np.float64), **settings}

        self.parameters_, self.history_ = train_with_jax(
            cloud_loss, self._first(train.n_items), take, rows, schedule,
            learning_rate=self.learning_rate, held=out,
        )  # fmt: skip
        self.item_factors_ = self.parameters_["V"].T
        check_learned(self, **self.parameters_)

    def _schedule(self) -> Schedule:
        for name in ("hidden", "latent"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        for name in ("beta", "noise", "l2"):
            check_at_least(name, getattr(self, name), 0)
        check_between("noise", self.noise, -1, 1)
        return Schedule(self.epochs, self.batch_size, self.patience, self.random_state,
                        self.progress)  # fmt: skip

    def _first(self, n_items: int) -> dict[str, np.ndarray]:
        rng, h, k = np.random.default_rng(self.random_state), self.hidden, self.latent
        sizes = {"A": (n_items, h), "M": (h, k), "S": (h, k), "B": (k, h), "V": (h, n_items)}
        drawn = {n: rng.normal(0, np.sqrt(2 / sum(size)), size) for n, size in sizes.items()}
        return drawn | {name.lower(): np.zeros(size[1]) for name, size in sizes.items()
                        if name != "V"} | {"c": np.zeros(n_items)}  # fmt: skip

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        p, x = self.parameters_, unit_length(binary(histories).toarray().astype(np.float64))
        mean = np.tanh(x @ p["A"] + p["a"]) @ p["M"] + p["m"]
        return (np.tanh(mean @ p["B"] + p["b"]) @ p["V"] + p["c"]).astype(np.float32)


def cloud_loss(p: dict, batch: dict, key):
    """The loss of `MultVAE` for some viewers; for JAX.

    Args:
        p: the parameters.
        batch: y, what each watched, 0 or 1, (n, n_items); beta, noise and l2.
        key: for the noise and the draws.
    """
    jax, _ = library()
    jnp, y = jax.numpy, batch["y"]
    for_noise, for_draws = jax.random.split(key)
    x = y * (jax.random.uniform(for_noise, y.shape) >= batch["noise"])
    x = x / jnp.sqrt(jnp.maximum((x**2).sum(axis=1, keepdims=True), 1))
    inside = jnp.tanh(x @ p["A"] + p["a"])
    mean, log_variance = inside @ p["M"] + p["m"], inside @ p["S"] + p["s"]
    drawn = mean + jnp.exp(log_variance / 2) * jax.random.normal(for_draws, mean.shape)
    score = jnp.tanh(drawn @ p["B"] + p["b"]) @ p["V"] + p["c"]
    surprise = -(y * jax.nn.log_softmax(score)).sum(axis=1).mean()
    apart = (jnp.exp(log_variance) + mean**2 - 1 - log_variance).sum(axis=1).mean() / 2
    penalty = sum((p[name] ** 2).sum() for name in "AMSBV") / 2
    return surprise + batch["beta"] * apart + batch["l2"] * penalty
