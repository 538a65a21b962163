"""The catalogue in two of iALS's forty directions, and each title's ten nearest in all forty."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.linalg import orthogonal_procrustes

from book.tools.pages.tiles import HUES
from recsys_lib.datasets import load_matinee
from recsys_lib.interactions import Interactions
from recsys_lib.models.factors.ials import ImplicitALS

FACTORS, NEAR = 40, 10
MOST_WATCHED = 200  # they set the two directions, as in chapter 5
SIZE = 1000  # of the map, from edge to edge
DEFAULT = "Friends"
DECADES = {1970: "before 1970", 1990: "1970s and 80s", 2010: "1990s and 2000s", 2100: "since 2010"}
HUE_OF_KIND = {"film": "green", "comedy series": "blue", "other series": "red"}
HUE_OF_DECADE = dict(zip(DECADES.values(), ("purple", "orange", "sky", "green"), strict=True))


def make() -> dict:
    """One entry a title in every list but `groupings`; see `positions` and `neighbourhood`.

    kinds: such as "comedy series", from the first genre.
    groupings: name → the colour of each group, and each title's group.
    """
    matinee = load_matinee()
    watched = matinee.watched()
    titles = matinee.titles.set_index("title_id").loc[watched.items]
    factors, unit = factors_of(watched), directions(watched)
    x, y = positions(unit, factors, watched, titles["title"].tolist().index(DEFAULT)).T
    data = {
        "titles": labels(titles),
        "years": titles["year"].tolist(),
        "kinds": (titles["genres"].str.split("|").str[0] + " " + titles["kind"]).tolist(),
        "x": x.tolist(),
        "y": y.tolist(),
        **neighbourhood(unit, x, y),
        "groupings": groupings(titles),
    }
    return {**data, "finding": finding(data, data["titles"].index(DEFAULT))}


def labels(titles: pd.DataFrame) -> list[str]:
    """Titles; where two share a name, with the year."""
    twice = titles["title"].duplicated(keep=False)
    return titles["title"].mask(twice, titles["title"] + " (" + titles["year"].astype(str) + ")")\
        .tolist()  # fmt: skip


def factors_of(watched: Interactions) -> np.ndarray:
    """Each title's forty numbers."""
    return ImplicitALS(factors=FACTORS).fit(watched).item_factors_.astype(float)


def directions(watched: Interactions) -> np.ndarray:
    """Each title's factors at length 1, so that what is little watched is not all in one spot;
    0 for a title that nobody watched, which has no direction."""
    factors = factors_of(watched)
    return factors / np.maximum(np.linalg.norm(factors, axis=1, keepdims=True), 1e-12)


def positions(unit, factors, watched: Interactions, friends: int) -> np.ndarray:
    """Whole numbers (titles, 2): right and down, in the two directions in which the most watched
    titles differ most. They lie in a plane, which is turned so that these titles come as near as
    they can to their places on the map of chapter 5, with *Friends* at the upper right."""
    most = np.argsort(-watched.item_counts, kind="stable")[:MOST_WATCHED]
    middle = unit[most].mean(axis=0)
    spot = (unit - middle) @ np.linalg.svd(unit[most] - middle)[2][:2].T
    spot = spot @ orthogonal_procrustes(spot[most], map_of_chapter_5(factors, most, friends))[0]
    spot = np.round(spot, 9) * [1, -1]
    low = spot.min(axis=0)
    return np.rint((spot - low) * SIZE / (spot.max(axis=0) - low).max()).astype(int)


def map_of_chapter_5(factors: np.ndarray, most: np.ndarray, friends: int) -> np.ndarray:
    """Where chapter 5 draws the most watched titles, right and up; (titles, 2)."""
    u, sigma, _ = np.linalg.svd(factors[most] - factors[most].mean(axis=0), full_matrices=False)
    spot = u[:, :2] * sigma[:2]
    return spot * np.sign(spot[most.tolist().index(friends)])


def neighbourhood(unit: np.ndarray, x: np.ndarray, y: np.ndarray) -> dict:
    """near: the ten titles with the highest cosine; likeness: those cosines, in hundredths;
    beside: the title drawn nearest; place_of_beside: which place it has in the model."""
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, -np.inf)
    order = np.argsort(-cosine, axis=1, kind="stable")
    gaps = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    np.fill_diagonal(gaps, gaps.max() + 1)
    beside = gaps.argmin(axis=1)
    near = order[:, :NEAR]
    return {
        "near": near.tolist(),
        "likeness": np.rint(100 * np.take_along_axis(cosine, near, 1)).astype(int).tolist(),
        "beside": beside.tolist(),
        "place_of_beside": (1 + np.argmax(order == beside[:, None], axis=1)).tolist(),
    }


def groupings(titles: pd.DataFrame) -> dict:
    """Three ways to colour the map: by form, as in chapter 5, by family of genres, by period."""
    comedy, film = titles["genres"].str.contains("comedy"), titles["kind"] == "film"
    form = np.select([film, comedy], ["film", "comedy series"], "other series")
    genre = titles["genres"].str.split("|").str[0]
    families = {hue: ", ".join(g for g in HUES if HUES[g] == hue) for hue in HUES.values()}
    hue_of_genre = {family: hue for hue, family in families.items()}
    decade = pd.cut(titles["year"], [0, *DECADES], right=False, labels=list(DECADES.values()))
    return {
        "form": grouping(HUE_OF_KIND, form),
        "genre": grouping(hue_of_genre, genre.map(HUES).map(families)),
        "period": grouping(HUE_OF_DECADE, decade),
    }


def grouping(hues: dict[str, str], group_of_title) -> dict:
    order = list(hues)
    return {"groups": list(hues.items()), "of": [order.index(group) for group in group_of_title]}


def finding(data: dict, title: int) -> str:
    """The sentences of the explorable as it opens; its script says the same in the same words."""
    x, y = np.array(data["x"]), np.array(data["y"])
    gaps = (x - x[title]) ** 2 + (y - y[title]) ** 2
    gaps[title] = -1
    nearer = [int((gaps < gaps[other]).sum()) - 1 for other in data["near"][title]]
    first, worst = data["near"][title][0], int(np.argmax(nearer))
    name = data["titles"]
    place = data["place_of_beside"][title]
    form = data["groupings"]["form"]
    alike = sum(form["of"][other] == form["of"][title] for other in data["near"][title])
    return (
        f"Number 1 of the ten nearest to {name[title]} in the model is {name[first]}"
        f" ({data['years'][first]}, {data['kinds'][first]}), likeness"
        f" {data['likeness'][title][0] / 100:.2f}; titles drawn nearer on the map: {nearer[0]}."
        f" The map misleads most about {name[data['near'][title][worst]]}: number {worst + 1} in"
        f" the model, yet {nearer[worst]} titles are drawn nearer. And the nearest dot,"
        f" {name[data['beside'][title]]}, is number {place} in the model."
        f" Of the ten, {alike} have its form ({form['groups'][form['of'][title]][0]})."
    )
