"""The feedback loop: recommend, choose, log, learn from the log, and again.

It is the life of `service/life.py` with the simplest of viewers: see `settled`.
"""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from tqdm import trange

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.simulation.loop.measures import Round, tidy, traits_of
from recsys_lib.simulation.loop.policies import Lottery, Policy, Weekly, by_week
from recsys_lib.simulation.service.days import Days
from recsys_lib.simulation.service.known import NEVER
from recsys_lib.simulation.service.pages import SLOTS
from recsys_lib.simulation.world.config import FIRST_SEASON
from recsys_lib.simulation.world.truth import Truth
from recsys_lib.simulation.world.wishes import Wishes

EVENINGS = (4, 5)  # Friday and Saturday: the evenings of a week on which something new is begun
DEAL = 1  # stream of random numbers
PLAIN = FIRST_SEASON | {
    "search_after": 1.0, "stay_point": -99.0, "leave": 0.0, "artwork_pull": 0.0,
}  # fmt: skip
"""Settings of a loop that is simpler than a life, where moods come at any hour, there are no phases
and no pictures, who finds nothing searches, and nobody gives up or leaves."""


@dataclass(frozen=True)
class LoopRun:
    """What one run of the loop leaves behind.

    Attributes:
        frame: one row a round, group and measure: round, of, group, measure, value; rounds count
            from 0. `loop_measures` says what each measure is.
        histories: the `Interactions` that the policy was given in each round from 0, then, last,
            those after the last round.
        start: the state before round 0, from which another run may go on.
        slates: int (n_viewers, k), the last pages.
        utility: float64 (n_viewers, n_titles), true utility in stars by the last tastes.
    """

    frame: pd.DataFrame = field(repr=False)
    histories: list[Interactions] = field(repr=False)
    start: Days = field(repr=False)
    slates: np.ndarray = field(repr=False)
    utility: np.ndarray = field(repr=False)


def run_loop(
    world,
    policy: Policy,
    *,
    rounds: int = 40,
    memory: int = 20,
    drift: float = 0.0,
    k: int = SLOTS,
    start: Days | None = None,
    viewer_groups: dict[str, np.ndarray] | None = None,
    title_groups: dict[str, np.ndarray] | None = None,
    progress: bool = False,
) -> LoopRun:
    """Run a world with a policy filling its pages, a week a round.

    Each round the policy sees who watched what in the last `memory` rounds and fills the pages.
    On two evenings the viewers who come search, or open their page (see `behaviour`; the share of
    searches is `world.config.search`). Who finds nothing on the page searches after all, so no
    policy makes viewers watch more, only otherwise. A title, film or series, is watched in one go
    and rests for `memory` rounds. What is older than that is forgotten by viewers and service
    alike, so that a service which changes nothing goes on without a trend.

    Before round 0 come `2 * memory` rounds with pages drawn by lot. All viewers are there from the
    first round to the last, and so are all titles.

    Two policies in the same world meet the same viewers with the same luck for each viewer,
    evening and title: their difference is the policies' alone.

    With drift above 0, taste moves toward each title watched and keeps its length:
        taste = rescaled(taste + drift * |taste| * vector of the title)

    Args:
        world: not changed; its seed decides all luck, its tastes of week 0 are the start.
        policy: copied before use, so that it can be run again.
        rounds: weeks with the policy, at least 1.
        memory: weeks that a title rests and the log is kept, at least 1.
        drift: at least 0, which changes nothing; 0.05 is strong.
        k: slots of a page, at most 20.
        start: `LoopRun.start` of a run in the same world, with the same memory and k; it spares
            living the rounds before round 0 again.
        viewer_groups, title_groups: labels, one a viewer or a title, by name of the grouping.
        progress: show a progress bar, one step a round.

    Raises:
        ArgumentError: a number out of range. DataError: groups or slates that do not fit.
    """
    _check_numbers(rounds, memory, drift, k)
    viewer_groups = _checked(viewer_groups, world.n_viewers)
    title_groups = _checked(title_groups, len(world.titles))
    start = warmed_up(world, memory, k) if start is None else _checked_start(start, world, memory)
    state = _entered(start, settled(world, memory, drift), Weekly(policy, memory, k, world.seed))
    traits, frames, histories = traits_of(world), [], []
    then = world.truth.utility(week=0)
    for number in trange(rounds, desc="Weeks", unit="week", disable=not progress):
        now = _live(state, then, memory)
        histories.append(state.policy.history)
        frame = tidy(now, traits, viewer_groups, title_groups)
        frame.insert(0, "round", number)
        frames.append(frame)
    histories.append(now.diet)
    return LoopRun(pd.concat(frames, ignore_index=True), histories, start, now.slates, now.utility)


