"""The smallest world in which a shop that learns from its sales turns against equal books."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_lib.errors import ArgumentError, check_at_least, check_choice
from recsys_lib.randomness import Rng, generator

LEARNS_FROM = ("sales", "sales per showing")


@dataclass(frozen=True)
class Bookshop:
    """Buyers, books and a shop window; every book is equally good.

    Half of the books are by women and half by men. Each month every buyer takes one book: with
    chance `own`, out of two that are shown alike, one by an author of the buyer's own gender. Each
    month the shop shows books in proportion to what it learned from the month before.

    Attributes:
        men: share of men among buyers, 0 ... 1; everybody else is a woman.
        own: chance of choosing one's own gender out of two equal books, 0.5 (no preference) to 1.
        books: books by women, and as many by men.
        buyers: a month.
        learns_from: what a book's showing next month is proportional to: its "sales", or its
            "sales per showing", which asks how well it sells when it is shown.
        explore: share of the showing that is spread over all books evenly.
        floor: least share of the showing for women's books; shared among them as before.
    """

    men: float = 0.8
    own: float = 0.6
    books: int = 10
    buyers: int = 1000
    learns_from: str = "sales"
    explore: float = 0.0
    floor: float = 0.0

    def __post_init__(self) -> None:
        for name, low in (("men", 0), ("own", 0.5), ("explore", 0), ("floor", 0)):
            value = getattr(self, name)
            check_at_least(name, value, low)
            if value > 1:
                raise ArgumentError(f"{name} must be at most 1, not {value!r}")
        check_at_least("books", self.books, 1, integer=True)
        check_at_least("buyers", self.buyers, 1, integer=True)
        check_choice("learns_from", self.learns_from, LEARNS_FROM)

    def run(self, months: int, *, rng: Rng) -> pd.DataFrame:
        """Live through some months, buyer by buyer.

        Returns:
            DataFrame month (from 1), shown (women's share of the showing), sold (their share of
            the sales), utility_women and utility_men (see `utility`, of an average buyer).
        """
        check_at_least("months", months, 1, integer=True)
        rng = generator(rng)
        n_men, shown = rng.binomial(self.buyers, self.men, months), self._evenly()
        rows = []
        for month in range(months):
            sold = rng.multinomial(n_men[month], self._chances(shown, men=True))
            sold = sold + rng.multinomial(
                self.buyers - n_men[month], self._chances(shown, men=False)
            )
            rows.append(self._row(month, shown, sold / self.buyers))
            shown = self._next(shown, sold / self.buyers)
        return pd.DataFrame(rows)

    def expect(self, months: int) -> pd.DataFrame:
        """The same with endlessly many buyers: no chance is left, only the mechanism."""
        check_at_least("months", months, 1, integer=True)
        rows, shown = [], self._evenly()
        for month in range(months):
            by_men, by_women = (self._chances(shown, men=men) for men in (True, False))
            sold = self.men * by_men + (1 - self.men) * by_women
            rows.append(self._row(month, shown, sold))
            shown = self._next(shown, sold)
        return pd.DataFrame(rows)

    # One month, all arrays (2 * books,), women's books first -------------------------------------

    def _evenly(self) -> np.ndarray:
        return self._lifted(np.full(2 * self.books, 0.5 / self.books))

    def _chances(self, shown: np.ndarray, *, men: bool) -> np.ndarray:
        """Chance of each book, as shown * own, or shown * (1 - own) for the other gender's."""
        by_woman = np.arange(2 * self.books) < self.books
        pull = shown * np.where(by_woman ^ men, self.own, 1 - self.own)
        return pull / pull.sum() if pull.sum() > 0 else shown

    def _next(self, shown: np.ndarray, sold: np.ndarray) -> np.ndarray:
        learned = sold
        if self.learns_from == "sales per showing":
            rate = np.divide(sold, shown, out=np.zeros_like(sold), where=shown > 0)
            learned = rate / rate.sum()
        return self._lifted((1 - self.explore) * learned + self.explore * 0.5 / self.books)

    def _lifted(self, shown: np.ndarray) -> np.ndarray:
        women = shown[: self.books].sum()
        if women >= self.floor:
            return shown
        theirs = shown[: self.books] / women if women > 0 else np.full(self.books, 1 / self.books)
        others = shown[self.books :] * (1 - self.floor) / (1 - women)
        return np.r_[self.floor * theirs, others]

    def _row(self, month: int, shown: np.ndarray, sold: np.ndarray) -> dict:
        women = shown[: self.books].sum()
        return {
            "month": month + 1,
            "shown": women,
            "sold": sold[: self.books].sum(),
            "utility_women": utility(women, self.own),
            "utility_men": utility(1 - women, self.own),
        }


def sales_share(shown: float, men: float, own: float) -> float:
    """Women's share of the sales when theirs of the showing is `shown`.

    sales = men * shown * (1 - own) / (shown * (1 - own) + (1 - shown) * own)
            + (1 - men) * shown * own / (shown * own + (1 - shown) * (1 - own))

    >>> round(sales_share(0.5, men=0.8, own=0.6), 3)  # .8 * .4 + .2 * .6
    0.44
    """
    by_men = shown * (1 - own) / (shown * (1 - own) + (1 - shown) * own)
    by_women = shown * own / (shown * own + (1 - shown) * (1 - own))
    return men * by_men + (1 - men) * by_women


def long_run_share(men: float, own: float) -> float:
    """Where women's share of the showing ends if it follows sales: it is where both are equal.

    share = (own - men) / (2 * own - 1), cut to 0 ... 1

    Nothing is left as soon as men are a larger share of the buyers than `own`: the weaker the
    preference, the sooner.

    >>> round(long_run_share(men=0.55, own=0.6), 3), long_run_share(men=0.6, own=0.6)
    (0.25, 0.0)
    """
    if not own > 0.5:
        raise ArgumentError(f"own must be above 0.5, not {own!r}: without it any share stays")
    return float(np.clip((own - men) / (2 * own - 1), 0, 1))


def utility(own_shown: float, own: float) -> float:
    """What the window is worth to a buyer who finds `own_shown` of it by the own gender, in logits.

    utility = ln((own_shown * own + (1 - own_shown) * (1 - own)) / 0.5)

    The logit's expected best choice; 0 where half is by either gender, whatever `own`.

    >>> round(utility(0.5, own=0.6), 3), round(utility(1.0, own=0.6), 3)
    (0.0, 0.182)
    """
    return float(np.log((own_shown * own + (1 - own_shown) * (1 - own)) / 0.5))
