"""Our networks with the habits of a peer, one at a time and all together; for `deep_peers`.

Two libraries that share a formula and its settings still differ in what no setting names: the first
weights, what is made of a history before the first layer, how lots are drawn. Each class has such
habits as switches, all off; `HABITS` turns them on. Read off the peers' source: Cornac 3.0.1,
RecBole 1.2.1, RecTools 0.19.0. Nothing here is for use.
"""

from __future__ import annotations

from dataclasses import dataclass
from unittest import mock

import numpy as np

from recsys_lib.models import MultVAE, SASRec
from recsys_lib.models.deep import variational
from recsys_lib.models.deep.packages import library
from recsys_lib.models.histories import binary
from recsys_lib.models.sequences.attention import attention, earlier, normed
from recsys_lib.models.sequences.network import SampledSoftmax


class LikeVAE(MultVAE):
    """`MultVAE` that can read a history, and begin, as Cornac's and RecBole's do; without l2."""

    reads_raw = False  # Cornac: 0 and 1 as they are, not divided by the length
    drops_last = False  # RecBole: length 1 first; then titles are dropped, and the rest made larger
    torch_first = False  # Cornac: what nn.Linear begins with

    def _fit(self, train, items, users) -> None:
        loss = variational.cloud_loss
        if self.reads_raw or self.drops_last:
            loss = raw_loss if self.reads_raw else divided_loss
        with mock.patch.object(variational, "cloud_loss", loss):
            super()._fit(train, items, users)

    def _first(self, n_items: int) -> dict[str, np.ndarray]:
        first = super()._first(n_items)
        if self.torch_first:
            rng = np.random.default_rng(self.random_state)
            for weights, bias in ("Aa", "Mm", "Ss", "Bb", "Vc"):
                most = len(first[weights]) ** -0.5  # 1 / sqrt(inputs)
                for name in (weights, bias):
                    first[name] = rng.uniform(-most, most, first[name].shape)
        return first

    def _score_histories(self, users, histories) -> np.ndarray:
        if not self.reads_raw:
            return super()._score_histories(users, histories)
        p, x = self.parameters_, binary(histories).toarray().astype(np.float64)
        mean = np.tanh(x @ p["A"] + p["a"]) @ p["M"] + p["m"]
        return (np.tanh(mean @ p["B"] + p["b"]) @ p["V"] + p["c"]).astype(np.float32)


def raw_loss(p: dict, batch: dict, key):
    """`cloud_loss` of histories as they are; noise is not read."""
    return loss_after(batch["y"], p, batch, key)


def divided_loss(p: dict, batch: dict, key):
    """`cloud_loss` of histories of length 1 of which titles are then dropped."""
    jax, _ = library()
    y, noise = batch["y"], batch["noise"]
    kept = jax.random.uniform(jax.random.split(key)[0], y.shape) >= noise
    return loss_after(kept * y / (y.sum(axis=1, keepdims=True) ** 0.5 * (1 - noise)), p, batch, key)


def loss_after(x, p: dict, batch: dict, key):
    """`cloud_loss` from its second line on, without the penalty."""
    jax, _ = library()
    jnp, y = jax.numpy, batch["y"]
    inside = jnp.tanh(x @ p["A"] + p["a"])
    mean, log_variance = inside @ p["M"] + p["m"], inside @ p["S"] + p["s"]
    lots = jax.random.normal(jax.random.split(key)[1], mean.shape)
    drawn = mean + jnp.exp(log_variance / 2) * lots
    score = jnp.tanh(drawn @ p["B"] + p["b"]) @ p["V"] + p["c"]
    surprise = -(y * jax.nn.log_softmax(score)).sum(axis=1).mean()
    apart = (jnp.exp(log_variance) + mean**2 - 1 - log_variance).sum(axis=1).mean() / 2
    return surprise + batch["beta"] * apart


