"""What goes on in viewers: how titles fit them now, what they remember, what phase they are in."""

from __future__ import annotations

import numpy as np

from recsys_lib.simulation.service.known import NEVER
from recsys_lib.simulation.service.lots import BLOCK
from recsys_lib.simulation.service.sitting import FRESH, Sittings, state_pull
from recsys_lib.simulation.world.shelf import EMPHASES


class Inner:
    """What is true of each viewer, and of each viewer and title.

    Attributes:
        last: int16 (n_viewers, n_titles), day on which each was last watched, or NEVER.
        state: int8, FRESH, HALFWAY, NEXT_SEASON or DONE; progress: float32, films or episodes seen.
        shift: float64 (n_viewers, dimensions), how far taste was moved by what was watched.
        phase: of that shape, where what was watched lately lies; since: day of its last change.
    """

    def __init__(self, world) -> None:
        shape, inside = (world.n_viewers, len(world.titles)), world.tastes.shape[1:]
        self.world, self._week = world, -1
        self.last = np.full(shape, NEVER, np.int16)
        self.state, self.progress = np.zeros(shape, np.int8), np.zeros(shape, np.float32)
        self.fit = np.zeros(shape, np.float32)
        self.shift, self.phase = np.zeros(inside), np.zeros(inside)
        self.since = np.zeros(world.n_viewers, np.int64)

    @property
    def week(self) -> int:
        """The week whose tastes hold; setting another one makes every title fit anew."""
        return self._week

    @week.setter
    def week(self, week: int) -> None:
        if week == self._week:
            return
        self._week = week
        for start in range(0, self.world.n_viewers, BLOCK):
            self._refit(np.arange(start, min(start + BLOCK, self.world.n_viewers)))

    def taste(self, viewer: np.ndarray) -> np.ndarray:
        """Taste of each of these viewers now, (n, dimensions)."""
        taste = self.world.tastes[self._week][viewer]
        return taste + self.shift[viewer] if self.world.config.taste_pull else taste

    def appeal(self, viewer: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Fit of every title in sd, and what else pulls, in logits; both (n, n_titles)."""
        config = self.world.config
        state, days_ago = self.state[viewer], None
        if config.rest_weeks:
            rested = day // 7 - self.last[viewer] // 7 > config.rest_weeks
            state = np.where(rested, FRESH, state)
        if config.resume_half_life:
            days_ago = day - self.last[viewer].astype(np.float64)
        pull = state_pull(state, days_ago, config)
        if config.phase_pull:
            pull += config.phase_pull * self._likeness_to_phase(viewer, day)
        return self.fit[viewer].astype(np.float64), pull

    def usual(self, viewer: np.ndarray, title: np.ndarray) -> np.ndarray:
        """Satisfaction with each title on an average evening, in stars, (n,)."""
        config = self.world.config
        usual = self.world.worth(title) + config.taste_stars * self.fit[viewer, title]
        return usual + self.world.truth.lasting_luck(viewer, title) if config.pair_stars else usual

    def art_fit(self, visit, pages) -> np.ndarray:
        """Taste for what each slot's picture shows, in sd, (n_pages, n_slots)."""
        taste = self.taste(visit.viewer)
        emphasis = self.world.artwork["emphasis"].to_numpy()[pages.artwork]
        fit = np.zeros(pages.titles.shape)
        for name, part in EMPHASES.items():
            here = np.nonzero(emphasis == name)
            shown = self.world.parts[part][pages.titles[here]]
            fit[here] = np.round((taste[here[0]] * shown).sum(axis=1), 6)
        return fit

    def note(self, viewer, title, sittings: Sittings, state: np.ndarray, day: int) -> None:
        """Remember these sittings, at most one a viewer."""
        self.last[viewer, title], self.state[viewer, title] = day, state
        self.progress[viewer, title] = sittings.progress
        if self.world.config.taste_pull:
            self._move_taste(viewer, title)
        if self.world.config.phase_pull:
            self._go_on_in_phase(viewer, title, day)

    def _refit(self, viewer: np.ndarray) -> None:
        fit = self.world.affinity(self._week, viewer)
        if self.world.config.taste_pull:
            change = np.einsum("vd,td->vt", self.shift[viewer], self.world.vectors)
            fit = np.round(fit + change, 6)
        self.fit[viewer] = fit

    def _move_taste(self, viewer: np.ndarray, title: np.ndarray) -> None:
        """taste = rescaled(taste + taste_pull * |taste| * vector of the title)"""
        taste = self.taste(viewer)
        length = np.sqrt((taste**2).sum(axis=1, keepdims=True))
        moved = taste + self.world.config.taste_pull * length * self.world.vectors[title]
        moved = moved * length / np.sqrt((moved**2).sum(axis=1, keepdims=True))
        self.shift[viewer] += moved - taste
        self._refit(viewer)

    def _faded(self, viewer: np.ndarray, day: int) -> np.ndarray:
        away = day - self.since[viewer]
        return self.phase[viewer] * 0.5 ** (away / self.world.config.phase_half_life)[:, None]

    def _likeness_to_phase(self, viewer: np.ndarray, day: int) -> np.ndarray:
        """Rounded, so that the last bit, which differs between processors, decides no choice."""
        return np.round(self._faded(viewer, day) @ self.world.vectors.T, 6)

    def _go_on_in_phase(self, viewer: np.ndarray, title: np.ndarray, day: int) -> None:
        """phase = phase_kept * faded phase + (1 - phase_kept) * vector of the title"""
        kept = self.world.config.phase_kept
        faded = self._faded(viewer, day)
        self.phase[viewer] = kept * faded + (1 - kept) * self.world.vectors[title]
        self.since[viewer] = day
