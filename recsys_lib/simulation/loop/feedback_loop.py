"""The feedback loop: recommend, choose, log, learn from the log, and again."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from tqdm import trange

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.simulation.loop.measures import tidy
from recsys_lib.simulation.loop.policies import Policy
from recsys_lib.simulation.loop.viewers import LoopViewers
from recsys_lib.simulation.service.pages import SLOTS


@dataclass(frozen=True)
class LoopRun:
    """What one run of the loop leaves behind.

    Attributes:
        frame: one row a round, group and measure: round, of, group, measure, value; rounds count
            from 0. `loop_measures` says what each measure is.
        histories: the `Interactions` that the policy was given in each round from 0, then, last,
            those after the last round.
        start: int (n_viewers, n_titles), the round before 0 in which each title was last watched.
        slates: int (n_viewers, k), the last pages.
        utility: float64 (n_viewers, n_titles), true utility in stars by the last tastes.
    """

    frame: pd.DataFrame = field(repr=False)
    histories: list[Interactions] = field(repr=False)
    start: np.ndarray = field(repr=False)
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
    start: np.ndarray | None = None,
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
    viewers, policy = LoopViewers(world, memory), deepcopy(policy)
    if start is None:
        viewers.warm_up(k)
    else:
        viewers.watched = _checked_start(start, viewers.watched.shape)
    start = viewers.watched.copy()
    traits, frames, histories = viewers.traits(), [], []
    history = viewers.history(0)
    for number in trange(rounds, desc="Weeks", unit="week", disable=not progress):
        histories.append(history)
        slates = policy.slates(history, k, viewers.page_rng(number))
        now = viewers.live(number, check_slates(slates, history, k), drift)
        history = now.diet
        frame = tidy(now, traits, viewer_groups, title_groups)
        frame.insert(0, "round", number)
        frames.append(frame)
    histories.append(history)
    return LoopRun(pd.concat(frames, ignore_index=True), histories, start, now.slates, now.utility)


def check_slates(slates, history: Interactions, k: int) -> np.ndarray:
    """The slates as an array, refused if they are not what `Policy` promises."""
    slates = np.asarray(slates)
    if slates.shape != (history.n_users, k) or slates.dtype.kind not in "iu":
        raise DataError(
            f"a policy must return integers ({history.n_users}, {k})",
            where=f"shape {slates.shape}, dtype {slates.dtype}",
        )
    if slates.min() < -1 or slates.max() >= history.n_items:
        raise DataError(f"slates must hold columns below {history.n_items}, or -1")
    ordered = np.sort(slates, axis=1)
    if ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any():
        raise DataError("a policy showed the same title twice on a page")
    return slates


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


def _checked_start(start: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    start = np.array(start)
    if start.shape != shape or start.max() >= 0:
        raise DataError(
            f"start must be that of another run of the same world, {shape}",
            where=f"shape {start.shape}, latest round {start.max()}",
        )
    return start
