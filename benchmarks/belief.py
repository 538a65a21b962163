"""Is Matinee believable? Its hits and its likeness beside those of real viewers.

Compared are the films that Matinee and a set of MovieLens have in common. Two films are alike as
far as they share more viewers than their popularity and their viewers' activity alone would bring:

    likeness[i, j] = (common[i, j] + SHRINKAGE) / (expected[i, j] + SHRINKAGE)
    expected[i, j] = sum over viewers u of chance[u, i] * chance[u, j]
    chance[u, i] = keen[u] * known[i] / (1 + keen[u] * known[i])

where keen and known are such that chance sums to each viewer's and to each title's count (Rasch's
model). Plain lift expects the same of every viewer; where some watch very much, it takes any two
little-known films for alike.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from benchmarks.same_films import same_films
from recsys_lib.interactions import Interactions

LEAST = {"MovieLens 100k": 40, "MovieLens latest-small": 20, "MovieLens 1m": 150}
"""Real viewers that a film must have for its likeness to count."""
SHRINKAGE = 5.0  # viewers
NEAREST = 10


def believe(watched: Interactions, titles: pd.DataFrame, real, least: int) -> dict[str, str]:
    """One column of the belief table: what is measured → the number as it is shown.

    Args:
        watched: Matinee's log; titles: item_id, title, year, kind.
        real: a data set with `interactions` and `items`, as `load_movielens` gives it.
        least: real viewers that a film must have for its likeness to count.
    """
    here, there = same_films(titles, real.items)
    columns = watched.item_positions(here), real.interactions.item_positions(there)
    both = (columns[0] >= 0) & (columns[1] >= 0)
    counts = [
        log.item_counts[own[both]]
        for log, own in zip((watched, real.interactions), columns, strict=True)
    ]
    often = counts[1] >= least
    logs = [
        (log, own[both][often])
        for log, own in zip((watched, real.interactions), columns, strict=True)
    ]
    alike = [likeness(*log) for log in logs]
    pairs = np.triu_indices(often.sum(), 1)
    return {
        "films in both": f"{both.sum()}",
        "popularity, rank correlation": f"{spearmanr(*counts)[0]:.2f}",
        "films with enough real viewers": f"{often.sum()}",
        "likeness, rank correlation": f"{spearmanr(*(one[pairs] for one in alike))[0]:.2f}",
        "plain lift, rank correlation": f"{spearmanr(*(lift(*log)[pairs] for log in logs))[0]:.2f}",
        "of the ten nearest, the same": f"{same_nearest(*alike):.2f}",
        "by lot": f"{NEAREST**2 / (often.sum() - 1):.2f}",
    }


def likeness(log: Interactions, columns: np.ndarray) -> np.ndarray:
    """The module's formula for some titles, float64 (len(columns), len(columns))."""
    chance = chances(log.user_counts, log.item_counts)[:, columns]
    return (_common(log, columns) + SHRINKAGE) / (chance.T @ chance + SHRINKAGE)


def lift(log: Interactions, columns: np.ndarray) -> np.ndarray:
    """Viewers in common over those that two independent audiences would have."""
    common = _common(log, columns)
    audience = np.diag(common)
    return common * log.active_users / np.maximum(np.outer(audience, audience), 1)


def _common(log: Interactions, columns: np.ndarray) -> np.ndarray:
    seen = log.binary()[:, columns].astype(np.float64)
    return (seen.T @ seen).toarray()


def chances(users: np.ndarray, items: np.ndarray, rounds: int = 60) -> np.ndarray:
    """`chance` of the module's formula from the counts, float64 (len(users), len(items)).

    >>> chances(np.array([1, 1]), np.array([1, 1])).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    keen, known = (count / np.sqrt(users.sum()) for count in (users, items))
    for _ in range(rounds):
        keen = users / np.maximum((known / (1 + np.outer(keen, known))).sum(axis=1), 1e-12)
        known = items / np.maximum((keen / (1 + np.outer(known, keen))).sum(axis=1), 1e-12)
    odds = np.outer(keen, known)
    return odds / (1 + odds)


def same_nearest(*alike: np.ndarray) -> float:
    """How many of the ten titles nearest to each are the same in both, on average."""
    tens = []
    for values in alike:
        others = values.copy()
        np.fill_diagonal(others, -np.inf)
        tens.append(np.argsort(-others, axis=1, kind="stable")[:, :NEAREST])
    return float(np.mean([len(set(one) & set(two)) for one, two in zip(*tens, strict=True)]))
