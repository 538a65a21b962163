"""Home pages of which only the pictures are still open, and what would be clicked with which.

A life has one past. To know what another picture would have done, the evenings that could come next
are drawn, with their moods, pages and looks, and the pictures left open: the chance of every click
is then a formula, whatever pictures are put in.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from recsys_lib.errors import ArgumentError, check_at_least
from recsys_lib.simulation.service import behaviour as act
from recsys_lib.simulation.service.lots import BLOCK, Lots
from recsys_lib.simulation.service.pages import EMPTY, Pages, look_chance, n_slots
from recsys_lib.simulation.service.policies import Visit
from recsys_lib.simulation.world.shelf import EMPHASES

MOST = len(EMPHASES)  # pictures of one title


@dataclass(frozen=True)
class Tiles:
    """Pages a row each, slots a column each; `n` pages, made by `open_pages`.

    What the service knows: viewer (n,), row of the world's viewers; titles, index of each slot's
    title; count, how many pictures it has; emphasis (n, slots, 4), what each shows, index in
    `EMPHASES`, -1 where there is none.

    What only the simulator knows: base, worth of the slot without its picture, in logits; pull
    (n, slots, 4), what each picture adds, -inf where there is none; looked, whether the viewer
    looks at the slot; outside, worth of choosing nothing; found, the chance that a search tonight
    would end at the title; stars, the satisfaction that it would bring on average.
    """

    viewer: np.ndarray
    titles: np.ndarray
    count: np.ndarray
    emphasis: np.ndarray
    base: np.ndarray
    pull: np.ndarray
    looked: np.ndarray
    found: np.ndarray
    stars: np.ndarray
    outside: float

    def __len__(self) -> int:
        return len(self.viewer)

    def take(self, rows) -> Tiles:
        """Some of the pages."""
        parts = (getattr(self, field.name) for field in fields(self)[:-1])
        return Tiles(*(part[rows] for part in parts), self.outside)

    def by_lot(self, rng: np.random.Generator) -> np.ndarray:
        """A picture for each slot, all of its title's alike; int (n, slots), from 0."""
        return np.floor(rng.random(self.count.shape) * self.count).astype(np.int64)

    def best(self, scores: np.ndarray) -> np.ndarray:
        """The picture with the highest score in each slot, the first of equal ones; int (n, slots).

        Args:
            scores: of each picture, (n, slots, 4).
        """
        return np.where(self.emphasis >= 0, scores, -np.inf).argmax(axis=2)

    def chances(self, picture: np.ndarray) -> np.ndarray:
        """True chance of a click on each slot with these pictures, (n, slots).

        chance[j] = looked[j] * exp(worth[j]) / (exp(outside) + sum over slots of the same)
        """
        weight = self._weight(picture)
        return weight / (np.exp(self.outside) + weight.sum(axis=1, keepdims=True))

    def chances_alone(self, picture: np.ndarray, others: np.ndarray) -> np.ndarray:
        """The same, if a slot had its `picture` and all other slots of the page had `others`."""
        mine, theirs = self._weight(picture), self._weight(others)
        rest = theirs.sum(axis=1, keepdims=True) - theirs
        return mine / (np.exp(self.outside) + rest + mine)

    def chances_of_each(self, slot: int, others: np.ndarray) -> np.ndarray:
        """True chance of a click on one slot with each of its pictures, (n, 4); 0 for none."""
        weight = np.where(self.looked[:, slot, None], np.exp(self.base[:, slot, None]), 0.0)
        weight = weight * np.exp(self.pull[:, slot])
        rest = np.delete(self._weight(others), slot, axis=1).sum(axis=1, keepdims=True)
        return weight / (np.exp(self.outside) + rest + weight)

    def click(self, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What is clicked on one drawing of the evenings, bool (n, slots), at most one a page."""
        edges = self.chances(picture).cumsum(axis=1)
        lot = rng.random((len(self), 1))
        return (lot < edges) & (lot >= np.column_stack([np.zeros(len(self)), edges[:, :-1]]))

    def _weight(self, picture: np.ndarray) -> np.ndarray:
        picture = np.asarray(picture)
        if (
            picture.shape != self.count.shape
            or (picture < 0).any()
            or (picture >= self.count).any()
        ):
            raise ArgumentError("each slot needs the number of one of its title's pictures, from 0")
        added = np.take_along_axis(self.pull, picture[:, :, None], axis=2)[:, :, 0]
        return np.where(self.looked, np.exp(self.base + added), 0.0)


def open_pages(life, times: int = 1, billboard: int | None = None) -> Tiles:
    """The pages of the evening that comes after a life, drawn `times` over.

    Everybody who would come opens the page, on evenings that all start from the same past.

    Args:
        life: as `live` gives it; not changed.
        times: how often the evening is drawn anew: its moods, its page, and who comes.
        billboard: index of a title that stands in everybody's first slot; it is taken out of all
            others. None leaves the page as the life's policy fills it.

    Raises:
        ArgumentError: times below 1, or no such title.
    """
    check_at_least("times", times, 1, integer=True)
    if billboard is not None and billboard not in range(len(life.world.titles)):
        raise ArgumentError(f"there is no title of index {billboard}")
    blocks = range(-(-life.world.n_viewers // BLOCK))
    parts = [_open(life, block, time, billboard) for time in range(times) for block in blocks]
    columns = [field.name for field in fields(Tiles)[:-1]]
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in columns)
    return Tiles(*joined, life.world.config.outside)


def _open(life, block: int, time: int, billboard: int | None) -> Tiles:
    world, state = life.world, life.state
    viewer = np.arange(block * BLOCK, min((block + 1) * BLOCK, world.n_viewers))
    viewer = viewer[state.day < state.left[viewer]]
    lots = Lots(world.seed, state.day, block, len(viewer), name=f"open {time} ")
    evenings = act.draw_evenings(world, state.day, viewer, lots)
    lots = Lots(world.seed, state.day, block, len(evenings.viewer), name=f"page {time} ")
    appeal = act.evening_appeal(world, evenings, *state.inner.appeal(evenings.viewer, state.day))
    who = evenings.viewer, evenings.start, evenings.device
    pages = life.policy.page(Visit(*who, state.known, lots, n_slots(world.config)))
    if billboard is not None:
        pages = _with_billboard(pages, billboard)
    looked = lots.uniform("look", pages.titles.shape[1]) < look_chance(world.config)
    looked &= pages.titles != EMPTY
    worth = act.slot_worth(world, appeal, pages, 0.0 * pages.titles) - world.hooks[pages.artwork]
    emphasis = pictures_of(life, pages.titles)
    pull = _pull(life, evenings.viewer, pages.titles, emphasis)
    sought = np.exp(appeal + world.awareness_on(state.day))
    sought /= sought.sum(axis=1, keepdims=True)
    return Tiles(
        evenings.viewer, pages.titles, (emphasis >= 0).sum(axis=2), emphasis,
        np.round(worth, 6), pull, looked, np.take_along_axis(sought, pages.titles, axis=1),
        state.inner.usual(evenings.viewer[:, None], pages.titles), world.config.outside,
    )  # fmt: skip


def _with_billboard(pages: Pages, title: int) -> Pages:
    titles = np.where(pages.titles == title, EMPTY, pages.titles)
    titles[:, 0] = title
    return replace(pages, titles=titles)


def pictures_of(life, titles: np.ndarray) -> np.ndarray:
    """What each picture of these titles shows, index in `EMPHASES` or -1; (*titles.shape, 4)."""
    artwork, there = _artwork(life, titles)
    shows = {name: index for index, name in enumerate(EMPHASES)}
    emphasis = life.world.artwork["emphasis"].map(shows).to_numpy()
    return np.where(there, emphasis[artwork], -1)


def _artwork(life, titles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of each picture of these titles, 0 where there is none, and whether there is one."""
    pictures = life.state.known.pictures
    there = np.arange(MOST) < pictures.count[titles][..., None]
    return np.where(there, pictures.first[titles][..., None] + np.arange(MOST), 0), there


def _pull(life, viewer: np.ndarray, titles: np.ndarray, emphasis: np.ndarray) -> np.ndarray:
    """What each picture adds to its slot's worth, in logits, -inf where there is none."""
    world, (artwork, there) = life.world, _artwork(life, titles)
    taste, fit = life.state.inner.taste(viewer), np.zeros(emphasis.shape)
    for index, part in enumerate(EMPHASES.values()):
        fits = np.round(taste @ world.parts[part].T, 6)
        of_title = np.take_along_axis(fits, titles, axis=1)[:, :, None]
        fit = np.where(emphasis == index, of_title, fit)
    return np.where(there, world.config.artwork_pull * fit + world.hooks[artwork], -np.inf)
