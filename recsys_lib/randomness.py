"""Where chance comes from: a numpy generator, or the seed of one."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from recsys_lib.errors import ArgumentError

Rng = np.random.Generator | int
"""What a public function takes for `rng`."""


def generator(rng: Rng) -> np.random.Generator:
    """`rng` itself, whose next draws go on where its last ended, or a new one with this seed.

    Raises:
        ArgumentError: neither a generator nor a whole number from 0 on. None is refused too, as
            nobody could then repeat what was found.

    >>> bool(generator(7).random() == np.random.default_rng(7).random())
    True
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, Integral) and not isinstance(rng, bool) and rng >= 0:
        return np.random.default_rng(int(rng))
    raise ArgumentError(
        f"rng must be a numpy generator or a seed, a whole number from 0 on, not {rng!r}",
        fix="For example rng=np.random.default_rng(0), or rng=0.",
    )
