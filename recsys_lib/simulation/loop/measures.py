"""What is measured in each round of the feedback loop, viewer by viewer and title by title."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_lib.interactions import ITEM, Interactions
from recsys_lib.metrics.beyond import coverage, exposure, gini, intra_list_diversity
from recsys_lib.metrics.genres import genre_shares
from recsys_lib.metrics.slots import list_matrix, mean_of_slots

LIKED = 3.0  # stars from which a viewer is glad to have watched


@dataclass(frozen=True)
class Round:
    """What happened in one round, and the truth at its end.

    slates: int (n_viewers, k), what the pages showed.
    plays: int (n_viewers, evenings), column of the title watched on each evening, -1 for none.
    browsed, clicked: bool of that shape: whether the page was opened, and a title taken from it.
    diet: what each viewer watched lately, this round included.
    utility, utility_then: stars (n_viewers, n_titles), by the taste of today and of the start.
    shift: 1 - cosine of each viewer's taste of today with that of the start, (n_viewers,).
    """

    slates: np.ndarray
    plays: np.ndarray
    browsed: np.ndarray
    clicked: np.ndarray
    diet: Interactions
    utility: np.ndarray
    utility_then: np.ndarray
    shift: np.ndarray


def viewer_measures(now: Round, traits: Traits) -> dict[str, np.ndarray]:
    """One value a viewer, NaN for whom a measure says nothing; each float64 (n_viewers,).

    utility: true satisfaction, in stars, with what was watched; utility_then: by the taste of the
    start; slate_utility: with what the page showed; click: share of pages opened from which
    something was taken; discovery: share of what was watched that is little known and was liked
    (utility of at least `LIKED`); fame, slate_fame: mean share of the catalogue that is less known
    than what was watched, or shown; popularity, slate_popularity: mean share of today's diets that
    hold it; diversity: of the diet, 1 - mean cosine of genres over pairs of titles; alike,
    slate_alike: mean Jaccard of the diet, or page, with all other viewers'; taste_shift.
    """
    plays, slates = now.plays, now.slates
    liked = (at(now.utility, plays) >= LIKED) & (traits.fame < 0.5)[plays]
    popularity = now.diet.item_counts / now.diet.n_users  # all live here, with an empty diet too
    opened = now.browsed.sum(axis=1)
    with np.errstate(invalid="ignore"):
        click = now.clicked.sum(axis=1) / np.where(opened > 0, opened, np.nan)
    return {
        "utility": mean_where(at(now.utility, plays), plays >= 0),
        "utility_then": mean_where(at(now.utility_then, plays), plays >= 0),
        "slate_utility": mean_where(at(now.utility, slates), slates >= 0),
        "click": click,
        "discovery": mean_where(liked, plays >= 0),
        "fame": mean_of_slots(plays, traits.fame),
        "slate_fame": mean_of_slots(slates, traits.fame),
        "popularity": mean_of_slots(plays, popularity),
        "slate_popularity": mean_of_slots(slates, popularity),
        "diversity": intra_list_diversity(rows_of(now.diet), traits.genres),
        "alike": alike_to_others(now.diet.binary()),
        "slate_alike": alike_to_others(list_matrix(slates, len(traits.fame))),
        "taste_shift": now.shift,
    }


@dataclass(frozen=True)
class Traits:
    """What a title is, for the measures; each with one row a title.

    fame: share of the catalogue with less awareness; genres: float (n_titles, n_genres).
    """

    fame: np.ndarray
    genres: np.ndarray


def traits_of(world) -> Traits:
    """What the measures need to know of a world's titles."""
    titles = world.titles.rename(columns={"title_id": ITEM})
    order = np.argsort(world.awareness, kind="stable")
    fame = np.argsort(order, kind="stable") / len(titles)
    return Traits(fame, genre_shares(titles, titles[ITEM].to_numpy()).to_numpy())


