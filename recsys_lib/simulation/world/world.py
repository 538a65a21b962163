"""The world behind the tables: titles, viewers, and what each truly thinks of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import ArgumentError, check_at_least
from recsys_lib.simulation.world.catalogue import JUDGED, read_catalogue
from recsys_lib.simulation.world.config import START, WorldConfig
from recsys_lib.simulation.world.leanings import draw_leanings
from recsys_lib.simulation.world.people import draw_habits, draw_tastes, draw_viewers
from recsys_lib.simulation.world.shelf import draw_artwork, draw_fame, draw_shelf
from recsys_lib.simulation.world.vectors import title_parts, title_vectors, tone_matrix

SEED = 2597  # of the bundled tables
STREAMS = ("viewers", "tastes", "habits", "evenings", "pages")


class World:
    """Viewers, titles and tastes, all drawn from one seed.

    What belongs to one title or one attribute depends on the seed and its name alone, so that a
    change of the catalogue leaves all other titles as they were.

    Nothing happens in a world until `simulate(world)` runs it. It knows the truth that a real
    service never sees: only tests, and chapters that say so, may ask for it.

    Args:
        seed: any integer from 0; the same seed gives the same world.
        n_viewers: people, including those who join along the way.
        weeks: length of the simulated window.
        config: every other number.
        titles: as `read_catalogue()` gives them; None reads the bundled catalogue.

    Attributes:
        titles: the catalogue with `added_on`; artwork: its pictures; viewers: the people.
        tastes: float64 (weeks, n_viewers, dimensions).
        vectors: float64 (n_titles, dimensions), of length 1; parts: what they are made of.
        wants, has: what viewers lean to beside their taste, and titles have: see `draw_leanings`.
        quality, awareness: float64 (n_titles,), the first with sd 1, the second in logits.
        added, joined: day of arrival counted from the first day, negative for earlier; int64.
    """

    def __init__(
        self,
        seed: int = SEED,
        n_viewers: int = 3000,
        weeks: int = 26,
        config: WorldConfig | None = None,
        titles: pd.DataFrame | None = None,
    ) -> None:
        check_at_least("seed", seed, 0, integer=True)
        check_at_least("n_viewers", n_viewers, 1, integer=True)
        check_at_least("weeks", weeks, 1, integer=True)
        self.seed, self.n_viewers, self.weeks = seed, n_viewers, weeks
        self.config = config = WorldConfig() if config is None else config
        titles = read_catalogue() if titles is None else titles
        self.titles = draw_shelf(titles.drop(columns=list(JUDGED)), weeks, config, seed=seed)
        self.parts = title_parts(titles, config.dimensions, seed=seed)
        self.vectors = title_vectors(self.parts, config)
        self.quality, self.awareness = draw_fame(titles, config, seed=seed)
        self.artwork = draw_artwork(titles, seed=seed)
        self.tones = tone_matrix(titles)
        self.viewers = draw_viewers(n_viewers, weeks, config, rng=self.stream("viewers"))
        self.tastes = draw_tastes(self.viewers, weeks, config, rng=self.stream("tastes"))
        self.wants, self.has = draw_leanings(self.viewers, titles, config)
        self.habits = draw_habits(self.viewers, config, rng=self.stream("habits"))
        self.added = _days(self.titles["added_on"])
        self.joined = _days(self.viewers["joined_on"])

    def stream(self, name: str) -> np.random.Generator:
        """A generator of its own for one part of the world, the same at every call."""
        return np.random.default_rng([self.seed, STREAMS.index(name)])

    def affinity(self, week: int | None = None, rows=slice(None), columns=slice(None)):
        """How well titles fit viewers' tastes in a week (None: on average over all), in sd.

        affinity[v, t] = tastes[week, v] @ vectors[t] + wants[v] @ has[t]
        """
        tastes = self.tastes.mean(axis=0) if week is None else self.tastes[week]
        fit = np.einsum("vd,td->vt", tastes[rows], self.vectors[columns])
        leaning = np.einsum("vr,tr->vt", self.wants[rows], self.has[columns])
        # Rounded, so that the last bit, which differs between processors, decides no choice.
        return np.round(fit + leaning, 6)

    def true_utility(self, viewers=None, titles=None, week: int | None = None) -> np.ndarray:
        """The satisfaction, in stars, that each viewer would have on average with each title.

        utility[v, t] = base_stars + quality_stars * quality[t] + taste_stars * affinity[v, t]

        Args:
            viewers, titles: ids, in any order; None means all.
            week: counted from 0; None means the average over the window.

        Returns:
            float64 (len(viewers), len(titles)); neither rounded nor cut to 1..5.

        Raises:
            ArgumentError: an id or a week that is not in this world.
        """
        if week is not None and week not in range(self.weeks):
            raise ArgumentError(f"week must be from 0 to {self.weeks - 1}, not {week!r}")
        rows = _positions("viewer", viewers, self.n_viewers)
        columns = _positions("title", titles, len(self.titles))
        return self.worth(columns) + self.config.taste_stars * self.affinity(week, rows, columns)

    def worth(self, columns=slice(None)) -> np.ndarray:
        """The average viewer's satisfaction: base_stars + quality_stars * quality, in stars."""
        return self.config.base_stars + self.config.quality_stars * self.quality[columns]

    def awareness_on(self, day: int) -> np.ndarray:
        """How well known each title is on a day, in logits; -inf while it is not on the shelf.

        awareness[t] + launch_bump * 0.5 ** (age[t] / launch_half_life), the second for arrivals
        """
        age = day - self.added
        half_lives = np.maximum(age, 0) / self.config.launch_half_life
        bump = np.where(self.added > 0, self.config.launch_bump * 0.5**half_lives, 0.0)
        return np.where(age >= 0, self.awareness + bump, -np.inf)

    def true_stars(self, viewers=None, titles=None, week: int | None = None) -> np.ndarray:
        """The whole stars, 1..5, that each viewer would give each title on an average evening."""
        rows = _positions("viewer", viewers, self.n_viewers)
        kindness = self.habits["generosity"].to_numpy()[rows]
        return to_stars(self.true_utility(viewers, titles, week) + kindness[:, None])


def to_stars(satisfaction: np.ndarray) -> np.ndarray:
    """Satisfaction rounded to whole stars from 1 to 5, int64."""
    return np.clip(np.rint(satisfaction), 1, 5).astype(np.int64)


def _days(dates: pd.Series) -> np.ndarray:
    return (dates.to_numpy().astype("datetime64[D]") - START).astype(np.int64)


def _positions(name: str, ids, count: int) -> np.ndarray:
    positions = np.arange(count) if ids is None else np.atleast_1d(np.asarray(ids)) - 1
    if len(positions) and not (positions.min() >= 0 and positions.max() < count):
        raise ArgumentError(f"{name} ids must be from 1 to {count}")
    return positions
