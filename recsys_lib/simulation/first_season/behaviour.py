"""What viewers do: come, choose, watch, give an opinion, leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_lib.simulation.first_season.home_page import Pages, look_chance
from recsys_lib.simulation.world.config import EPISODES_PER_SEASON, WorldConfig
from recsys_lib.simulation.world.truth import to_stars

KINDS = ("stars", "thumb")  # of opinions
NOTHING = -1  # the index of the title when none is chosen
SMALL_SCREEN = 3  # the phone, in DEVICES
WEEKDAY = np.array([0.85, 0.85, 0.9, 0.9, 1.15, 1.3, 1.2])  # Monday to Sunday


@dataclass
class Evenings:
    """The evenings of one day, in the order in which they begin; arrays of shape (n_evenings,).

    viewer: index; start: minute of the day; device: index in DEVICES; tone: index of the tone that
    one is in the mood for; hurry: bool, late or on a small screen; minutes: time for watching.
    """

    viewer: np.ndarray
    start: np.ndarray
    device: np.ndarray
    tone: np.ndarray
    hurry: np.ndarray
    minutes: np.ndarray


@dataclass
class Sittings:
    """What was watched; arrays of shape (n_sittings,).

    episode: the last one watched, 1 for a film; minutes: whole; completion: share of the film or
    season seen so far; finished: it was seen to its end; stayed: the viewer did not give up;
    progress: films or episodes seen so far.
    """

    episode: np.ndarray
    minutes: np.ndarray
    completion: np.ndarray
    pauses: np.ndarray
    finished: np.ndarray
    stayed: np.ndarray
    progress: np.ndarray


def draw_evenings(world, day: int, here: np.ndarray, *, rng: np.random.Generator) -> Evenings:
    """Who among the viewers `here` (bool (n_viewers,)) opens Matinee on a day, when and how."""
    chance = np.minimum(world.habits["evenings"].to_numpy() * WEEKDAY[day % 7], 0.97)
    viewer = np.flatnonzero((rng.random(world.n_viewers) < chance) & here)
    n = len(viewer)
    start = np.rint(20.25 * 60 + 95 * rng.standard_normal(n))
    early = rng.random(n) < (0.35 if day % 7 >= 5 else 0.12)
    start = np.clip(np.where(early, start - 420 * rng.random(n), start), 6 * 60, 24 * 60 - 1)
    start = start.astype(np.int64)
    device = world.habits["device"].to_numpy()[viewer]
    device = np.where(rng.random(n) < 0.25, rng.integers(0, 4, size=n), device)
    tone = rng.integers(0, len(world.tones), size=n)
    hurry = (start >= 22 * 60) | (device == SMALL_SCREEN)
    median = world.config.evening_minutes * np.where(hurry, 0.6, 1.0)
    minutes = median * np.exp(0.45 * rng.standard_normal(n))
    order = np.argsort(start, kind="stable")
    return Evenings(*(part[order] for part in (viewer, start, device, tone, hurry, minutes)))


def evening_appeal(world, evenings: Evenings, fit: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Appeal of every title tonight, before awareness, in logits; (n_evenings, n_titles).

    appeal = affinity_sd * fit + pull + mood_pull * (has the wanted tone)
             - length_cost * (hours of one sitting beyond 45 minutes) * hurry
    """
    config = world.config
    long = np.maximum(world.titles["runtime_min"].to_numpy() - 45, 0) / 60
    appeal = config.affinity_sd * fit + pull + config.mood_pull * world.tones[evenings.tone]
    return appeal - config.length_cost * evenings.hurry[:, None] * long


