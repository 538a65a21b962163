"""Day after day: what is true of every viewer and title, and how a day changes it."""

from __future__ import annotations

import numpy as np

from recsys_lib.simulation.service import behaviour as act
from recsys_lib.simulation.service import sitting as sit
from recsys_lib.simulation.service.behaviour import NOTHING, Evenings
from recsys_lib.simulation.service.diary import Diary
from recsys_lib.simulation.service.inner import Inner
from recsys_lib.simulation.service.known import Known, Yesterday
from recsys_lib.simulation.service.lots import BLOCK, Lots
from recsys_lib.simulation.service.pages import Pages, n_slots
from recsys_lib.simulation.service.policies import PagePolicy, Visit
from recsys_lib.simulation.world.config import EPISODES_PER_SEASON

ALL_WEEK = tuple(range(7))


class Days:
    """The state of a world that is being lived through: what `live()` reads and changes.

    Viewers are lived through in blocks, which bounds the memory that a day takes; a block's lots
    are its own, so nothing depends on the order.

    Args:
        policy: used and changed. weekdays: those on which viewers come, 0 is Monday.
    """

    def __init__(self, world, policy: PagePolicy, weekdays: tuple[int, ...] = ALL_WEEK) -> None:
        self.world, self.policy, self.weekdays = world, policy, weekdays
        self.day, self.logged, self.diary = 0, world.config.logged, Diary()
        self.inner = Inner(world)
        self.known = Known(world, self.inner.last, self.diary)
        self.left = np.full(world.n_viewers, np.iinfo(np.int64).max)  # first day without the viewer
        self.bad_run = np.zeros(world.n_viewers, np.int64)
        shape = self.inner.last.shape
        self.told = {kind: np.zeros(shape, bool) for kind in sit.OPINIONS}
        runs = world.titles["seasons"].to_numpy() * EPISODES_PER_SEASON
        self.total = np.maximum(runs, 1)  # films or episodes of each title
        self._pages, self._played = [], []

    def live(self) -> None:
        """One day: everybody who comes chooses, watches, perhaps chooses again, perhaps leaves."""
        self.known.day = self.day
        self.policy.learn(self.known)
        if self.day % 7 == 0:
            self.inner.week = min(self.day // 7, self.world.weeks - 1)
        coming = [self._coming(block) for block in range(-(-self.world.n_viewers // BLOCK))]
        evenings, lots, page_lots = zip(*coming, strict=True)
        whole = Evenings(*(np.concatenate(part) for part in zip(*map(_parts, evenings))))  # noqa: B905
        session = self.diary.sessions(self.day, whole)
        ends = np.cumsum([len(part.viewer) for part in evenings])[:-1]
        self._pages, self._played = [], []
        for block in zip(evenings, lots, page_lots, np.split(session, ends), strict=True):
            self._evening(*block)
        viewer, pages, slot = zip(*self._pages, strict=True)
        rows = np.split(np.arange(sum(map(len, viewer))), np.cumsum([len(v) for v in viewer])[:-1])
        player, played = (np.concatenate(part) for part in zip(*self._played, strict=True))
        self.known.yesterday = Yesterday(
            np.concatenate(viewer), Pages.merged(list(pages), rows), np.concatenate(slot),
            player, played,
        )  # fmt: skip
        self.day += 1

    def _coming(self, block: int) -> tuple[Evenings, Lots, Lots]:
        """The evenings of a block's viewers who are still here, their lots, those of the pages."""
        viewer = np.arange(block * BLOCK, min((block + 1) * BLOCK, self.world.n_viewers))
        lots = Lots(self.world.seed, self.day, block, len(viewer))
        if self.day % 7 not in self.weekdays:
            viewer, lots = viewer[:0], lots.take(slice(0, 0))
        evenings = act.draw_evenings(self.world, self.day, viewer, lots)
        lots = Lots(self.world.seed, self.day, block, len(evenings.viewer))
        pages = Lots(self.world.seed, self.day, block, evenings.opens.sum(), name="page ")
        here = self.day < self.left[evenings.viewer]
        return evenings.take(here), lots.take(here), pages.take(here[evenings.opens])

    def _evening(self, evenings: Evenings, lots: Lots, page_lots: Lots, session) -> None:
        config, viewer = self.world.config, evenings.viewer
        appeal = act.evening_appeal(self.world, evenings, *self.inner.appeal(viewer, self.day))
        luck = lots.gumbel("luck", appeal.shape[1])
        title, clicked = self._choose(evenings, page_lots, session, appeal, luck)
        satisfaction = np.full(len(viewer), config.bad_evening - 1)
        clock, minutes = evenings.start + 3, np.zeros(len(viewer), np.int64)
        gave_up = self._sit(evenings, lots, session, title, satisfaction, clock, minutes)
        again = gave_up & (lots.uniform("again") < 0.5)
        np.put_along_axis(appeal, np.maximum(title, 0)[:, None], -np.inf, axis=1)
        second = np.full(len(viewer), NOTHING)
        second[again] = act.search(appeal[again], self._aware(), luck[again])
        clock, lots_2 = clock + minutes + 4, lots.named("again ")
        self._sit(evenings, lots_2, session, second, satisfaction, clock, minutes)
        left = self._leave(viewer, satisfaction, lots)
        self.diary.evenings(
            self.day, session, viewer, opened=evenings.opens, clicked=clicked, minutes=minutes,
            satisfaction=satisfaction, left=left,
        )  # fmt: skip

    def _aware(self) -> np.ndarray:
        return self.world.awareness_on(self.day)

    def _choose(self, evenings, lots, session, appeal, luck) -> tuple[np.ndarray, np.ndarray]:
        """Of each evening the title or NOTHING, and whether it was taken from the page.

        Args:
            lots: of those who open their page.
        """
        config, on = self.world.config, np.flatnonzero(evenings.opens)
        title, clicked = act.search(appeal, self._aware(), luck), np.zeros(len(appeal), bool)
        who = evenings.take(on)
        visit = Visit(who.viewer, who.start, who.device, self.known, lots, n_slots(config))
        pages = self.policy.page(visit)
        worth = act.slot_worth(self.world, appeal[on], pages, self.inner.art_fit(visit, pages))
        slot = act.browse(self.world, worth, pages, luck[on], lots)
        kept = lots.uniform("logged") < self.logged
        self.diary.impressions(session[on][kept], pages.take(kept), slot[kept])
        self._pages.append((visit.viewer, pages, slot))
        found = pages.titles[np.arange(len(slot)), slot]
        searching = lots.uniform("search after") < config.search_after
        other = np.where(searching, title[on], NOTHING)
        title[on], clicked[on] = np.where(slot == NOTHING, other, found), slot != NOTHING
        return title, clicked

    def _sit(self, evenings, lots, session, title, satisfaction, clock, minutes) -> np.ndarray:
        """Watch; writes tonight's satisfaction and minutes, returns who gave up."""
        world, config = self.world, self.world.config
        on = np.flatnonzero(title != NOTHING)
        viewer, title, lots = evenings.viewer[on], title[on], lots.take(on)
        felt = self.inner.usual(viewer, title) + config.evening_stars * lots.normal("felt")
        felt = np.round(felt, 6)
        seasons = world.titles["seasons"].to_numpy()[title]
        runtime = world.titles["runtime_min"].to_numpy()[title]
        before = np.round(self.inner.progress[viewer, title].astype(np.float64), 2)
        # Seen to the end and chosen all the same: it is seen again from the start.
        before = np.where(before >= self.total[title], 0, before)
        time = evenings.minutes[on]
        sat = sit.watch(felt, before, runtime, seasons, time, config, lots)
        self.inner.note(viewer, title, sat, sit.next_state(sat, felt, seasons), self.day)
        self.known.unfinished[viewer, title] = ~sat.finished
        self._played.append((viewer, title))
        self.diary.plays(self.day, session[on], viewer, title, clock[on], sat)
        self._tell(viewer, title, felt, clock[on] + sat.minutes, lots)
        satisfaction[on] = felt
        minutes[on] += sat.minutes
        gave_up = np.zeros(len(evenings.viewer), bool)
        gave_up[on] = ~sat.stayed
        return gave_up

    def _tell(self, viewer, title, felt, end, lots: Lots) -> None:
        """Stars and thumbs, at most one of each for a title, from those who care to give them."""
        habits = self.world.habits
        chance = sit.opinion_chance(felt, self.world.config)
        for kind, told in self.told.items():
            keen = habits[kind].to_numpy()[viewer]
            tells = (lots.uniform(kind) < keen * chance) & ~told[viewer, title]
            who, what = viewer[tells], title[tells]
            told[who, what] = True
            value = sit.opinions(kind, felt[tells], habits["generosity"].to_numpy()[who])
            self.diary.feedback(self.day, who, what, kind, value, end[tells])

    def _leave(self, viewer: np.ndarray, satisfaction: np.ndarray, lots: Lots) -> np.ndarray:
        """Who leaves after this evening, bool."""
        bad = satisfaction < self.world.config.bad_evening
        self.bad_run[viewer] = np.where(bad, self.bad_run[viewer] + 1, 0)
        leaves = lots.uniform("leave") < act.leave_chance(self.bad_run[viewer], self.world.config)
        self.left[viewer[leaves]] = self.day + 1
        return leaves


def _parts(evenings: Evenings) -> tuple[np.ndarray, ...]:
    return tuple(vars(evenings).values())
