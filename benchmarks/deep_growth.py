"""How the networks' time grows with events, ours and the peers', on made-up logs.

    python -m benchmarks.deep_growth cornac=PYTHON recbole=PYTHON rectools=PYTHON

writes deep_growth.csv, a row a round, model, library and size; environments as for `deep_peers`,
settings too. The logs are those of `growth`: 100 titles a viewer on average, 4,000 titles, no
taste; times are by lot. All libraries take a log in turn, a round after the other. Each learns it
for one epoch and for three: half the difference is an epoch, and what is left of the first is what
it takes to begin (imports, compiling, preparing the log). Processor seconds, one thread.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.deep_peers import READER, VAE, ours_once, theirs_once
from benchmarks.growth import TITLES, made_up_log
from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import Interactions
from recsys_lib.models import MultVAE, SASRec
from recsys_lib.models.deep.training import _compiled

RESULT = Path(__file__).with_name("deep_growth.csv")
HEAD = ["round", "model", "library", "events", "begin_seconds", "epoch_seconds", "list_seconds"]
SIZES, ROUNDS = (250_000, 500_000, 1_000_000), 2
RUNS = [
    ("MultVAE", "ours", MultVAE, VAE),
    ("MultVAE", "Cornac", None, VAE),
    ("MultVAE", "RecBole", None, VAE | {"noise": 0.5}),
    ("SASRec", "ours", SASRec, READER),
    ("SASRec", "RecTools", None, READER),
]


def main(words: list[str]) -> int:
    pythons = dict(word.split("=", 1) for word in words if "=" in word)
    if set(pythons) != {library.lower() for _, library, make, _ in RUNS if make is None}:
        raise ArgumentError(f"say which Python has which peer, not {words}", fix=__doc__)
    rows = []
    for number in range(1, ROUNDS + 1):
        for events in SIZES:
            log = timed_log(events)
            for model, library, make, settings in RUNS:
                seconds = measured(log, library, make, settings, pythons.get(library.lower()))
                rows.append([number, model, library, log.n_events, *seconds])
                pd.DataFrame(rows, columns=HEAD).to_csv(RESULT, index=False, lineterminator="\n")
    return 0


def timed_log(events: int) -> Interactions:
    """A made-up log whose viewers watched in an order by lot."""
    rng = np.random.default_rng(0)
    log = made_up_log(events, TITLES, rng)
    return Interactions(log.users, log.items, log.matrix, rng.permutation(log.n_events))


def measured(log, library: str, make, settings: dict, python: str | None) -> list[float]:
    """Seconds to begin, of an epoch, and of everybody's lists."""
    fits = []
    for epochs in (1, 3):
        chosen = settings | {"epochs": epochs}
        if make:
            _compiled.cache_clear()  # to compile is a part of every beginning
            _, (fit, lists), _ = ours_once(make, chosen, log, 0)
        else:
            _, (fit, lists), _ = theirs_once(python, library, chosen, log, 0)
        fits.append(fit)
    epoch = (fits[1] - fits[0]) / 2
    return [round(float(part), 2) for part in (fits[0] - epoch, epoch, lists)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
