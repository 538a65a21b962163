"""Matinee's makers: a world with known tastes, and what its viewers do in it."""

from recsys_lib.simulation.service.life import Tables, simulate
from recsys_lib.simulation.world.config import WorldConfig
from recsys_lib.simulation.world.world import World

__all__ = ["Tables", "World", "WorldConfig", "simulate"]
