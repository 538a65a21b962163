"""Matinee's own home page: by popularity and lot, with the chance of every slot written down."""

from __future__ import annotations

import numpy as np

from recsys_lib.simulation.service.pages import Pages
from recsys_lib.simulation.service.policies import PagePolicy, Visit
from recsys_lib.simulation.service.rows import POPULAR, Rows


class HomePage(PagePolicy):
    """The policy that fills Matinee's pages. It knows how often titles were played.

    weight[t] = (recent[t] + 1) * (1 + 2 * 0.5 ** (age[t] / launch_half_life))

    where recent[t] counts the plays of title t, each halved every `popularity_half_life` days, and
    age[t] is days since the title was added. Before the window's first day, recent is the share of
    plays that awareness alone would bring. With `config.row_meaning` rows are about something, see
    `Rows`; without it all are popular.
    """

    names = ("Matinee",)

    def __init__(self, world) -> None:
        self.config, self.added, self.day = world.config, world.added, -1
        self.rows = Rows(world.config)
        known = np.where(world.added <= 0, np.exp(world.awareness), 0.0)
        # What a steady number of plays a day adds up to when it halves every half-life.
        daily = world.n_viewers * self.config.evenings / (1 - self._kept)
        self.recent = daily * known / known.sum()

    @property
    def _kept(self) -> float:
        return 0.5 ** (1 / self.config.popularity_half_life)

    def learn(self, known) -> None:
        """See `PagePolicy`."""
        self.day = known.day
        if known.yesterday is not None:
            played = np.bincount(known.yesterday.played, minlength=len(self.added))
            self.note(played)
        if self.config.row_meaning:
            self.rows.learn(known)

    def note(self, plays: np.ndarray) -> None:
        """Close a day: `plays` (int (n_titles,)) is how often each title was played on it."""
        self.recent = self._kept * self.recent + plays

    def weights(self, day: int) -> np.ndarray:
        """Popularity weight of each title on a day, 0 for those not yet added; (n_titles,)."""
        age = day - self.added
        fresh = 1 + 2 * 0.5 ** (np.maximum(age, 0) / self.config.launch_half_life)
        return np.where(age >= 0, np.round((self.recent + 1) * fresh, 6), 0.0)

    def page(self, visit: Visit) -> Pages:
        """See `PagePolicy`."""
        weights = self.weights(self.day)
        if self.config.row_meaning:
            return self.rows.page(visit, weights)
        return visit.by_lot(weights, self.config.explore, kind=POPULAR)
