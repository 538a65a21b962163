"""The viewers of the feedback loop: what each watched when, likes now, and does next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_lib.interactions import ITEM, TIME, USER, Interactions
from recsys_lib.metrics.genres import genre_shares
from recsys_lib.simulation.first_season import behaviour as act
from recsys_lib.simulation.first_season.home_page import SLOTS, look_chance
from recsys_lib.simulation.loop.measures import Round, Traits
from recsys_lib.simulation.loop.policies import Lottery

EVENINGS = (4, 5)  # Friday and Saturday: the evenings of a week on which something new is begun
WEEK = 7 * 86_400  # seconds
NEVER = -(10**6)  # the round of what was never watched
EVENING, DEAL, PAGES = 0, 1, 2  # streams of random numbers


class LoopViewers:
    """The viewers of a world, living week by week; see `run_loop` for the arguments."""

    def __init__(self, world, memory: int) -> None:
        self.world, self.memory = world, memory
        self.start, self.tastes = world.tastes[0], world.tastes[0].copy()
        self.fit_then = self.fit = world.affinity(0)
        self.watched = np.full(self.fit.shape, NEVER)  # the last round in which each was

    def history(self, number: int) -> Interactions:
        """What was watched in the `memory` rounds before round `number`, see `Policy`."""
        viewer, title = np.nonzero(self.watched >= number - self.memory)
        users, items = self.world.viewers["viewer_id"], self.world.titles["title_id"]
        log = pd.DataFrame({
            USER: users.to_numpy()[viewer],
            ITEM: items.to_numpy()[title],
            TIME: (self.watched[viewer, title] + 2 * self.memory) * WEEK,
        })  # fmt: skip
        return Interactions.from_frame(log, time=TIME, users=users, items=items)

    def page_rng(self, number: int) -> np.random.Generator:
        """The generator that the policy of a round gets."""
        return np.random.default_rng([self.world.seed, PAGES, number + 2 * self.memory])

    def warm_up(self, k: int) -> None:
        """Live the `2 * memory` rounds before round 0 with pages of k titles drawn by lot.

        All viewers begin with their favourites. Halfway, the times of what each has watched are
        dealt anew, or these favourites would all come back together, in waves.
        """
        for number in range(-2 * self.memory, 0):
            if number == -self.memory:
                rng = np.random.default_rng([self.world.seed, DEAL])
                for row in self.watched:
                    seen = np.flatnonzero(row > NEVER)
                    row[seen] = rng.integers(number - self.memory, number, len(seen))
            slates = Lottery().slates(self.history(number), k, self.page_rng(number))
            self.watch(number, slates, drift=0.0)

    def live(self, number: int, slates: np.ndarray, drift: float) -> Round:
        """One round with these pages, and the truth at its end."""
        happened = self.watch(number, slates, drift)
        config, worth = self.world.config, self.world.worth()
        utility, then = (worth + config.taste_stars * fit for fit in (self.fit, self.fit_then))
        return Round(slates, *happened, self.history(number + 1), utility, then, self._shift())

    def watch(self, number: int, slates: np.ndarray, drift: float) -> tuple[np.ndarray, ...]:
        """The evenings of a round: `plays`, `browsed` and `clicked` of `Round`."""
        shape = (self.world.n_viewers, len(EVENINGS))
        plays, browsed, clicked = np.full(shape, -1), np.zeros(shape, bool), np.zeros(shape, bool)
        for place, weekday in enumerate(EVENINGS):
            week = number + 2 * self.memory
            rng = np.random.default_rng([self.world.seed, EVENING, week, weekday])
            came = act.draw_evenings(self.world, weekday, np.ones(shape[0], bool), rng=rng)
            viewer, lots = came.viewer, draw_lots(self.world, len(came.viewer), rng=rng)
            resting = self.watched[viewer] >= number - self.memory
            pull = -self.world.config.finished_cost * resting
            appeal = act.evening_appeal(self.world, came, self.fit[viewer], pull)
            title, slot = choose(self.world, appeal, slates[viewer], lots)
            plays[viewer, place], browsed[viewer, place] = title, lots.browses
            clicked[viewer, place] = slot != act.NOTHING
            self.watched[viewer, title] = number
            if drift:
                self._move(viewer, title, drift)
        return plays, browsed, clicked

    def _move(self, viewer: np.ndarray, title: np.ndarray, drift: float) -> None:
        """Let the taste of each of these viewers move toward the title just watched."""
        taste = self.tastes[viewer]
        length = np.sqrt((taste**2).sum(axis=1, keepdims=True))
        moved = taste + drift * length * self.world.vectors[title]
        self.tastes[viewer] = moved * length / np.sqrt((moved**2).sum(axis=1, keepdims=True))
        change = np.einsum("vd,td->vt", self.tastes - self.start, self.world.vectors)
        self.fit = np.round(self.fit_then + change, 6)

    def _shift(self) -> np.ndarray:
        both = (self.tastes * self.start).sum(axis=1)
        return 1 - both / np.sqrt((self.tastes**2).sum(axis=1) * (self.start**2).sum(axis=1))

    def traits(self) -> Traits:
        """What the measures need to know of titles."""
        titles = self.world.titles.rename(columns={"title_id": ITEM})
        order = np.argsort(self.world.awareness, kind="stable")
        fame = np.argsort(order, kind="stable") / len(titles)
        return Traits(fame, genre_shares(titles, titles[ITEM].to_numpy()).to_numpy())


@dataclass(frozen=True)
class Lots:
    """The luck of n evenings, drawn without a look at the pages, so the same for every policy.

    luck: Gumbel, (n, n_titles); browses: bool (n,), opens the page, others search; looked: bool
    (n, SLOTS), the slots looked at; nothing: worth of taking nothing from the page, (n,).
    """

    luck: np.ndarray
    browses: np.ndarray
    looked: np.ndarray
    nothing: np.ndarray


def draw_lots(world, n: int, *, rng: np.random.Generator) -> Lots:
    """The luck of n evenings."""
    luck = act.gumbel((n, len(world.titles)), rng=rng)
    browses = rng.random(n) >= world.config.search
    looked = rng.random((n, SLOTS)) < look_chance(world.config)
    return Lots(luck, browses, looked, world.config.outside + act.gumbel(n, rng=rng))


def choose(world, appeal: np.ndarray, slates: np.ndarray, lots: Lots) -> tuple[np.ndarray, ...]:
    """The title of each evening, and the slot that it was taken from, or NOTHING if by search.

    Args:
        appeal: of every title, (n, n_titles); slates: (n, k), -1 in an empty slot.
    """
    shown = np.maximum(slates, 0)
    worth = np.take_along_axis(appeal, shown, axis=1)
    worth = worth + world.config.page_awareness * world.awareness[shown]
    looked = lots.looked[:, : slates.shape[1]] & (slates >= 0) & lots.browses[:, None]
    luck = np.take_along_axis(lots.luck, shown, axis=1)
    slot = act.pick_slot(worth, looked, luck, lots.nothing)
    searched = np.argmax(appeal + world.awareness + lots.luck, axis=1)
    found = slates[np.arange(len(slates)), slot]
    return np.where(slot == act.NOTHING, searched, found), slot
