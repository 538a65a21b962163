"""Small worlds that the claims are tried on: each has its own seed, viewers and tastes."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import numpy as np
import pytest

from recsys_lib.datasets.matinee import Matinee, load_matinee
from recsys_lib.simulation import World, simulate
from recsys_lib.simulation.files import write_tables

SEEDS = (11, 12, 13, 14, 15)
PATIENCE = 900  # seconds to wait for a world that another test process has begun


@dataclass(frozen=True)
class SmallWorld:
    """A world and the tables that a service in it would have kept."""

    world: World
    matinee: Matinee


@pytest.fixture(scope="session")
def small_worlds(tmp_path_factory) -> list[SmallWorld]:
    """Five worlds of 1,000 viewers and 12 weeks."""
    return made(1000, 12, tmp_path_factory)


@pytest.fixture(scope="session")
def larger_worlds(tmp_path_factory) -> list[SmallWorld]:
    """Five worlds of 2,000 viewers and 26 weeks, for what shows only among so many."""
    return made(2000, 26, tmp_path_factory)


def made(n_viewers: int, weeks: int, tmp_path_factory) -> list[SmallWorld]:
    """A world a seed; test processes share the tables, each writes those that none has begun."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent  # one for all processes of this run
    worlds = [World(seed=seed, n_viewers=n_viewers, weeks=weeks) for seed in SEEDS]
    folders = [place / f"world-{seed}-{n_viewers}-{weeks}" for seed in SEEDS]
    for world, folder in zip(worlds, folders, strict=True):
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        write_tables(simulate(world), folder)
        folder.with_suffix(".done").touch()
    patience = time.monotonic() + PATIENCE
    while not all(folder.with_suffix(".done").exists() for folder in folders):
        assert time.monotonic() < patience, "the process that makes these worlds has stopped"
        time.sleep(0.2)
    return [SmallWorld(world, load_matinee(folder))
            for world, folder in zip(worlds, folders, strict=True)]  # fmt: skip


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
