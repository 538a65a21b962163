"""Does the order of a history say what comes next? The shuffle test, for chapter 09.

    python -m benchmarks.shuffle_test                every set, all models
    python -m benchmarks.shuffle_test 100k           one set; the rows of the others stay
    python -m benchmarks.shuffle_test --tune         other settings of the networks, on Matinee

Writes shuffle_test.csv, and from the models that learned from Matinee also after_breaking_bad.csv
(where Dexter and The Wire stand for somebody who watched Breaking Bad alone) and looks_at.csv (how
much SASRec's last evening weighs the evening so many plays ago, mean over the questions with a full
window). On Matinee, and on a world of the same size without phases, models learn
what was begun before 12 May and answer, for everybody with three titles or more, what the next five
new ones were. MovieLens has too few people on both sides of any moment, so there everyone's own
last fifth is asked about, up to five titles; that lets models see the others' future, which is no
matter for what is asked here. `order` is that of the histories that a question shows: "true";
"shuffled", drawn by lot; "in sittings", by lot within sittings that are an hour apart. A model
learned from the true order, once; "learned anew" learned from shuffled histories too. found is the
share of questions of which the answer was among ten; intervals are over people (`viewers`).
Settings (half-life, penalty, prior) were chosen on the fifth of what is learned that came last. The
networks have one setting in shuffle_test.csv, the first of TRIED, since a fit takes up to minutes;
what the others find on that fifth of Matinee, and with it what tuning could gain, is stored in
networks_tried.csv (rows that it has are not fitted again).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone

from recsys_lib.datasets import load_matinee, load_movielens
from recsys_lib.interactions import TIME, VALUE, Interactions
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.models import EASE, GRU4Rec, Markov, Popular, Random, RecentEASE, SASRec
from recsys_lib.next_title import Questions, finds, next_titles, shuffled
from recsys_lib.simulation import World, simulate
from recsys_lib.simulation.world.config import WorldConfig

RESULT = Path(__file__).with_name("shuffle_test.csv")
AFTER, LOOKS = RESULT.with_name("after_breaking_bad.csv"), RESULT.with_name("looks_at.csv")
TUNED = RESULT.with_name("networks_tried.csv")
SETS = ("matinee", "no phases", "100k", "latest-small")
CUT, HOUR, MOST = pd.Timestamp("2025-05-12"), 3600, 5
LADDERS = {
    "lot": [Random()],
    "popular": [Popular()],
    "last title": [Markov(prior) for prior in (10, 50, 200)],
    "EASE": [EASE(l2) for l2 in (100, 300, 1000)],
    "EASE, recent": [RecentEASE(l2) for l2 in (100, 300, 1000)],
}
HALF_LIVES = (3, 5, 10, 20, 40)
LONG = {"epochs": 100, "patience": 10}
TRIED = {
    "SASRec": [
        SASRec(),
        SASRec(dropout=0.5, **LONG),
        SASRec(learning_rate=0.001, **LONG),
        SASRec(factors=64, learning_rate=0.001, **LONG),
        SASRec(factors=64, dropout=0.5, **LONG),
        SASRec(factors=128, dropout=0.5, learning_rate=0.002, **LONG),
    ],
    "GRU4Rec": [
        GRU4Rec(),
        GRU4Rec(dropout=0.5, **LONG),
        GRU4Rec(dropout=0.5, learning_rate=0.001, **LONG),
        GRU4Rec(factors=64, dropout=0.5, **LONG),
        GRU4Rec(factors=128, dropout=0.5, learning_rate=0.002, **LONG),
    ],
}
NETWORKS = {label: models[0] for label, models in TRIED.items()}


def load(name: str) -> tuple[Interactions, np.ndarray]:
    """The log of a set, and which of its events are asked about."""
    if name in ("100k", "latest-small"):
        log = well_known(load_movielens(name, progress=False).interactions)
        return log, own_last(log, 0.2)
    log = load_matinee().watched() if name == "matinee" else without_phases()
    return log, log.times >= CUT.timestamp()


def well_known(log: Interactions) -> Interactions:
    """Titles with ten viewers or more, and those who have watched any."""
    kept = log.select((log.item_counts >= 10)[log.matrix.indices]).to_frame()
    return Interactions.from_frame(kept, value=VALUE, time=TIME)


def without_phases() -> Interactions:
    """What was begun in the bundled world, had nobody's mood lasted from title to title."""
    plays = simulate(World(config=WorldConfig(phase_pull=0.0))).plays
    first = plays.sort_values("started_at", kind="stable")
    first = first.drop_duplicates(["viewer_id", "title_id"])
    return Interactions.from_frame(first, user="viewer_id", item="title_id", time="started_at")


def own_last(log: Interactions, share: float) -> np.ndarray:
    """Whether each event is among the last of its viewer."""
    order = np.lexsort((log.times, log.event_rows))
    place = np.empty(log.n_events)
    place[order] = np.arange(log.n_events) - log.matrix.indptr[log.event_rows[order]]
    return place >= (1 - share) * log.user_counts[log.event_rows]


def tuned(models: list, train: Interactions, last: np.ndarray):
    """The model of a ladder that finds most of what came last in what is learned."""
    if len(models) == 1:
        return models[0]
    questions, found = next_titles(train, last, most=MOST), {}
    for model in models:
        fitted = clone(model).fit(train.select(~last))
        for half in HALF_LIVES if isinstance(model, RecentEASE) else (None,):
            tried = fitted if half is None else fitted.set_params(half_life=half)
            found[clone(tried)] = finds(tried, questions).mean()
    return max(found, key=found.get)


