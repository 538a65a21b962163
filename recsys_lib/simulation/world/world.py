"""The world behind the tables: titles, viewers, and what each truly thinks of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.errors import check_at_least
from recsys_lib.simulation.world.catalogue import JUDGED, read_catalogue
from recsys_lib.simulation.world.config import START, WorldConfig
from recsys_lib.simulation.world.leanings import draw_leanings
from recsys_lib.simulation.world.lots import name_keys
from recsys_lib.simulation.world.people import draw_habits, draw_tastes, draw_viewers
from recsys_lib.simulation.world.shelf import draw_artwork, draw_fame, draw_hooks, draw_shelf
from recsys_lib.simulation.world.truth import Truth
from recsys_lib.simulation.world.vectors import title_parts, title_vectors, tone_matrix
from recsys_lib.simulation.world.wishes import Wishes, genre_matrix

SEED = 1  # of the bundled tables
STREAMS = ("viewers", "tastes", "habits", "evenings", "pages")


class World:
    """Viewers, titles and tastes, all drawn from one seed.

    What belongs to one title or one attribute depends on the seed and its name alone, so that a
    change of the catalogue leaves all other titles as they were.

    Nothing happens in a world until `live(world)` or `simulate(world)` runs it, and they do not
    change it. It knows the truth that a real service never sees, `world.truth`: only tests, and
    chapters that say so, may ask for it.

    Args:
        seed: any integer from 0; the same seed gives the same world.
        n_viewers: people, including those who join along the way.
        weeks: length of the simulated window.
        config: every other number.
        titles: as `read_catalogue()` gives them, or some of these, which are then numbered anew
            from 1; None reads the bundled catalogue.

    Attributes:
        titles: the catalogue with `added_on`; artwork: its pictures; viewers: the people.
        tastes: float64 (weeks, n_viewers, dimensions).
        vectors: float64 (n_titles, dimensions), of length 1; parts: what they are made of.
        wants, has: what viewers lean to beside their taste, and titles have: see `draw_leanings`.
        quality, awareness: float64 (n_titles,), the first with sd 1, the second in logits.
        hooks: float64 (n_artworks,), what a picture adds to a slot's appeal, in logits.
        tones, genres: float64 0 or 1 (n_tones or n_genres, n_titles), which title has which.
        added, joined: day of arrival counted from the first day, negative for earlier; int64.
        truth: what may be asked, see `Truth`.
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
        titles = read_catalogue() if titles is None else titles.reset_index(drop=True)
        titles = titles.assign(title_id=range(1, len(titles) + 1))
        self.titles = draw_shelf(titles.drop(columns=list(JUDGED)), weeks, config, seed=seed)
        self.parts = title_parts(titles, config.axes, seed=seed)
        self.vectors = title_vectors(self.parts, config)
        self.quality, self.awareness = draw_fame(titles, config, seed=seed)
        self.artwork = draw_artwork(titles, seed=seed)
        self.hooks = draw_hooks(titles, self.artwork, self.quality, config, seed=seed)
        self.tones = tone_matrix(titles)
        self.tone_names = sorted({tone for cell in titles["tone"] for tone in cell.split("|")})
        self.wishes = Wishes(titles, self.tone_names, config, seed=seed)
        self.genres = genre_matrix(titles, self.wishes.genres)
        self.title_keys = name_keys(titles["title"] + " " + titles["year"].astype(str))
        self.viewers = draw_viewers(n_viewers, weeks, config, rng=self.stream("viewers"))
        dimensions, rng = self.vectors.shape[1], self.stream("tastes")
        self.tastes = draw_tastes(self.viewers, dimensions, weeks, config, rng=rng)
        self.wants, self.has = draw_leanings(self.viewers, titles, config)
        self.habits = draw_habits(self.viewers, config, rng=self.stream("habits"))
        self.added = _days(self.titles["added_on"])
        self.joined = _days(self.viewers["joined_on"])
        self.truth = Truth(self)

    def __deepcopy__(self, memo) -> World:
        return self  # a world never changes: a policy that holds one is copied without it

    def stream(self, name: str) -> np.random.Generator:
        """A generator of its own for one part of the world, the same at every call."""
        return np.random.default_rng([self.seed, STREAMS.index(name)])

    def affinity(self, week: int | None = None, rows=slice(None), columns=slice(None)):
        """How well titles fit viewers' tastes in a week (None: on average over all), in sd.

        affinity[v, t] = tastes[week, v] @ vectors[t] + wants[v] @ has[t]
        """
        tastes = self.tastes.mean(axis=0) if week is None else self.tastes[week]
        fit = tastes[rows] @ self.vectors[columns].T
        leaning = np.einsum("vr,tr->vt", self.wants[rows], self.has[columns])
        # Rounded, so that the last bit, which differs between processors, decides no choice.
        return np.round(fit + leaning, 6)

    def true_utility(self, viewers=None, titles=None, week: int | None = None) -> np.ndarray:
        """Satisfaction in stars of each viewer with each title on average: `Truth.utility`."""
        return self.truth.utility(viewers, titles, week)

    def true_stars(self, viewers=None, titles=None, week: int | None = None) -> np.ndarray:
        """The stars that each viewer would give each title on average: `Truth.stars`."""
        return self.truth.stars(viewers, titles, week)

    def worth(self, columns=slice(None)) -> np.ndarray:
        """The average viewer's satisfaction: base_stars + quality_stars * quality, in stars."""
        return self.config.base_stars + self.config.quality_stars * self.quality[columns]

    def awareness_on(self, day: int) -> np.ndarray:
        """How well known each title is on a day, in logits; -inf while it is not on the shelf.

        awareness_on[t] = awareness[t] + launch_bump * 0.5 ** (age[t] / launch_half_life)

        with the second term for arrivals only.
        """
        age = day - self.added
        half_lives = np.maximum(age, 0) / self.config.launch_half_life
        bump = np.where(self.added > 0, self.config.launch_bump * 0.5**half_lives, 0.0)
        return np.where(age >= 0, self.awareness + bump, -np.inf)


def _days(dates: pd.Series) -> np.ndarray:
    return (dates.to_numpy().astype("datetime64[D]") - START).astype(np.int64)
