"""Luck that belongs to a viewer, a day and a purpose, and so is the same under every policy."""

from __future__ import annotations

from zlib import crc32

import numpy as np

BLOCK = 1000  # viewers who are lived through together; their numbers come from one generator


class Lots:
    """The lots of some viewers of a block on one day.

    Each purpose has a generator of its own, made from seed, day and block. It draws for all who
    would come that day if nobody had left, and only then are the present ones taken: so no page
    that one viewer is shown, and no lot drawn for one purpose, changes any other lot.

    Args:
        seed: of the world. day, block: counted from 0. n: rows drawn for.
        rows: the rows to keep, int; None keeps all. name: put before every purpose.
    """

    def __init__(self, seed: int, day: int, block: int, n: int, rows=None, name="") -> None:
        self._key, self._drawn, self._name = (seed, day, block), n, name
        self.rows = np.arange(n) if rows is None else np.asarray(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows) -> Lots:
        """The lots of some of these rows, given as positions or as bool."""
        return Lots(*self._key, self._drawn, self.rows[rows], self._name)

    def named(self, name: str) -> Lots:
        """Other lots of the same viewers and day, for a second time in one evening."""
        return Lots(*self._key, self._drawn, self.rows, name)

    def uniform(self, purpose: str, *shape: int) -> np.ndarray:
        """Numbers from 0 to 1, float64 (len(self), *shape)."""
        return self._rng(purpose).random((self._drawn, *shape))[self.rows]

    def normal(self, purpose: str, *shape: int) -> np.ndarray:
        """Standard normal numbers, float64 (len(self), *shape)."""
        return self._rng(purpose).standard_normal((self._drawn, *shape))[self.rows]

    def exponential(self, purpose: str, *shape: int) -> np.ndarray:
        """Standard exponential numbers, float64 (len(self), *shape)."""
        return self._rng(purpose).standard_exponential((self._drawn, *shape))[self.rows]

    def gumbel(self, purpose: str, *shape: int) -> np.ndarray:
        """Standard Gumbel numbers: whoever maximises appeal + gumbel chooses by a logit."""
        return -np.log(self.exponential(purpose, *shape))

    def _rng(self, purpose: str) -> np.random.Generator:
        return np.random.default_rng([*self._key, crc32((self._name + purpose).encode())])
