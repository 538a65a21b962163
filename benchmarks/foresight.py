"""What an offline exam foresees: `python -m benchmarks.foresight [seed ...]` writes foresight.csv.

In each of ten worlds, four weeks under Matinee's own page are what models learn from, and the new
titles of the next two weeks are the exam. Then the same viewers live twelve weeks with the pages of
each model, with the same luck. EASE and its rivals are also interleaved for a week, which goes to
interleaving.csv.
"""

from __future__ import annotations

import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import (
    EASE,
    ContentProfile,
    DemographicGroups,
    ImplicitALS,
    ItemKNN,
    Popular,
    Random,
)
from recsys_lib.models.top_k import top_k
from recsys_lib.simulation import (
    Interleaved,
    Recommended,
    WithOpinions,
    World,
    WorldConfig,
    live,
)
from recsys_lib.simulation.service.known import NEVER

RESULT = Path(__file__).with_name("foresight.csv")
PAIRS = Path(__file__).with_name("interleaving.csv")
SEEDS = tuple(range(201, 211))
VIEWERS, LEARN, EXAM, LIFE = 800, 4, 2, 12  # viewers, and weeks
SEARCH = 0.2  # share of evenings that start with a search: on this service people browse
EVERY = 14  # days between fits
MODELS = {
    "lot": Random(),
    "popular": Popular(),
    "groups": DemographicGroups(),
    "content": ContentProfile(),
    "item neighbours": ItemKNN(),
    "iALS": ImplicitALS(factors=32),
    "EASE": EASE(100.0),
}
POLICIES = {name: Recommended(model, every=EVERY) for name, model in MODELS.items()}
POLICIES["EASE + opinions"] = WithOpinions(MODELS["EASE"], every=EVERY)
HOST = "EASE"
RIVALS = ("popular", "content", "item neighbours", "iALS", "EASE + opinions")


def make_world(seed: int, viewers: int = VIEWERS) -> World:
    """A world in which people browse."""
    return World(seed, viewers, LEARN + EXAM + LIFE, WorldConfig(search=SEARCH))


def study(seed: int, only=tuple(POLICIES), viewers: int = VIEWERS, weeks: int = LIFE):
    """All policies in one world: a row each, with its exam and what its life was worth.

    Returns:
        DataFrame seed, policy, ndcg (at 10, mean over viewers), and of `Truth.value` satisfaction,
        minutes, click and left; and the life that came before theirs.
    """
    world = make_world(seed, viewers)
    learned = live(world, weeks=LEARN)
    before = live(world, weeks=EXAM, start=learned)
    rows = []
    for name in only:
        life = live(world, POLICIES[name], weeks=weeks, start=before)
        worth = world.truth.value(life).iloc[0]
        rows.append({"seed": seed, "policy": name, "ndcg": exam(POLICIES[name], learned, before)}
                    | worth[["satisfaction", "minutes", "click", "left"]].to_dict())  # fmt: skip
    return pd.DataFrame(rows), before


def exam(policy, learned, before) -> float:
    """nDCG@10 of a policy that has learned, by what was watched for the first time afterwards."""
    policy = deepcopy(policy)
    policy.learn(learned.state.known)
    old, new = learned.state.known.last > NEVER, before.state.known.last > NEVER
    barred = old | ~learned.state.known.shelf
    lists = top_k(np.where(barred, -np.inf, policy.scores), 10)
    relevant = new & ~barred
    asked = old.any(axis=1) & relevant.any(axis=1)
    hits = np.take_along_axis(relevant, lists, axis=1)
    return float(ndcg(hits[asked], relevant[asked].sum(axis=1)).mean())


def rivalry(world, before, rivals=RIVALS) -> list[dict]:
    """One week of `HOST` and each rival laid into one page; and of each with pages of its own.

    Returns:
        for each, rival; for_host, for_rival, for_none: viewers by whose titles they took more of;
        gap: clicks an opened page with the rival's pages less with the host's, and sd: its standard
        deviation over viewers.
    """
    rows, alone = [], {name: clicks(world, before, name) for name in (HOST, *rivals)}
    for rival in rivals:
        teams = {name: POLICIES[name] for name in (HOST, rival)}
        mixed = live(world, Interleaved(teams), weeks=1, start=before, logged=1.0)
        shown = mixed.impressions
        shown = shown[shown["session_id"] > before.state.diary.n_sessions]
        taken = shown[shown["clicked"]].merge(mixed.evenings[["session_id", "viewer_id"]])
        credit = taken["team"].eq(HOST).mul(2).sub(1).groupby(taken["viewer_id"]).sum()
        means, spreads = zip(*(alone[name] for name in (rival, HOST)), strict=True)
        rows.append({
            "rival": rival, "for_host": int((credit > 0).sum()),
            "for_rival": int((credit < 0).sum()), "for_none": int((credit == 0).sum()),
            "gap": means[0] - means[1], "sd": float(np.sqrt(np.mean(np.square(spreads)))),
        })  # fmt: skip
    return rows


def clicks(world, before, name: str) -> tuple[float, float]:
    """Mean and standard deviation over viewers of clicks an opened page, in one week."""
    click = live(world, POLICIES[name], weeks=1, start=before).by_viewer()["click"]
    return float(click.mean()), float(click.std())


def store(path: Path, rows: pd.DataFrame) -> None:
    """Write one world's rows among those of the others, sorted by seed."""
    others = pd.read_csv(path).query("seed not in @rows.seed") if path.exists() else rows[:0]
    both = pd.concat([others, rows]).sort_values("seed", kind="stable")
    both.to_csv(path, index=False, float_format="%.4f", lineterminator="\n")


def main(arguments: list[str]) -> int:
    """Run the worlds of these seeds, of all if none is named; 40 s of one core each."""
    for seed in tqdm([int(word) for word in arguments] or SEEDS, desc="worlds"):
        table, before = study(seed)
        store(RESULT, table)
        store(PAIRS, pd.DataFrame(rivalry(before.world, before)).assign(seed=seed))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
