"""Matinee beside MovieLens: the tables of data/README.md, computed.

    RECSYS_DATA=folder/with/ml-100k/and/others python -m benchmarks.realism

The protocol is one for all: a fifth of each log's pairs, drawn at random, is the test; every other
title is a candidate; all models have their default parameters. `benchmarks.belief` says how hits
and likeness are compared, `benchmarks.story` where the titles of the course's story stand.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from benchmarks import story
from benchmarks.belief import LEAST, believe
from recsys_lib.datasets import load_matinee, load_movielens
from recsys_lib.evaluation import evaluate
from recsys_lib.interactions import USER, Interactions
from recsys_lib.metrics.beyond import gini
from recsys_lib.models import EASE, ImplicitALS, ItemKNN, Popular, Random
from recsys_lib.models.baselines.demographic import DemographicGroups
from recsys_lib.splits import split_random

SHEET = Path(__file__).resolve().parents[1] / "data" / "README.md"
TABLE, BELIEF = (
    re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
    for name in ("realism", "belief")
)
GROUPS = ["gender", "age_band"]
ABSENT = "–"


def columns() -> dict[str, tuple]:
    """For each data set by name: who watched what, stars, the viewers, and one more column."""
    matinee = load_matinee()
    chosen = {"Matinee": (matinee.watched(), matinee.stars(), matinee.users, "country")}
    for name in ("100k", "latest-small", "1m"):
        data = load_movielens(name)
        both = data.interactions
        chosen[f"MovieLens {name}"] = (both, both, data.users, "occupation")
    return chosen


def measure(watched: Interactions, stars: Interactions, users, finer: str) -> dict[str, str]:
    """One column of the table: what is measured → the number as it is shown."""
    return {**_sizes(watched), **_stars(stars), **_shares(watched, stars, users),
            **_contest(watched, users, finer)}  # fmt: skip


def _sizes(watched: Interactions) -> dict[str, str]:
    lengths = watched.user_counts[watched.user_counts > 0]
    low, middle, high = np.percentile(lengths, [10, 50, 90])
    return {
        "viewers": f"{len(lengths):,}",
        "titles with a viewer": f"{(watched.item_counts > 0).sum():,}",
        "viewer–title pairs": f"{watched.n_events:,}",
        "density": f"{watched.density:.3f}",
        "Gini of titles' popularity": f"{gini(watched.item_counts):.2f}",
        "titles a viewer: 10 %, median, 90 %": f"{low:.0f} · {middle:.0f} · {high:.0f}",
    }


def _stars(stars: Interactions) -> dict[str, str]:
    # Half stars, which latest-small has, count with the whole star above.
    counts = np.bincount(np.ceil(stars.matrix.data).astype(int), minlength=6)[1:]
    values = stars.matrix.data.astype(np.float64)
    return {
        "ratings": f"{stars.n_events:,}",
        "mean stars": f"{values.mean():.2f}",
        "sd of stars": f"{values.std():.2f}",
        "% of ratings with 1 · 2 · 3 · 4 · 5 stars": " · ".join(
            f"{100 * share:.0f}" for share in counts / counts.sum()
        ),
    }


def _shares(watched: Interactions, stars: Interactions, users) -> dict[str, str]:
    names = ("watching", "stars")
    labels = [f"% of the variance of {name} between groups" for name in names]
    if users is None:
        return dict.fromkeys(labels, ABSENT)
    table = users.set_index(USER)
    groups = table.loc[watched.users].groupby(GROUPS).ngroup().to_numpy()
    sizes = np.bincount(groups)
    n, total, squares = _cells(stars, groups)
    seen, _, _ = _cells(watched, groups)
    everyone = np.broadcast_to(sizes, seen.shape)
    shares = explained_share(everyone, seen, seen.sum()), explained_share(n, total, squares)
    return {label: f"{100 * share:.1f}" for label, share in zip(labels, shares, strict=True)}


def _cells(data: Interactions, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Number and sum of the values of each title in each group, (n_items, n_groups); squares."""
    values = data.matrix.data.astype(np.float64)
    cell = data.matrix.indices.astype(np.int64) * (groups.max() + 1) + groups[data.event_rows]
    shape = data.n_items, groups.max() + 1
    n = np.bincount(cell, minlength=np.prod(shape)).reshape(shape)
    total = np.bincount(cell, values, minlength=np.prod(shape)).reshape(shape)
    return n, total, (values**2).sum()


def explained_share(n: np.ndarray, total: np.ndarray, squares: float) -> float:
    """Share of the variance around each title's mean that lies between groups, without bias.

    share = 1 - (within / (N - cells)) / (around / (N - titles))

    around = sum of (value - mean of the title) ** 2, within = the same from the mean of the title
    in the group; counted are the N values, the titles and the cells that have any.

    Args:
        n, total: number and sum of the values of each title in each group, (n_titles, n_groups).
        squares: sum of all values squared.
    """
    titles, cells = n.sum(axis=1), n > 0
    some = titles > 0
    around = squares - (total.sum(axis=1)[some] ** 2 / titles[some]).sum()
    within = squares - (total[cells] ** 2 / n[cells]).sum()
    values = titles.sum()
    return 1 - (within / (values - cells.sum())) / (around / (values - some.sum()))


def _contest(watched: Interactions, users: pd.DataFrame | None, finer: str) -> dict[str, str]:
    models = {
        "random": Random(),
        "popular": Popular(),
        "gender × age band": DemographicGroups(tuple(GROUPS)),
        "finer groups": DemographicGroups((*GROUPS, finer)),
        "item neighbours": ItemKNN(),
        "factors": ImplicitALS(),
        "EASE": EASE(),
    }
    chosen = {
        name: model
        for name, model in models.items()
        if users is not None or not isinstance(model, DemographicGroups)
    }
    split = split_random(watched, rng=np.random.default_rng(0))
    result = evaluate(chosen, split, metrics=("ndcg",), users=users, progress=False)
    means = result[result["segment"] == "all"].set_index("model")["mean"]
    return {
        f"nDCG@10, {name}": f"{means[name]:.3f}" if name in means else ABSENT for name in models
    }


def table(measured: dict[str, dict[str, str]]) -> str:
    """The Markdown table of one or more measured columns."""
    names = list(measured)
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]
    for label in measured[names[0]]:
        lines.append(f"| {label} | {' | '.join(measured[name][label] for name in names)} |")
    return "\n".join(lines) + "\n"


def beliefs() -> dict[str, dict[str, str]]:
    """The belief table: a column for each set of MovieLens that Matinee is compared with."""
    matinee = load_matinee()
    return {
        name: believe(matinee.watched(), matinee.items, load_movielens(name.split()[1]), least)
        for name, least in tqdm(LEAST.items())
    }


def main() -> None:
    """Measure every data set, put the tables into the data sheet, and print them."""
    tables = {
        TABLE: table({name: measure(*chosen) for name, chosen in tqdm(columns().items())}),
        BELIEF: table(beliefs()),
    }
    text = SHEET.read_text(encoding="utf-8")
    for marks, made in tables.items():
        text = marks.sub(lambda _, made=made: made, text)
    SHEET.write_text(text, encoding="utf-8")
    matinee = load_matinee()
    print(*tables.values(), story.places(matinee.watched(), matinee.items).to_string(), sep="\n")


if __name__ == "__main__":
    main()