def service_measures(now: Round) -> dict[str, float]:
    """One value for the whole service: how unequal pages and diets are, and how much they reach.

    slate_gini, gini: of how many pages, or diets, each title stands in; slate_coverage, coverage:
    share of the catalogue that stands in any.
    """
    n_titles = now.diet.n_items
    return {
        "gini": gini(now.diet.item_counts),
        "slate_gini": gini(exposure(now.slates, n_titles)),
        "coverage": float(np.mean(now.diet.item_counts > 0)),
        "slate_coverage": coverage(now.slates, n_titles),
    }


def tidy(now: Round, traits: Traits, viewer_groups: dict, title_groups: dict) -> pd.DataFrame:
    """One row a measure and group: DataFrame of, group, measure, value.

    `of` is "all" for means over all viewers and for the service, else the key of the groups. For
    groups of titles the measures are shares: exposure (of the slots shown) and viewing (of plays).
    """
    values = viewer_measures(now, traits)
    rows = [("all", "all", name, nan_mean(value)) for name, value in values.items()]
    rows += [("all", "all", name, value) for name, value in service_measures(now).items()]
    for of, labels in viewer_groups.items():
        for group in np.unique(labels):
            here = labels == group
            rows += [(of, group, name, nan_mean(value[here])) for name, value in values.items()]
    for of, labels in title_groups.items():
        for group in np.unique(labels):
            rows.append((of, group, "exposure", share_of(now.slates, labels == group)))
            rows.append((of, group, "viewing", share_of(now.plays, labels == group)))
    return pd.DataFrame(rows, columns=["of", "group", "measure", "value"])


def alike_to_others(matrix) -> np.ndarray:
    """Mean Jaccard similarity of each row with every other row; NaN for an empty row.

    alike[u] = mean over v other than u of |row[u] and row[v]| / |row[u] or row[v]|

    Empty rows are left out. Memory grows with n_rows ** 2.

    Args:
        matrix: sparse (n_rows, n_columns); an entry other than 0 belongs to the row's set.

    >>> from scipy import sparse
    >>> alike_to_others(sparse.csr_array([[1, 1, 0], [0, 1, 1], [0, 1, 0], [0, 0, 0]])).round(3)
    array([0.417, 0.417, 0.5  ,   nan])
    """
    sets = matrix.astype(bool).astype(np.float32).toarray()
    size = sets.sum(axis=1, dtype=np.float64)
    some = np.flatnonzero(size)
    both = sets[some] @ sets[some].T  # whole numbers, so exact in whatever order they are added
    share = np.add.outer(size[some], size[some])
    share -= both  # the size of either
    np.divide(both, share, out=share)
    total = np.einsum("uv->u", share) - 1
    alike = np.full(len(size), np.nan)
    alike[some] = total / (len(some) - 1) if len(some) > 1 else np.nan
    return alike


def rows_of(history: Interactions) -> np.ndarray:
    """The columns of each row's events, int (n_users, most events of a user), padded with -1."""
    place = np.arange(max(history.user_counts.max(initial=0), 1))
    filled = place < history.user_counts[:, None]
    columns = np.full(filled.shape, -1)
    columns[filled] = history.matrix.indices
    return columns


def at(values: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """`values[u, columns[u, j]]`; what stands at -1 means nothing."""
    return np.take_along_axis(values, np.maximum(columns, 0), axis=1)


def mean_where(values: np.ndarray, here: np.ndarray) -> np.ndarray:
    """Mean of each row of `values` where `here`; NaN where nothing is."""
    count = here.sum(axis=1)
    total = np.where(here, values, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)


def share_of(columns: np.ndarray, of_titles: np.ndarray) -> float:
    """Share of the filled slots that hold one of the titles; NaN if none is filled."""
    return nan_mean(of_titles[columns[columns >= 0]])


def nan_mean(values: np.ndarray) -> float:
    """Mean of what is not NaN; NaN if nothing is."""
    values = np.asarray(values, np.float64)
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else float("nan")
