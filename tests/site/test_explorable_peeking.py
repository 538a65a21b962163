"""The thousand experiments in the browser: the same lots, the same border, the same alarms."""

from __future__ import annotations

from itertools import product

import numpy as np

from book.tools.explorables.peeking import EFFECTS, LOOKS, RULES, STEPS, lots, stopped_at
from recsys_lib.experiments import confidence_sequence

DATA = 'JSON.parse(document.querySelector(".explorable-data").textContent)'
SENTENCE = """new Promise(done => setTimeout(
    () => done(document.querySelector(".explorable-finding").textContent), 400))"""
STOPS = "stops(walks(lots, {effect}), border('{rule}', {steps}), {looks})"


def test_the_page_draws_the_same_lots_and_finds_the_same_alarms(chromium, server):
    chromium.open(f"{server}/book/explore_peeking.html")
    # Logarithm and cosine may differ in their last digit from processor to processor.
    np.testing.assert_allclose(chromium.run("lots[999]"), lots()[999], rtol=1e-11)
    for rule, looks, effect in product(RULES, LOOKS, EFFECTS):
        asked = STOPS.format(rule=rule, looks=looks, effect=effect, steps=STEPS)
        assert chromium.run(asked) == stopped_at(rule, looks, effect).tolist(), (
            rule,
            looks,
            effect,
        )


def test_the_border_is_the_confidence_sequence(chromium, server):
    chromium.open(f"{server}/book/explore_peeking.html")
    errors = 1 / np.sqrt(np.arange(1, STEPS + 1))
    _, high, _ = confidence_sequence(np.zeros(STEPS), errors)
    np.testing.assert_allclose(
        chromium.run(f"border('always', {STEPS})"), high / errors, rtol=1e-12
    )


def test_the_sentence_counts_what_is_red(chromium, server):
    chromium.open("about:blank")  # or a change of the part behind # would load nothing
    chromium.open(f"{server}/book/explore_peeking.html#looks=100&rule=usual&effect=0")
    found = chromium.run(SENTENCE)
    ends = stopped_at("usual", 100, 0)
    assert (
        f": {(ends > 0).sum()} are stopped ({(ends > 0).mean():.1%})".replace("%", "\u00a0%")
        in found
    )
    red = chromium.run("document.querySelectorAll('.explorable-picture .rung').length")
    assert red == (ends[:120] > 0).sum()
