"""The race of the explorable of thumbs, run anew, and what its page says of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from book.tools.explorables import make as explore
from book.tools.explorables.thumbs import BATCH, EVENINGS, WORLDS, race
from recsys_lib.online import BetaThompson


def stored() -> str:
    return (explore.FOLDER / "thumbs.json").read_text(encoding="utf-8")


def test_what_is_stored_is_as_fresh():
    assert explore.as_json("thumbs") == stored(), "run python -m book.tools.explorables thumbs"


@pytest.fixture(scope="module")
def races() -> dict:
    return json.loads(stored())["races"]


def test_lots_go_on_paying_and_thompson_stops_by_itself(races):
    mean = {name: np.array(found["mean"]) for name, found in races["far apart"].items()}
    late = {name: (lost[-1] - lost[len(lost) // 2]) / (EVENINGS / 2) for name, lost in mean.items()}
    assert late["one evening in ten by lot"] > 0.02 > 2 * late["Thompson"]
    assert (
        races["far apart"]["Thompson"]["high"]
        < races["far apart"]["one evening in ten by lot"]["low"]
    )


def test_greedy_is_mostly_right_and_once_never_looks_again():
    found = race("far apart", "greedy")
    lost_late = found[:, -1] - found[:, len(found[0]) // 2]
    settled = np.array(WORLDS["far apart"])[0] - np.array(WORLDS["far apart"])[1]
    assert (lost_late == 0).sum() == len(found) - 1
    assert lost_late.max() == pytest.approx(settled * (EVENINGS / 2 - BATCH))


def test_close_genres_cost_little_and_no_policy_is_surely_best(races):
    found = races["close"]
    worst = EVENINGS * (max(WORLDS["close"]) - min(WORLDS["close"]))
    assert all(one["mean"][-1] < worst / 2 for one in found.values())
    assert max(one["low"] for one in found.values()) < min(one["high"] for one in found.values())


def test_after_one_thumb_up_thompson_shows_something_else_every_second_time():
    model = BetaThompson(3)
    model.shown[0] = model.total[0] = 1
    assert 1 - model.chances(np.ones(3, bool))[0] == pytest.approx(0.5, abs=0.01)
