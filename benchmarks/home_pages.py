"""Chapter 11's long runs: one evening under several ways to fill a page, in worlds of their own.

    python -m benchmarks.home_pages [world ...]

Writes home_pages.csv, a row a world, seed and way. After six weeks under Matinee's own pages the
viewers live one evening many times over. All ways meet the same viewers with the same luck, and
have the same scores. `BASE` and `SLOPE` were chosen by clicks in worlds with other seeds, 11 and
12, out of five pairs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_lib.datasets.places import EUROPE, made_in
from recsys_lib.models import EASE, Popular, Random
from recsys_lib.pages import grid_chance, repeats, share_of_looks
from recsys_lib.simulation import Recommended, World, WorldConfig, live
from recsys_lib.simulation.service.again import relive
from recsys_lib.simulation.service.composed import GenreRows
from recsys_lib.simulation.world.config import POSITIONS, ROWS

RESULT = Path(__file__).with_name("home_pages.csv")
SEEDS = tuple(range(21, 31))
SIZE = {"n_viewers": 400, "weeks": 7}
BEFORE = 6  # weeks under Matinee's own pages
ASKED, TIMES = 150, 60  # viewers whose pages are made, and evenings of each
LOOK = grid_chance(0.77, 0.86, ROWS, POSITIONS)  # as estimated from Matinee's slots by lot
BASE, SLOPE = -5.5, 0.6
MOOD = 1.5  # logits; the truth in Matinee's worlds, half of it in choosy ones
WORLDS = {
    "Matinee": {"billboard_pull": 0.0},
    "choosy": {"billboard_pull": 0.0, "genre_pull": 3.0, "outside": 9.0},
    "no moods": {"billboard_pull": 0.0, "genre_pull": 0.0, "mood_pull": 0.0, "outside": 7.0},
}
COLUMNS = ["world", "seed", "way", "click", "stars", "repeats", "genres", "europe", "titles"]


def ways(world) -> dict:
    """The ways to fill a page that are compared, by name."""
    rows = {"look": LOOK, "base": BASE, "slope": SLOPE}
    return {
        "by lot": Recommended(Random(random_state=0)),
        "popular": Recommended(Popular()),
        "twenty best": Recommended(EASE()),
        "rows, repeating": GenreRows(how="repeating", **rows),
        "rows apart": GenreRows(how="apart", **rows),
        "whole page": GenreRows(**rows),
        "with moods": GenreRows(mood=MOOD, **rows),
        "double mood": GenreRows(mood=2 * MOOD, **rows),
        "European": GenreRows(share=0.3, group=made_in(world.titles, EUROPE), **rows),
    }


def measured(world, again) -> list[float]:
    """Clicks and stars of evenings, and what the pages are like."""
    genres, titles = world.genres > 0, again.pages.titles
    europe, look = made_in(world.titles, EUROPE), LOOK.ravel()
    on_page = [genres[:, page].any(axis=1).sum() for page in titles]
    shares = [share_of_looks(page, look, europe) for page in titles]
    return [
        again.click, again.taken, np.mean([repeats(page) for page in titles]), np.mean(on_page),
        np.mean(shares), len(np.unique(titles)),
    ]  # fmt: skip


def compare(name: str, seed: int, only: tuple[str, ...] = ()) -> pd.DataFrame:
    """All ways in one world, or some of them."""
    world = World(seed=seed, config=WorldConfig(**WORLDS[name]), **SIZE)
    before, policies = live(world, weeks=BEFORE), ways(world)
    found = relive(before, {way: policies[way] for way in only or policies}, TIMES, ASKED)
    rows = [[name, seed, way, *measured(world, again)] for way, again in found.items()]
    return pd.DataFrame(rows, columns=COLUMNS).round(5)


def main(worlds: list[str]) -> None:
    tables = [pd.read_csv(RESULT)] if RESULT.exists() else []
    tables = [table[~table["world"].isin(worlds)] for table in tables]
    tables += [compare(world, seed) for world in worlds for seed in SEEDS]
    pd.concat(tables).to_csv(RESULT, index=False)


if __name__ == "__main__":
    main(sys.argv[1:] or list(WORLDS))
