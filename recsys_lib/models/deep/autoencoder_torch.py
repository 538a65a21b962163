"""The denoising autoencoder once more, in PyTorch, for readers who know that.

Nothing imports this file, and neither the book nor its tests need PyTorch. `autoencoder.py` is the
reference; where PyTorch is installed, a test holds the two together. It needs nothing else of this
library, so it also runs with an interpreter that has PyTorch and numpy alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Autoencoder(nn.Module):
    """Half of a history in, the whole of it out.

    score = forward(x / |x|): layers of neurons with the bend tanh, then one straight layer

    Args:
        sizes: numbers a layer, from titles to titles, such as (882, 64, 882).
        bend: "tanh" or "none".
    """

    def __init__(self, sizes: tuple[int, ...], bend: str = "tanh") -> None:
        super().__init__()
        self.bend = {"tanh": torch.tanh, "none": lambda a: a}[bend]
        self.layers = nn.ModuleList(
            nn.Linear(n, m, dtype=torch.float64) for n, m in pairwise(sizes)
        )
        for layer in self.layers:
            nn.init.xavier_normal_(layer.weight)  # variance 2 / (inputs + outputs)
            nn.init.zeros_(layer.bias)

    def forward(self, history: Tensor) -> Tensor:
        h = F.normalize(history, dim=1)  # a row of zeros stays one
        for layer in self.layers[:-1]:
            h = self.bend(layer(h))
        return self.layers[-1](h)


def penalised_loss(model: Autoencoder, told: Tensor, watched: Tensor, l2: float) -> Tensor:
    """How surprised the scores are by what was watched, and the penalty.

    loss = mean over viewers of -sum over i in history[u] of log(softmax(score)[i])
         + l2 / 2 * sum of all squared weights
    """
    surprise = -(watched * F.log_softmax(model(told), dim=1)).sum(dim=1).mean()
    return surprise + l2 / 2 * sum((layer.weight**2).sum() for layer in model.layers)


def with_noise(watched: Tensor, noise: float) -> Tensor:
    """The histories, each title dropped with chance `noise`."""
    return watched * (torch.rand_like(watched) >= noise)


def learn(
    model: Autoencoder,
    batches: Iterable[tuple[Tensor, Tensor]],
    l2: float = 0.005,
    learning_rate: float = 0.02,
) -> list[float]:
    """A step of Adam for each batch (told, watched); the loss before each step."""
    adam, losses = torch.optim.Adam(model.parameters(), learning_rate), []
    for told, watched in batches:
        loss = penalised_loss(model, told, watched, l2)
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(float(loss.detach()))
    return losses


def epochs(watched: Tensor, noise: float = 0.5, batch_size: int = 256, times: int = 30):
    """The batches of so many epochs: every viewer once each, in a new order, with new noise."""
    for _ in range(times):
        for rows in torch.randperm(len(watched)).split(batch_size):
            yield with_noise(watched[rows], noise), watched[rows]


def from_layers(layers: Iterable[tuple[np.ndarray, np.ndarray]], bend: str) -> Autoencoder:
    """The twin of a fitted `DenoisingAutoencoder`, from its `layers_`; PyTorch keeps W turned."""
    layers = list(layers)
    twin = Autoencoder((layers[0][0].shape[0], *(W.shape[1] for W, _ in layers)), bend)
    with torch.no_grad():
        for layer, (W, b) in zip(twin.layers, layers, strict=True):
            layer.weight.copy_(torch.from_numpy(W.T.copy()))
            layer.bias.copy_(torch.from_numpy(b.copy()))
    return twin


def to_layers(twin: Autoencoder) -> list[tuple[np.ndarray, np.ndarray]]:
    """What `layers_` of a `DenoisingAutoencoder` would be."""
    return [(layer.weight.detach().numpy().T, layer.bias.detach().numpy()) for layer in twin.layers]
