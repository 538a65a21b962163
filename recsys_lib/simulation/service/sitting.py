"""What viewers do with what they chose: watch, give up, come back to it, say what they think."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.world.config import EPISODES_PER_SEASON, WorldConfig
from recsys_lib.simulation.world.truth import to_stars

OPINIONS = ("stars", "thumb")
FRESH, HALFWAY, NEXT_SEASON, DONE = range(4)  # what a title is to a viewer
MOST_PAUSES = 25


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


def watch(satisfaction, progress, runtime, seasons, minutes, config: WorldConfig, lots: Lots):
    """One sitting each; `Sittings`. A sitting with a series ends at the end of a season at latest.

    time = minutes * exp(minutes_growth * (satisfaction - 3))

    Args:
        satisfaction: tonight's, in stars; minutes: time to watch; each of shape (n_sittings,).
        progress: films or episodes seen before; runtime: minutes of one; seasons: 0 for a film.
    """
    film, lot = seasons == 0, lots.uniform("sitting", 3).T
    season = np.where(film, 1, EPISODES_PER_SEASON)
    stay = expit(config.stay_slope * (satisfaction - config.stay_point))
    stayed = lot[0] < stay
    more = np.floor(np.log(1 - lot[1]) / np.log(np.minimum(0.85 * stay, 0.95)))
    time = minutes * np.exp(config.minutes_growth * (satisfaction - 3)) / runtime
    # Those who stay see a film out if there is time, of a series as many episodes as there is.
    seen = np.where(film, time, np.minimum(1 + more, np.maximum(np.floor(time), 1)))
    seen = np.where(stayed, seen, 0.9 * lot[2] ** 1.5 + 0.03)
    first = np.floor(progress / season + 1e-6) * season
    seen = np.round(np.minimum(seen, first + season - progress), 2)
    after = np.round(progress + seen, 2)
    whole = np.maximum(np.rint(seen * runtime), 1).astype(np.int64)
    restless = np.where(satisfaction < config.bad_evening, 2.0, 1.0)
    # Pauses come at random moments: they are the gaps that fit into the sitting.
    moments = np.cumsum(lots.exponential("pauses", MOST_PAUSES), axis=1)
    return Sittings(
        episode=np.maximum(np.ceil(after), 1).astype(np.int64),
        minutes=whole,
        completion=np.round((after - first) / season, 3),
        pauses=(moments < (0.012 * restless * whole)[:, None]).sum(axis=1),
        finished=after >= first + season,
        stayed=stayed,
        progress=after,
    )


def next_state(sittings: Sittings, satisfaction, seasons) -> np.ndarray:
    """What a title is to its viewer from now on: HALFWAY, NEXT_SEASON or DONE; (n_sittings,)."""
    over = sittings.finished & (sittings.progress >= np.maximum(seasons * EPISODES_PER_SEASON, 1))
    liked = satisfaction >= 3
    going_on = np.where(sittings.finished, NEXT_SEASON, HALFWAY)
    return np.where(~over & (liked | sittings.stayed), going_on, DONE)


def state_pull(state, days_ago, config: WorldConfig) -> np.ndarray:
    """What each title's state adds to its appeal, in logits.

    resume_pull * 0.5 ** (days_ago / resume_half_life) for one HALFWAY (unfaded with half-life 0),
    next_season_pull for NEXT_SEASON, -finished_cost for DONE.

    Args:
        state: of any shape; days_ago: days since each was last watched, of that shape.
    """
    pulls = np.array([0.0, config.resume_pull, config.next_season_pull, -config.finished_cost])
    pull = pulls[state]
    if config.resume_half_life:
        halfway = np.nonzero(state == HALFWAY)
        pull[halfway] *= 0.5 ** (days_ago[halfway] / config.resume_half_life)
    return pull


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


def expit(logit: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-logit))."""
    return 1 / (1 + np.exp(-logit))
