"""Loops compiled by Numba, which is optional (`pip install recsys-lib[speed]`).

Numba is imported at the first fit that is worth it (under half a second a process), and compiles
then (some seconds once; it keeps the result in a folder `__pycache__`, or in the user's cache).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType

import numpy as np


@cache
def available() -> bool:
    """Whether Numba can be imported; the first call imports it."""
    try:
        import numba  # noqa: F401
    except ImportError:  # none, or one that refuses this numpy
        return False
    return True


@cache
def fast(function: Callable, *called: Callable, any_order: bool = False) -> Callable:
    """The function, compiled; it runs beside other threads.

    Args:
        function: loops over arrays, and nothing else.
        called: the functions of its own module that it calls; they are compiled too.
        any_order: whether sums may be made in any order, several numbers at a time. The order
            depends on the processor, not on the data or the threads.
    """
    import numba

    order = {"reassoc", "contract"} if any_order else False
    if called:  # a name is looked up when the caller is compiled, and must then mean compiled code
        parts = {part.__name__: fast(part, any_order=any_order) for part in called}
        names = function.__globals__ | parts
        function = FunctionType(function.__code__, names, function.__name__)
    try:
        return numba.njit(cache=True, nogil=True, fastmath=order)(function)
    except RuntimeError:  # there is no folder to keep it in
        return numba.njit(nogil=True, fastmath=order)(function)


def unsigned(places: np.ndarray) -> np.ndarray:
    """The same bytes as numbers that are known not to count from the end."""
    return places.view(f"u{places.itemsize}")
