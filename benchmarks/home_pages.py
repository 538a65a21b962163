"""Chapter 11's long runs: lives under several ways to fill a page, in worlds of their own.

    python -m benchmarks.home_pages [world ...]

Writes home_pages.csv, a row a world, seed and way. All ways meet the same viewers with the same
luck; the scores are the same too, learned anew every Monday.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize
from scipy.special import expit

from recsys_lib.datasets.places import EUROPE, made_in
from recsys_lib.errors import DataError
from recsys_lib.models import EASE, Popular, Random
from recsys_lib.pages import fit_grid, grid_chance
from recsys_lib.simulation import Recommended, World, WorldConfig, live
from recsys_lib.simulation.service.composed import GenreRows
from recsys_lib.simulation.world.config import POSITIONS, ROWS

RESULT = Path(__file__).with_name("home_pages.csv")
SEEDS = tuple(range(21, 31))
SIZE = {"n_viewers": 400, "weeks": 8}
BEFORE, JUDGED = 6, 2  # weeks under Matinee's own pages, and under each way
WORLDS = {
    "Matinee": {"billboard_pull": 0.0},
    "choosy": {"billboard_pull": 0.0, "genre_pull": 3.0, "outside": 9.0},
    "no moods": {"billboard_pull": 0.0, "genre_pull": 0.0, "mood_pull": 0.0, "outside": 9.0},
}
COLUMNS = ["world", "seed", "way", "click", "stars", "repeats", "genres", "new", "europe", "titles"]


def calibrated(scores: np.ndarray, shown: pd.DataFrame) -> tuple[np.ndarray, float, float]:
    """What a service can learn from a log of slots: how far people look, and `base` and `slope`.

    chance of a click = look * 1 / (1 + exp(-(base + slope * z)))

    Args:
        scores: (n_viewers, n_titles), learned before the slots were shown.
        shown: slots, with viewer_id, title_id, row, position, uniform, clicked.
    """
    lot = shown[shown["uniform"]]
    look = fit_grid(lot["row"] - 1, lot["position"] - 1, lot["clicked"], users=lot["viewer_id"])
    grid = grid_chance(*look.value[1:].clip(0.1, 1), ROWS, POSITIONS)
    scores = (scores - scores.mean(1, keepdims=True)) / np.maximum(
        scores.std(1, keepdims=True), 1e-9
    )
    z = scores[shown["viewer_id"] - 1, shown["title_id"] - 1]
    seen = grid[shown["row"] - 1, shown["position"] - 1]

    def loss(at):
        chance = np.clip(seen * expit(at[0] + at[1] * z), 1e-12, 1 - 1e-12)
        return -np.where(shown["clicked"], np.log(chance), np.log1p(-chance)).mean()

    base, slope = optimize.minimize(loss, [-3.0, 0.3], method="Nelder-Mead").x
    return grid, float(base), float(slope)


def ways(world, grid, base: float, slope: float) -> dict:
    """The ways to fill a page that are compared, by name."""
    rows = {"look": grid, "base": base, "slope": slope}
    found = {
        "by lot": Recommended(Random(random_state=0)),
        "popular": Recommended(Popular()),
        "twenty best": Recommended(EASE()),
        "rows, repeating": GenreRows(how="repeating", **rows),
        "rows apart": GenreRows(how="apart", **rows),
        "whole page": GenreRows(**rows),
        "with moods": GenreRows(mood=world.config.genre_pull or 1.5, **rows),
    }
    if world.config.outside < 9:
        found |= {
            "double mood": GenreRows(mood=2 * world.config.genre_pull, **rows),
            "European": GenreRows(share=0.3, group=made_in(world.titles, EUROPE), **rows),
            "fresh": GenreRows(rest=3, **rows),
        }
    return found


def measured(world, life, grid) -> list[float]:
    """Clicks and stars of a life, and what its pages are like."""
    value, shown = world.truth.value(life).iloc[0], life.impressions
    evenings = life.evenings[["session_id", "viewer_id"]]
    shown = shown.merge(evenings, on="session_id")  # only the life's own pages
    by_page = shown.groupby("session_id")
    genres = world.titles["genres"].str.split("|").to_numpy()
    of = pd.Series(list(genres[shown["title_id"] - 1]), index=shown["session_id"]).explode()
    looks = grid[shown["row"] - 1, shown["position"] - 1]
    inside = made_in(world.titles, EUROPE)[shown["title_id"] - 1]
    new = ~shown.duplicated(["viewer_id", "title_id"])
    later = shown["session_id"] != shown.groupby("viewer_id")["session_id"].transform("min")
    opened = life.evenings[life.evenings["opened"]]
    return [
        opened["clicked"].mean(), value["satisfaction"],
        1 - by_page["title_id"].nunique().sum() / len(shown),
        of.groupby(level=0).nunique().mean(), new[later].mean(),
        (looks * inside).sum() / looks.sum(), shown["title_id"].nunique(),
    ]  # fmt: skip


def compare(name: str, seed: int) -> pd.DataFrame:
    """All ways in one world."""
    world = World(seed=seed, config=WorldConfig(**WORLDS[name]), **SIZE)
    early = live(world, weeks=BEFORE // 2, logged=1.0)
    before = live(world, weeks=BEFORE - BEFORE // 2, start=early, logged=1.0)
    log = early.state.known.watched()
    sessions = before.tables.sessions[["session_id", "viewer_id"]]
    shown = before.impressions.merge(sessions, on="session_id")
    shown = shown[shown["session_id"].isin(before.evenings["session_id"])]
    grid, base, slope = calibrated(EASE().fit(log).score_all(log.users), shown)
    found = []
    for way, policy in ways(world, grid, base, slope).items():
        try:
            life = live(world, policy, weeks=JUDGED, start=before, logged=1.0)
        except DataError as error:
            print(name, seed, way, error)
            continue
        found.append([name, seed, way, *measured(world, life, grid)])
    print(
        name,
        seed,
        round(base, 2),
        round(slope, 2),
        grid[1, 0].round(3),
        grid[0, 1].round(3),
        flush=True,
    )
    return pd.DataFrame(found, columns=COLUMNS).round(5)


def main(worlds: list[str]) -> None:
    tables = [pd.read_csv(RESULT)] if RESULT.exists() else []
    tables = [table[~table["world"].isin(worlds)] for table in tables]
    tables += [compare(world, seed) for world in worlds for seed in SEEDS]
    pd.concat(tables).to_csv(RESULT, index=False)


if __name__ == "__main__":
    main(sys.argv[1:] or list(WORLDS))
