"""The service: a home page filled by lot, with the chance of every slot written down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_lib.simulation.world.config import POSITIONS, ROWS, WorldConfig

SLOTS = ROWS * POSITIONS


@dataclass(frozen=True)
class Pages:
    """Home pages; every array has the shape (n_pages, SLOTS), a slot is row * POSITIONS + position.

    titles: index of the title shown; uniform: whether the slot was drawn uniformly;
    propensity: chance that this slot got this title, given the slots before it;
    artwork: index of the picture shown; artwork_propensity: its chance, given the title.
    """

    titles: np.ndarray
    uniform: np.ndarray
    propensity: np.ndarray
    artwork: np.ndarray
    artwork_propensity: np.ndarray


class HomePage:
    """The policy that fills home pages. It knows how often titles were played, nothing of tastes.

    weight[t] = (recent[t] + 1) * (1 + 2 * 0.5 ** (age[t] / launch_half_life))

    where recent[t] counts the plays of title t, each halved every `popularity_half_life` days, and
    age[t] is days since the title was added. Before the window's first day, recent is the share of
    plays that awareness alone would bring.
    """

    def __init__(self, world) -> None:
        self.config: WorldConfig = world.config
        self.added = world.added
        known = np.where(world.added <= 0, np.exp(world.awareness), 0.0)
        # What a steady number of plays a day adds up to when it halves every half-life.
        daily = world.n_viewers * self.config.evenings / (1 - self._kept)
        self.recent = daily * known / known.sum()
        counts = world.artwork.groupby("title_id")["artwork_id"]
        self.first_artwork = counts.min().to_numpy() - 1
        self.n_artworks = counts.count().to_numpy()

    @property
    def _kept(self) -> float:
        return 0.5 ** (1 / self.config.popularity_half_life)

    def note(self, plays: np.ndarray) -> None:
        """Close a day: `plays` (int (n_titles,)) is how often each title was played on it."""
        self.recent = self._kept * self.recent + plays

    def weights(self, day: int) -> np.ndarray:
        """Popularity weight of each title on a day, 0 for those not yet added; (n_titles,)."""
        age = day - self.added
        fresh = 1 + 2 * 0.5 ** (np.maximum(age, 0) / self.config.launch_half_life)
        return np.where(age >= 0, np.round((self.recent + 1) * fresh, 6), 0.0)

    def draw(self, day: int, n_pages: int, *, rng: np.random.Generator) -> Pages:
        """Home pages for one day."""
        weights = self.weights(day)
        uniform = rng.random((n_pages, SLOTS)) < self.config.explore
        titles = fill_slots(weights, uniform, rng=rng)
        propensity = slot_propensity(weights, titles, self.config.explore)
        count = self.n_artworks[titles]
        artwork = self.first_artwork[titles] + rng.integers(0, count)
        return Pages(titles, uniform, propensity, artwork, 1 / count)


def fill_slots(weights: np.ndarray, uniform: np.ndarray, *, rng) -> np.ndarray:
    """Fill slots one after the other; int (n_pages, n_slots), no title twice on a page.

    A slot is drawn among the titles (those of weight above 0) not yet on its page: each alike where
    `uniform`, else in proportion to `weights`. Drawing anew whatever is already on the page gives
    just that distribution.
    """
    shelf = np.flatnonzero(weights > 0)
    cumulative = np.cumsum(weights[shelf])
    slots = np.full(uniform.shape, -1)
    for slot in range(uniform.shape[1]):
        todo = np.arange(len(slots))
        while len(todo):
            lot = rng.random(len(todo))
            popular = np.searchsorted(cumulative, lot * cumulative[-1], side="right")
            drawn = shelf[np.where(uniform[todo, slot], (lot * len(shelf)).astype(int), popular)]
            fresh = (slots[todo, :slot] != drawn[:, None]).all(axis=1)
            slots[todo[fresh], slot] = drawn[fresh]
            todo = todo[~fresh]
    return slots


def slot_propensity(weights: np.ndarray, slots: np.ndarray, explore: float) -> np.ndarray:
    """Chance of what each slot shows, given the slots before it on the page.

    propensity[j] = explore / (n - j) + (1 - explore) * weight[j] / (sum of weights not yet shown)

    with n titles of weight above 0 and slots counted from j = 0; float64, shape of `slots`.

    >>> slot_propensity(np.array([2.0, 1.0, 1.0]), np.array([[0, 2, 1]]), explore=0.5).round(3)
    array([[0.417, 0.5  , 1.   ]])
    """
    shown = weights[slots]
    before = np.cumsum(shown, axis=1) - shown
    left = (weights > 0).sum() - np.arange(slots.shape[1])
    return explore / left + (1 - explore) * shown / (weights.sum() - before)


def look_chance(config: WorldConfig) -> np.ndarray:
    """Chance that a viewer looks at each slot: row_decay ** row * position_decay ** position."""
    rows = config.row_decay ** np.arange(ROWS)
    return np.outer(rows, config.position_decay ** np.arange(POSITIONS)).ravel()
