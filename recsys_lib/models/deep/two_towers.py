"""A network for the viewer, one for the title, and a dot product where they meet."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_lib.errors import check_at_least, check_between
from recsys_lib.interactions import Interactions
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.viewer_features import viewer_groups
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.content.title_features import check_titles
from recsys_lib.models.deep.autoencoder import unit_length
from recsys_lib.models.deep.packages import library
from recsys_lib.models.deep.training import Schedule, hold_out, train_with_jax
from recsys_lib.models.factors.ials import products
from recsys_lib.models.histories import binary
from recsys_lib.models.numerics import check_learned


class TwoTowers(Recommender):
    """Two networks, one for the viewer and one for the title, meet in a dot product.

    viewer[u] = tanh(x[u] @ T + groups[u] @ G + a) @ V,  x[u] = history[u] as a vector of length 1
    title[i]  = tanh(features[i] @ F + own[i] + b) @ Q
    score[u, i] = viewer[u] · title[i]

    While it learns, a batch of events (u, i) is its own choice of titles: each viewer shall pick
    the title of their event among those of the batch,

    loss = mean over the batch of -log(softmax over its titles j of s[u, j])[i]
           + l2 * sum of all squared weights,   s[u, j] = score[u, j] - log(share[j])

    where share[j] is the share of all events that are with j, and (u, j) is left out where j is
    i again. Popular titles are in the batch more often and would be punished for it; subtracting
    log(share) puts that right (`corrected=False` leaves it out). Of the history, the title of the
    event and, by lot, a part `noise` of the rest are not told. A title without events has no part
    of its own, so it stands where its features put it.

    Args:
        factors: neurons of each tower, and numbers where they meet, at least 1.
        weights: blocks of title features, as in `ContentProfile`, which computes them.
        said_of: titles that must have a feature for it to be used, at least 1.
        columns: columns of `users`, each value of which is a feature of a viewer; () for none.
        noise: chance that a title of the history is not told while learning, from 0 to below 1.
        l2: the penalty, at least 0.
        corrected: whether log(share) is subtracted.
        learning_rate, epochs, batch_size, patience, held_out, progress: as in
            `DenoisingAutoencoder`, with events in place of viewers.
        random_state: seed of the first weights, of the noise, of the order and of who is held out.

    Attributes:
        item_factors_: title (n_items, factors), float32.
        tower_: the viewer's network: T, G, a and V, float64.
        history_: DataFrame epoch, loss, held_loss.

    Raises:
        MissingPackageError: JAX is not installed.
        ArgumentError: an argument outside its values, or the loss grew without bound.
        DataError: `items`, or `users` where `columns` ask for it, is absent, lacks a column or
            holds a label twice.

    Source: `yi2019`, with shares counted where a service would estimate them.
    """

    def __init__(
        self,
        factors: int = 32,
        weights: dict[str, float] | None = None,
        said_of: int = 5,
        columns: tuple[str, ...] = (),
        noise: float = 0.5,
        l2: float = 1e-5,
        corrected: bool = True,
        learning_rate: float = 0.01,
        epochs: int = 20,
        batch_size: int = 1024,
        patience: int = 3,
        held_out: float = 0.05,
        progress: bool = False,
        random_state: int = 0,
    ) -> None:
        self.factors = factors
        self.weights = weights
        self.said_of = said_of
        self.columns = columns
        self.noise = noise
        self.l2 = l2
        self.corrected = corrected
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.held_out = held_out
        self.progress = progress
        self.random_state = random_state

    def _fit(self, train: Interactions, items, users) -> None:
        schedule = self._schedule()
        check_titles(items, (), "TwoTowers")
        features = ContentProfile(self.weights).fit(train, items=items).features_.tocsc()
        features = features[:, np.diff(features.indptr) >= self.said_of].tocsr()
        self.groups_ = viewer_groups(users, tuple(self.columns), train.users)
        rows, out = hold_out(np.arange(train.n_events), self.held_out, self.random_state)
        learned, self.history_ = train_with_jax(
            picking_loss,
            self._first(train.n_items, features.shape[1]),
            self._batches(train, features),
            rows,
            schedule,
            learning_rate=self.learning_rate,
            held=out,
        )
        check_learned(self, **learned)
        self.tower_ = {name: learned[name] for name in ("T", "G", "a", "V")}
        inside = features @ learned["F"] + learned["own"] + learned["b"]
        self.item_factors_ = (np.tanh(inside) @ learned["Q"]).astype(np.float32)

    def _schedule(self) -> Schedule:
        for name in ("factors", "said_of"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        check_at_least("l2", self.l2, 0)
        check_at_least("noise", self.noise, 0)
        check_between("noise", self.noise, -1, 1)
        return Schedule(self.epochs, self.batch_size, self.patience, self.random_state,
                        self.progress)  # fmt: skip

    def _first(self, n_items: int, n_features: int) -> dict[str, np.ndarray]:
        rng, n = np.random.default_rng(self.random_state), self.factors
        sizes = {"T": (n_items, n), "F": (n_features, n), "V": (n, n), "Q": (n, n)}
        drawn = {k: rng.normal(0, np.sqrt(2 / sum(size)), size) for k, size in sizes.items()}
        # An own part begins at 0, where that of a title without events stays.
        zeros = {"own": (n_items, n), "G": (self.groups_.shape[1], n), "a": n, "b": n}
        return drawn | {name: np.zeros(size) for name, size in zeros.items()}

    def _batches(self, train: Interactions, features: sparse.csr_array):
        histories, groups = binary(train.matrix), self._viewer_features(train.users)
        events = train.event_rows, train.matrix.indices
        log_share = np.log(np.maximum(train.item_counts, 1) / train.n_events)

        def take(chosen: np.ndarray) -> dict[str, np.ndarray]:
            u, i = events[0][chosen], events[1][chosen]
            x = histories[u].toarray().astype(np.float64)
            x[np.arange(len(u)), i] = 0
            return {
                "x": x, "groups": groups[u], "features": features[i].toarray(), "title": i,
                "log_share": log_share[i] * self.corrected, "noise": np.float64(self.noise),
                "l2": np.float64(self.l2),
            }  # fmt: skip

        return take

    def _viewer_features(self, labels: np.ndarray) -> np.ndarray:
        return self.groups_.reindex(labels, fill_value=False).to_numpy(np.float64)

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        t, x = self.tower_, unit_length(binary(histories).toarray().astype(np.float64))
        inside = x @ t["T"] + self._viewer_features(users) @ t["G"] + t["a"]
        return products(np.tanh(inside) @ t["V"], self.item_factors_)

    def _score_strangers(self, users: np.ndarray) -> np.ndarray:
        nothing = sparse.csr_array((len(users), len(self.items_)), dtype=np.float32)
        return self._score_histories(users, nothing)


def picking_loss(p: dict, batch: dict, key):
    """How surprised viewers' own titles are to be picked among those of a batch; for JAX.

    Args:
        p: the parameters of both towers.
        batch: x, groups, features, title, log_share of each event; noise and l2.
        key: for the noise.
    """
    jax, _ = library()
    jnp = jax.numpy
    x = batch["x"] * (jax.random.uniform(key, batch["x"].shape) >= batch["noise"])
    x = x / jnp.sqrt(jnp.maximum((x**2).sum(axis=1, keepdims=True), 1e-9))
    viewer = jnp.tanh(x @ p["T"] + batch["groups"] @ p["G"] + p["a"]) @ p["V"]
    own = p["own"][batch["title"]]
    title = jnp.tanh(batch["features"] @ p["F"] + own + p["b"]) @ p["Q"]
    s = viewer @ title.T - batch["log_share"]
    again = batch["title"][:, None] == batch["title"]
    s = jnp.where(again & ~jnp.eye(len(s), dtype=bool), -jnp.inf, s)
    penalty = batch["l2"] * sum((part**2).sum() for part in p.values())
    return -jnp.diag(jax.nn.log_softmax(s)).mean() + penalty
