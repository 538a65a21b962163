"""What Cornac's variational autoencoder loses, step by step, from stored first weights.

    python -m benchmarks.cornac_values

with Cornac 3.0.1 and PyTorch in an environment of their own and the repository's root on
`PYTHONPATH`; writes tests/models/deep/cornac.json. Its own network, loss and Adam, in float64;
histories have length 1 before the first layer and nothing is drawn, so that no lots differ.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from cornac.models.vaecf.vaecf import VAE

RESULT = Path(__file__).parents[1] / "tests" / "models" / "deep" / "cornac.json"
OURS = {"encoder.fc0": "Aa", "enc_mu": "Mm", "enc_logvar": "Ss", "decoder.fc0": "Bb",
        "decoder.fc1": "Vc"}  # fmt: skip
VIEWERS, TITLES, BETA, RATE, STEPS = 8, 6, 0.2, 0.05, 10


def main() -> None:
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    y = (torch.rand(VIEWERS, TITLES) < 0.5) * 1.0
    y[:, 0] = 1.0  # nobody's history is empty
    network = VAE(3, [TITLES, 4], "tanh", "mult")
    network.reparameterize = lambda mean, log_variance: mean
    first = {}
    for name, (weights, bias) in OURS.items():
        first[weights] = network.state_dict()[f"{name}.weight"].T.tolist()
        first[bias] = network.state_dict()[f"{name}.bias"].tolist()
    adam, losses = torch.optim.Adam(network.parameters(), RATE), []
    for _ in range(STEPS):
        loss = network.loss(y, *network(y / y.norm(dim=1, keepdim=True)), BETA)
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    told = {"y": y.tolist(), "beta": BETA, "rate": RATE, "first": first, "losses": losses}
    RESULT.write_text(json.dumps(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
