"""Small worlds that the simulator's tests share; nothing in them may be changed."""

import pytest

from recsys_lib.simulation import World, WorldConfig, live
from recsys_lib.simulation.world.config import FIRST_SEASON

SEEDS = (1, 2, 3)


@pytest.fixture(scope="session")
def worlds():
    return [
        World(seed=seed, n_viewers=600, weeks=10, config=WorldConfig(**FIRST_SEASON))
        for seed in SEEDS
    ]


@pytest.fixture(scope="session")
def lives(worlds):
    """(world, tables) for each of three seeds."""
    return [(world, live(world).tables) for world in worlds]
