"""Home pages of genre rows: each row ranked apart, or the page filled as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from sklearn.base import BaseEstimator, clone

from recsys_lib.errors import check_choice
from recsys_lib.models import EASE
from recsys_lib.pages import Limits, Moods, Page, Row, apart, compose
from recsys_lib.simulation.service.known import Known
from recsys_lib.simulation.service.pages import EMPTY, Pages
from recsys_lib.simulation.service.policies import PagePolicy, Visit

HOW = ("repeating", "apart", "whole")
WEEK = 7


@dataclass
class GenreRows(PagePolicy):
    """Pages of rows, a genre each, of unseen titles by one recommender's scores.

    How likely a title is to be played if looked at, in the mood for a genre:

    fit = 1 / (1 + exp(-(base + slope * z + mood * (is of that genre))))

    with z the score in sds of its viewer's. A mood's chance is the share of titles whose first
    genre it is. `rows` genres whose first titles fit best on average are candidates.

    Args:
        look: chance that each slot is looked at, (places, positions).
        how: "repeating": the best rows, each by its own scores, whatever stands above; "apart":
            the same without repeats; "whole": `compose`.
        mood: strength of tonight's wish, in logits; 0 composes as if there were none.
        base, slope: see above; the defaults were chosen by clicks, see benchmarks/home_pages.py.
        model: is cloned, and fitted every Monday.
        share, group: least share of looks for titles of a group, see `Limits`.
        rest: a title that a viewer saw on so many pages within a week is left out; 0: none is.
        rows, depth: candidate rows, and titles of each.
    """

    look: np.ndarray
    how: str = "whole"
    mood: float = 0.0
    base: float = -5.5
    slope: float = 0.6
    model: BaseEstimator = field(default_factory=EASE)
    share: float = 0.0
    group: np.ndarray | None = None
    rest: int = 0
    rows: int = 8
    depth: int = 12

    def __post_init__(self) -> None:
        check_choice("how", self.how, HOW)
        self.scores, self.shown = None, []

    def learn(self, known: Known) -> None:
        """See `PagePolicy`."""
        if self.scores is None or known.day % WEEK == 0:
            log = known.watched()
            scores = clone(self.model).fit(log).score_all(log.users)
            spread = np.maximum(scores.std(axis=1, keepdims=True), 1e-9)
            self.scores = np.round((scores - scores.mean(axis=1, keepdims=True)) / spread, 6)
        if self.rest:
            self.shown = [np.zeros(known.last.shape, np.int8), *self.shown][:WEEK]

    def page(self, visit: Visit) -> Pages:
        """See `PagePolicy`."""
        scores = visit.unseen(self.scores[visit.viewer])
        first = visit.known.titles["genres"].str.split("|").str[0]
        names = sorted({g for cell in visit.known.titles["genres"] for g in cell.split("|")})
        chance = first.value_counts(normalize=True).reindex(names, fill_value=0).to_numpy()
        titles = np.array([
            self.one(viewer, z, visit.known.genres, chance).titles.ravel()
            for viewer, z in zip(visit.viewer, scores, strict=True)
        ]).reshape(len(scores), self.look.size)  # fmt: skip
        if self.rest:
            rows, slots = np.nonzero(titles != EMPTY)
            self.shown[0][visit.viewer[rows], titles[rows, slots]] += 1
        return visit.pages(titles)

    def one(self, viewer: int, z: np.ndarray, genres: np.ndarray, chance: np.ndarray) -> Page:
        """The page of one viewer, given scores (n_titles,) that are -inf for what may not stand."""
        if self.rest:
            z = np.where(sum(day[viewer] for day in self.shown) >= self.rest, -np.inf, z)
        order = np.argsort(-z, kind="stable")[: int((z > -np.inf).sum())]
        ranked = [order[genres[genre, order] > 0] for genre in range(len(genres))]
        names = [genre for genre, titles in enumerate(ranked) if len(titles) >= self.look.shape[1]]
        mean = chance @ self.fit(z[None, :], genres)
        worth = [-mean[ranked[genre][: self.look.shape[1]]].sum() for genre in names]
        names = [names[i] for i in np.argsort(worth, kind="stable")[: self.rows]]
        rows = [Row(str(genre), self._candidates(ranked[genre])) for genre in names]
        if self.how != "whole":
            best = rows[: len(self.look)]
            return apart(best, self.look.shape[1], repeats=self.how == "repeating")
        return self._composed(rows, z, genres, chance)

    def fit(self, z: np.ndarray, genres: np.ndarray) -> np.ndarray:
        """Chance of each title to be played if looked at, in each mood, (n_genres, n_titles)."""
        return 1 / (1 + np.exp(-(self.base + self.slope * z + self.mood * genres)))

    def _candidates(self, titles: np.ndarray) -> np.ndarray:
        kept = np.arange(len(titles)) < self.depth
        if self.share:
            kept |= np.cumsum(self.group[titles]) * self.group[titles] > 0
        return titles[kept]

    def _composed(self, rows: list[Row], z, genres, chance) -> Page:
        """`compose` on the candidates alone, which saves time."""
        some = np.unique(np.concatenate([row.titles for row in rows]))
        local = [Row(row.name, np.searchsorted(some, row.titles)) for row in rows]
        moods = Moods(chance / chance.sum(), self.fit(z[None, some], genres[:, some]))
        limits = Limits(self.share, None if self.group is None else self.group[some])
        page = compose(local, self.look, moods, limits=limits)
        named = {row.name: row for row in rows}
        return Page(np.where(page.titles == EMPTY, EMPTY, some[page.titles]),
                    tuple(named[row.name] for row in page.rows))  # fmt: skip
