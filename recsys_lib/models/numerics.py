"""What a fit must not leave behind: numbers that are none, and arrays that cannot be held."""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import ArgumentError


def check_learned(model, fix: str, **arrays: np.ndarray) -> None:
    """Raise `ArgumentError` if a fit ended in numbers that are not finite.

    Args:
        model: whose settings led there; its repr names them.
        fix: what to try instead.
        arrays: what was learned, by name.
    """
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            what = f"{type(model).__name__} learned numbers that are not finite ({name})"
            raise ArgumentError(what, where=" ".join(repr(model).split()), fix=fix)
