"""What another library's network recommends after learning from a log; for `deep_peers`.

``PYTHON benchmarks/deep_peer.py MODEL in.npz out.npz`` runs with a Python that has the peer, and
needs nothing of this repository: the two have packages that cannot stand in one environment.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch


def cornac_vae(rows, columns, n_items: int, seed: int, settings: dict):
    """Cornac's VAECF. It has neither noise nor a penalty, and reads histories as 0 and 1."""
    from cornac.data import Dataset
    from cornac.models import VAECF

    log = Dataset.build(list(zip(rows, columns, np.ones(len(rows)))), seed=seed)  # noqa: B905
    model = VAECF(
        k=settings["latent"], autoencoder_structure=[settings["hidden"]], beta=settings["beta"],
        n_epochs=settings["epochs"], batch_size=settings["batch_size"],
        learning_rate=settings["learning_rate"], seed=seed,
    )  # fmt: skip
    yield model.fit(log)
    scores = np.full((rows.max() + 1, n_items), -np.inf)
    known = np.array(list(log.iid_map))
    for user, row in log.uid_map.items():
        scores[user, known] = model.score(row)
    yield best(scores, rows, columns)


def recbole_vae(rows, columns, n_items: int, seed: int, settings: dict):
    """RecBole's MultiVAE, by steps of Adam on its own loss; beta is not raised slowly.

    Its latent_dimension counts means and widths together. It draws with a hundredth of the width
    that its loss speaks of, hardly a draw at all; here it draws with the whole width, as the source
    and ours do.
    """
    import pandas as pd
    from recbole.config import Config
    from recbole.data import create_dataset
    from recbole.model.general_recommender import MultiVAE

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "log").mkdir()
        table = pd.DataFrame({"user_id:token": rows, "item_id:token": columns})
        table.to_csv(Path(folder) / "log" / "log.inter", sep="\t", index=False)
        config = Config("MultiVAE", "log", config_dict={
            "data_path": folder, "load_col": {"inter": ["user_id", "item_id"]}, "use_gpu": False,
            "mlp_hidden_size": [settings["hidden"]], "latent_dimension": 2 * settings["latent"],
            "dropout_prob": settings["noise"], "anneal_cap": settings["beta"],
            "total_anneal_steps": 1, "seed": seed, "state": "ERROR",
            "eval_args": {"split": {"RS": [1, 0, 0]}, "group_by": "user"},
        })  # fmt: skip
        logging.disable(logging.CRITICAL)
        data = create_dataset(config).build()[0]  # all of it to learn from
    torch.manual_seed(seed)
    model = MultiVAE(config, data)
    model.reparameterize = lambda mean, log_variance: (
        mean + torch.randn_like(mean) * (log_variance / 2).exp() if model.training else mean
    )
    adam = torch.optim.Adam(model.parameters(), settings["learning_rate"])
    everybody = torch.arange(1, data.user_num)  # 0 pads
    for _ in range(settings["epochs"]):
        for batch in everybody[torch.randperm(len(everybody))].split(settings["batch_size"]):
            adam.zero_grad()
            model.calculate_loss({"user_id": batch}).backward()
            adam.step()
    yield model
    model.eval()
    scores = np.full((rows.max() + 1, n_items), -np.inf)
    users, items = (data.field2id_token[name][1:].astype(int) for name in ("user_id", "item_id"))
    with torch.no_grad():
        for some in np.array_split(np.arange(len(users)), 20):
            found = model.full_sort_predict({"user_id": everybody[some]}).view(len(some), -1)
            scores[np.ix_(users[some], items)] = found[:, 1:].numpy()
    yield best(scores, rows, columns)


def rectools_sasrec(rows, columns, n_items: int, seed: int, settings: dict):
    """RecTools' SASRec; it has no bias of titles, and draws negatives for each place anew."""
    import pandas as pd
    from pytorch_lightning import seed_everything
    from rectools import Columns
    from rectools.dataset import Dataset
    from rectools.models import SASRecModel

    seed_everything(seed)
    moments = pd.Timestamp("2000-01-01") + pd.to_timedelta(np.arange(len(rows)), unit="s")
    log = Dataset.construct(pd.DataFrame({
        Columns.User: rows, Columns.Item: columns, Columns.Weight: 1, Columns.Datetime: moments,
    }))  # fmt: skip
    model = SASRecModel(
        n_blocks=settings["blocks"], n_heads=1, n_factors=settings["factors"],
        dropout_rate=settings["dropout"], session_max_len=settings["length"],
        loss="sampled_softmax", n_negatives=settings["negatives"], lr=settings["learning_rate"],
        batch_size=settings["batch_size"], epochs=settings["epochs"], deterministic=True,
    )  # fmt: skip
    yield model.fit(log)
    found = model.recommend(np.unique(rows), log, 10, filter_viewed=True)
    lists = np.full((rows.max() + 1, 10), -1)
    lists[found[Columns.User], found[Columns.Rank] - 1] = found[Columns.Item]
    yield lists


def best(scores: np.ndarray, rows, columns) -> np.ndarray:
    """The ten columns with the highest scores of each row, without those of the log."""
    scores[rows, columns] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :10]


PEERS = {
    "Cornac": (cornac_vae, "cornac"),
    "RecBole": (recbole_vae, "recbole"),
    "RecTools": (rectools_sasrec, "rectools"),
}

if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    name, there, back = sys.argv[1:]
    given = np.load(there)
    run, package = PEERS[name]
    settings = json.loads(str(given["settings"]))
    start = time.process_time()
    peer = run(given["rows"], given["columns"], int(given["n_items"]), int(given["seed"]), settings)
    next(peer)
    fitted = time.process_time()
    lists = next(peer)
    seconds = fitted - start, time.process_time() - fitted
    versions = f"{package} {version(package)} torch {version('torch')}"
    np.savez(back, lists=lists, seconds=seconds, versions=versions)
