"""The loop: batches, early stopping, Adam as its formulas say, and nothing left behind."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError, MissingPackageError
from recsys_lib.models.deep.packages import in_float64, library
from recsys_lib.models.deep.training import Schedule, hold_out, train, train_with_jax
from tests.models.processors import printed_on

ROWS = np.arange(10)


def without_jax() -> bool:
    try:
        library()
    except MissingPackageError:
        return True
    return False


needs_jax = pytest.mark.skipif(without_jax(), reason="JAX is not built for Intel Macs")


def counting(state, batch):
    """A step that remembers the batches; the loss is the number of the step."""
    return [*state, batch.tolist()], len(state)


def test_an_epoch_visits_the_rows_in_batches_by_lot():
    state, history = train(counting, [], ROWS, Schedule(epochs=3, batch_size=4))
    assert [len(batch) for batch in state] == [4] * 6  # two left over wait
    for first, second in zip(state[::2], state[1::2], strict=True):
        assert len({*first, *second}) == 8
    assert state[0] != state[2]
    assert history["epoch"].tolist() == [1, 2, 3]
    assert history["loss"].tolist() == [0.5, 2.5, 4.5] and history["held_loss"].isna().all()
    again, _ = train(counting, [], ROWS, Schedule(epochs=3, batch_size=4))
    other, _ = train(counting, [], ROWS, Schedule(epochs=3, batch_size=4, random_state=1))
    assert state == again and state != other
    small, _ = train(counting, [], ROWS[:3], Schedule(epochs=2, batch_size=4))
    assert [sorted(batch) for batch in small] == [[0, 1, 2]] * 2


def test_it_stops_when_the_held_out_rows_get_no_better_and_returns_the_best():
    losses = [5.0, 3.0, 4.0, 3.0, 2.0, 2.5, 2.5, 2.5, 0.0]
    schedule = Schedule(epochs=9, batch_size=10, patience=3)
    state, history = train(counting, [], ROWS, schedule, lambda state: losses[len(state) - 1])
    assert len(state) == 5 and history["held_loss"].tolist() == losses[:8]


def test_a_loss_without_bound_is_named():
    with pytest.raises(ArgumentError, match=r"the loss grew without bound\. .*learning_rate"):
        train(lambda state, batch: (state, np.inf), 0, ROWS, Schedule(2, 5))


def test_numbers_that_make_no_schedule_are_refused():
    for name in ("epochs", "batch_size", "patience"):
        with pytest.raises(ArgumentError, match=f"{name} must be an integer of at least 1"):
            Schedule(**{"epochs": 1, "batch_size": 1, name: 0})
    with pytest.raises(ArgumentError, match="held_out must be below 1"):
        hold_out(ROWS, 1.0, 0)
    with pytest.raises(ArgumentError, match="held_out must be a number of at least 0"):
        hold_out(ROWS, -0.1, 0)


def test_the_bar_shows_the_loss(capsys):
    train(counting, [], ROWS, Schedule(2, 5, progress=True))
    assert "loss=2.5000" in capsys.readouterr().err
    train(counting, [], ROWS, Schedule(2, 5))
    assert capsys.readouterr().err == ""


def test_rows_are_held_out_by_lot():
    kept, out = hold_out(ROWS * 2, 0.3, 0)
    assert len(out) == 3 and sorted([*kept, *out]) == (ROWS * 2).tolist()
    assert (np.diff(kept) > 0).all() and (np.diff(out) > 0).all()
    assert out.tolist() != hold_out(ROWS * 2, 0.3, 1)[1].tolist()
    assert len(hold_out(ROWS, 0, 0)[1]) == 0 and len(hold_out(ROWS[:1], 0.9, 0)[0]) == 1


TARGETS = np.random.default_rng(0).normal(3, 1, (10, 2))


def squared(parameters, batch, key):
    """Half the squared distance, so the gradient is the mean of (parameter - target)."""
    return ((parameters["w"] - batch) ** 2).sum(axis=1).mean() / 2


def adam_by_hand(steps: int, rate: float) -> np.ndarray:
    w, m, v = np.zeros(2), np.zeros(2), np.zeros(2)
    for t in range(1, steps + 1):
        gradient = (w - TARGETS).mean(axis=0)
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        w = w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w


def fitted(loss=squared, epochs=7, **settings):
    start = {"w": np.zeros(2, np.float32)}
    settings = {"learning_rate": 0.1} | settings
    return train_with_jax(loss, start, TARGETS.__getitem__, ROWS, Schedule(epochs, 10), **settings)


@needs_jax
def test_jax_takes_the_steps_of_adam_in_float64():
    parameters, history = fitted()
    assert type(parameters["w"]) is np.ndarray and parameters["w"].dtype == np.float64
    np.testing.assert_allclose(parameters["w"], adam_by_hand(7, 0.1), rtol=1e-12)
    assert history["loss"].iloc[0] == pytest.approx((TARGETS**2).sum(axis=1).mean() / 2)


@needs_jax
def test_jax_keeps_the_parameters_that_were_best_on_the_held_out_rows():
    _, history = fitted(held=ROWS[:2], epochs=300)
    assert len(history) < 300
    assert history["held_loss"].idxmin() == len(history) - 1 - 5
    with pytest.raises(ArgumentError, match="learning_rate must be above 0"):
        fitted(learning_rate=0)


@needs_jax
def test_every_step_has_a_key_of_its_own():
    jax, _ = library()

    def noisy(parameters, batch, key):
        return (parameters["w"] * 0).sum() + jax.random.uniform(key)

    losses = fitted(noisy)[1]["loss"]
    assert losses.nunique() == len(losses)
    assert losses.tolist() == fitted(noisy)[1]["loss"].tolist()


def wide(parameters, batch, key):
    jnp = library()[0].numpy
    return ((jnp.tanh(batch @ parameters["w"]) @ parameters["v"] - batch) ** 2).mean()


@needs_jax
def test_float64_ends_with_the_context():
    jax, _ = library()
    with in_float64():
        assert jax.numpy.ones(1).dtype == np.float64
    fitted()
    assert jax.numpy.ones(1).dtype == np.float32


def fingerprint() -> list[float]:
    """What a wide network learns, in four sums."""
    rng = np.random.default_rng(1)
    data = rng.normal(size=(256, 600))
    start = {"w": rng.normal(0, 0.05, (600, 80)), "v": rng.normal(0, 0.05, (80, 600))}
    learned, history = train_with_jax(wide, start, data.__getitem__, np.arange(256),
                                      Schedule(3, 128), learning_rate=0.01)  # fmt: skip
    return [*history["loss"], *learned["w"][:2, 0].tolist(), learned["v"].sum()]


ONE_CORE = "import os; hasattr(os, 'sched_setaffinity') and os.sched_setaffinity(0, [{}])".format(
    "min(os.sched_getaffinity(0))"
)


@needs_jax
@pytest.mark.parametrize(
    ("isa", "code"), [("SSE4_2", ""), ("AVX2", ONE_CORE)], ids=["old", "newer, one core"]
)
def test_other_kernels_and_one_core_learn_the_same_to_nine_digits(isa, code):
    found = printed_on(isa, fingerprint, after=code)
    np.testing.assert_allclose([*map(float, found.split())], fingerprint(), rtol=1e-9)


def test_without_jax_there_is_a_clear_error(monkeypatch):
    for missing in ("jax", "optax"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, missing, None)
            with pytest.raises(MissingPackageError, match=r"pip install jax optax \(for Intel Mac"):
                fitted()
