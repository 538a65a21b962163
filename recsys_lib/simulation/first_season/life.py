"""Run a world day by day and keep what a service would keep."""

from __future__ import annotations

import numpy as np
from tqdm import trange

from recsys_lib.simulation.first_season import behaviour as act
from recsys_lib.simulation.first_season.diary import Diary
from recsys_lib.simulation.first_season.home_page import HomePage
from recsys_lib.simulation.service.diary import Tables
from recsys_lib.simulation.world.config import EPISODES_PER_SEASON, START
from recsys_lib.simulation.world.shelf import EMPHASES
from recsys_lib.simulation.world.world import World


def simulate(world: World, progress: bool = False) -> Tables:
    """Live through the window, one day at a time; the same world gives the same tables.

    Args:
        world: is not changed.
        progress: show a progress bar, one step a day.
    """
    life = Life(world)
    for day in trange(world.weeks * 7, desc="Days at Matinee", unit="day", disable=not progress):
        life.live(day)
    left = np.where(life.left < life.never, life.left, np.datetime64("NaT").astype(np.int64))
    viewers = world.viewers.assign(left_on=START + left.astype("timedelta64[D]"))
    return Tables(world.titles, viewers, artwork=world.artwork, **life.diary.tables())


class Life:
    """The state of a world that is being lived through: what `live(day)` reads and changes."""

    def __init__(self, world: World) -> None:
        shape = (world.n_viewers, len(world.titles))
        self.world, self.page, self.diary = world, HomePage(world), Diary(world)
        self.rng, self.page_rng = world.stream("evenings"), world.stream("pages")
        self.never = world.weeks * 7
        self.left = np.full(world.n_viewers, self.never)  # first day without the viewer
        self.bad_run = np.zeros(world.n_viewers, np.int64)
        self.progress = np.zeros(shape)  # films or episodes seen
        self.pull = np.zeros(shape)  # logits that this adds to the title's appeal
        self.told = {kind: np.zeros(shape, bool) for kind in act.KINDS}
        self.plays_today = np.zeros(shape[1])
        self.fit = np.zeros(shape)

    def live(self, day: int) -> None:
        """One day: everybody who comes chooses, watches, perhaps chooses again, perhaps leaves."""
        if day % 7 == 0:
            self.fit = self.world.affinity(day // 7)
        here = (self.world.joined <= day) & (day < self.left)
        evenings = act.draw_evenings(self.world, day, here, rng=self.rng)
        rows = self.diary.sessions(day, evenings)
        fit, pull = self.fit[evenings.viewer], self.pull[evenings.viewer]
        appeal = act.evening_appeal(self.world, evenings, fit, pull)
        self.plays_today[:] = 0
        title = self._choose(day, evenings, rows, appeal)
        satisfaction = np.full(len(rows), self.world.config.bad_evening - 1)
        gave_up, clock = self._sit(day, evenings, rows, title, satisfaction, evenings.start + 3)
        again = gave_up & (self.rng.random(len(rows)) < 0.5)
        np.put_along_axis(appeal, np.maximum(title, 0)[:, None], -np.inf, axis=1)
        second = np.where(again, self._search(day, appeal), act.NOTHING)
        self._sit(day, evenings, rows, second, satisfaction, clock + 4)
        self._leave(day, evenings.viewer, satisfaction)
        self.page.note(self.plays_today)

    def _choose(self, day, evenings, rows, appeal) -> np.ndarray:
        """The title of each evening: searched for, or picked from the home page, or NOTHING."""
        config, rng = self.world.config, self.rng
        title = self._search(day, appeal)
        browsing = np.flatnonzero(rng.random(len(rows)) >= config.search)
        pages = self.page.draw(day, len(browsing), rng=self.page_rng)
        art = self._art_fit(day // 7, evenings.viewer[browsing], pages)
        slot = act.browse(appeal[browsing], pages, art, self.world, rng=rng)
        self.diary.impressions(rows[browsing], pages, slot, rng=self.page_rng)
        found = pages.titles[np.arange(len(slot)), slot]
        # Half of those who find nothing on the page search after all.
        searching = rng.random(len(slot)) < 0.5
        other = np.where(searching, title[browsing], act.NOTHING)
        title[browsing] = np.where(slot == act.NOTHING, other, found)
        return title

    def _search(self, day: int, appeal: np.ndarray) -> np.ndarray:
        return act.search(appeal, self.world.awareness_on(day), rng=self.rng)

    def _art_fit(self, week: int, viewer: np.ndarray, pages) -> np.ndarray:
        """Taste for what each slot's picture shows, in sd, (n_pages, SLOTS)."""
        world = self.world
        taste = world.tastes[week][viewer]
        emphasis = world.artwork["emphasis"].to_numpy()[pages.artwork]
        fit = np.zeros(pages.titles.shape)
        for name, part in EMPHASES.items():
            here = np.nonzero(emphasis == name)
            shown = world.parts[part][pages.titles[here]]
            fit[here] = np.round((taste[here[0]] * shown).sum(axis=1), 6)
        return fit

    def _sit(self, day, evenings, rows, title, satisfaction, clock):
        """Watch; writes tonight's satisfaction, returns who gave up and when each sitting ended."""
        world, rng, config = self.world, self.rng, self.world.config
        on = np.flatnonzero(title != act.NOTHING)
        viewer, title = evenings.viewer[on], title[on]
        usual = world.worth(title) + config.taste_stars * self.fit[viewer, title]
        felt = np.round(usual + config.evening_stars * rng.standard_normal(len(on)), 6)
        runtime = world.titles["runtime_min"].to_numpy()[title]
        seasons = world.titles["seasons"].to_numpy()[title]
        total = np.where(seasons == 0, 1, seasons * EPISODES_PER_SEASON)
        # Seen to the end and chosen all the same: it is seen again from the start.
        before = np.where(self.progress[viewer, title] >= total, 0, self.progress[viewer, title])
        sat = act.watch(felt, before, runtime, seasons, evenings.minutes[on], config, rng=rng)
        self.progress[viewer, title] = sat.progress
        self.pull[viewer, title] = act.next_pull(sat, felt, seasons, config)
        np.add.at(self.plays_today, title, 1)
        self.diary.plays(day, rows[on], viewer, title, clock[on], sat)
        end = clock[on] + sat.minutes
        self._tell(day, viewer, title, felt, end)
        satisfaction[on] = felt
        gave_up, ended = np.zeros(len(rows), bool), clock.copy()
        gave_up[on], ended[on] = ~sat.stayed, end
        return gave_up, ended

    def _tell(self, day, viewer, title, felt, end) -> None:
        """Stars and thumbs, at most one of each for a title, from those who care to give them."""
        habits, config = self.world.habits, self.world.config
        chance = act.opinion_chance(felt, config)
        for kind, told in self.told.items():
            keen = habits[kind].to_numpy()[viewer]
            tells = (self.rng.random(len(viewer)) < keen * chance) & ~told[viewer, title]
            who, what = viewer[tells], title[tells]
            told[who, what] = True
            value = act.opinions(kind, felt[tells], habits["generosity"].to_numpy()[who])
            self.diary.feedback(day, who, what, kind, value, end[tells])

    def _leave(self, day: int, viewer: np.ndarray, satisfaction: np.ndarray) -> None:
        bad = satisfaction < self.world.config.bad_evening
        self.bad_run[viewer] = np.where(bad, self.bad_run[viewer] + 1, 0)
        chance = act.leave_chance(self.bad_run[viewer], self.world.config)
        self.left[viewer[self.rng.random(len(viewer)) < chance]] = day + 1