def settled(world, memory: int, drift: float):
    """The same world with the loop's simpler viewers, all of them and all titles there at once.

    Whatever was watched, a series too, is done with, and rests for `memory` weeks.
    """
    plain = copy(world)
    cost = -world.config.finished_cost
    done = {"rest_weeks": memory, "resume_pull": cost, "next_season_pull": cost}
    luck = {name: getattr(world.config, name) for name in ("pair_stars", "evening_stars")}
    plain.config = replace(world.config, taste_pull=drift, **PLAIN | done | luck)
    plain.weeks, plain.tastes = 1, world.tastes[:1]
    plain.added, plain.joined = np.full_like(world.added, -1), np.full_like(world.joined, -1)
    plain.hooks = np.zeros_like(world.hooks)
    plain.wishes = Wishes(world.titles, world.tone_names, plain.config, seed=world.seed)
    plain.truth = Truth(plain)
    return plain


def warmed_up(world, memory: int, k: int) -> Days:
    """The state after `2 * memory` weeks with pages of k titles drawn by lot.

    All viewers begin with their favourites. Halfway, the times of what each has watched are dealt
    anew, or these favourites would all come back together, in waves.
    """
    lottery = Weekly(Lottery(), memory, k, world.seed)
    state = Days(settled(world, memory, 0.0), lottery, EVENINGS)
    for week in range(2 * memory):
        if week == memory:
            rng = np.random.default_rng([world.seed, DEAL])
            for row in state.inner.last:
                seen = np.flatnonzero(row > NEVER)
                row[seen] = 7 * rng.integers(0, memory, len(seen)) + EVENINGS[0]
        for _ in range(7):
            _live_day(state)
    return state


def _live_day(state: Days) -> None:
    """A day, or nothing but its passing where nobody comes and nothing is learned."""
    if state.day % 7 in (0, *EVENINGS):
        state.live()
    else:
        state.day += 1


def _entered(start: Days, world, policy: Weekly) -> Days:
    """A copy of the state, in a world with other parameters and under another policy."""
    state = deepcopy(start)
    state.policy = deepcopy(policy)
    state.world = state.inner.world = world
    return state


def _live(state: Days, then: np.ndarray, memory: int) -> Round:
    """One round, and the truth at its end."""
    world = state.world
    shape = world.n_viewers, len(EVENINGS)
    plays, browsed, clicked = np.full(shape, -1), np.zeros(shape, bool), np.zeros(shape, bool)
    for _ in range(7):
        weekday = state.day % 7
        _live_day(state)
        if weekday in EVENINGS:
            place, evening = EVENINGS.index(weekday), state.known.yesterday
            plays[evening.player, place] = evening.played
            browsed[evening.viewer, place] = True
            clicked[evening.viewer[evening.slot >= 0], place] = True
    state.known.day = state.day
    utility = then
    if world.config.taste_pull:  # else no taste has moved, and nothing is added
        moved = np.round(np.einsum("vd,td->vt", state.inner.shift, world.vectors), 6)
        utility = then + world.config.taste_stars * moved
    diet = by_week(state.known.watched(7 * memory))
    slates = state.policy.shown
    return Round(slates, plays, browsed, clicked, diet, utility, then, _shift(state))


def _shift(state: Days) -> np.ndarray:
    """1 - cosine of each viewer's taste of now with that of the start."""
    start = state.world.tastes[0]
    taste = start + state.inner.shift
    both = (taste * start).sum(axis=1)
    return 1 - both / np.sqrt((taste**2).sum(axis=1) * (start**2).sum(axis=1))


def _check_numbers(rounds: int, memory: int, drift: float, k: int) -> None:
    for name, value in (("rounds", rounds), ("memory", memory), ("k", k)):
        check_at_least(name, value, 1, integer=True)
    check_at_least("drift", drift, 0)
    if k > SLOTS:
        raise ArgumentError(f"k must be at most {SLOTS}, the slots of a page, not {k!r}")


def _checked(groups: dict | None, n: int) -> dict[str, np.ndarray]:
    groups = {} if groups is None else {name: np.asarray(of) for name, of in groups.items()}
    for name, labels in groups.items():
        if labels.shape != (n,):
            raise DataError(f"the groups {name!r} must hold {n} labels", where=str(labels.shape))
    return groups


def _checked_start(start: Days, world, memory: int) -> Days:
    theirs = (start.world.seed, *start.inner.last.shape, start.day)
    ours = (world.seed, world.n_viewers, len(world.titles), 14 * memory)
    if theirs != ours:
        raise DataError(
            "start must be that of another run of the same world with the same memory",
            where=f"seed, viewers, titles and days are {theirs}, not {ours}",
        )
    return start
