"""The page of twenty tiles in the browser: the same viewers, the same clicks, the same appeal."""

from __future__ import annotations

import numpy as np

from book.tools.explorables.looking import CORRECTIONS, ORDERS, POSITIONS, ROWS, appeal, clicks
from recsys_lib.pages import grid_chance

DATA = 'JSON.parse(document.querySelector(".explorable-data").textContent)'


def test_the_page_draws_the_same_viewers_and_judges_alike(chromium, server):
    chromium.open(f"{server}/book/explore_looking.html")
    for row, position, order in (
        (0.75, 0.9, ORDERS[0]),
        (0.5, 1.0, ORDERS[1]),
        (1.0, 0.6, ORDERS[2]),
    ):
        look = grid_chance(row, position, ROWS, POSITIONS).ravel()
        script = f"globalThis.look = lookChance({DATA}, {row}, {position})"
        np.testing.assert_allclose(chromium.run(script), look, rtol=1e-12)
        seen = chromium.run(f"globalThis.seen = watch({DATA}, look, {order!r}, 500)")
        found = clicks(order, row, position, 500)
        assert seen == {"clicked": found[0].tolist(), "shown": found[1].tolist()}
        by_place = found[0].sum(axis=0) / found[0].sum(axis=0)[0]
        for correction, chance in zip(
            CORRECTIONS, (np.ones(len(look)), by_place, look), strict=True
        ):
            told = chromium.run(f"appealOf(seen, taken(seen, look, {correction!r}))")
            np.testing.assert_allclose(told, appeal(found, chance), rtol=1e-12)
