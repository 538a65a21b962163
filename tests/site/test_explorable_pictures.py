"""The log of pictures in the browser: its estimates are the library's, its sentence says them."""

from __future__ import annotations

import numpy as np
from scipy import stats

from book.tools.explorables.pictures import EXPLORED, POLICIES, SIZES, log, truth
from recsys_lib.offpolicy import ips

DATA = 'JSON.parse(document.querySelector(".explorable-data").textContent)'
SENTENCE = """new Promise(done => setTimeout(
    () => done(document.querySelector(".explorable-finding").textContent), 400))"""


def test_the_page_estimates_what_the_library_does(chromium, server):
    chromium.open(f"{server}/book/explore_pictures.html")
    for explored in EXPLORED:
        pages = log(explored)
        for shown in POLICIES.values():
            rows = chromium.run(f"estimates(writeLog({DATA}, {explored}), {list(shown)}, {DATA})")
            agrees = (np.array(shown)[pages["taste"]] == pages["picture"]).astype(float)
            for size, row in zip(SIZES, rows, strict=True):
                found = ips(pages["clicked"][:size], pages["propensity"][:size], agrees[:size])
                assert row["agree"] == agrees[:size].sum()
                got = [row["value"], row["low"], row["high"]]
                np.testing.assert_allclose(got, found[:3], atol=1e-7)
    assert chromium.run(f"{DATA}.t") == [round(stats.t.ppf(0.975, n - 1), 6) for n in SIZES]


def test_the_sentence_says_the_truth_and_whether_it_was_held(chromium, server):
    start = f"{server}/book/explore_pictures.html#"
    chromium.open("about:blank")
    chromium.open(start + "pages=20000&explored=0.1&policy=by+taste")
    told = chromium.run(SENTENCE)
    assert f"The truth is {truth('by taste'):.1%}".replace("%", "\u00a0%") in told
    assert "the interval holds it" in told
    chromium.open("about:blank")
    chromium.open(start + "pages=200&explored=0.02&policy=the+chase+for+all")
    assert "this log cannot answer" in chromium.run(SENTENCE)
