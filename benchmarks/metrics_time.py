"""How long all metrics take for every viewer of MovieLens 1M."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.protocol import K, movielens
from recsys_lib.datasets import load_movielens
from recsys_lib.metrics.auc import auc
from recsys_lib.metrics.genres import genre_shares
from recsys_lib.metrics.lists import list_columns, make_lists
from recsys_lib.metrics.named import OF_CATALOGUE, PER_USER
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.models.baselines.random import Random
from recsys_lib.per_user import per_user, relevant_events


def measure(repeats: int = 5) -> dict[str, float]:
    """Seconds, the median of `repeats`, of each step from a model's answer to one value a user."""
    split = movielens()
    rows, relevant = relevant_events(split.test)
    users = split.test.users[rows]
    frame = Random().fit(split.train).recommend(users, K)
    more = {
        "expected": list_columns(
            Popular().fit(split.train).recommend(users, K), users, K, split.train
        ),
        "shares": genre_shares(load_movielens("1m").items, split.train.items).to_numpy(),
    }
    lists = make_lists(frame, users, K, split.train, relevant, **more)
    scores = Random().fit(split.train).score_all(users)

    def all_metrics() -> None:
        per_user(make_lists(frame, users, K, split.train, relevant, **more), list(PER_USER))
        for metric in OF_CATALOGUE.values():
            metric(lists.columns, split.train.n_items)

    steps = {
        "all metrics of lists, from the model's frame": all_metrics,
        "nDCG alone, from the lists": lambda: per_user(lists, ["ndcg"]),
        "AUC over every title, from the scores": lambda: auc(scores, relevant),
    }
    return {
        name: float(np.median([_time(step) for _ in range(repeats)]))
        for name, step in steps.items()
    }


def _time(step) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start
