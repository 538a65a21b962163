"""The networks beside those of other libraries, at the same settings; for chapters 8 and 9.

    python -m benchmarks.deep_peers cornac=PYTHON recbole=PYTHON rectools=PYTHON
    python -m benchmarks.deep_peers recbole=PYTHON 1m       one set; the other rows stay
    python -m benchmarks.deep_peers rectools=PYTHON 100k habits

writes deep_peers.csv. PYTHON is one that has the peer, each in an environment of its own, since
RecTools needs an older numpy than Cornac; benchmarks/README.md says what to install. The peers get
the same log, the same settings and as many steps, and everybody's lists are judged here.

VAE: MovieLens 100K and 1M, a random fifth of each viewer's ratings hidden. Cornac's has no noise,
RecBole's has; ours runs once as either. SASRec: 100K and latest-small, which have times; each
viewer's last five are hidden (more where they are level in time). The peers end an epoch on a
smaller batch, ours leaves those few for the next one, so ours gets more epochs until steps are
equal. With `habits` ours runs also with what the peer does otherwise and no setting names
(`as_peers`), one thing at a time and all together.

low and high are the 95 % interval over viewers of one fit; seeds differ in first weights, order and
lots. apart is ours minus the peer's, both means over the seeds, on the same viewers; apart_low and
apart_high draw viewers and seeds anew. Nothing is tuned: equal settings are the point, not the best
ones. Seconds are the processor's, one thread.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.as_peers import variants
from recsys_lib.datasets import load_movielens
from recsys_lib.errors import ArgumentError
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.leakage import Split
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import MultVAE, SASRec
from recsys_lib.splits import leave_last_out, split_random

RESULT = Path(__file__).with_name("deep_peers.csv")
SCRIPT = Path(__file__).with_name("deep_peer.py")
HEAD = ["data", "model", "library", "seed", "ndcg", "low", "high", "apart", "apart_low",
        "apart_high", "fit_seconds", "list_seconds", "versions", "settings"]  # fmt: skip
FEWER = 1  # seeds of a habit of SASRec, whose fits take long
VAE = {"hidden": 64, "latent": 32, "beta": 0.2, "noise": 0.0, "l2": 0.0, "learning_rate": 0.001,
       "epochs": 50, "batch_size": 100}  # fmt: skip
READER = {"factors": 32, "length": 30, "blocks": 1, "negatives": 128, "dropout": 0.2, "epochs": 60,
          "batch_size": 64, "learning_rate": 0.004}  # fmt: skip
CASES = [  # the last number says how many seeds
    ("100k", "Cornac", MultVAE, VAE, 3),
    ("100k", "RecBole", MultVAE, VAE | {"noise": 0.5}, 3),
    ("1m", "Cornac", MultVAE, VAE | {"epochs": 10}, 1),
    ("1m", "RecBole", MultVAE, VAE | {"noise": 0.5, "epochs": 10}, 1),
    ("100k", "RecTools", SASRec, READER, 3),
    ("latest-small", "RecTools", SASRec, READER, 1),
]


def main(words: list[str]) -> int:
    pythons = dict(word.split("=", 1) for word in words if "=" in word)
    rest = [word for word in words if "=" not in word and word != "habits"]
    sets = rest or [name for name, *_ in CASES]
    unknown = set(pythons) - {peer.lower() for _, peer, *_ in CASES}
    if unknown or not pythons:
        raise ArgumentError(f"say which Python has which peer, not {words}", fix=__doc__)
    kept = [] if not RESULT.exists() else pd.read_csv(RESULT).to_numpy().tolist()
    for name, peer, make, settings, seeds in CASES:
        if peer.lower() not in pythons or name not in sets:
            continue
        split = parted(name, make)
        model = f"{make.__name__} {peer}"
        fits = {
            peer: [theirs_once(pythons[peer.lower()], peer, settings, split.train, seed)
                   for seed in range(seeds)]
        }  # fmt: skip
        own = {"ours": make} | (variants(make, peer) if "habits" in words else {})
        for side, kind in own.items():
            some = min(seeds, FEWER) if make is SASRec and side != "ours" else seeds
            fits[side] = [ours_once(kind, settings, split.train, seed) for seed in range(some)]
        kept = [row for row in kept if row[:2] != [name, model]]
        kept += compared(name, model, peer, settings, split, fits)
        pd.DataFrame(kept, columns=HEAD).to_csv(RESULT, index=False, lineterminator="\n")
    return 0


def parted(name: str, make) -> Split:
    """What is learned and what is asked."""
    log = load_movielens(name, progress=False).interactions
    if make is SASRec:
        return leave_last_out(log, 5)
    return split_random(log, 0.2, rng=np.random.default_rng(0))


def ours_once(make, settings: dict, train, seed: int) -> tuple:
    """Our lists, as columns of the log, processor seconds for fit and lists, and versions."""
    rows, size = (train.user_counts > 1).sum(), settings["batch_size"]
    epochs = round(settings["epochs"] * -(-rows // size) / (rows // size))  # as many steps
    start = time.process_time()
    model = make(**settings | {"epochs": epochs}, held_out=0, random_state=seed).fit(train)
    fitted = time.process_time()
    asked = np.flatnonzero(train.user_counts)
    found = model.recommend(train.users[asked])
    lists = np.full((train.n_users, 10), -1)
    lists[np.repeat(asked, 10), np.tile(np.arange(10), len(asked))] = (
        train.item_positions(found["item_id"])
    )  # fmt: skip
    return lists, (fitted - start, time.process_time() - fitted), f"jax {version('jax')}"


def theirs_once(python: str, peer: str, settings: dict, train, seed: int) -> tuple:
    """The same of a peer, learned in a Python of its own."""
    rows, columns = train.event_rows, train.matrix.indices
    if train.times is not None:
        oldest_first = np.lexsort((train.times, rows))
        rows, columns = rows[oldest_first], columns[oldest_first]
    with tempfile.TemporaryDirectory() as folder:
        there, back = (Path(folder) / name for name in ("in.npz", "out.npz"))
        np.savez(there, rows=rows, columns=columns, n_items=train.n_items, seed=seed,
                 settings=json.dumps(settings))  # fmt: skip
        subprocess.run([python, "-I", SCRIPT, peer, there, back], check=True)
        found = np.load(back)
        return found["lists"], tuple(found["seconds"]), str(found["versions"])


def compared(name, model, peer, settings, split: Split, fits: dict[str, list]) -> list[list]:
    """A row a fit; ours first, the peer last."""
    relevant = split.test.binary().toarray() > 0
    asked = np.flatnonzero((split.train.user_counts > 0) & relevant.any(axis=1))
    rng = np.random.default_rng(0)

    def judged(lists: np.ndarray) -> np.ndarray:
        hits = np.take_along_axis(relevant[asked], lists[asked], axis=1) & (lists[asked] >= 0)
        return ndcg(hits, relevant[asked].sum(axis=1))

    values = {side: np.array([judged(lists) for lists, *_ in some]) for side, some in fits.items()}
    text = " ".join(f"{key}={value}" for key, value in sorted(settings.items()))
    rows = []
    for side in [*(side for side in fits if side != peer), peer]:
        apart = [] if side == peer else gap(values[side], values[peer], rng)
        apart = [round(part, 4) for part in apart] or [np.nan] * 3
        for seed, (value, fit) in enumerate(zip(values[side], fits[side], strict=True)):
            _, seconds, versions = fit
            spread = [round(float(part), 4) for (part,) in
                      bootstrap_interval(value[:, None], rng=rng)]  # fmt: skip
            rows.append([name, model, side, seed, *spread, *apart,
                         *(round(float(part), 1) for part in seconds), versions, text])  # fmt: skip
    return rows


def gap(ours: np.ndarray, theirs: np.ndarray, rng: np.random.Generator) -> list[float]:
    """The mean difference, and its interval over viewers and over the seeds of both.

    Args:
        ours, theirs: nDCG of each fit and viewer, (seeds, viewers).
    """
    drawn = []
    for _ in range(2000):
        viewers = rng.integers(0, ours.shape[1], ours.shape[1])
        means = [some[rng.integers(0, len(some), len(some))].mean(axis=0)[viewers].mean()
                 for some in (ours, theirs)]  # fmt: skip
        drawn.append(means[0] - means[1])
    low, high = np.quantile(drawn, [0.025, 0.975])
    return [float(ours.mean() - theirs.mean()), float(low), float(high)]


def stored() -> pd.DataFrame:
    """What the last run wrote."""
    return pd.read_csv(RESULT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
