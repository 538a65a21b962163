"""A network by hand: forward, backward, Adam; a formula a line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Layers = list[tuple[np.ndarray, np.ndarray]]
"""Weights W (inputs, outputs) and biases b (outputs,) of each layer, the first one first."""

BENDS = {
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "none": (lambda a: a, np.ones_like),
}
"""Name → what a neuron makes of its sum a, and the slope of that, told from the result h."""


def first_layers(sizes: tuple[int, ...], rng: np.random.Generator) -> Layers:
    """Layers between so many numbers: W normal with variance 2 / (inputs + outputs), b zero."""
    return [(rng.normal(0, np.sqrt(2 / (n + m)), (n, m)), np.zeros(m)) for n, m in pairwise(sizes)]


def forward(layers: Layers, x: np.ndarray, bend: str = "tanh") -> list[np.ndarray]:
    """What each layer says of each row of x: [x, h_1, ..., h_L, z].

    h_l = bend(h_(l-1) @ W_l + b_l),  z = h_L @ W + b, without a bend

    >>> forward([(np.array([[2.0], [1.0]]), np.array([-1.0]))], np.array([[1.0, 0.5]]))[-1]
    array([[1.5]])
    """
    f, _ = BENDS[bend]
    said = [x]
    for W, b in layers[:-1]:
        said.append(f(said[-1] @ W + b))
    W, b = layers[-1]
    return [*said, said[-1] @ W + b]


def cross_entropy(z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """How surprised the scores are by what was watched, and the slope of that in each score.

    softmax(z)[i] = exp(z[i]) / sum over j of exp(z[j])
    loss = mean over rows of -sum over i of y[i] * log(softmax(z)[i])
    dz   = (softmax(z) * sum of y - y) / number of rows

    Args:
        z: scores, (n, n_titles).
        y: what was watched, of the same shape: 0 or 1, or how often.

    >>> cross_entropy(np.log([[1.0, 3.0]]), np.array([[1.0, 0.0]]))[1]  # chances .25 and .75
    array([[-0.75,  0.75]])
    """
    n, watched = len(z), y.sum(axis=1, keepdims=True)
    z = z - z.max(axis=1, keepdims=True)  # the largest is 0: none is too large
    raised = np.exp(z)
    total = raised.sum(axis=1, keepdims=True)
    loss = (watched * np.log(total)).sum() - (y * z).sum()  # log(softmax(z)) = z - log(total)
    return float(loss / n), (raised / total * watched - y) / n


def backward(layers: Layers, said: list[np.ndarray], dz: np.ndarray, bend: str = "tanh") -> Layers:
    """The slope of the loss in every weight and bias, from the last layer to the first.

    dW_l = h_(l-1).T @ d_l,  db_l = sum of d_l over rows,
    d_(l-1) = (d_l @ W_l.T) * slope of the bend at h_(l-1)

    Args:
        said: what `forward` gave.
        dz: the slope in each score.
    """
    _, slope = BENDS[bend]
    gradients, d = [], dz
    for (W, _), h in zip(layers[::-1], said[-2::-1], strict=True):
        gradients.append((h.T @ d, d.sum(axis=0)))
        d = (d @ W.T) * slope(h)
    return gradients[::-1]


@dataclass(frozen=True)
class Adam:
    """Gradient descent in which each number has a step of its own length.

    m = .9 * m + .1 * gradient,  v = .999 * v + .001 * gradient ** 2
    w = w - rate * (m / (1 - .9 ** t)) / (sqrt(v / (1 - .999 ** t)) + 1e-8)

    The first step of each number has the length `rate`, whatever the gradient.

    Attributes:
        layers: w; means and squares: m and v, of the same shapes; t: steps taken so far.
    """

    layers: Layers
    means: Layers
    squares: Layers
    t: int = 0

    @classmethod
    def start(cls, layers: Layers) -> Adam:
        """Before the first step."""
        zeros = [tuple(np.zeros_like(part) for part in layer) for layer in layers]
        return cls(layers, zeros, zeros)

    def step(self, gradients: Layers, rate: float) -> Adam:
        """After one more step; the one before it stays as it was."""
        t = self.t + 1

        def moved(w, m, v, g):
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g**2
            return w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v

        together = zip(self.layers, self.means, self.squares, gradients, strict=True)
        new = [[moved(*four) for four in zip(*layer, strict=True)] for layer in together]
        return Adam(*([tuple(part[k] for part in layer) for layer in new] for k in range(3)), t)