def search(appeal: np.ndarray, awareness: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """A multinomial logit over the whole shelf: titles one likes and has heard of; (n_evenings,).

    P(t) is proportional to exp(appeal[t] + awareness[t]); awareness -inf is not on the shelf.
    """
    return np.argmax(appeal + awareness + gumbel(appeal.shape, rng=rng), axis=1)


def browse(appeal, pages: Pages, art: np.ndarray, world, *, rng) -> np.ndarray:
    """A multinomial logit over the slots looked at, and over choosing nothing; slot or NOTHING.

    Args:
        appeal: of every title, (n_pages, n_titles); art: how well each slot's picture fits, in sd.
    """
    config = world.config
    worth = np.take_along_axis(appeal, pages.titles, axis=1) + config.artwork_pull * art
    worth = worth + config.page_awareness * world.awareness[pages.titles]
    looked = rng.random(worth.shape) < look_chance(config)
    luck = gumbel(worth.shape, rng=rng)
    return pick_slot(worth, looked, luck, config.outside + gumbel(len(worth), rng=rng))


def pick_slot(worth, looked, luck, nothing) -> np.ndarray:
    """The slot looked at with the highest worth + luck, or NOTHING if that is not above `nothing`.

    Args:
        worth, looked, luck: of every slot, (n_pages, n_slots); nothing: (n_pages,).
    """
    worth = np.where(looked, worth + luck, -np.inf)
    best = np.argmax(worth, axis=1)
    return np.where(worth[np.arange(len(worth)), best] > nothing, best, NOTHING)


def watch(satisfaction, progress, runtime, seasons, minutes, config: WorldConfig, *, rng):
    """One sitting each; `Sittings`. A sitting with a series ends at the end of a season at latest.

    Args:
        satisfaction: tonight's, in stars; minutes: time to watch; each of shape (n_sittings,).
        progress: films or episodes seen before; runtime: minutes of one; seasons: 0 for a film.
    """
    n, film = len(satisfaction), seasons == 0
    season = np.where(film, 1, EPISODES_PER_SEASON)
    stay = expit(config.stay_slope * (satisfaction - config.stay_point))
    stayed = rng.random(n) < stay
    more = np.floor(np.log(1 - rng.random(n)) / np.log(np.minimum(0.85 * stay, 0.95)))
    time = minutes / runtime
    # Those who stay see a film out if there is time, of a series as many episodes as there is.
    seen = np.where(film, time, np.minimum(1 + more, np.maximum(np.floor(time), 1)))
    seen = np.where(stayed, seen, 0.9 * rng.random(n) ** 1.5 + 0.03)
    first = np.floor(progress / season + 1e-6) * season
    seen = np.round(np.minimum(seen, first + season - progress), 2)
    after = np.round(progress + seen, 2)
    whole = np.maximum(np.rint(seen * runtime), 1).astype(np.int64)
    restless = np.where(satisfaction < config.bad_evening, 2.0, 1.0)
    return Sittings(
        episode=np.maximum(np.ceil(after), 1).astype(np.int64),
        minutes=whole,
        completion=np.round((after - first) / season, 3),
        pauses=rng.poisson(0.012 * restless * whole),
        finished=after >= first + season,
        stayed=stayed,
        progress=after,
    )


def next_pull(sittings: Sittings, satisfaction, seasons, config: WorldConfig) -> np.ndarray:
    """What a title's state adds to its appeal from now on, in logits; (n_sittings,)."""
    over = sittings.finished & (sittings.progress >= np.maximum(seasons * EPISODES_PER_SEASON, 1))
    liked = satisfaction >= 3
    going_on = np.where(sittings.finished, config.next_season_pull, config.resume_pull)
    return np.where(~over & (liked | sittings.stayed), going_on, -config.finished_cost)


def opinion_chance(satisfaction: np.ndarray, config: WorldConfig) -> np.ndarray:
    """How likely a keen rater is to say so: more for extremes, and for good more than for bad."""
    above = satisfaction - 3
    return expit(config.stars_rate + config.extremity * np.abs(above) + config.positivity * above)


def opinions(kind: str, satisfaction, generosity) -> np.ndarray:
    """The value given: stars 1..5, or thumbs -1 (down), +1 (up), +2 (two up); int64."""
    felt = satisfaction + generosity
    if kind == "stars":
        return to_stars(felt)
    return np.where(felt >= 4.4, 2, np.where(felt >= 3.0, 1, -1))


def leave_chance(bad_run: np.ndarray, config: WorldConfig) -> np.ndarray:
    """Chance of leaving after an evening: leave * exp(leave_growth * bad evenings in a row)."""
    return np.minimum(config.leave * np.exp(config.leave_growth * bad_run), 0.5)


def expit(logit: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-logit))."""
    return 1 / (1 + np.exp(-logit))


def gumbel(shape, *, rng: np.random.Generator) -> np.ndarray:
    """Standard Gumbel numbers: whoever maximises appeal + gumbel chooses by a logit."""
    return -np.log(rng.standard_exponential(shape))
