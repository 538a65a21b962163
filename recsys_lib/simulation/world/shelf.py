"""The titles on the shelf: when each arrived, how well known it is, which pictures it has."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.simulation.world.config import START, WorldConfig
from recsys_lib.simulation.world.lots import named_rng, normals, uniforms

EMPHASES = {"genre": "genre", "lead actor": "people", "mood": "mood", "theme": "theme"}
OPENING = np.datetime64("2021-01-04", "D")  # Matinee's first day
RECENT = 2016  # what arrives in the window was first released in this year or later


def draw_shelf(titles: pd.DataFrame, weeks: int, config: WorldConfig, *, seed: int):
    """The catalogue with `added_on`: most titles before the window, some recent ones during it."""
    year = titles["year"].to_numpy()
    lots = uniforms(seed, "shelf", _names(titles), 2)
    released = (np.minimum(year, 2023) - 1969).astype("datetime64[Y]").astype("datetime64[D]")
    first = (np.maximum(released, OPENING) - START).astype(np.int64)
    recent = year >= RECENT
    share = config.arrivals * (weeks / 26) / max(recent.mean(), config.arrivals)
    new = recent & (lots[:, 0] < share)
    during = 7 + np.floor(lots[:, 1] * max(weeks * 7 - 21, 1))
    added = np.where(new, during, np.floor(lots[:, 1] * first)).astype(np.int64)
    return titles.assign(added_on=START + added)


def draw_fame(titles: pd.DataFrame, config: WorldConfig, *, seed: int):
    """How good each title is, with sd 1, and how well known, in logits; two float64 (n_titles,).

    awareness = awareness_sd * (a * quality + b * fame + sqrt(1 - a**2 - b**2) * luck)

    with a = awareness_quality and b = awareness_fame; fame is the square root of the mean of the
    catalogue's two judgements, with mean 0 and sd 1: from what specialists know to what some know
    is a longer way than from well known to known by all. No viewing figures are used.
    """
    quality, luck = normals(seed, "fame", _names(titles), 2).T
    a, b = config.awareness_quality, config.awareness_fame
    fame = _standard(np.sqrt(titles["fame_first"] + titles["fame_second"]))
    known = a * quality + b * fame + np.sqrt(1 - a**2 - b**2) * luck
    return quality, np.round(config.awareness_sd * known, 6)


def draw_artwork(titles: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Two to four pictures a title, each with another emphasis; artwork_id counts from 1.

    A title without a cast has no picture of its lead actor.
    """
    rows = []
    for title, name, cast in zip(titles["title_id"], _names(titles), titles["cast"], strict=True):
        rng = named_rng(seed, "artwork", name)
        possible = [emphasis for emphasis in EMPHASES if cast or emphasis != "lead actor"]
        chosen = rng.permutation(len(possible))[: rng.integers(2, 5)]
        rows += [(title, possible[index]) for index in sorted(chosen)]
    table = pd.DataFrame(rows, columns=["title_id", "emphasis"])
    table.insert(0, "artwork_id", range(1, len(table) + 1))
    return table


def draw_hooks(titles, artwork, quality, config: WorldConfig, *, seed: int) -> np.ndarray:
    """What each picture adds to a slot's appeal whoever looks, in logits, float64 (n_artworks,).

    hook = hook_sd * (r * quality of its title + sqrt(1 - r**2) * luck), r = hook_quality

    Below 0, pictures pull most where the title keeps least of what they promise.
    """
    owner = artwork["title_id"].to_numpy() - 1
    lots = normals(seed, "hooks", _names(titles) + " hook", len(EMPHASES))
    luck = lots[owner, artwork.groupby("title_id").cumcount()]
    r = config.hook_quality
    return np.round(config.hook_sd * (r * quality[owner] + np.sqrt(1 - r**2) * luck), 6)


def _standard(values) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    return (values - values.mean()) / max(values.std(), 1e-9)


def _names(titles: pd.DataFrame) -> pd.Series:
    return titles["title"] + " " + titles["year"].astype(str)
