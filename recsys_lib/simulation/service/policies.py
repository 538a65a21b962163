"""What fills home pages: the contract of a page policy, and the policies that recur."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from recsys_lib.errors import check_above, check_at_least
from recsys_lib.simulation.service import pages as pg
from recsys_lib.simulation.service.known import NEVER, Known
from recsys_lib.simulation.service.lots import Lots


@dataclass(frozen=True)
class Visit:
    """Those who open their page this evening, a row each; `n` of them.

    viewer: int (n,), rows of `known.viewers`; start: minute of the day; device: index in DEVICES;
    known: what the service knows; lots: luck that belongs to each viewer and day; slots: of a page.
    """

    viewer: np.ndarray
    start: np.ndarray
    device: np.ndarray
    known: Known
    lots: Lots
    slots: int

    @property
    def day(self) -> int:
        """Today, counted from the first day, a Monday."""
        return self.known.day

    def take(self, rows) -> Visit:
        """Some of these visitors, given as bool or as positions."""
        parts = (part[rows] for part in (self.viewer, self.start, self.device))
        return Visit(*parts, self.known, self.lots.take(rows), self.slots)

    def unseen(self, scores: np.ndarray) -> np.ndarray:
        """Scores (n, n_titles) with -inf for what was watched, or is not on the shelf."""
        gone = (self.known.last[self.viewer] > NEVER) | ~self.known.shelf
        return np.where(gone, -np.inf, scores)

    def best(self, scores: np.ndarray, explore: float = 0.0) -> pg.Pages:
        """Pages with the titles of highest score, best first, but for a share of slots by lot.

        Args:
            scores: (n, n_titles); -inf is never shown. Equal ones go by lot.
            explore: chance that a slot shows any title that may be shown, all alike.
        """
        wanted, n = scores > -np.inf, scores.shape[1]
        lot = self.lots.exponential("even", n)
        order = pg.ranked(scores, lot, self.slots)
        best = np.where(np.take_along_axis(wanted, order, axis=1), order, pg.EMPTY)
        if not explore:
            return self.pages(best)
        uniform = self.lots.uniform("explore", self.slots) < explore
        alike = pg.first_home(np.where(wanted, lot, np.inf), self.slots)
        titles = pg.deal([alike, best], np.where(uniform, 0, 1))
        chance = pg.rank_propensity(best, titles, wanted.sum(axis=1), explore)
        return self.pages(titles, chance, uniform)

    def by_lot(self, weights: np.ndarray, explore: float = 0.0, **columns) -> pg.Pages:
        """Pages whose slots are drawn in proportion to weights, but for a share drawn evenly.

        Args:
            weights: (n_titles,) or (n, n_titles), at least 0; 0 is never shown.
            columns: of `Pages`, see `pages`.
        """
        n = weights.shape[-1]
        uniform = self.lots.uniform("explore", self.slots) < explore
        race, even = (self.lots.exponential(name, n) for name in ("race", "even"))
        titles = pg.fill_by_lot(weights, uniform, race=race, even=even)
        chance = pg.slot_propensity(weights, titles, explore)
        return self.pages(titles, chance, uniform, **columns)

    def pages(self, titles, propensity=1.0, uniform=False, **columns) -> pg.Pages:
        """`Pages` of these titles (n, slots), each with one of its pictures, all alike likely.

        Args:
            propensity, uniform, columns: the other arrays of `Pages`, of its shape or one number;
                without `artwork` a picture is drawn by lot.
        """
        count = self.known.pictures.count[titles]
        lot = np.floor(self.lots.uniform("artwork", titles.shape[1]) * count).astype(int)
        given = {
            "artwork": self.known.pictures.first[titles] + lot, "artwork_propensity": 1 / count,
            "kind": 0, "subject": -1, "row_propensity": 1.0, "team": 0,
        } | columns  # fmt: skip
        given |= {"titles": titles, "propensity": propensity, "uniform": uniform}
        shaped = {name: np.broadcast_to(value, titles.shape) for name, value in given.items()}
        return pg.Pages(**shaped)


class PagePolicy:
    """What fills home pages. A policy is copied for every life, so it may keep what it learns."""

    names: tuple[str, ...] = ("policy",)
    """Of its arms, or of the teams of an interleaved page; one for any other policy."""

    def arm_of(self, viewer: np.ndarray) -> np.ndarray:
        """Index in `names` of the arm of each of these viewers, int; a plain policy has one arm."""
        return np.zeros(len(viewer), int)

    def learn(self, known: Known) -> None:
        """Called every morning: look at what is known, at `known.yesterday`, fit, or do nothing."""

    def page(self, visit: Visit) -> pg.Pages:
        """The pages of these visitors; a visitor's page may not depend on who else is there."""
        raise NotImplementedError


class Recommended(PagePolicy):
    """The best unseen titles of a recommender that is fitted again every so many days.

    Args:
        model: any recommender of the contract; it is cloned, not changed.
        every: days between fits, from a first Monday; None fits once, on its first morning.
        explore: share of slots filled evenly by lot.
    """

    def __init__(self, model, every: int | None = 7, explore: float = 0.0) -> None:
        if every is not None:
            check_at_least("every", every, 1, integer=True)
        self.model, self.every, self.explore, self.scores = model, every, explore, None

    def learn(self, known: Known) -> None:
        """See `PagePolicy`."""
        if self.scores is None or (self.every is not None and known.day % self.every == 0):
            log = known.watched()
            fitted = clone(self.model).fit(log, items=known.items, users=known.users)
            self.scores = fitted.score_all(log.users)

    def page(self, visit: Visit) -> pg.Pages:
        """See `PagePolicy`."""
        return visit.best(visit.unseen(self.scores[visit.viewer]), self.explore)


class WithOpinions(Recommended):
    """A recommender's titles, and among these rather what viewers gave many stars.

    score[v, t] = z of the model's score of t for viewer v + weight * z of stars[t]
    stars[t] = (sum of the stars given to t + doubt * mean of all) / (how many gave any + doubt)

    where z means less the mean over titles, in standard deviations.

    Args:
        weight: how much opinions count.
        doubt: how many average opinions each title is given beforehand, above 0.
        others: as for `Recommended`.
    """

    def __init__(self, model, weight: float = 0.5, doubt: float = 10.0, **others) -> None:
        check_above("doubt", doubt, 0)
        super().__init__(model, **others)
        self.weight, self.doubt = weight, doubt

    def learn(self, known: Known) -> None:
        """See `PagePolicy`."""
        before = self.scores
        super().learn(known)
        if self.scores is not before:
            given = known.opinions("stars")
            total, number = np.asarray(given.matrix.sum(axis=0)).ravel(), given.item_counts
            mean = total.sum() / max(number.sum(), 1)
            stars = (total + self.doubt * mean) / (number + self.doubt)
            self.scores = _standard(self.scores) + self.weight * _standard(stars)


def _standard(scores: np.ndarray) -> np.ndarray:
    away = scores - scores.mean(axis=-1, keepdims=True, dtype=np.float64)
    sd = np.sqrt((away**2).mean(axis=-1, keepdims=True))
    return np.round(away / np.where(sd > 0, sd, 1.0), 6)  # no order from the last bit
