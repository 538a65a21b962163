"""Run a twin with whichever Python has PyTorch: arrays in, arrays out.

``python twin_in_torch.py autoencoder_torch.py in.npz out.npz``; numpy and PyTorch are all it needs.
"""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import torch


def autoencoder(twin, given: dict) -> dict:
    depth = sum(name.startswith("W") for name in given)
    layers = [(given[f"W{k}"], given[f"b{k}"]) for k in range(depth)]
    model = twin.from_layers(layers, str(given["bend"]))
    batches = [tuple(map(torch.from_numpy, pair)) for pair in given["batches"]]
    l2, rate = float(given["l2"]), float(given["learning_rate"])
    twin.penalised_loss(model, *batches[0], l2).backward()
    found = {"scores": model(batches[0][0]).detach().numpy()}
    for k, layer in enumerate(model.layers):
        found[f"dW{k}"] = layer.weight.grad.numpy().T.copy()  # learning writes over it
        found[f"db{k}"] = layer.bias.grad.numpy().copy()
    found["losses"] = np.array(twin.learn(model, batches, l2, rate))
    for k, (W, b) in enumerate(twin.to_layers(model)):
        found |= {f"W{k}": W, f"b{k}": b}
    return found


def sasrec(twin, given: dict) -> dict:
    inside = ("batches", "others", "learning_rate", "seen")
    parameters = {name: array for name, array in given.items() if name not in inside}
    model = twin.from_parameters(parameters, dropout=0)
    seen = torch.from_numpy(given["seen"])
    found = {"states": model(seen).detach().numpy(), "scores": model.score(seen).detach().numpy()}
    batches = list(zip(*(torch.from_numpy(given[name]) for name in ("batches", "others"))))  # noqa: B905
    found["losses"] = np.array(twin.learn(model, batches, float(given["learning_rate"])))
    return found | twin.to_parameters(model)


if __name__ == "__main__":
    path, there, back = sys.argv[1:]
    spec = importlib.util.spec_from_file_location("twin", path)
    twin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(twin)
    values = dict(np.load(there).items())
    torch.set_num_threads(1)
    np.savez(back, **(autoencoder if "autoencoder" in path else sasrec)(twin, values))
