"""One evening lived many times over: what pages are worth, with the luck averaged out."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from recsys_lib.errors import check_at_least
from recsys_lib.simulation.service import behaviour as act
from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.service.pages import Pages, n_slots
from recsys_lib.simulation.service.policies import Visit

TONIGHT = 20 * 60 + 15  # minute of the day


@dataclass
class Again:
    """What a policy showed, and what came of it.

    viewer: int (n,); pages: one a viewer; slot: int (n, times), what was taken, -1 for nothing;
    stars: float64 (n, n_slots), how satisfied each viewer would be with what stands there.
    """

    viewer: np.ndarray
    pages: Pages
    slot: np.ndarray
    stars: np.ndarray

    @property
    def click(self) -> float:
        """Share of evenings on which something was taken from the page."""
        return float((self.slot >= 0).mean())

    @property
    def taken(self) -> float:
        """Stars of what was taken, mean over those evenings."""
        rows, times = np.nonzero(self.slot >= 0)
        return float(self.stars[rows, self.slot[rows, times]].mean())


def relive(life, policies: dict, times: int = 30, viewers: int | None = None) -> dict[str, Again]:
    """The evening after a life, at a quarter past eight, `times` over, under each policy.

    Every viewer opens one page a policy. The evenings differ in mood, looks and luck, which are
    the same under all policies. Nobody searches, and nothing is remembered.

    Args:
        life: as `live` gives it; it stays as it was.
        policies: by name; each is copied, and learns on the morning of that day.
        viewers: only the first so many of those who are there; None means all.
    """
    check_at_least("times", times, 1, integer=True)
    world, state = life.world, deepcopy(life.state)
    known, inner, day = state.known, state.inner, state.day
    known.day, inner.week = day, min(day // 7, world.weeks - 1)
    viewer = np.flatnonzero((world.joined <= day) & (state.left > day))[:viewers]
    device = world.habits["device"].to_numpy()[viewer]
    lots = Lots(world.seed, day, 0, len(viewer), name="page ")
    start = np.full(len(viewer), TONIGHT)
    visit = Visit(viewer, start, device, known, lots, n_slots(world.config))
    shown, art, slots = {}, {}, {}
    for name, policy in policies.items():
        policy = deepcopy(policy)
        policy.learn(known)
        shown[name] = policy.page(visit)
        art[name], slots[name] = inner.art_fit(visit, shown[name]), []
    fit = inner.appeal(viewer, day)
    for number in range(times):
        lots = Lots(world.seed, day, 0, len(viewer), name=f"again {number} ")
        appeal = act.evening_appeal(world, _evenings(world, visit, lots), *fit)
        luck = lots.gumbel("luck", appeal.shape[1])
        for name, page in shown.items():
            worth = act.slot_worth(world, appeal, page, art[name])
            slots[name].append(act.browse(world, worth, page, luck, lots))
    return {
        name: Again(viewer, page, np.column_stack(slots[name]), _stars(inner, viewer, page))
        for name, page in shown.items()
    }


def _evenings(world, visit: Visit, lots: Lots) -> act.Evenings:
    mood = lots.uniform("mood", 2).T
    tone, genre = world.wishes.draw(
        act.part_of_day(visit.start), visit.day % 7 >= 5, mood[0], mood[1]
    )
    hurry, opens = visit.device == act.SMALL_SCREEN, np.ones(len(visit.viewer), bool)
    minutes = np.full(len(visit.viewer), world.config.evening_minutes)
    return act.Evenings(visit.viewer, visit.start, visit.device, tone, genre, hurry, minutes, opens)


def _stars(inner, viewer: np.ndarray, page: Pages) -> np.ndarray:
    rows = np.broadcast_to(viewer[:, None], page.titles.shape)
    return inner.usual(rows.ravel(), page.titles.ravel()).reshape(page.titles.shape)
