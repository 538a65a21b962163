"""What a fit must not leave behind: numbers that are none, and arrays that cannot be held."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recsys_lib.errors import ArgumentError, TooLargeError

MEMINFO = Path("/proc/meminfo")


def check_learned(model, **arrays: np.ndarray) -> None:
    """Raise `ArgumentError` if a fit ended in numbers that are not finite.

    Args:
        model: whose settings led there; its repr names them.
        arrays: what was learned, by name.
    """
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            what = f"{type(model).__name__} learned numbers that are not finite ({name})"
            fix = "Choose settings nearer to the defaults."
            raise ArgumentError(what, where=" ".join(repr(model).split()), fix=fix)


def check_not_vanished(model, train, *arrays: np.ndarray) -> None:
    """Raise `ArgumentError` if a fit on events left zeros alone, so that all titles tie.

    Args:
        model: whose settings led there.
        train: what it was fitted on.
        arrays: factors, whose products are the scores.
    """
    largest = np.prod([np.abs(array).max(initial=0) for array in arrays], dtype=np.float64)
    if train.n_events and largest < np.finfo(np.float32).tiny:
        what = f"{type(model).__name__} learned nothing but zeros"
        fix = "Choose smaller penalties."
        raise ArgumentError(what, where=" ".join(repr(model).split()), fix=fix)


def check_memory(needed: int, what: str, fix: str) -> None:
    """Raise `TooLargeError` unless so many bytes can be had now.

    Args:
        needed: bytes that the work will hold at a time.
        what: who needs them, and for how many of what.
        fix: how to need fewer.
    """
    free = available_memory()
    try:
        np.empty(int(needed), np.uint8)  # not touched; a limit set for the process shows here
    except (MemoryError, ValueError):
        free = min(free or 0, needed - 1)
    if free is not None and needed > free:
        had = f", and {free:,} are free" if free else ""
        raise TooLargeError(f"{what} need {needed:,} bytes of memory{had}", fix=fix)


def available_memory() -> int | None:
    """Bytes that can be had without swapping, where the system says so (Linux); else None."""
    if not MEMINFO.is_file():
        return None
    lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines() if ":" in line)
    return int(lines["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in lines else None
