"""The bookshop and the bubble in the browser: the formula in the page, the words under the picture.

The browser computes the bookshop's lines itself; here it is asked for them.
"""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from book.tools.explorables import bubble as explore_bubble
from book.tools.explorables.bookshop import MEN, MONTHS, OWN, REMEDIES
from recsys_lib.simulation.bookshop import Bookshop, long_run_share, utility

ROOT = Path(__file__).resolve().parents[2]
NO_DIFFERENCE = "no difference that luck could not make"


def stored(name: str) -> dict:
    return json.loads((ROOT / f"book/explore/{name}.json").read_text(encoding="utf-8"))


def asked(chromium, **state: object) -> str:
    """The sentence on the open page once the address says this; opening it anew would not load."""
    fragment = "&".join(f"{name}={value}" for name, value in state.items())
    return chromium.run(f"""location.hash = "{fragment}", new Promise(done => setTimeout(
        () => done(document.querySelector(".explorable-finding").textContent), 400))""")


def test_the_page_computes_what_the_library_does(chromium, server):
    chromium.open(f"{server}/book/explore_bookshop.html")
    for remedy, men, own in product(REMEDIES, MEN, OWN):
        settings = json.dumps(REMEDIES[remedy])
        found = chromium.run(f"windowShares({MONTHS}, {men / 100}, {own / 100}, {settings})")
        shop = Bookshop(men=men / 100, own=own / 100, **REMEDIES[remedy])
        np.testing.assert_allclose(found, shop.expect(MONTHS)["shown"], atol=1e-12)


def test_so_do_its_long_run_and_the_window_s_worth(chromium, server):
    chromium.open(f"{server}/book/explore_bookshop.html")
    for men, own in product(MEN, OWN[1:]):
        men, own = men / 100, own / 100
        assert chromium.run(f"longRun({men}, {own})") == pytest.approx(long_run_share(men, own))
        assert chromium.run(f"worth({men}, {own})") == pytest.approx(utility(men, own))


def test_the_bookshop_says_what_it_shows(chromium, server):
    chromium.open(f"{server}/book/explore_bookshop.html")
    plain = asked(chromium, men=80, own=60, remedy="lot", strength=0)
    shown = Bookshop(men=0.8, own=0.6).expect(24)["shown"].iloc[-1]
    assert f"fill {shown:.1%} of".replace("%", "\u00a0%") in plain
    assert "without the remedy" not in plain and "In the long run nothing is left" in plain
    remedied = asked(chromium, men=80, own=60, remedy="floor", strength=40)
    assert "fill 40.0\u00a0% of the window; without the remedy, 1.0\u00a0%" in remedied
    assert "long run" not in remedied
    assert "no difference from half" in asked(chromium, men=50, own=60)


def test_the_bubble_says_whether_there_is_a_difference(chromium, server):
    chromium.open(f"{server}/book/explore_bubble.html")
    found = stored("bubble")
    policies = [name for name in found["policies"] if name != "by lot"]
    for name, month in product(policies, range(len(found["weeks"]))):
        sentence = chromium.run(f"""say(JSON.parse(
            document.querySelector(".explorable-data").textContent), "{name}", {month})""")
        parts = dict(re.findall(r"(Satisfaction|Diversity|Likeness) (.*?\))", sentence))
        for measure, (label, _, digits) in explore_bubble.MEASURES.items():
            sign, rival = (1, name) if name != "0/0" else (-1, "by lot")
            change, *ends = found["policies"][rival][measure]["change"][month]
            sure = ends[0] > 0 or ends[1] < 0
            assert (NO_DIFFERENCE in parts[label]) is not sure
            if sure:
                word = "higher" if sign * change > 0 else "lower"
                assert f"{word} by {abs(change):.{digits}f}" in parts[label]


def test_the_sentence_follows_the_controls(chromium, server):
    chromium.open(f"{server}/book/explore_bubble.html")
    assert asked(chromium, explore=0, diversity=0, week=8).startswith(
        "Weeks 5 to 8, plain pages against pages by lot."
    )
    one = asked(chromium, explore=20, diversity=0, week=4)
    assert one.startswith("Weeks 1 to 4, pages with 20\u00a0% of the slots by lot, against plain")
    both = asked(chromium, explore=50, diversity=60, week=40)
    assert both.startswith("Weeks 37 to 40, pages with 50\u00a0% of the slots by lot and")
