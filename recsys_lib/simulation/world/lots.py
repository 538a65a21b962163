"""Random numbers that belong to a name: what one title draws does not depend on the others."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from scipy.special import ndtri


def named_rng(seed: int, purpose: str, name: str) -> np.random.Generator:
    """The generator that belongs to a name (a title, a genre, an actor) for one purpose."""
    return np.random.default_rng([seed, crc32(purpose.encode()), crc32(name.encode())])


def normals(seed: int, purpose: str, names, n: int) -> np.ndarray:
    """n standard normal numbers for each name, float64 (len(names), n)."""
    return np.stack([named_rng(seed, purpose, name).standard_normal(n) for name in names])


def uniforms(seed: int, purpose: str, names, n: int) -> np.ndarray:
    """n numbers from 0 to 1 for each name, float64 (len(names), n)."""
    return np.stack([named_rng(seed, purpose, name).random(n) for name in names])


def pair_normals(seed: int, purpose: str, rows, keys) -> np.ndarray:
    """One standard normal number for each row (a viewer) and key (a title), broadcast, float64.

    A mix of the bits of seed, purpose, row and key (SplitMix64's finalizer, Steele, Lea and Flood
    2014) gives a number from 0 to 1; its normal quantile is rounded to 6 decimals.

    Args:
        rows: int, 0 or more; keys: uint64, see `name_keys`.
    """
    start = _mixed(np.uint64(seed & (2**64 - 1)) ^ np.uint64(crc32(purpose.encode())))
    bits = _mixed(_mixed(np.asarray(rows).astype(np.uint64) + start) ^ np.asarray(keys, np.uint64))
    share = ((bits >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53
    return np.round(ndtri(share), 6)


def name_keys(names) -> np.ndarray:
    """A number that belongs to each name alone, uint64 (len(names),)."""
    return np.array([crc32(name.encode()) for name in names], np.uint64)


def _mixed(bits: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        bits = bits + np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return bits ^ (bits >> np.uint64(31))
