"""The one training loop of all networks: batches by lot, a step each, and when to stop."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from recsys_lib.errors import ArgumentError, check_above, check_at_least
from recsys_lib.models.deep.packages import ONE_THREAD, in_float64, library

Step = Callable[[Any, np.ndarray], tuple[Any, float]]


@dataclass(frozen=True)
class Schedule:
    """How long to train, in what portions, and what to show of it.

    Args:
        epochs: times that every row is visited, at most; at least 1.
        batch_size: rows a step, at least 1.
        patience: epochs without a better loss on the held-out rows after which to stop, at least 1.
        random_state: seed of the order.
        progress: whether to show a bar with the loss.

    Raises:
        ArgumentError: a number outside its values; when the schedule is made.
    """

    epochs: int
    batch_size: int
    patience: int = 5
    random_state: int = 0
    progress: bool = False

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "patience"):
            check_at_least(name, getattr(self, name), 1, integer=True)


def train(
    step: Step,
    state: Any,
    rows: np.ndarray,
    schedule: Schedule,
    held: Callable[[Any], float] | None = None,
) -> tuple[Any, pd.DataFrame]:
    """Take a step for each batch of rows, epoch after epoch, until the schedule says stop.

    An epoch visits the rows in a new order; the few left over, too few for a batch, are among the
    next epoch's.

    Args:
        step: from a state and the rows of a batch to the next state and the loss of the batch; it
            must leave the state that it is given as it is.
        state: parameters and whatever else a step needs, such as the averages of Adam.
        rows: numbers of the rows to learn from.
        schedule: how long, and in what portions.
        held: the loss of a state on rows held out. With it the best state is returned, and training
            stops early; without it the last one.

    Returns:
        The state, and a DataFrame with columns epoch (from 1), loss (the mean over the batches) and
        held_loss (NaN without `held`).

    Raises:
        ArgumentError: the loss grew without bound.
    """
    rng = np.random.default_rng(schedule.random_state)
    size = min(schedule.batch_size, len(rows))
    best, history, since = (math.inf, state), [], 0
    with tqdm(total=schedule.epochs, desc="train", disable=not schedule.progress) as bar:
        for epoch in range(1, schedule.epochs + 1):
            order, losses = rng.permutation(rows), []
            for start in range(0, len(order) - size + 1, size):
                state, loss = step(state, order[start : start + size])
                losses.append(float(loss))
            held_loss = math.nan if held is None else float(held(state))
            history.append((epoch, _finite(np.mean(losses)), held_loss))
            bar.set_postfix(loss=f"{history[-1][1]:.4f}", held=f"{held_loss:.4f}")
            bar.update()
            since += 1
            if held is None or held_loss < best[0]:
                best, since = (held_loss, state), 0
            elif since >= schedule.patience:
                break
    return best[1], pd.DataFrame(history, columns=["epoch", "loss", "held_loss"])


def train_with_jax(
    loss: Callable,
    parameters: Any,
    take: Callable[[np.ndarray], Any],
    rows: np.ndarray,
    schedule: Schedule,
    *,
    learning_rate: float,
    held: np.ndarray | None = None,
) -> tuple[Any, pd.DataFrame]:
    """`train` by Adam with gradients from JAX, in float64.

    Args:
        loss: `loss(parameters, batch, key)`, a number, written with `jax.numpy`; `key` is for
            `jax.random`: a new one each step, and always the same on the rows held out. A function
            of a module, or a frozen dataclass that can be called, is compiled once for all fits.
        parameters: the first ones: arrays, or dicts and lists of arrays.
        take: from numbers of rows to their batch: arrays, or dicts and lists of them, always of the
            same shapes for as many rows.
        rows: numbers of the rows to learn from.
        schedule: as in `train`.
        learning_rate: of Adam, above 0.
        held: numbers of rows held out, for early stopping; None or none: no early stopping.

    Returns:
        Parameters as numpy arrays (float64), and the history as `train` gives it.

    Raises:
        MissingPackageError: JAX is not installed.
        ArgumentError: a learning rate that is not above 0, or the loss grew without bound.
    """
    check_above("learning_rate", learning_rate, 0)
    jax, optax = library()
    # In float64 machines differ from the tenth digit on, which no list of titles shows.
    with in_float64(), threadpool_limits(1, user_api="blas"):
        step, value = _compiled(loss, float(learning_rate))
        key = jax.random.key(schedule.random_state)
        parameters = jax.tree.map(lambda array: np.asarray(array, np.float64), parameters)
        batch = take(held) if held is not None and len(held) else None
        state, history = train(
            lambda state, chosen: step(state, take(chosen), key),
            (parameters, optax.adam(learning_rate).init(parameters), 1),
            rows,
            schedule,
            None if batch is None else lambda state: value(state[0], batch, key),
        )
        return jax.tree.map(np.asarray, state[0]), history


@lru_cache(maxsize=16)  # to compile a loss takes seconds, so the next fit finds it ready
def _compiled(loss: Callable, learning_rate: float) -> tuple[Callable, Callable]:
    """One step of Adam on a loss, and the loss itself, compiled."""
    jax, optax = library()
    adam = optax.adam(learning_rate)

    def step(state, batch, key):
        parameters, averages, number = state
        here = jax.random.fold_in(key, number)
        value, gradient = jax.value_and_grad(loss)(parameters, batch, here)
        move, averages = adam.update(gradient, averages, parameters)
        return (optax.apply_updates(parameters, move), averages, number + 1), value

    return tuple(jax.jit(made, compiler_options=ONE_THREAD) for made in (step, loss))


def hold_out(rows: np.ndarray, share: float, random_state: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows held out, by lot, each in the order given.

    Args:
        rows: numbers of rows.
        share: of them to hold out, from 0 (none) to below 1; rounded down, so one row is kept.
        random_state: seed of the lot.

    Raises:
        ArgumentError: a share that is none.
    """
    check_at_least("held_out", share, 0)
    if share >= 1:
        raise ArgumentError(f"held_out must be below 1, not {share!r}")
    out = np.random.default_rng(random_state).permutation(len(rows)) < int(share * len(rows))
    return rows[~out], rows[out]


def _finite(loss: float) -> float:
    if not math.isfinite(loss):
        raise ArgumentError("the loss grew without bound", fix="Try a tenth of the learning_rate.")
    return float(loss)
