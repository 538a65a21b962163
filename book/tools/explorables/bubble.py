"""The feedback loop of chapter 15 for its explorable: exploration and diversity, together.

Weekly EASE in the world that browses, its list first re-ranked by MMR, then opened to chance. Where
at most one of the two is at work, chapter 15 has run the same policy; its table has the numbers.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from scipy import stats
from tqdm import tqdm

from recsys_lib import rerank
from recsys_lib.simulation.loop.feedback_loop import run_loop
from recsys_lib.simulation.loop.policies import Lottery
from recsys_lib.simulation.loop.study import MONTH, SEEDS, by_month, read_study
from recsys_lib.simulation.loop.worlds import SETTINGS, WORLDS, make_world, reranked, shares_of

OF_CHAPTER_15 = {
    "by lot": "by lot",
    "EASE weekly": "0/0",
    "MMR 0.3": "0/30",
    "MMR 0.6": "0/60",
    "explore 0.2": "20/0",
}
"""The chapter's policies → per cent of the slots drawn by lot / of MMR's weight on unlikeness."""

RUN_HERE = ("20/30", "20/60", "50/0", "50/30", "50/60")
PLAIN = "0/0"  # what all are compared with
FIRST, FIRST_MONTH = "50/60", 5  # what the page begins with: weeks 21 to 24
MEASURES = {
    "utility": ("Satisfaction", " stars", 3),
    "diversity": ("Diversity", "", 4),
    "alike": ("Likeness", "", 4),
}
"""Name in the loop → name on the page, unit, and the decimals worth printing."""

CANDIDATES = 100  # of EASE's best, among which MMR chooses


def make() -> dict:
    """Every policy in every world; ten minutes.

    Returns:
        weeks: the last of each month; policies: "exploration/diversity" and "by lot" → measure →
        is: mean, low and high a month, and change: the same of the policy minus `PLAIN`. Intervals
        are 95 % t intervals over `SEEDS`. And finding, see `in_words`.
    """
    worlds = [live(seed) for seed in tqdm(SEEDS, desc="Worlds", unit="world")]
    found = summary(pd.concat([of_chapter_15(), *worlds]))
    return found | {"finding": in_words(found)}


def of_chapter_15() -> pd.DataFrame:
    """What `live` returns of the chapter's policies, from its table: three decimals."""
    table = read_study()
    table = table[(table["world"] == "browsing") & (table["of"] == "all")]
    table = table[table["policy"].isin(OF_CHAPTER_15)]
    table = table.assign(policy=table["policy"].map(OF_CHAPTER_15))
    return table[["policy", "seed", "month", *MEASURES]]


def live(seed: int, policies=RUN_HERE, rounds: int = SETTINGS["rounds"]) -> pd.DataFrame:
    """One world with each of the policies: policy, seed, month and one column a measure."""
    world = make_world(seed, WORLDS["browsing"]["search"])
    shares, months = shares_of(world), []
    loop = {"memory": SETTINGS["memory"], "drift": WORLDS["browsing"]["drift"]}
    start = run_loop(world, Lottery(), rounds=1, **loop).start
    for name in policies:
        explore, weight = (int(percent) / 100 for percent in name.split("/"))
        policy = reranked(partial(varied_and_open, shares, weight, explore), n=None)
        run = run_loop(world, policy, rounds=rounds, start=start, **loop)
        months.append(by_month(run.frame).assign(policy=name, seed=seed))
    return pd.concat(months)[["policy", "seed", "month", *MEASURES]]


def varied_and_open(shares, weight, explore, items, scores, history, k, rng) -> np.ndarray:
    """MMR's choice of k first, then each slot, with chance `explore`, to any title by lot."""
    best = items[:, :CANDIDATES], scores[:, :CANDIDATES]
    items = to_front(items, rerank.mmr(*best, shares, weight=weight, k=k))
    places = np.broadcast_to(-np.arange(items.shape[1]), items.shape)
    return rerank.epsilon_greedy(items, places, epsilon=explore, k=k, rng=rng)


def to_front(items: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Each row of `items` with those of `first` ahead of the others, in their order."""
    place = np.zeros((len(items), items.max() + 2))  # the last column is that of empty slots
    np.put_along_axis(place, first, np.arange(-first.shape[1], 0)[None, :], axis=1)
    order = np.argsort(np.take_along_axis(place, items, axis=1), axis=1, kind="stable")
    return np.take_along_axis(items, order, axis=1)


def summary(months: pd.DataFrame) -> dict:
    """What `make` returns, from the rows of `live`."""
    policies = {name: {} for name in months["policy"].unique()}
    for measure in MEASURES:
        seeds = months.pivot(index="month", columns=["policy", "seed"], values=measure)
        for name, found in policies.items():
            change = interval(seeds[name] - seeds[PLAIN])
            found[measure] = {"is": interval(seeds[name]), "change": change}
    last = MONTH * (months["month"].unique() + 1)
    return {"weeks": last.tolist(), "seeds": months["seed"].nunique(), "policies": policies}


def interval(seeds: pd.DataFrame) -> list[list[float]]:
    """Mean, low and high of the 95 % t interval over the columns, a row a month."""
    n = seeds.shape[1]
    mean, half = seeds.mean(axis=1), stats.t.ppf(0.975, n - 1) * seeds.std(axis=1) / np.sqrt(n)
    return np.column_stack([mean, mean - half, mean + half]).round(4).tolist()


def in_words(found: dict) -> str:
    """What the script says of the first picture, for who reads the page without it."""
    explore, weight = FIRST.split("/")
    sentences = [
        f"Weeks 21 to 24, pages with {explore}% of the slots by lot and a weight of {weight}% on"
        " variety, against plain ones."
    ]
    for measure, (label, unit, digits) in MEASURES.items():
        rows = found["policies"][FIRST][measure]
        value, (change, *ends) = rows["is"][FIRST_MONTH][0], rows["change"][FIRST_MONTH]
        low, high = (signed(end, digits) for end in ends)
        words = f"{'higher' if change > 0 else 'lower'} by {abs(change):.{digits}f}"
        if ends[0] <= 0 <= ends[1]:
            words = "no difference that luck could not make"
        sentences.append(
            f"{label} {value:.{digits}f}{unit}, {words} (95% interval {low} to {high})."
        )
    return " ".join(sentences).replace("-", "−").replace("%", "\u00a0%")


def signed(number: float, digits: int) -> str:
    """With its sign, but for what is 0 as it is shown.

    >>> signed(0.014, 3), signed(-0.0002, 3)
    ('+0.014', '0.000')
    """
    return f"{number:+.{digits}f}" if round(number, digits) else f"{0:.{digits}f}"
