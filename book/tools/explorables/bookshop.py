"""The bookshop of chapter 14 for its explorable: where shops with single buyers end.

What endlessly many buyers would bring is a formula; the page computes it itself, and a test holds
it to `Bookshop.expect`. Luck cannot be computed on a page, so it is drawn here.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy import stats

from recsys_lib.simulation.bookshop import Bookshop

MONTHS, SHOPS = 24, 10
MEN = range(50, 100, 5)  # per cent of the buyers
OWN = range(50, 80, 5)  # per cent who take the book by their own gender out of two equal ones
STRENGTHS = range(10, 60, 10)  # per cent of the window
REMEDIES = (
    {"none": {}, "showing": {"learns_from": "sales per showing"}}
    | {f"lot {strength}": {"explore": strength / 100} for strength in STRENGTHS}
    | {f"floor {strength}": {"floor": strength / 100} for strength in STRENGTHS}
)
"""Name, with the strength in per cent → what it changes in a `Bookshop`."""


def make() -> dict:
    """Women's share of the window in the last month, of `SHOPS` shops in every setting.

    Returns:
        months; remedies, see `REMEDIES`; ends: "remedy/men/own" → one share a shop; mean: the same
        key → their mean and the ends of its 95 % t interval; finding, see `in_words`. Shares are
        in per cent.
    """
    ends = {
        f"{remedy}/{men}/{own}": last_month(remedy, men, own)
        for remedy, men, own in product(REMEDIES, MEN, OWN)
    }
    return {
        "months": MONTHS,
        "remedies": REMEDIES,
        "ends": {key: percent(shares) for key, shares in ends.items()},
        "mean": {key: percent(interval(shares)) for key, shares in ends.items()},
        "finding": in_words(*percent(interval(ends["lot 30/80/60"]))),
    }


def last_month(remedy: str, men: int, own: int) -> np.ndarray:
    """Women's share of the window in month `MONTHS`, float64 (SHOPS,); men and own in per cent."""
    shop = Bookshop(men=men / 100, own=own / 100, **REMEDIES[remedy])
    runs = (shop.run(MONTHS, rng=np.random.default_rng(seed)) for seed in range(SHOPS))
    return np.array([run["shown"].iloc[-1] for run in runs])


def interval(shares: np.ndarray) -> np.ndarray:
    """Mean, and low and high of its 95 % t interval, cut to 0 ... 1."""
    half = stats.t.ppf(0.975, len(shares) - 1) * shares.std(ddof=1) / np.sqrt(len(shares))
    return np.clip(shares.mean() + half * np.array([0, -1, 1]), 0, 1)


def percent(shares: np.ndarray) -> list[float]:
    return np.round(100 * shares, 1).tolist()


def in_words(mean: float, low: float, high: float) -> str:
    """What the script says of the first picture, for who reads the page without it."""
    plain, last = (
        Bookshop(**REMEDIES[name]).expect(MONTHS).iloc[-1] for name in ("none", "lot 30")
    )
    sentence = (
        "Women’s books are half of the shelf and just as good. In month 24 they fill"
        f" {last['shown']:.1%} of the window; without the remedy, {plain['shown']:.1%}."
        f" Ten shops with 1,000 buyers a month end at {mean:.1f}% on average (95% interval"
        f" {low:.1f}% to {high:.1f}%). The window is worth {last['utility_women']:+.2f} to a woman"
        f" and {last['utility_men']:+.2f} to a man, where half and half is worth 0."
    )
    return sentence.replace("-", "−").replace("%", "\u00a0%")
