"""Matinee's makers: a world with known tastes, and what its viewers do in it."""

from recsys_lib.simulation.config import WorldConfig
from recsys_lib.simulation.simulate import Tables, simulate
from recsys_lib.simulation.world import World

__all__ = ["Tables", "World", "WorldConfig", "simulate"]
