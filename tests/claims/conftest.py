"""Small worlds that the claims are tried on: each has its own seed, viewers and tastes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from recsys_lib.datasets.matinee import Matinee, load_matinee
from recsys_lib.simulation import World, simulate
from recsys_lib.simulation.files import write_tables

SEEDS = (11, 12, 13, 14, 15)


@dataclass(frozen=True)
class SmallWorld:
    """A world and the tables that a service in it would have kept."""

    world: World
    matinee: Matinee


@pytest.fixture(scope="session")
def small_worlds(tmp_path_factory) -> list[SmallWorld]:
    """Five worlds of 1,000 viewers and 12 weeks."""
    return [made(seed, 1000, 12, tmp_path_factory) for seed in SEEDS]


@pytest.fixture(scope="session")
def larger_worlds(tmp_path_factory) -> list[SmallWorld]:
    """Five worlds of 2,000 viewers and 26 weeks, for what shows only among so many."""
    return [made(seed, 2000, 26, tmp_path_factory) for seed in SEEDS]


def made(seed: int, n_viewers: int, weeks: int, tmp_path_factory) -> SmallWorld:
    world = World(seed=seed, n_viewers=n_viewers, weeks=weeks)
    folder = tmp_path_factory.mktemp(f"seed-{seed}")
    write_tables(simulate(world), folder)
    return SmallWorld(world, load_matinee(folder))


@pytest.fixture(scope="session")
def surely_positive():
    """`mean_above`: is the mean of these differences, one a seed, surely above `by`?"""
    return mean_above


def mean_above(differences, by: float = 0.0) -> bool:
    """Whether the 95 % t interval of the mean over the seeds lies above `by`."""
    differences = np.asarray(differences, float)
    t = {5: 2.776, 10: 2.262}[len(differences)]  # two-sided 95 % for n - 1 degrees of freedom
    margin = t * differences.std(ddof=1) / np.sqrt(len(differences))
    return bool(differences.mean() - margin > by)
