"""Chapter 11's repetitions: how far people look, estimated from many small logs.

    python -m benchmarks.looking

Writes looking.csv, a row a log, estimate and decay, with its 95 % interval. Each log is that of 150
viewers in six weeks, twenty of them in each of ten worlds, in which three slots in ten are filled
by lot. The truth is the configuration's.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from recsys_lib.pages import fit_grid
from recsys_lib.simulation import World, WorldConfig, live

RESULT = Path(__file__).with_name("looking.csv")
SEEDS = tuple(range(100, 110))
SIZE = {"n_viewers": 3000, "weeks": 6}
EXPLORE = 0.3
GROUPS = 20  # of viewers, by their number; each is a log of its own
COLUMNS = ["seed", "group", "estimate", "decay", "value", "low", "high", "clicks"]


def slots(life) -> pd.DataFrame:
    """All slots of the grid that a life logged, with the viewer, and `ahead`: slots above it."""
    shown = life.impressions.merge(life.tables.sessions[["session_id", "viewer_id"]])
    shown["ahead"] = shown.groupby("session_id").cumcount()
    return shown[shown["row"] > 0]


def estimates(shown: pd.DataFrame, n_titles: int) -> dict:
    """`fit_grid` on slots by lot, on all with weights, and on all without.

    Args:
        n_titles: on the shelf; a draw by lot would show each title that is not yet on the page
            with chance 1 / (n_titles - ahead).
    """
    by_lot = shown[shown["uniform"]]
    weight = 1 / (n_titles - shown["ahead"]) / shown["propensity"]
    return {
        "slots by lot": looked(by_lot),
        "all, weighted": looked(shown, weight),
        "all, as they are": looked(shown),
    }


def looked(shown: pd.DataFrame, weight=None):
    """Row and position decay from these slots."""
    return fit_grid(shown["row"] - 1, shown["position"] - 1, shown["clicked"], weight=weight,
                    users=shown["viewer_id"])  # fmt: skip


def repetitions(seed: int, groups: int = GROUPS) -> pd.DataFrame:
    """One world, all estimates for some of its groups."""
    world = World(seed=seed, config=WorldConfig(explore=EXPLORE), **SIZE)
    everything, rows = slots(live(world, logged=1.0)), []
    on_shelf = int((world.added <= 0).sum())
    for group in range(groups):
        shown = everything[everything["viewer_id"] % GROUPS == group]
        for estimate, look in estimates(shown, on_shelf).items():
            used = shown[shown["uniform"]] if estimate == "slots by lot" else shown
            for name, *numbers in list(zip(*look, strict=True))[1:]:
                rows.append([seed, group, estimate, name, *numbers, int(used["clicked"].sum())])
    return pd.DataFrame(rows, columns=COLUMNS).round(4)


def main() -> None:
    for seed in SEEDS:
        table, first = repetitions(seed), seed == SEEDS[0]
        table.to_csv(RESULT, mode="w" if first else "a", header=first, index=False)


if __name__ == "__main__":
    main()
