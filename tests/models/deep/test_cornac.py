"""From the same weights, each step of `MultVAE` loses what Cornac's network loses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from recsys_lib.models.deep.packages import in_float64
from recsys_lib.models.deep.training import Schedule, train_with_jax
from recsys_lib.models.deep.variational import cloud_loss

CORNAC = json.loads(Path(__file__).with_name("cornac.json").read_text(encoding="utf-8"))


def losses(beta: float) -> np.ndarray:
    """Of as many steps as Cornac's, each on all viewers, without draws."""
    y = np.array(CORNAC["y"])
    batch = {"y": y, "beta": np.float64(beta), "noise": np.float64(0), "l2": np.float64(0)}
    first = {name: np.array(part) for name, part in CORNAC["first"].items()}
    _, history = train_with_jax(
        lambda p, batch, key: cloud_loss(p, batch, key), first, lambda chosen: batch,
        np.arange(len(y)), Schedule(len(CORNAC["losses"]), len(y)), learning_rate=CORNAC["rate"],
    )  # fmt: skip
    return history["loss"].to_numpy()


def test_each_step_loses_what_cornacs_loses(monkeypatch):
    jax = pytest.importorskip("jax")
    with in_float64():
        monkeypatch.setattr(jax.random, "normal", lambda key, shape: jax.numpy.zeros(shape))
        np.testing.assert_allclose(losses(CORNAC["beta"]), CORNAC["losses"], atol=1e-7)
        assert abs(losses(2 * CORNAC["beta"]) - CORNAC["losses"]).max() > 1e-3
