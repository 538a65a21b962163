"""Thumbs in the browser: beliefs and chances are those of BetaThompson."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recsys_lib.online import BetaThompson

THUMBS = [(3, 1, 1, 1, 0, 1), (0, 0, 0, 0, 0, 0), (12, 0, 11, 1, 0, 12), (12, 12, 6, 6, 5, 7)]


@pytest.mark.parametrize("thumbs", THUMBS)
def test_the_page_believes_what_the_library_does(chromium, server, thumbs):
    chromium.open(f"{server}/book/explore_thumbs.html")
    up, down = np.array(thumbs[::2]), np.array(thumbs[1::2])
    pairs = list(zip(up.tolist(), down.tolist(), strict=True))
    script = f"globalThis.beliefs = {[list(pair) for pair in pairs]}.map(pair => belief(...pair))"
    beliefs = np.array(chromium.run(script))
    middles = (np.arange(1000) + 0.5) / 1000
    for one, (ups, downs) in zip(beliefs, pairs, strict=True):
        expected = stats.beta(1 + ups, 1 + downs).pdf(middles)
        np.testing.assert_allclose(one, expected / expected.sum(), atol=1e-12)
    model = BetaThompson(3)
    model.shown, model.total = (up + down).astype(float), up.astype(float)
    chances = model.chances(np.ones(3, bool))
    np.testing.assert_allclose(chromium.run("chances(beliefs)"), chances, atol=2e-3)
