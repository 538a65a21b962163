"""SASRec once more, in PyTorch, for readers who know that.

Nothing imports this file, and neither the book nor its tests need PyTorch. `sasrec.py`,
`attention.py` and `network.py` are the reference; where PyTorch is installed, a test holds the two
together. It needs nothing else of this library, so it also runs with an interpreter that has
PyTorch and numpy alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Block(nn.Module):
    """Look back, then bend; each adds to what is there.

    x = x + attention(x @ query, x @ key, x @ value) @ out
    x = x + relu(x @ wide + wide_bias) @ narrow + narrow_bias, on the right of each x normed first
    """

    def __init__(self, d: int, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (
            nn.Linear(d, d, bias=False, dtype=torch.float64) for _ in range(4)
        )
        self.wide = nn.Linear(d, 2 * d, dtype=torch.float64)
        self.narrow = nn.Linear(2 * d, d, dtype=torch.float64)
        self.look = nn.LayerNorm(d, eps=1e-6, dtype=torch.float64)
        self.bend = nn.LayerNorm(d, eps=1e-6, dtype=torch.float64)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, allowed: Tensor) -> Tensor:
        look = self.look(x)
        score = self.query(look) @ self.key(look).transpose(-1, -2) / x.shape[-1] ** 0.5
        weight = F.softmax(score.masked_fill(~allowed, -torch.inf), dim=-1)
        x = x + self.drop(self.out(weight @ self.value(look)))
        return x + self.drop(self.narrow(F.relu(self.wide(self.bend(x)))))


class SASRec(nn.Module):
    """Reads a history evening by evening; after each, a vector says what may come next.

    Args:
        n_items: titles; their numbers are 0 to n_items - 1, and n_items pads on the left.
        factors, length, blocks, dropout: as in the reference.
    """

    def __init__(
        self,
        n_items: int,
        factors: int = 32,
        length: int = 30,
        blocks: int = 1,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.n_items = n_items
        self.titles = nn.Parameter(torch.randn(n_items + 1, factors, dtype=torch.float64) / 10)
        self.places = nn.Parameter(torch.randn(length, factors, dtype=torch.float64) / 10)
        self.bias = nn.Parameter(torch.zeros(n_items, dtype=torch.float64))
        self.blocks = nn.ModuleList(Block(factors, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(factors, eps=1e-6, dtype=torch.float64)
        self.drop = nn.Dropout(dropout)

    def forward(self, seen: Tensor) -> Tensor:
        """The states, (n, length, factors); `seen` is (n, length), the newest title last."""
        length, real = seen.shape[1], seen < self.n_items
        there = real[..., None]
        itself = torch.eye(length, dtype=torch.bool)  # padding has nothing else to look at
        earlier = torch.ones(length, length, dtype=torch.bool).tril()
        allowed = earlier & (real[:, None, :] | itself)
        x = self.drop(self.titles[seen] + self.places) * there
        for block in self.blocks:
            x = block(x, allowed) * there
        return self.norm(x)

    def score(self, seen: Tensor) -> Tensor:
        """score[u, j] = state[u, last] @ titles[j] + bias[j]"""
        return self(seen)[:, -1] @ self.titles[:-1].T + self.bias


def sampled_softmax(model: SASRec, seen: Tensor, others: Tensor) -> Tensor:
    """-mean over evenings t of ln(exp(score[t, next]) / sum over c of exp(score[t, c]))

    c are the next title and `others`, titles drawn by lot.

    Args:
        seen: (n, length + 1): what was watched, and after each what came next.
    """
    state, following = model(seen[:, :-1]), seen[:, 1:]
    real = following < model.n_items
    following = following.masked_fill(~real, 0)
    right = (state * model.titles[following]).sum(-1) + model.bias[following]
    wrong = state @ model.titles[others].T + model.bias[others]
    wrong = wrong.masked_fill(others == following[..., None], -torch.inf)
    choices = torch.cat([right[..., None], wrong], dim=-1)
    return -F.log_softmax(choices, dim=-1)[..., 0][real].mean()


def learn(
    model: SASRec,
    batches: Iterable[tuple[Tensor, Tensor]],
    learning_rate: float = 0.004,
) -> list[float]:
    """A step of Adam for each batch (seen, others); the loss before each step."""
    adam, losses = torch.optim.Adam(model.parameters(), learning_rate), []
    for seen, others in batches:
        loss = sampled_softmax(model, seen, others)
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(float(loss.detach()))
    return losses


def epochs(seen: Tensor, n_items: int, negatives: int = 128, batch_size: int = 64, times: int = 30):
    """The batches of so many epochs: every history once each, in a new order, with new lots."""
    for _ in range(times):
        for rows in torch.randperm(len(seen)).split(batch_size):
            yield seen[rows], torch.randint(n_items, (negatives,))


def from_parameters(parameters: dict[str, np.ndarray], dropout: float = 0.2) -> SASRec:
    """The twin of a fitted `SASRec`, from its `parameters_`."""
    n_items, (length, factors) = len(parameters["bias"]), parameters["places"].shape
    blocks = sum(name.startswith("query ") for name in parameters)
    twin = SASRec(n_items, factors, length, blocks, dropout)
    with torch.no_grad():
        for name, theirs in _names(twin).items():
            ours = torch.from_numpy(np.ascontiguousarray(parameters[name]))
            theirs.copy_(ours.T if _is_turned(name) else ours)
    return twin


def to_parameters(twin: SASRec) -> dict[str, np.ndarray]:
    """What `parameters_` of the reference would be."""
    pairs = {name: array.detach().numpy() for name, array in _names(twin).items()}
    return {name: array.T if _is_turned(name) else array for name, array in pairs.items()}


def _names(twin: SASRec) -> dict[str, Tensor]:
    """The reference's name of each parameter."""
    named = {"titles": twin.titles, "places": twin.places, "bias": twin.bias}
    for k, block in enumerate(twin.blocks):
        for name in ("query", "key", "value", "out", "wide", "narrow"):
            named[f"{name} {k}"] = getattr(block, name).weight
        for name in ("wide", "narrow"):
            named[f"{name}_bias {k}"] = getattr(block, name).bias
        for name in ("look", "bend"):
            norm = getattr(block, name)
            named |= {f"{name}_scale {k}": norm.weight, f"{name}_shift {k}": norm.bias}
    return named | {"scale": twin.norm.weight, "shift": twin.norm.bias}


def _is_turned(name: str) -> bool:
    """Whether a layer of PyTorch keeps this matrix turned: (outputs, inputs)."""
    return name.split()[0] in ("query", "key", "value", "out", "wide", "narrow")