class LikeSASRec(SASRec):
    """`SASRec` of one block that can do what RecTools' does otherwise."""

    biases = True  # RecTools: titles have none, so nothing says at the start what is popular
    xavier_first = False  # every table and matrix normal, variance 2 / (rows + columns)
    own_block = False  # `block_of_rectools`
    forgets = 0.999  # of Adam's squares; RecTools: .98

    def _fit(self, train, items, users) -> None:
        _, optax = library()
        adam = optax.adam
        with mock.patch.object(optax, "adam", lambda rate: adam(rate, b2=self.forgets)):
            super()._fit(train, items, users)

    def _loss(self) -> LikeSoftmax:
        sizes = int(self.negatives), float(self.dropout)
        states = block_of_rectools if self.own_block else SASRec._states
        return LikeSoftmax(states, *sizes, self.biases, self.forgets)

    def _states(self, parameters, seen, drop, xp):
        states = block_of_rectools if self.own_block else SASRec._states
        return states(parameters, seen, drop, xp)

    def _begin_with(self, train) -> dict[str, np.ndarray]:
        first, d = super()._begin_with(train), int(self.factors)
        if not self.biases:
            first["bias"] = np.zeros(train.n_items)
        if self.own_block:  # half as wide where it bends, and biases in the attention
            first |= {name: first[name][..., :d] for name in ("wide 0", "wide_bias 0")}
            first["narrow 0"] = first["narrow 0"][:d] * 2**0.5
            first |= {f"{name}_bias": np.zeros(d) for name in ("query", "key", "value", "out")}
        if self.xavier_first:
            rng = np.random.default_rng(self.random_state)
            for name, array in first.items():
                if array.ndim == 2:
                    first[name] = rng.normal(0, np.sqrt(2 / sum(array.shape)), array.shape)
        return first


@dataclass(frozen=True)
class LikeSoftmax(SampledSoftmax):
    """`SampledSoftmax` with the switches of `LikeSASRec`.

    `forgets` is not read; it is here since what is compiled is kept by its loss, Adam with it.
    """

    biases: bool
    forgets: float

    def __call__(self, parameters: dict, batch, key):
        bias = parameters["bias"] * self.biases
        return super().__call__(parameters | {"bias": bias}, batch, key)


def block_of_rectools(p: dict, seen, drop, xp):
    """Keys and values of x as it is, the normed x is carried on, and pads are looked at."""
    there = (seen < len(p["bias"]))[..., None]
    x = drop(p["titles"][seen] + p["places"], 0) * there
    look = normed(x, p["look_scale 0"], p["look_shift 0"], xp)
    asked = look @ p["query 0"] + p["query_bias"]
    offered, given = x @ p["key 0"] + p["key_bias"], x @ p["value 0"] + p["value_bias"]
    _, weight = attention(asked, offered, given, earlier(seen.shape[1]), xp)
    x = look + drop(weight, 1) @ given @ p["out 0"] + p["out_bias"]
    bend = normed(x, p["bend_scale 0"], p["bend_shift 0"], xp)
    wide = drop(xp.maximum(bend @ p["wide 0"] + p["wide_bias 0"], 0), 2)
    x = (bend + drop(wide @ p["narrow 0"] + p["narrow_bias 0"], 3)) * there
    return normed(x, p["scale"], p["shift"], xp)


HABITS = {
    "Cornac": {"reads_raw": True, "torch_first": True},
    "RecBole": {"drops_last": True},
    "RecTools": {"own_block": True, "xavier_first": True, "biases": False, "forgets": 0.98},
}


def like(make: type, habits: dict) -> type:
    """The class with these switches turned."""
    return type(make.__name__, ({MultVAE: LikeVAE, SASRec: LikeSASRec}[make],),
                {"__init__": make.__init__, **habits})  # fmt: skip


def variants(make: type, peer: str) -> dict[str, type]:
    """Name → class: ours with one habit of the peer, and, where it has several, with all."""
    habits = HABITS[peer]
    one = {f"ours, {name}": like(make, {name: value}) for name, value in habits.items()}
    return one | ({"ours, all of these": like(make, habits)} if len(habits) > 1 else {})
