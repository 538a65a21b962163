"""GRU4Rec, small: one memory that every evening rewrites a little."""

from __future__ import annotations

import numpy as np

from recsys_lib.models.sequences.network import SequenceNetwork


class GRU4Rec(SequenceNetwork):
    """A memory is read and rewritten evening by evening (a gated recurrent unit).

    x      = titles[seen[t]]
    keep   = sigmoid(x @ in_keep + memory @ back_keep + bias_keep)
    use    = sigmoid(x @ in_use + memory @ back_use + bias_use)
    new    = tanh(x @ in_new + (use * memory) @ back_new + bias_new)
    memory = keep * memory + (1 - keep) * new

    and score and loss are those of `SequenceNetwork`, over whole histories, not sessions.

    Args:
        factors, length, negatives, dropout, epochs: as in `SASRec`.
        batch_size, patience, learning_rate, held_out: as in `SASRec`.
        random_state, progress: as in `SASRec`.

    Attributes:
        parameters_, history_: as in `SequenceNetwork`.

    Raises:
        MissingPackageError: JAX or optax is not installed; to fit, not to score.
        ArgumentError: an argument outside its values.
        DataError: no times, or nobody watched two titles.

    Source: `hidasi2016`.
    """

    def __init__(
        self,
        factors: int = 32,
        length: int = 30,
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
        self.negatives = negatives
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.learning_rate = learning_rate
        self.held_out = held_out
        self.random_state = random_state
        self.progress = progress

    def _first(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        d, first = int(self.factors), {}
        for gate in ("keep", "use", "new"):
            for way in ("in", "back"):
                first[f"{way}_{gate}"] = rng.normal(0, d**-0.5, (d, d))
            first[f"bias_{gate}"] = np.zeros(d)
        return first

    @staticmethod
    def _states(parameters, seen, drop, xp):
        p, real = parameters, seen < len(parameters["titles"]) - 1
        x = drop(p["titles"][seen], 0)

        def evening(memory, now):
            x, real = now
            keep, use = (
                1 / (1 + xp.exp(-(x @ p[f"in_{g}"] + memory @ p[f"back_{g}"] + p[f"bias_{g}"])))
                for g in ("keep", "use")
            )
            new = xp.tanh(x @ p["in_new"] + (use * memory) @ p["back_new"] + p["bias_new"])
            memory = xp.where(real[:, None], keep * memory + (1 - keep) * new, memory)
            return memory, memory

        nothing = xp.zeros((len(seen), p["titles"].shape[1]))
        by_evening = xp.swapaxes(x, 0, 1), xp.swapaxes(real, 0, 1)
        states = _scan(evening, nothing, by_evening, xp)
        return drop(xp.swapaxes(states, 0, 1), 1)


def _scan(step, state, inputs, xp):
    """All states, one after the other: (length, n, factors)."""
    if xp is not np:
        from recsys_lib.models.deep.packages import library

        return library()[0].lax.scan(step, state, inputs)[1]
    states = []
    for now in zip(*inputs, strict=True):
        state, _ = step(state, now)
        states.append(state)
    return np.array(states)
