"""`python -m recsys_lib.simulation.loop.in_time`: the runs behind the chapter on thumbs and time.

Three questions that need many worlds: what is a button worth that takes a disliked title away, when
does forgetting help, and what does exploring cost? What was measured goes to `TABLE`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr
from tqdm import tqdm

from recsys_lib.interactions import Interactions
from recsys_lib.models import EASE
from recsys_lib.online.contract import Policy
from recsys_lib.online.counting import UCB, BetaThompson, EpsilonGreedy
from recsys_lib.online.forgetting import faded
from recsys_lib.online.play import BanditWorld, play
from recsys_lib.online.prequential import Refitted, week_by_week
from recsys_lib.simulation.service.life import live
from recsys_lib.simulation.world.catalogue import CATALOGUE
from recsys_lib.simulation.world.config import START, WorldConfig
from recsys_lib.simulation.world.world import World

TABLE = CATALOGUE.parent / "thumbs_and_time.csv"
SEEDS = tuple(range(201, 206))
STILL = {"drift": 1.0, "phase_pull": 0.0}
WORLDS = {
    "nothing moves": STILL,
    "tastes drift": STILL | {"drift": 0.9},
    "phases": STILL | {"phase_pull": WorldConfig.phase_pull},
    "as bundled": {},
}
LUCK = {
    "luck lasts": {},
    "luck of the evening": {
        "pair_stars": 0.0,  # an evening varies as much as with both
        "evening_stars": float(np.hypot(WorldConfig.pair_stars, WorldConfig.evening_stars)),
    },
}
HALF_LIVES = (112, 28, 7)  # days
PENALTY = 100.0
WEEKS, KNOWN = 14, 8  # weeks lived, and known at first
TITLES = 8  # new ones, for one slot
ROUNDS, BATCH, PLAYS = 120, 10, 8  # days, viewers a day, repetitions in each world


def never_again(name: str, seed: int, n_viewers: int = 500, weeks: int = 12) -> pd.DataFrame:
    """Stars gained an evening where the first of the list takes a disliked title's place.

    mean over thumbs down (u, i) of utility[u, first of u's list] - utility[u, i]

    Lists are EASE's, of what was not watched.

    Returns:
        DataFrame study, world, seed, policy, at (0) and value.
    """
    world = World(seed, n_viewers, weeks, WorldConfig(**LUCK[name]))
    tables = live(world).tables
    given, log = tables.feedback, first_plays(tables.plays)
    down = given[(given["kind"] == "thumb") & (given["value"] < 0)]
    lists = EASE().fit(log).recommend(k=1).set_index("user_id")["item_id"]
    truth, viewers = world.truth.utility(), down["viewer_id"].to_numpy()
    first, pressed = lists[viewers].to_numpy(), down["title_id"].to_numpy()
    gain = truth[viewers - 1, first - 1] - truth[viewers - 1, pressed - 1]
    return _table("never again", name, seed, [("first of the list", 0, gain.mean())])


def forgetting(name: str, seed: int, n_viewers: int = 500) -> pd.DataFrame:
    """nDCG@10 in the last weeks of a world, by half-life.

    EASE is fitted every second week. Its histories fade, or the log that it learns from does as
    well.

    Returns:
        DataFrame study, world, seed, policy, at (the half-life in days, 0 for none) and value.
    """
    config = WorldConfig(**WORLDS[name])
    log = first_plays(live(World(seed, n_viewers, WEEKS, config)).tables.plays)
    ways = [("nothing", 0), *(("histories", days) for days in HALF_LIVES), ("all", HALF_LIVES[1])]
    learners = {way: forgetful(*way) for way in ways}
    begins = pd.Timestamp(START) + pd.Timedelta(weeks=KNOWN)
    found = week_by_week(log, learners, start=begins)
    return _table("forgetting", name, seed, [(*way, found[[way]].mean().item()) for way in ways])


def forgetful(what: str, half_life: float) -> Refitted:
    """EASE that forgets "nothing", old plays in "histories", or in the log of "all" too."""
    model = EASE(PENALTY, weighted=True)
    if what == "nothing":
        return Refitted(model, every=2)

    def fade(log: Interactions) -> Interactions:
        return faded(log, half_life)

    return Refitted(model, every=2, histories=fade, train=fade if what == "all" else None)


def first_plays(plays: pd.DataFrame) -> Interactions:
    """Who watched what, each 1, at the time of the first sitting."""
    first = plays.groupby(["viewer_id", "title_id"], as_index=False)["started_at"].min()
    return Interactions.from_frame(first, user="viewer_id", item="title_id", time="started_at")


def policies() -> dict[str, Policy]:
    """The bandits that are compared, new ones."""
    return {
        "lot": EpsilonGreedy(TITLES, epsilon=1.0),
        "greedy": EpsilonGreedy(TITLES, epsilon=0.0),
        "a tenth by lot": EpsilonGreedy(TITLES, epsilon=0.1),
        "UCB": UCB(TITLES, width=0.3),
        "Thompson": BetaThompson(TITLES),
    }


def new_titles(seed: int, n_viewers: int = 500) -> BanditWorld:
    """The true chance of a thumb up of some titles, drawn by lot, among all viewers of a world."""
    world = World(seed, n_viewers, weeks=1)
    some = world.stream("pages").permutation(len(world.titles))[:TITLES]
    kindness = world.habits["generosity"].to_numpy()[:, None]
    felt = world.truth.utility(titles=some + 1) + kindness
    chances = ndtr((felt - 3) / world.config.evening_stars).mean(axis=0)
    return BanditWorld(np.zeros((1, 0)), chances[None])


def exploring(seed: int, only=None, plays: int = PLAYS) -> pd.DataFrame:
    """Thumbs lost against the best title, added up over the days, by policy.

    "hasty" is greedy that learns after every viewer, so that each title is tried on one, not ten.

    Returns:
        DataFrame study, world, seed, policy, at and value. Study "exploring" has the mean over
        `plays` repetitions until day `at`, "one run" what repetition `at` lost in all.
    """
    world, parts = new_titles(seed), []
    for name in [*policies(), "hasty"] if only is None else only:
        lost = np.array([thumbs_lost(name, world, number) for number in range(plays)])
        days = [(name, day, lost[:, day - 1].mean()) for day in range(10, ROUNDS + 1, 10)]
        runs = [(name, number, lost[number, -1]) for number in range(plays)]
        parts += [_table("exploring", "one slot", seed, days)]
        parts += [_table("one run", "one slot", seed, runs)]
    return pd.concat(parts, ignore_index=True)


def thumbs_lost(name: str, world: BanditWorld, number: int) -> np.ndarray:
    """Regret added up until the end of each day, shape (ROUNDS,)."""
    hasty = name == "hasty"
    rounds, batch = (ROUNDS * BATCH, 1) if hasty else (ROUNDS, BATCH)
    policy = policies()["greedy" if hasty else name]
    regret = play(policy, world, rounds=rounds, batch=batch, seed=number)["regret"]
    return regret.to_numpy().reshape(ROUNDS, BATCH).sum(axis=1).cumsum()


def _table(study: str, world: str, seed: int, rows: list[tuple]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["policy", "at", "value"])
    for place, column in enumerate((study, world, seed)):
        table.insert(place, ("study", "world", "seed")[place], column)
    return table


def read_in_time(path: Path = TABLE) -> pd.DataFrame:
    """The table that `main` wrote."""
    return pd.read_csv(path)


def main(arguments: list[str] | None = None) -> int:
    """Run everything, some minutes on one core, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TABLE, help="file to write")
    options = parser.parse_args(arguments)
    jobs = [(never_again, name, seed) for name in LUCK for seed in SEEDS]
    jobs += [(forgetting, name, seed) for name in WORLDS for seed in SEEDS]
    jobs += [(exploring, seed) for seed in SEEDS]
    tables = [job(*given) for job, *given in tqdm(jobs, desc="Runs", unit="run")]
    pd.concat(tables).to_csv(options.out, index=False, float_format="%.4f", lineterminator="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
