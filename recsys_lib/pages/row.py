"""What a row of a home page could hold, and why it is there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_lib.errors import DataError


@dataclass(frozen=True, eq=False)
class Row:
    """A row that a page may have.

    Attributes:
        name: its heading.
        titles: its candidates, index of each, best first, none twice.
        why: a sentence for whoever asks why it is there.
        pinned: the place on the page that it must have, from 0, or None.
    """

    name: str
    titles: np.ndarray
    why: str = ""
    pinned: int | None = None

    def __post_init__(self) -> None:
        titles = np.asarray(self.titles, np.intp)
        if titles.ndim != 1 or len(np.unique(titles)) != len(titles):
            raise DataError("a row needs a list of titles without repeats", where=self.name)
        object.__setattr__(self, "titles", titles)
