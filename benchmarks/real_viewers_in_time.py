"""Every recommender after a cut in time, on Matinee and two sets of real viewers, for chapter 17.

    python -m benchmarks.real_viewers_in_time            every set
    python -m benchmarks.real_viewers_in_time 100k       one set; the rows of the others stay

Writes real_viewers_in_time.csv. Protocol: the log is cut at one moment for all, five times, where
50, 60, 70, 80 and 90 % of its events lie before; models learn from what lies before a cut and are
judged on what is new to each person in the tenth of the events that follows it. Settings are chosen
once, on the last fifth of what lies before the first cut, from as many as in `real_viewers`.

A row is a set, a model and a kind of people: "known" have five pairs or more before the cut, "new"
have fewer. A mean is over people and cuts (`judged`), an interval over people (`viewers`), all of
whose cuts are drawn together. ndcg is nDCG@10; in_ten is hit rate@10 times ten. `gain` is nDCG@10
above that of Popular, for the same people; its interval is widened for the number of models.
gain_least and gain_most are the gains after the worst and the best of the five cuts.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.real_viewers import RATED, load, models, tuned, write
from recsys_lib.evaluation import evaluate
from recsys_lib.interactions import USER, Interactions
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.splits import Split, split_by_time

RESULT = Path(__file__).with_name("real_viewers_in_time.csv")
SETS = ("matinee", "latest-small", "100k")  # our copy of 1M has no times
CUTS, WINDOW = (0.5, 0.6, 0.7, 0.8, 0.9), 0.1  # shares of the events
KNOWN_FROM = 5  # pairs before the cut


def cuts(log: Interactions) -> list[Split]:
    """The log parted at each of `CUTS`: all before, and the tenth of the events after it."""
    ordered = np.append(np.sort(log.times), np.inf)
    moments = [ordered[round(share * log.n_events)] for share in (*CUTS, CUTS[-1] + WINDOW)]
    return [
        split_by_time(log.select(log.times < end), cut=pd.Timestamp(start, unit="s", tz="UTC"))
        for start, end in pairwise(moments)
    ]


def people(split: Split, chosen: dict, items, users) -> pd.DataFrame:
    """Two values of each model for everybody judged, and which kind of person it is."""
    table = evaluate(
        chosen, split, metrics=("ndcg", "hit_rate"), items=items, users=users,
        progress=False, per_user=True,
    )  # fmt: skip
    before = split.train.user_counts[split.train.user_positions(table[USER])]
    return table.assign(kind=np.where(before >= KNOWN_FROM, "known", "new"))


def rows_of(name: str, table: pd.DataFrame) -> list[dict[str, object]]:
    """Means, gains and their intervals, a row a model and kind of people."""
    rows = []
    for kind, part in table.groupby("kind"):
        both = part.pivot(index=["cut", USER], columns=["metric", "model"], values="value")
        ndcg, hit = both["ndcg@10"], both["hit_rate@10"]
        gain = ndcg.sub(ndcg["Popular"], axis=0)
        several = 1 - 0.05 / (ndcg.shape[1] - 1)
        ends, wider = over_people(ndcg, 0.95), over_people(gain, several)
        found = ends.join(wider.set_axis(["gain", "gain_low", "gain_high"], axis=1))
        found.insert(3, "in_ten", 10 * hit.mean())
        by_cut = gain.groupby("cut").mean()
        found = found.assign(gain_least=by_cut.min(), gain_most=by_cut.max())
        judged = {"judged": len(ndcg), "viewers": ndcg.index.unique(USER).size}
        for model, row in found.round(4).iterrows():
            rows.append({"set": name, "model": model, "kind": kind} | judged | row.to_dict())
    return rows


def over_people(values: pd.DataFrame, level: float) -> pd.DataFrame:
    """Mean of each column with its interval over people, each weighing as often as judged."""
    by_person = values.groupby(level=USER)
    weights = np.repeat(by_person.size().to_numpy(float)[:, None], values.shape[1], axis=1)
    ends = bootstrap_interval(
        by_person.mean().to_numpy(), weights=weights, level=level, draws=5000,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    return pd.DataFrame(dict(zip(("ndcg", "low", "high"), ends, strict=True)), values.columns)


def measured_set(name: str) -> list[dict[str, object]]:
    """All rows of one set."""
    log, items, users = load(name)
    splits, chosen = cuts(log), {}
    known = {label: model for label, model in models(name, users).items() if label not in RATED}
    for label, model in known.items():
        chosen[label], best = tuned(label, model, splits[0], items, users)
        print(name, label, best, flush=True)
    tables = [
        people(split, chosen, items, users).assign(cut=share)
        for share, split in zip(CUTS, splits, strict=True)
    ]
    return rows_of(name, pd.concat(tables, ignore_index=True))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_viewers_in_time")
    parser.add_argument("sets", nargs="*", default=SETS, help=", ".join(SETS))
    for name in parser.parse_args().sets:
        write(measured_set(name), RESULT, "benchmarks.real_viewers_in_time")


if __name__ == "__main__":
    main()
