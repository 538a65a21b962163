"""What the service knows: its titles and viewers, and what it has written down so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_lib.datasets.movielens_labels import age_bands
from recsys_lib.interactions import ITEM, TIME, USER, Interactions
from recsys_lib.simulation.service.pages import Pages, Pictures
from recsys_lib.simulation.world.config import START

NEVER = -(10**4)  # the day on which something was last watched that never was
DAY = 86_400  # seconds


@dataclass(frozen=True)
class Yesterday:
    """All that happened on the day before: every page, not only those that were logged.

    viewer: int (n_pages,), rows of `Known.viewers`; pages: what each was shown; slot: int
    (n_pages,), the slot that was taken, -1 for none; player, played: int (n_plays,), rows of the
    viewers and of the titles that they watched.
    """

    viewer: np.ndarray
    pages: Pages
    slot: np.ndarray
    player: np.ndarray
    played: np.ndarray


class Known:
    """The service's memory. A policy may read all of it, and nothing else.

    Viewers are named by their row in `viewers`, titles by their row in `titles`, both from 0.

    Attributes:
        day: today, counted from the first day.
        titles: table as in `data/README.md`.
        viewers: likewise, but for the day of leaving.
        artwork: likewise.
        pictures: which pictures each title has.
        genres: float64 0 or 1 (n_genres, n_titles).
        added: int (n_titles,), day on which each title comes to the shelf.
        last: int (n_viewers, n_titles), day on which each was last watched, or `NEVER`.
        unfinished: bool (n_viewers, n_titles), begun, and not seen to its end
            when last watched.
        yesterday: see `Yesterday`; None on the first day.
    """

    def __init__(self, world, last: np.ndarray, diary) -> None:
        self.day, self.titles, self.viewers = 0, world.titles, world.viewers
        self.artwork, self.added, self.genres = world.artwork, world.added, world.genres
        counts = world.artwork.groupby("title_id")["artwork_id"]
        self.pictures = Pictures(counts.min().to_numpy() - 1, counts.count().to_numpy())
        self.last, self.unfinished = last, np.zeros(last.shape, bool)
        self.yesterday: Yesterday | None = None
        self._diary = diary

    @property
    def shelf(self) -> np.ndarray:
        """Whether each title is on the shelf today, bool (n_titles,)."""
        return self.added <= self.day

    @property
    def items(self) -> pd.DataFrame:
        """`titles` as models take them, as `Matinee.items`."""
        return self.titles.rename(columns={"title_id": ITEM})

    @property
    def users(self) -> pd.DataFrame:
        """`viewers` as models take them, as `Matinee.users`."""
        users = self.viewers.rename(columns={"viewer_id": USER})
        return users.assign(age_band=age_bands(users["age"]))

    def watched(self, days: int | None = None) -> Interactions:
        """Who watched what, and when last; a row for every viewer, a column for every title.

        Args:
            days: only what was watched in so many days before today; None means all.
        """
        since = NEVER if days is None else self.day - days - 1
        viewer, title = np.nonzero(self.last > since)
        log = self._named(viewer, title)
        start = START.astype("datetime64[s]").astype(np.int64)
        log[TIME] = start + DAY * self.last[viewer, title].astype(np.int64)
        return self._interactions(log)

    def opinions(self, kind: str = "stars") -> Interactions:
        """Who gave what how many stars, or which "thumb" (-1, 1, 2), until yesterday."""
        given = self._diary.columns("feedback")
        here = given["kind"] == kind
        log = self._named(given["viewer_id"][here] - 1, given["title_id"][here] - 1)
        log["value"] = given["value"][here].astype(float)
        return self._interactions(log, "value", time=None)

    def _named(self, viewer, title) -> pd.DataFrame:
        users, items = self.viewers["viewer_id"], self.titles["title_id"]
        return pd.DataFrame({USER: users.to_numpy()[viewer], ITEM: items.to_numpy()[title]})

    def _interactions(self, log, value=None, time=TIME) -> Interactions:
        users, items = self.viewers["viewer_id"], self.titles["title_id"]
        return Interactions.from_frame(log, value=value, time=time, users=users, items=items)
