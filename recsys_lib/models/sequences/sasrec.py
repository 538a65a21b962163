"""SASRec: a small transformer that reads a history and says what comes next."""

from __future__ import annotations

import numpy as np
from sklearn.utils.validation import check_is_fitted

from recsys_lib.errors import check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.histories import on_titles
from recsys_lib.models.sequences.attention import attention, earlier, normed
from recsys_lib.models.sequences.network import SequenceNetwork
from recsys_lib.models.sequences.order import in_places, windows


class SASRec(SequenceNetwork):
    """Each evening looks back at those before it, and chooses what to weigh (attention).

    x[t] = titles[seen[t]] + places[t]
    x    = x + attention(x @ query, x @ key, x @ value) @ out
    x    = x + relu(x @ wide + wide_bias) @ narrow + narrow_bias

    the last two `blocks` times, on the right of each x normed first,

    and score and loss are those of `SequenceNetwork`: a sampled softmax instead of the one negative
    of the first version (`petrov2023`, `klenitskiy2023`).

    Args:
        factors: numbers a title and an evening, at least 1.
        length: newest titles of a history that are read, at least 1.
        blocks: times that evenings look back, at least 1.
        negatives: titles drawn by lot to be told from the next one.
        dropout: share of numbers set to 0 while learning, from 0 to below 1.
        epochs, batch_size, patience, learning_rate, held_out, random_state, progress: as in
            `recsys_lib.models.deep.training`; held_out is a share of viewers.

    Attributes:
        parameters_, history_: as in `SequenceNetwork`.

    Raises:
        MissingPackageError: JAX or optax is not installed; to fit, not to score.
        ArgumentError: an argument outside its values.
        DataError: no times, or nobody watched two titles.

    Source: `kang2018`.
    """

    def __init__(
        self,
        factors: int = 32,
        length: int = 30,
        blocks: int = 1,
        negatives: int = 128,
        dropout: float = 0.2,
        epochs: int = 30,
        batch_size: int = 64,
        patience: int = 3,
        learning_rate: float = 0.004,
        held_out: float = 0.1,
        random_state: int = 0,
        progress: bool = False,
    ) -> None:
        self.factors = factors
        self.length = length
        self.blocks = blocks
        self.negatives = negatives
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.learning_rate = learning_rate
        self.held_out = held_out
        self.random_state = random_state
        self.progress = progress

    def _check(self) -> None:
        super()._check()
        check_at_least("blocks", self.blocks, 1, integer=True)

    def _first(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        d, first = int(self.factors), {}

        def drawn(*shape: int) -> np.ndarray:
            return rng.normal(0, shape[0] ** -0.5, shape)

        for block in range(int(self.blocks)):
            first |= {f"{name} {block}": drawn(d, d) for name in ("query", "key", "value", "out")}
            first |= {f"wide {block}": drawn(d, 2 * d), f"wide_bias {block}": np.zeros(2 * d)}
            first |= {f"narrow {block}": drawn(2 * d, d), f"narrow_bias {block}": np.zeros(d)}
            for name in ("look", "bend"):
                first |= {f"{name}_scale {block}": np.ones(d), f"{name}_shift {block}": np.zeros(d)}
        places = {"places": rng.normal(0, 0.1, (int(self.length), d))}
        return first | places | {"scale": np.ones(d), "shift": np.zeros(d)}

    @staticmethod
    def _states(parameters, seen, drop, xp):
        return SASRec._read(parameters, seen, drop, xp)[0]

    @staticmethod
    def _read(parameters, seen, drop, xp):
        """The states, and the weights of the last block's attention, (n, length, length)."""
        real = seen < len(parameters["bias"])
        there = real[..., None]
        x = drop(parameters["titles"][seen] + parameters["places"], 0) * there
        allowed = earlier(seen.shape[1]) & (real[:, None, :] | xp.eye(seen.shape[1], dtype=bool))
        for block in range(sum(name.startswith("query ") for name in parameters)):
            p = {name[: -len(f" {block}")]: array for name, array in parameters.items()
                 if name.endswith(f" {block}")}  # fmt: skip
            look = normed(x, p["look_scale"], p["look_shift"], xp)
            asked, offered, given = (look @ p[name] for name in ("query", "key", "value"))
            taken, weight = attention(asked, offered, given, allowed, xp)
            x = x + drop(taken @ p["out"], 2 * block + 1)
            bend = normed(x, p["bend_scale"], p["bend_shift"], xp)
            bend = xp.maximum(bend @ p["wide"] + p["wide_bias"], 0) @ p["narrow"]
            x = (x + drop(bend + p["narrow_bias"], 2 * block + 2)) * there
        return normed(x, parameters["scale"], parameters["shift"], xp), weight

    def looks_at(self, histories: Interactions) -> np.ndarray:
        """How much the last evening of each history weighs every evening in the last block.

        Args:
            histories: with times, on the titles of `train`.

        Returns:
            float64 (histories.n_users, length), oldest first, the last evening itself at the end;
            rows sum to 1; 0 where a history is shorter than `length`.

        Raises:
            sklearn.exceptions.NotFittedError: the model is not fitted.
            DataError: the histories have no times.
            ArgumentError: they hold titles that are not in `train`.
        """
        check_is_fitted(self, "parameters_")
        _, places = on_titles(in_places(histories), self.items_, "error")
        seen = windows(places, int(self.length), empty=len(self.items_))
        return self._read(self.parameters_, seen, lambda x, place: x, np)[1][:, -1]
