"""How time and memory grow with events and with titles, on made-up logs of a stated shape."""

from __future__ import annotations

import csv
import datetime
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from benchmarks.protocol import Contender, K, alone
from recsys_lib.interactions import ITEM, USER, VALUE, Interactions
from recsys_lib.models import (
    BPR,
    EASE,
    BiasedMF,
    ImplicitALS,
    ItemKNN,
    Popular,
    RatingKNN,
    Recommender,
    RP3beta,
    UserKNN,
)  # fmt: skip

RESULT = Path(__file__).with_name("growth.csv")
COLUMNS = ("model", "events", "titles", "fit_seconds", "lists_seconds", "peak_mb", "measured_on")
HEAD = ["model", "learning .5 M, s", "2 M, s", "8 M, s", "grows with events ^", "with titles ^",
        "lists of 100, s", "peak .5 M, MB", "2 M, MB", "8 M, MB", "measured on"]  # fmt: skip
TITLES, EVENTS_A_VIEWER = 4_000, 100
BY_EVENTS = ((500_000, TITLES), (2_000_000, TITLES), (8_000_000, TITLES))
BY_TITLES = ((2_000_000, 2_000), (2_000_000, TITLES), (2_000_000, 8_000))
TOO_LARGE = {("UserKNN", 8_000_000)}  # each of 80,000 viewers compared with each

MODELS: dict[str, Callable[[], Recommender]] = {
    "Popular": Popular,
    "ItemKNN": ItemKNN,
    "UserKNN": UserKNN,
    "RP3beta": RP3beta,
    "EASE": EASE,
    "ImplicitALS": ImplicitALS,
    "BPR, 10 epochs": partial(BPR, epochs=10),
    "BiasedMF": BiasedMF,
    "RatingKNN, by title": partial(RatingKNN, by="item"),
}


def made_up_log(events: int, titles: int, rng: np.random.Generator) -> Interactions:
    """Viewers with 100 titles each on average and no taste: only the shape is like real logs.

    A title's popularity is 1 / (rank + 20) (Zipf's law, with a flat top), a viewer's activity
    lognormal with a standard deviation of 1, stars are drawn evenly.
    """
    viewers = events // EVENTS_A_VIEWER
    active, popular = rng.lognormal(0, 1, viewers), 1 / (np.arange(titles) + 20)
    drawn = [
        np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(2 * events))
        for weight in (active, popular)
    ]
    pairs = rng.permutation(np.unique(drawn[0] * titles + drawn[1]))[:events]
    stars = rng.integers(1, 6, len(pairs))
    frame = pd.DataFrame({USER: pairs // titles, ITEM: pairs % titles, VALUE: stars})
    return Interactions.from_frame(frame, value=VALUE)


def timed(make: Callable[[], Recommender]) -> Contender:
    """A contender that returns its seconds to learn, and to make lists for 100 viewers."""

    def run(train: Interactions) -> np.ndarray:
        start = time.perf_counter()
        model = make().fit(train)
        learned = time.perf_counter()
        model.recommend(train.users[:100], K)
        return np.array([learned - start, time.perf_counter() - learned])

    return run


def measure(names: list[str]) -> list[list[str]]:
    """Run these models on every log, each in a process of its own."""
    rows = []
    for events, titles in tqdm(dict.fromkeys(BY_EVENTS + BY_TITLES), desc="growth"):
        log = made_up_log(events, titles, np.random.default_rng(0))
        for name in names:
            if (name, events) not in TOO_LARGE:
                run = alone(partial(timed, MODELS[name]), log)
                fit, lists = run.columns
                numbers = f"{fit:.6f}", f"{lists:.3f}", f"{run.peak:.0f}"
                today = str(datetime.date.today())
                rows.append([name, str(events), str(titles), *numbers, today])
    return rows


def table() -> list[list[str]]:
    """What growth.csv says: seconds and memory by events, the exponents of a power law, and when.

    A model that is measured again alone leaves the rows of the others as they are, with their date.
    """
    stored = pd.read_csv(RESULT).set_index(["model", "events", "titles"])
    return [_line(name, stored.loc[name]) for name in MODELS if name in stored.index]


def _line(name: str, runs: pd.DataFrame) -> list[str]:
    """The table's line of one model from its runs by (events, titles)."""
    by_events = runs.reindex(BY_EVENTS)
    cells = ["–" if np.isnan(seconds) else f"{seconds:.1f}" for seconds in by_events["fit_seconds"]]
    memory = ["–" if np.isnan(peak) else f"{peak:.0f}" for peak in by_events["peak_mb"]]
    growth = (
        exponent(by_events["fit_seconds"], 0),
        exponent(runs.reindex(BY_TITLES)["fit_seconds"], 1),
    )
    lists = by_events["lists_seconds"].iloc[1]
    slopes = (f"{slope:.1f}" for slope in growth)
    return [name, *cells, *slopes, f"{lists:.2f}", *memory, runs["measured_on"].min()]


def exponent(seconds: pd.Series, level: int) -> float:
    """The slope of log(seconds) against log(size), by least squares; sizes are a level's labels."""
    known = seconds.dropna()
    sizes = known.index.get_level_values(level).to_numpy(dtype=float)
    return np.polyfit(np.log(sizes), np.log(known.to_numpy()), 1)[0]


def main(names: list[str]) -> None:
    """Measure the models named, or all, and put them into growth.csv."""
    names, kept = names or list(MODELS), []
    if RESULT.exists():
        with RESULT.open(encoding="utf-8") as file:
            kept = [row for row in csv.reader(file) if row[0] not in (*names, COLUMNS[0])]
    rows = kept + measure(names)
    with RESULT.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main(sys.argv[1:])
