"""What a page must keep to, whatever its viewer would like best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_lib.errors import DataError
from recsys_lib.pages.measures import EMPTY, share_of_looks

SLACK = 1e-9


@dataclass(frozen=True)
class Limits:
    """Rules that hold for the whole page.

    Attributes:
        share: the least share of looks that titles of a group must have, such as European works or
            women's; 0 asks for nothing.
        group: whether each title is of that group, shape (n_titles,).
        stale: titles shown too often lately, which are left out; shape (n_titles,), or None.
    """

    share: float = 0.0
    group: np.ndarray | None = None
    stale: np.ndarray | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1 or (self.share > 0 and self.group is None):
            raise DataError("a share from 0 to 1 needs the group that it is for", where="share")

    def fresh(self, titles: np.ndarray) -> np.ndarray:
        """Which of these titles were not shown too often lately, bool."""
        return np.ones(len(titles), bool) if self.stale is None else ~self.stale[titles]

    def admits(self, titles: np.ndarray, page, row, place: int, look) -> np.ndarray:
        """Which of these may stand in the next slot of a row and leave the share possible, bool.

        A slot is closed to titles outside the group when all looks still to come, given to the
        group, would no longer reach its share.
        """
        if not self.share:
            return np.ones(len(titles), bool)
        filled = np.vstack([page[:place], row[None, :]])
        position = int((row != EMPTY).sum())
        given = look[: place + 1] * (filled != EMPTY)
        inside = given[self._of_group(filled)].sum()
        to_come = look[place, position + 1 :].sum() + look[place + 1 :].sum()
        closed = inside + to_come < self.share * look.sum() - SLACK
        return self.group[titles] | (not closed)

    def check(self, page: np.ndarray, look: np.ndarray) -> None:
        """Raise `DataError` if the page does not keep to the share."""
        if self.share and share_of_looks(page, look, self.group) < self.share - SLACK:
            reached = share_of_looks(page, look, self.group)
            raise DataError(
                f"filled from the top, these rows reach {reached:.0%} of looks for the group, not"
                f" {self.share:.0%}",
                fix="Give a row more titles of the group, or ask for less.",
            )

    def _of_group(self, titles: np.ndarray) -> np.ndarray:
        return np.where(titles == EMPTY, False, self.group[titles])
