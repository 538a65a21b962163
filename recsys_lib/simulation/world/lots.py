"""Random numbers that belong to a name: what one title draws does not depend on the others."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def named_rng(seed: int, purpose: str, name: str) -> np.random.Generator:
    """The generator that belongs to a name (a title, a genre, an actor) for one purpose."""
    return np.random.default_rng([seed, crc32(purpose.encode()), crc32(name.encode())])


def normals(seed: int, purpose: str, names, n: int) -> np.ndarray:
    """n standard normal numbers for each name, float64 (len(names), n)."""
    return np.stack([named_rng(seed, purpose, name).standard_normal(n) for name in names])


def uniforms(seed: int, purpose: str, names, n: int) -> np.ndarray:
    """n numbers from 0 to 1 for each name, float64 (len(names), n)."""
    return np.stack([named_rng(seed, purpose, name).random(n) for name in names])
