"""Matinee's makers: a world with known tastes, and what its viewers do in it."""

from recsys_lib.simulation.service.arms import ByLot, Interleaved
from recsys_lib.simulation.service.diary import Tables
from recsys_lib.simulation.service.home_page import HomePage
from recsys_lib.simulation.service.life import Lived, live, simulate
from recsys_lib.simulation.service.policies import PagePolicy, Recommended, Visit, WithOpinions
from recsys_lib.simulation.world.config import WorldConfig
from recsys_lib.simulation.world.world import World

__all__ = [
    "ByLot", "HomePage", "Interleaved", "Lived", "PagePolicy", "Recommended", "Tables", "Visit",
    "WithOpinions", "World", "WorldConfig", "live", "simulate",
]  # fmt: skip
