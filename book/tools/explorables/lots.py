"""Lots that a browser draws as Python does, so that a test can hold a page to the library."""

from __future__ import annotations

import numpy as np

FACTOR, MODULUS = 48_271, 2**31 - 1


def uniforms(n: int, first: int) -> np.ndarray:
    """`n` numbers between 0 and 1, float64, from an integer to begin with.

    x[k + 1] = 48271 * x[k] mod (2**31 - 1), exact in integers and in a browser's numbers
    """
    drawn, x = np.empty(n), first
    for k in range(n):
        x = x * FACTOR % MODULUS
        drawn[k] = x / MODULUS
    return drawn
