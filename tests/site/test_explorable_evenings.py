"""Four evenings in the browser: both lists are the library's."""

from __future__ import annotations

import numpy as np
import pytest

from book.tools.explorables.evenings import MOST_WATCHED, SCALE
from book.tools.explorables.neighbours import CHOICES
from recsys_lib.datasets import load_matinee
from recsys_lib.models import Markov, RecentEASE

DATA = 'JSON.parse(document.querySelector(".explorable-data").textContent)'
EVENINGS = [
    ("Breaking Bad", "The Wire", "Friends", "Seinfeld"),
    ("Up", "Toy Story", "Dune", "Cheers"),
]


@pytest.fixture(scope="module")
def watched():
    return load_matinee().watched()


@pytest.mark.parametrize("titles", EVENINGS)
def test_the_page_scores_as_the_library_does(chromium, server, watched, titles):
    names = load_matinee().titles.set_index("title_id").loc[watched.items, "title"]
    ids = [names.index[names == title][0] for title in titles]
    most = np.argsort(-watched.item_counts, kind="stable")[:MOST_WATCHED]
    chromium.open(f"{server}/book/explore_evenings.html")
    chosen = [CHOICES.index(title) for title in titles]
    for memory in (0.1, 1, 4):
        got = chromium.run(f"easeScores({DATA}, {chosen}, '{memory}')")
        model = RecentEASE(half_life=memory).fit(watched)
        table = model.recommend_for(ids[::-1], k=len(watched.items), exclude_seen=False)
        expected = table.set_index("item_id")["score"].loc[watched.items[most]]
        np.testing.assert_allclose(got, expected, atol=4 * 0.51 / SCALE)
    got = chromium.run(f"chainScores({DATA}, {chosen[0]})")
    table = Markov().fit(watched).recommend_for(ids[::-1], k=len(watched.items), exclude_seen=False)
    expected = table.set_index("item_id")["score"].loc[watched.items[most]]
    np.testing.assert_allclose(got, expected, atol=1e-5)
