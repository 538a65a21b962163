"""Rows with a meaning: what each is about, and which titles belong to it, by lot."""

from __future__ import annotations

import numpy as np

from recsys_lib.simulation.service.known import NEVER, Known
from recsys_lib.simulation.service.pages import (
    KINDS,
    SLOTS,
    Pages,
    deal,
    first_home,
    slot_propensity,
)
from recsys_lib.simulation.service.policies import Visit
from recsys_lib.simulation.world.config import POSITIONS, ROWS

CHANCES = {
    "continue": 3.0, "because": 2.0, "popular": 2.0, "new": 1.0, "genre": 2.0, "different": 1.0,
}  # fmt: skip
"""Odds of each kind of row to be the next one on a page; only popular ones may come again."""
STRANGERS = 1e-3  # weight, as a share of a popular row's, of titles that do not belong to a row
RECENT = 3  # a row "because you watched" starts from one of so many titles watched last
NEW = 28  # days
OWN_GENRES = 3  # a row of something different leaves out so many genres watched most
POPULAR, BILLBOARD = KINDS.index("popular"), KINDS.index("billboard")


class Rows:
    """Fills pages with rows that are about something, by lot, and writes down every chance.

    A row is drawn from `CHANCES` with probability `config.row_meaning`, else it is popular. In a
    row, a title's weight is its popularity if it belongs, and `STRANGERS` times that if not:
        continue: begun and not finished, half the weight for each week since;
        because: by likeness to one title watched lately, the cosine of who watched both, squared;
        new: `NEW` days on the shelf at most; genre: one that the viewer watches, by lot;
        different: none of the viewer's `OWN_GENRES` most watched genres.
    All but the first two kinds of row leave out what the viewer has watched.
    """

    def __init__(self, config) -> None:
        self.config, self.likeness = config, None

    def learn(self, known: Known) -> None:
        """Every Monday, which titles are watched by the same viewers."""
        if self.likeness is None or known.day % 7 == 0:
            seen = known.watched().binary()
            both = (seen.T @ seen).toarray().astype(np.float64)
            size = np.sqrt(np.maximum(both.diagonal(), 1))
            np.fill_diagonal(both, 0)
            self.likeness = np.round((both / np.outer(size, size)) ** 2, 9)

    def page(self, visit: Visit, popular: np.ndarray) -> Pages:
        """Pages of rows.

        Args:
            popular: popularity weight of each title, 0 where it is not on the shelf; (n_titles,).
        """
        n, boards = len(visit.viewer), visit.slots - SLOTS
        row_of = np.r_[np.zeros(boards, int), boards + np.arange(SLOTS) // POSITIONS]
        about = [np.full((n, boards), BILLBOARD), np.full((n, boards), -1), np.ones((n, boards))]
        kind, subject, row_chance = map(np.hstack, zip(about, self._rows(visit), strict=True))
        uniform = visit.lots.uniform("explore", visit.slots) < self.config.explore
        even = np.where(popular > 0, visit.lots.exponential("even", len(popular)), np.inf)
        alike, shown = first_home(even, visit.slots), np.zeros((n, 0), int)
        chances = []
        for row in range(boards + ROWS):
            weights = self._weights(visit, popular, kind[:, row], subject[:, row])
            np.put_along_axis(weights, shown, 0.0, axis=1)
            turn = np.where(uniform[:, row_of == row], 0, 1)
            race = visit.lots.exponential(f"row {row}", len(popular))
            with np.errstate(divide="ignore"):
                race = np.where(weights > 0, race / weights, np.inf)
            titles = deal([alike, first_home(race, visit.slots)], turn, shown)
            chances.append(slot_propensity(weights, titles, self.config.explore))
            shown = np.hstack([shown, titles])
        columns = {"kind": kind, "subject": subject, "row_propensity": row_chance}
        columns = {name: values[:, row_of] for name, values in columns.items()}
        return visit.pages(shown, np.hstack(chances), uniform, **columns)

    def _rows(self, visit: Visit) -> tuple[np.ndarray, ...]:
        """Kind, subject and chance of each row, (n, ROWS)."""
        n, known = len(visit.viewer), visit.known
        last = known.last[visit.viewer]
        begun = (last > NEVER).any(axis=1)
        possible = {"continue": known.unfinished[visit.viewer].any(axis=1)}
        possible |= {"because": begun, "different": begun}
        odds = np.zeros((n, len(KINDS)))
        for kind, chance in CHANCES.items():
            odds[:, KINDS.index(kind)] = chance * possible.get(kind, True)
        lots = visit.lots.uniform("rows", 3, ROWS)
        kinds, subjects = np.empty((n, ROWS), int), np.full((n, ROWS), -1)
        chances, rows = np.empty((n, ROWS)), np.arange(n)
        meaning = self.config.row_meaning
        for row in range(ROWS):
            drawn, _ = draw(odds, lots[:, 0, row])
            kinds[:, row] = np.where(lots[:, 1, row] < meaning, drawn, POPULAR)
            share = (odds / odds.sum(axis=1, keepdims=True))[rows, kinds[:, row]]
            chances[:, row] = meaning * share + (1 - meaning) * (kinds[:, row] == POPULAR)
            odds[rows, kinds[:, row]] *= kinds[:, row] == POPULAR  # only this may come again
        for kind, of in (("because", self._starts), ("genre", self._genres)):
            row = np.nonzero(kinds == KINDS.index(kind))
            subjects[row], chance = draw(of(visit, last)[row[0]], lots[row[0], 2, row[1]])
            chances[row] *= chance
        return kinds, subjects, chances

    def _starts(self, visit: Visit, last: np.ndarray) -> np.ndarray:
        """Odds of each title to be the one that a row is there because of, (n, n_titles)."""
        recent = first_home(-last.astype(np.float64), RECENT)
        odds = np.zeros(last.shape)
        np.put_along_axis(odds, recent, 1.0, axis=1)
        return odds * (last > NEVER)

    def _genres(self, visit: Visit, last: np.ndarray) -> np.ndarray:
        """Odds of each genre: one, and one for each of its titles that the viewer watched."""
        return 1 + (last > NEVER).astype(np.float64) @ visit.known.genres.T

    def _weights(self, visit: Visit, popular, kind, subject) -> np.ndarray:
        """Weight of each title in one row of each page, (n, n_titles)."""
        weight = np.tile(popular, (len(kind), 1))
        present = popular.sum() * (popular > 0)  # for rows that do not ask how popular a title is
        for name, belonging, base in (
            ("continue", self._begun, present), ("because", self._alike, present),
            ("new", self._new, popular), ("genre", self._of_genre, popular),
            ("different", self._unlike, popular),
        ):  # fmt: skip
            here = np.flatnonzero(kind == KINDS.index(name))
            if len(here):
                viewer = visit.viewer[here]
                weight[here] = belonging(visit.known, viewer, subject[here]) * base
        return weight + STRANGERS * popular

    # How much each title belongs to a row of one kind, for each viewer: (n, n_titles).

    def _begun(self, known: Known, viewer, subject) -> np.ndarray:
        row, title = np.nonzero(known.unfinished[viewer])
        belongs = np.zeros((len(viewer), known.last.shape[1]))
        ago = known.day - known.last[viewer[row], title].astype(np.float64)
        belongs[row, title] = 0.5 ** (ago / 7)
        return belongs

    def _alike(self, known: Known, viewer, subject) -> np.ndarray:
        return self.likeness[subject]

    def _new(self, known: Known, viewer, subject) -> np.ndarray:
        new = (known.added > 0) & (known.day - known.added <= NEW)
        return new & (known.last[viewer] == NEVER)

    def _of_genre(self, known: Known, viewer, subject) -> np.ndarray:
        return known.genres[subject] * (known.last[viewer] == NEVER)

    def _unlike(self, known: Known, viewer, subject) -> np.ndarray:
        unseen = known.last[viewer] == NEVER
        counts = (~unseen).astype(np.float64) @ known.genres.T
        most = np.argsort(-counts, axis=1, kind="stable")[:, :OWN_GENRES]
        own = np.zeros(counts.shape)
        np.put_along_axis(own, most, 1.0, axis=1)
        return ((own @ known.genres) == 0) & unseen


def draw(odds: np.ndarray, lot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One column of each row, drawn in proportion to its odds, and the chance that it had.

    >>> draw(np.array([[1.0, 0.0, 3.0], [1.0, 0.0, 3.0]]), np.array([0.2, 0.3]))
    (array([0, 2]), array([0.25, 0.75]))
    """
    edges = np.cumsum(odds, axis=1)
    column = (lot[:, None] * edges[:, -1:] >= edges[:, :-1]).sum(axis=1)
    return column, odds[np.arange(len(odds)), column] / edges[:, -1]
