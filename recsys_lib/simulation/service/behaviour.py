"""What viewers do before they watch: come, wish, choose; and, after it, leave."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.service.pages import EMPTY, Pages, look_chance
from recsys_lib.simulation.world.config import PARTS_OF_DAY, WorldConfig

NOTHING = -1  # the index of the title when none is chosen
SMALL_SCREEN = 3  # the phone, in DEVICES
WEEKDAY = np.array([0.85, 0.85, 0.9, 0.9, 1.15, 1.3, 1.2])  # Monday to Sunday


@dataclass
class Evenings:
    """Evenings of one day, in the order of viewers; arrays of shape (n_evenings,).

    viewer: index; start: minute of the day; device: index in DEVICES; tone, genre: index of the
    tone and of the genre that one is in the mood for; hurry: bool, late or on a small screen;
    minutes: time for watching; opens: bool, opens the home page, the others search.
    """

    viewer: np.ndarray
    start: np.ndarray
    device: np.ndarray
    tone: np.ndarray
    genre: np.ndarray
    hurry: np.ndarray
    minutes: np.ndarray
    opens: np.ndarray

    def take(self, rows) -> Evenings:
        """Some of the evenings."""
        return Evenings(*(getattr(self, field.name)[rows] for field in fields(self)))


def draw_evenings(world, day: int, viewer: np.ndarray, lots: Lots) -> Evenings:
    """Who of these viewers would open Matinee on a day, had nobody left; when, and how.

    Args:
        viewer: int (n,), the viewers of a block; lots: theirs.
    """
    lot = lots.uniform("evening", 8).T
    normal = lots.normal("evening", 2).T
    usual = world.habits["evenings"].to_numpy()[viewer]
    comes = lot[0] < np.minimum(usual * WEEKDAY[day % 7], 0.97)
    comes &= world.joined[viewer] <= day
    start = np.rint(20.25 * 60 + 95 * normal[0])
    early = lot[1] < (0.35 if day % 7 >= 5 else 0.12)
    start = np.clip(np.where(early, start - 420 * lot[2], start), 6 * 60, 24 * 60 - 1)
    start = start.astype(np.int64)
    device = world.habits["device"].to_numpy()[viewer]
    device = np.where(lot[3] < 0.25, np.floor(4 * lot[4]).astype(np.int64), device)
    hurry = (start >= 22 * 60) | (device == SMALL_SCREEN)
    median = world.config.evening_minutes * np.where(hurry, 0.6, 1.0)
    minutes = median * np.exp(0.45 * normal[1])
    tone, genre = world.wishes.draw(part_of_day(start), day % 7 >= 5, lot[5], lot[6])
    opens = lot[7] >= world.config.search
    return Evenings(viewer, start, device, tone, genre, hurry, minutes, opens).take(comes)


def part_of_day(start: np.ndarray) -> np.ndarray:
    """Index in PARTS_OF_DAY of each minute of the day: daytime to 17:00, evening, from 22:00 night.

    >>> part_of_day(np.array([600, 1200, 1320]))
    array([0, 1, 2])
    """
    return np.searchsorted(list(PARTS_OF_DAY.values())[1:], start, side="right")


def evening_appeal(world, evenings: Evenings, fit: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Appeal of every title tonight, before awareness, in logits; (n_evenings, n_titles).

    appeal = affinity_sd * fit + pull + mood_pull * (has the wanted tone)
             + genre_pull * (is of the wanted genre)
             - length_cost * (hours of one sitting beyond 45 minutes) * hurry
    """
    config = world.config
    long = np.maximum(world.titles["runtime_min"].to_numpy() - 45, 0) / 60
    appeal = config.affinity_sd * fit + pull
    appeal += (config.mood_pull * world.tones)[evenings.tone]
    if config.genre_pull:
        appeal += (config.genre_pull * world.genres)[evenings.genre]
    hurry = np.flatnonzero(evenings.hurry)
    appeal[hurry] -= config.length_cost * long
    return appeal


def search(appeal: np.ndarray, awareness: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """A multinomial logit over the whole shelf: titles one likes and has heard of; (n_evenings,).

    P(t) is proportional to exp(appeal[t] + awareness[t]); awareness -inf is not on the shelf.

    Args:
        appeal, luck: (n_evenings, n_titles), the second Gumbel; awareness: (n_titles,).
    """
    worth = appeal + awareness
    worth += luck
    return np.argmax(worth, axis=1)


def slot_worth(world, appeal: np.ndarray, pages: Pages, art: np.ndarray) -> np.ndarray:
    """What each slot is worth to those who look at it, in logits, (n_pages, n_slots).

    worth = appeal + artwork_pull * art + hook + page_awareness * awareness
            + billboard_pull * (is the billboard)

    Args:
        appeal: of every title, (n_pages, n_titles); art: how well each slot's picture fits, in sd.
    """
    config = world.config
    worth = np.take_along_axis(appeal, pages.titles, axis=1) + config.artwork_pull * art
    worth += config.page_awareness * world.awareness[pages.titles] + world.hooks[pages.artwork]
    if config.billboard_pull:
        worth[:, 0] += config.billboard_pull
    return worth


def browse(world, worth: np.ndarray, pages: Pages, luck: np.ndarray, lots: Lots) -> np.ndarray:
    """A multinomial logit over the slots looked at, and over choosing nothing; slot or NOTHING.

    Args:
        worth: of every slot, (n_pages, n_slots); luck: Gumbel, of every title.
    """
    chance = look_chance(world.config)
    looked = (lots.uniform("look", len(chance)) < chance) & (pages.titles != EMPTY)
    luck = np.take_along_axis(luck, pages.titles, axis=1)
    return pick_slot(worth, looked, luck, world.config.outside + lots.gumbel("nothing"))


def pick_slot(worth, looked, luck, nothing) -> np.ndarray:
    """The slot looked at with the highest worth + luck, or NOTHING if that is not above `nothing`.

    Args:
        worth, looked, luck: of every slot, (n_pages, n_slots); nothing: (n_pages,).
    """
    worth = np.where(looked, worth + luck, -np.inf)
    best = np.argmax(worth, axis=1)
    return np.where(worth[np.arange(len(worth)), best] > nothing, best, NOTHING)


def leave_chance(bad_run: np.ndarray, config: WorldConfig) -> np.ndarray:
    """Chance of leaving after an evening: leave * exp(leave_growth * bad evenings in a row)."""
    return np.minimum(config.leave * np.exp(config.leave_growth * bad_run), 0.5)