def weeks_before() -> tuple[Questions, Interactions]:
    """The last fifth of what is learned from Matinee, as questions, and what came before it."""
    log, later = load("matinee")
    train = log.select(~later)
    last = train.times >= np.quantile(train.times, 0.8)
    return next_titles(train, last, most=MOST), train.select(~last)


def tune_networks() -> None:
    """Fit what is not yet stored of TRIED to the early part of Matinee; keep what each finds."""
    questions, early = weeks_before()
    for label, models in TRIED.items():
        for model in models:
            if settings(model) not in set(read_tuned()["settings"]):
                start = time.process_time()
                model = clone(model).fit(early)
                seconds = round(time.process_time() - start)
                found = round(finds(model, questions).mean(), 4)
                fresh = [[label, settings(model), found, len(model.history_), seconds]]
                rows = pd.DataFrame(fresh, columns=list(read_tuned()))
                pd.concat([read_tuned(), rows]).to_csv(TUNED, index=False)


def read_tuned() -> pd.DataFrame:
    if TUNED.exists():
        return pd.read_csv(TUNED)
    return pd.DataFrame(columns=["model", "settings", "found", "epochs", "fit_seconds"])


def orders(log: Interactions, later: np.ndarray) -> dict[str, Questions]:
    """The questions, with histories in each order."""
    asked = next_titles(log, later, most=MOST)
    found = {"true": asked}
    for name, sitting in {"shuffled": None, "in sittings": HOUR}.items():
        drawn = shuffled(asked.histories, np.random.default_rng(0), sitting=sitting)
        found[name] = Questions(drawn, asked.answers, asked.viewers, asked.times)
    return found


def measured(name: str, models: dict[str, list], networks: dict) -> pd.DataFrame:
    """All rows of one set."""
    log, later = load(name)
    train, asked, rows = log.select(~later), orders(log, later), []
    last = own_last(train, 0.2)
    if name in ("matinee", "no phases"):
        last = train.times >= np.quantile(train.times, 0.8)
    chosen = {label: tuned(ladder, train, last) for label, ladder in models.items()} | networks
    for label, model in chosen.items():
        start = time.process_time()
        model = clone(model).fit(train)
        seconds = time.process_time() - start
        for order, questions in asked.items():
            rows.append(row(name, label, order, model, questions, seconds))
        if label in networks:
            anew = clone(model).fit(shuffled(train, np.random.default_rng(1)))
            rows.append(row(name, label, "learned anew", anew, asked["shuffled"], seconds))
            if name == "matinee":
                tell_more(label, model, asked["true"])
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def tell_more(label: str, model, questions: Questions) -> None:
    """What a network of Matinee's says of Breaking Bad, and what it looks at."""
    titles = load_matinee().titles.set_index("title")["title_id"]
    first = model.recommend_for([titles["Breaking Bad"]], k=len(titles)).set_index("item_id")
    ranks = {name: [first.loc[titles[name], "rank"]] for name in ("Dexter", "The Wire")}
    update(AFTER, pd.DataFrame({"model": [label]} | ranks), "model", list(NETWORKS))
    if isinstance(model, SASRec):
        full = np.flatnonzero(questions.histories.user_counts >= model.length)
        weights = model.looks_at(questions.histories)[full].mean(axis=0)[::-1]
        table = pd.DataFrame({"plays_ago": np.arange(len(weights)), "weight": weights.round(5)})
        table.assign(questions=len(full)).to_csv(LOOKS, index=False)


def update(path: Path, fresh: pd.DataFrame, column: str, order) -> None:
    """Put new rows in the place of those with the same value of a column; keep the others."""
    old = pd.read_csv(path) if path.exists() else fresh[:0]
    kept = pd.concat([old[~old[column].isin(fresh[column])], fresh])
    kept = kept.sort_values(column, key=lambda s: s.map(list(order).index), kind="stable")
    kept.to_csv(path, index=False)


def row(name, label, order, model, questions, seconds) -> dict:
    """One model, one order."""
    found = finds(model, questions)
    each = pd.Series(found.astype(float)).groupby(questions.viewers).agg(["mean", "size"])
    mean, low, high = bootstrap_interval(
        each["mean"].to_numpy(), weights=each["size"].to_numpy(float),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    ends = dict(zip(("found", "low", "high"), np.round([mean[0], low[0], high[0]], 4), strict=True))
    about = {"set": name, "model": label, "order": order, "settings": settings(model)}
    return about | ends | {
        "questions": len(found), "viewers": len(each), "fit_seconds": round(seconds, 1),
    }  # fmt: skip


def settings(model) -> str:
    """What was chosen, in the model's own words."""
    return " ".join(repr(model).split())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shuffle_test")
    parser.add_argument("sets", nargs="*", default=SETS, help=", ".join(SETS))
    parser.add_argument("--tune", action="store_true", help="the networks only, on Matinee")
    given = parser.parse_args()
    if given.tune:
        tune_networks()
        return
    for name in given.sets:
        update(RESULT, measured(name, LADDERS, NETWORKS), "set", SETS)


if __name__ == "__main__":
    main()
