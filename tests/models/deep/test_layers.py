"""A network by hand: every gradient against finite differences, Adam against the loop's."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_lib.models.deep.layers import (
    Adam,
    backward,
    cross_entropy,
    first_layers,
    forward,
)

RNG = np.random.default_rng(0)
X, Y = RNG.random((6, 5)), (RNG.random((6, 4)) < 0.5).astype(float)


def network(*hidden: int):
    layers = first_layers((5, *hidden, 4), np.random.default_rng(1))
    return [(W, np.random.default_rng(2).normal(size=b.shape)) for W, b in layers]


def naive_forward(layers, x, bend):
    """One neuron after the other."""
    for depth, (W, b) in enumerate(layers):
        sums = [
            [sum(row[i] * W[i, j] for i in range(len(W))) + b[j] for j in range(len(b))]
            for row in x
        ]
        last = depth == len(layers) - 1
        x = [[a if last or bend == "none" else np.tanh(a) for a in row] for row in sums]
    return np.array(x)


@pytest.mark.parametrize("bend", ["tanh", "none"])
@pytest.mark.parametrize("hidden", [(), (3,), (3, 2)])
def test_forward_is_one_neuron_after_the_other(hidden, bend):
    layers = network(*hidden)
    np.testing.assert_allclose(
        forward(layers, X, bend)[-1], naive_forward(layers, X, bend), rtol=1e-12
    )


@pytest.mark.parametrize("bend", ["tanh", "none"])
@pytest.mark.parametrize("hidden", [(), (3,), (3, 2)])
def test_backward_is_what_the_loss_does_when_a_number_is_nudged(hidden, bend):
    layers, nudge = network(*hidden), 1e-6
    said = forward(layers, X, bend)
    gradients = backward(layers, said, cross_entropy(said[-1], Y)[1], bend)
    for depth, layer in enumerate(layers):
        for part, array in enumerate(layer):
            for place in np.ndindex(array.shape):
                losses = []
                for sign in (1, -1):
                    nudged = [tuple(a.copy() for a in pair) for pair in layers]
                    nudged[depth][part][place] += sign * nudge
                    losses.append(cross_entropy(forward(nudged, X, bend)[-1], Y)[0])
                slope = (losses[0] - losses[1]) / (2 * nudge)
                assert gradients[depth][part][place] == pytest.approx(slope, abs=1e-8)


def test_cross_entropy_by_its_formula_and_without_overflow():
    z = RNG.normal(size=(6, 4))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss, dz = cross_entropy(z, Y)
    assert loss == pytest.approx(
        np.mean([-(y * np.log(q)).sum() for y, q in zip(Y, p, strict=True)])
    )
    np.testing.assert_allclose(dz, (p * Y.sum(axis=1, keepdims=True) - Y) / 6)
    np.testing.assert_allclose(cross_entropy(z + 1e5, Y)[1], dz, rtol=1e-9)
    assert np.isfinite(cross_entropy(np.array([[0.0, 1e4]]), np.array([[1.0, 0.0]]))[0])


def test_the_first_step_of_adam_has_the_length_of_the_rate_and_the_next_go_on():
    layers = [(np.array([[1.0, -2.0]]), np.array([0.5, 0.0]))]
    gradients = [(np.array([[3.0, -0.1]]), np.array([1e-3, 7.0]))]
    one = Adam.start(layers).step(gradients, 0.1)
    np.testing.assert_allclose(one.layers[0][0], [[0.9, -1.9]], rtol=1e-5)
    np.testing.assert_allclose(one.layers[0][1], [0.4, -0.1], rtol=1e-4)
    two = one.step([(-np.ones((1, 2)), np.ones(2))], 0.1)
    m, v = 0.9 * 0.3 - 0.1, 0.999 * 0.009 + 0.001
    step = 0.1 * (m / (1 - 0.81)) / (np.sqrt(v / (1 - 0.999**2)) + 1e-8)
    assert two.layers[0][0][0, 0] == pytest.approx(one.layers[0][0][0, 0] - step)
    assert (one.t, two.t) == (1, 2) and layers[0][0].tolist() == [[1.0, -2.0]]


def test_first_weights_have_the_variance_that_the_sizes_ask_for():
    (W, b), (V, _) = first_layers((300, 100, 500), np.random.default_rng(0))
    assert W.shape == (300, 100) and V.shape == (100, 500) and not b.any()
    assert W.var() == pytest.approx(2 / 400, rel=0.05) and V.var() == pytest.approx(
        2 / 600, rel=0.05
    )
