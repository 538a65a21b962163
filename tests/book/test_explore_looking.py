"""The page of twenty tiles of the explorable: its counts, and what its page says of them."""

from __future__ import annotations

import numpy as np
import pytest

from book.tools.explorables import make as explore
from book.tools.explorables.looking import (
    APPEAL,
    ORDERS,
    POSITIONS,
    ROWS,
    TITLES,
    appeal,
    clicks,
)  # fmt: skip
from book.tools.explorables.lots import uniforms
from recsys_lib.pages import grid_chance

LOOK = grid_chance(0.75, 0.9, ROWS, POSITIONS).ravel()
N = len(TITLES)


@pytest.fixture(scope="module")
def counts() -> dict:
    return {order: clicks(order, 0.75, 0.9, 5000) for order in ORDERS}


def by_place(found: np.ndarray) -> np.ndarray:
    """How far people look, if one takes it from the clicks of each place."""
    return found[0].sum(axis=0) / found[0].sum(axis=0)[0]


def test_what_is_stored_is_as_fresh():
    stored = (explore.FOLDER / "looking.json").read_text(encoding="utf-8")
    assert explore.as_json("looking") == stored, "run python -m book.tools.explorables looking"


def test_the_counts_by_a_loop():
    found, lots = clicks("by lot, anew for everybody", 0.75, 0.9, 30), iter(uniforms(40 * 30, 1311))
    expected = np.zeros((2, N, N), int)
    for _ in range(30):
        keys = [next(lots) for _ in range(N)]
        for slot, title in enumerate(sorted(range(N), key=lambda one: keys[one])):
            look = 0.75 ** (slot // POSITIONS) * 0.9 ** (slot % POSITIONS)
            expected[0, title, slot] += next(lots) < look * APPEAL[title]
            expected[1, title, slot] += 1
    assert (found == expected).all()


def test_the_true_chances_give_the_truth(counts):
    for found in counts.values():
        assert appeal(found, LOOK) == pytest.approx(APPEAL, abs=0.05)


def test_what_its_page_says(counts):
    best, worst, by_lot = (counts[order] for order in ORDERS)
    alike = appeal(best, by_place(best))
    assert np.ptp(alike) < 1e-12  # they all become equally good
    seems = appeal(worst, np.ones(N))
    assert (seems[-1] > seems[:-1]).sum() > N / 4  # T passes many better titles
    assert appeal(by_lot, by_place(by_lot)) == pytest.approx(APPEAL, abs=0.06)  # nearly the truth
