"""The thousand experiments of the explorable: what their page says of them, and of the border."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from book.tools.explorables import make as explore
from book.tools.explorables.peeking import LOOKS, TESTS, lots, stopped_at

STORED = json.loads((explore.FOLDER / "peeking.json").read_text(encoding="utf-8"))["stopped"]


def test_what_is_stored_is_as_fresh():
    stored = (explore.FOLDER / "peeking.json").read_text(encoding="utf-8")
    assert explore.as_json("peeking") == stored, "run python -m book.tools.explorables peeking"


def test_the_lots_are_lots():
    drawn = lots()
    assert abs(drawn.mean()) < 4 / np.sqrt(drawn.size)
    assert drawn.std() == pytest.approx(1, abs=0.01)
    assert abs(np.corrcoef(drawn[:, :-1].ravel(), drawn[:, 1:].ravel())[0, 1]) < 0.015
    assert stats.kstest(drawn.sum(axis=1) / 10, "norm").pvalue > 0.01


def test_the_first_alarm_by_a_loop():
    ends = stopped_at("usual", 5, 1)
    for test in range(40):
        walk, end = 0.0, 0
        for part in range(1, 101):
            walk += lots()[test, part - 1] + 0.1
            if part % 20 == 0 and not end and abs(walk / part) > 1.959964 / np.sqrt(part):
                end = part
        assert ends[test] == end


def test_what_its_page_says():
    alarms = {
        rule: [STORED[f"{rule}/{looks}/0"] / TESTS for looks in LOOKS]
        for rule in ("usual", "always")
    }
    assert alarms["usual"][0] == pytest.approx(0.05, abs=0.015)  # one of twenty
    assert alarms["usual"][LOOKS.index(20)] == pytest.approx(0.25, abs=0.03)  # one of four
    assert all(np.diff(alarms["usual"]) > 0)  # looks add up
    assert max(alarms["always"]) < 0.05  # the promise holds for the whole experiment
    assert STORED["always/1/3"] < STORED["usual/1/3"] - 100  # it is not free
