"""The twins in PyTorch are the networks of the book: same weights, same numbers, same steps.

PyTorch is not among what readers install. It may be with this Python or with the system's, which
exchange arrays through files; where neither has it, the tests are skipped, or fail if RECSYS_TORCH
says that it is required.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

import recsys_lib
from recsys_lib.models import SASRec
from recsys_lib.models.deep.autoencoder import penalised_loss, unit_length
from recsys_lib.models.deep.layers import Adam, first_layers, forward
from recsys_lib.models.deep.training import _compiled, in_float64
from recsys_lib.models.sequences.network import SampledSoftmax

MODELS = Path(recsys_lib.__file__).parent / "models"
CLOSE = dict(rtol=1e-9, atol=1e-11)  # float64 on both sides; sums are taken in another order


@lru_cache(maxsize=1)
def python_with_torch() -> str | None:
    """This Python, or the system's, if it has PyTorch and numpy."""
    on_path = [shutil.which(name, path=os.defpath) for name in ("python3", "python")]
    for python in (sys.executable, *filter(None, on_path)):
        asked = [python, "-I", "-c", "import numpy, torch; torch.from_numpy(numpy.ones(1))"]
        if subprocess.run(asked, capture_output=True, timeout=300, check=False).returncode == 0:
            return python
    return None


def in_torch(twin: str, folder: Path, **given) -> dict[str, np.ndarray]:
    """What a twin makes of some arrays."""
    python = python_with_torch()
    if python is None:
        why = "PyTorch is with neither this Python nor the system's (Debian: python3-torch)"
        (pytest.fail if os.environ.get("RECSYS_TORCH") == "required" else pytest.skip)(why)
    np.savez(folder / "in.npz", **given)
    script = Path(__file__).with_name("twin_in_torch.py")
    words = [python, "-I", script, MODELS / twin, folder / "in.npz", folder / "out.npz"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return dict(np.load(folder / "out.npz").items())


@pytest.mark.parametrize(("hidden", "bend"), [((5,), "tanh"), ((5, 4), "tanh"), ((5, 4), "none")])
def test_the_autoencoder_s_twin_scores_and_learns_as_it_does(hidden, bend, tmp_path):
    rng = np.random.default_rng(0)
    layers = [(W, b + 0.1) for W, b in first_layers((12, *hidden, 12), rng)]
    watched = (rng.random((6, 9, 12)) < 0.4).astype(float)
    told = watched * (rng.random(watched.shape) < 0.5)
    told[0, 0] = 0  # a viewer of whom nothing is told
    l2, rate = 0.03, 0.02
    flat = {f"{name}{k}": array for k, pair in enumerate(layers)
            for name, array in zip("Wb", pair, strict=True)}  # fmt: skip
    theirs = in_torch("deep/autoencoder_torch.py", tmp_path, batches=np.stack([told, watched], 1),
                      bend=bend, l2=l2, learning_rate=rate, **flat)  # fmt: skip

    scores = forward(layers, unit_length(told[0]), bend)[-1]
    np.testing.assert_allclose(theirs["scores"], scores, **CLOSE)
    _, gradients = penalised_loss(layers, unit_length(told[0]), watched[0], l2, bend)
    for k, (dW, db) in enumerate(gradients):
        np.testing.assert_allclose(theirs[f"dW{k}"], dW, **CLOSE)
        np.testing.assert_allclose(theirs[f"db{k}"], db, **CLOSE)
    adam, losses = Adam.start(layers), []
    for x, y in zip(told, watched, strict=True):
        loss, gradients = penalised_loss(adam.layers, unit_length(x), y, l2, bend)
        adam = adam.step(gradients, rate)
        losses.append(loss)
    np.testing.assert_allclose(theirs["losses"], losses, **CLOSE)
    for k, (W, b) in enumerate(adam.layers):
        np.testing.assert_allclose(theirs[f"W{k}"], W, **CLOSE)
        np.testing.assert_allclose(theirs[f"b{k}"], b, **CLOSE)


@pytest.mark.parametrize("blocks", [1, 2])
def test_sasrec_s_twin_scores_and_learns_as_it_does(blocks, make_log, tmp_path):
    jax = pytest.importorskip("jax")
    import optax

    small = dict(factors=4, length=5, blocks=blocks, negatives=6, epochs=2, batch_size=8)
    model = SASRec(dropout=0, **small).fit(make_log(1))
    parameters, n_items, rate = model.parameters_, len(model.items_), 0.01
    rng = np.random.default_rng(0)
    batches = rng.integers(0, n_items, (4, 8, 6))
    batches[:, 0, :3] = batches[:, 1, :5] = n_items  # shorter histories are padded
    loss = SampledSoftmax(SASRec._states, 6, 0.0)
    ours, others = [], []
    with in_float64():
        step, _ = _compiled(loss, rate)
        key, state = jax.random.key(3), (parameters, optax.adam(rate).init(parameters), 1)
        for number, batch in enumerate(batches, start=1):
            lots = jax.random.split(jax.random.fold_in(key, number))[1]
            others.append(np.asarray(jax.random.randint(lots, (6,), 0, n_items)))
            state, value = step(state, batch, key)
            ours.append(float(value))
    theirs = in_torch("sequences/sasrec_torch.py", tmp_path, batches=batches,
                      others=np.array(others, np.int64), learning_rate=rate,
                      seen=batches[0, :, :-1], **parameters)  # fmt: skip

    states = model._states(parameters, batches[0, :, :-1], lambda x, place: x, np)
    real = batches[0, :, :-1] < n_items  # what it makes of padding is read by nobody
    np.testing.assert_allclose(theirs["states"][real], states[real], **CLOSE)
    scores = states[:, -1] @ parameters["titles"][:-1].T + parameters["bias"]
    np.testing.assert_allclose(theirs["scores"], scores, **CLOSE)
    np.testing.assert_allclose(theirs["losses"], ours, **CLOSE)
    assert theirs.keys() - {"states", "scores", "losses"} == parameters.keys()
    for name, array in state[0].items():
        np.testing.assert_allclose(theirs[name], np.asarray(array), **CLOSE, err_msg=name)
