"""`python -m recsys_lib.simulation.loop.study`: the runs behind the chapter on filter bubbles.

Every policy of `loop_worlds` lives in the same worlds; what was measured goes to `TABLE`.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone
from tqdm import tqdm

from recsys_lib.evaluation import evaluate
from recsys_lib.models import EASE, ItemKNN, Popular, Random
from recsys_lib.simulation.loop.feedback_loop import LoopRun, run_loop
from recsys_lib.simulation.loop.policies import Lottery, best_unseen
from recsys_lib.simulation.loop.worlds import (
    L2,
    SETTINGS,
    WORLDS,
    groups_of,
    make_world,
    policies_in,
)
from recsys_lib.simulation.service.pages import SLOTS
from recsys_lib.simulation.world.catalogue import CATALOGUE
from recsys_lib.splits import split_by_time

TABLE = CATALOGUE.parent / "feedback_loop.csv.gz"
SEEDS = tuple(range(101, 111))
MONTH = 4  # rounds that a row of the table is the mean of
KEYS = ["world", "seed", "policy", "month", "of", "group"]
OF_GROUPS = ("utility", "slate_utility", "popularity", "slate_popularity", "exposure", "viewing")
JUDGED = {"Random": Random(), "Popular": Popular(), "EASE": EASE(L2), "ItemKNN": ItemKNN()}
HOSTS = ("by lot", "popular", "EASE weekly", "ItemKNN weekly")
"""The policies in whose logs the models `JUDGED` are evaluated."""


def study(name: str, seed: int, rounds: int | None = None, only=None) -> pd.DataFrame:
    """All policies in the world `name` of a seed: a row a policy, month and group.

    Args:
        rounds: fewer than in SETTINGS give the first months of the same runs.
        only: names of policies; None means all. "EASE, once's log" needs "EASE once" beside it.

    Returns:
        DataFrame world, seed, policy, month, of, group and one column a measure.
    """
    setting, parts, chosen = WORLDS[name], [], []
    world = make_world(seed, setting["search"])
    loop = {"rounds": rounds or SETTINGS["rounds"], "memory": SETTINGS["memory"]}
    loop |= {"drift": setting["drift"]} | groups_of(world)
    clean = run_loop(world, Lottery(), **loop)
    for policy, made in policies_in(name, world, clean.histories, chosen).items():
        if only is not None and policy not in only:
            continue
        run = clean if policy == "by lot" else run_loop(world, made, start=clean.start, **loop)
        if policy == "EASE once":
            chosen.extend(run.histories)  # for the policy that learns from this service's log
        parts.append(by_month(run.frame).assign(policy=policy))
        if rounds is None and policy in HOSTS and setting["drift"] == 0:
            last = loop["rounds"] // MONTH - 1
            parts.append(judged(run).assign(policy=policy, month=last))
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "world", name)
    table.insert(1, "seed", seed)
    return table[KEYS + sorted(set(table.columns) - set(KEYS))]


def by_month(frame: pd.DataFrame) -> pd.DataFrame:
    """Means over months; of groups only the measures in `OF_GROUPS`, to keep the table small."""
    frame = frame[(frame["of"] == "all") | frame["measure"].isin(OF_GROUPS)]
    keys = [(frame["round"] // MONTH).rename("month"), "of", "group", "measure"]
    return frame.groupby(keys)["value"].mean().unstack("measure").reset_index()


def judged(run: LoopRun) -> pd.DataFrame:
    """How models look in the log that a policy left behind, and how good they truly are.

    Each learns from all but the last month of the log. offline: mean nDCG@20 for what was watched
    in that month; slate_utility: mean true utility, in stars, of the 20 titles it would show.
    """
    log = run.histories[-1]
    last = np.unique(log.times)[-MONTH]
    split = split_by_time(log, cut=pd.Timestamp(last, unit="s", tz="UTC"))
    table = evaluate(JUDGED, split, k=SLOTS, metrics=("ndcg",), progress=False)
    offline = table[table["segment"] == "all"].set_index("model")["mean"]
    rows = []
    for name, model in JUDGED.items():
        slates, _ = best_unseen(clone(model).fit(split.train).score_all(log.users), log, SLOTS)
        truth = np.take_along_axis(run.utility, slates, axis=1).mean()
        rows.append(("judged", name, offline[name], float(truth)))
    return pd.DataFrame(rows, columns=["of", "group", "offline", "slate_utility"])


def write_study(table: pd.DataFrame, path: Path) -> None:
    """Write the table, three decimals, gzipped, with the same text for the same numbers."""
    text = table.to_csv(index=False, float_format="%.3f", lineterminator="\n")
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def read_study(path: Path = TABLE) -> pd.DataFrame:
    """The table that `main` wrote."""
    return pd.read_csv(path)


def main(arguments: list[str] | None = None) -> int:
    """Run everything, a quarter of an hour on one core, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TABLE, help="file to write")
    options = parser.parse_args(arguments)
    jobs = [(name, seed) for name in WORLDS for seed in SEEDS]
    tables = [study(*job) for job in tqdm(jobs, desc="Worlds", unit="world")]
    write_study(pd.concat(tables, ignore_index=True), options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
