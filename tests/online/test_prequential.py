"""Test, then learn: nobody knows the week that is asked about, and scores are what they say."""

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.models import EASE, IncrementalMF, ItemKNN, Popular
from recsys_lib.online import Continued, Learner, Refitted, faded, week_by_week

START = pd.Timestamp("2025-01-13")


@pytest.fixture
def log():
    rng = np.random.default_rng(2)
    pairs = rng.permutation(40 * 30)[:500]
    frame = pd.DataFrame({"user_id": pairs // 30, "item_id": pairs % 30})
    frame["at"] = pd.Timestamp("2025-01-06") + pd.to_timedelta(rng.random(500) * 28, unit="D")
    return Interactions.from_frame(frame, time="at", users=range(41), items=range(31))


class Spy(Learner):
    """Notes what it is told, and recommends one title to everybody who has not seen it."""

    def __init__(self, column=0):
        self.column, self.newest, self.periods = column, [], []

    def learn(self, known, period):
        self.newest.append(int(known.times.max()))
        self.periods.append(period)

    def scores(self, known):
        only = np.where(np.arange(known.n_items) == self.column, 1.0, -np.inf)
        return np.tile(only, (known.n_users, 1))


def test_what_is_asked_about_is_not_known(log):
    spy = Spy()
    table = week_by_week(log, {"spy": spy}, start=START)
    begins = [(START + pd.Timedelta(weeks=week)).timestamp() for week in range(2)]
    assert spy.periods == [0, 1] and sorted(table["period"].unique()) == [0, 1]
    assert all(newest < begin for newest, begin in zip(spy.newest, begins, strict=True))
    assert spy.newest[1] > begins[0]


def test_the_measure_by_hand(log):
    """A list whose first is title 7 has nDCG@1 of 1 for those who watch it in the week."""
    table = week_by_week(log, {"seven": Spy(7)}, start=START, k=1)
    frame = log.to_frame()
    week = (frame["time"].dt.tz_localize(None) - START) // pd.Timedelta(weeks=1)
    for period in (0, 1):
        part, here = table[table["period"] == period], frame[week == period]
        assert part["user_id"].tolist() == sorted(here["user_id"].unique())
        hit = part.loc[part["seven"] == 1, "user_id"].tolist()
        assert hit == sorted(here.loc[here["item_id"] == 7, "user_id"])


def test_refitting_folding_in_and_freezing(log):
    ways = {
        "weekly": Refitted(EASE(5.0)),
        "folded": Refitted(EASE(5.0), every=None),
        "frozen": Refitted(EASE(5.0), every=None, fold_in=False),
    }
    week_by_week(log, ways, start=START)
    end = log.select(log.times < (START + pd.Timedelta(weeks=1)).timestamp())
    first = log.select(log.times < START.timestamp())
    fresh, old = EASE(5.0).fit(end), EASE(5.0).fit(first)
    np.testing.assert_array_equal(ways["weekly"].scores(end), fresh.score_all(end.users))
    np.testing.assert_array_equal(ways["folded"].scores(end), old.score_histories(end))
    np.testing.assert_array_equal(ways["frozen"].scores(end), old.score_all(end.users))


def test_what_is_done_to_the_log_first(log):
    def fade(known):
        return faded(known, 3)

    known = log.select(log.times < START.timestamp())
    for which in ("train", "histories"):
        way = Refitted(EASE(5.0, weighted=True), **{which: fade})
        way.learn(known, 0)
        model = EASE(5.0, weighted=True).fit(fade(known) if which == "train" else known)
        asked = fade(known) if which == "histories" else known
        np.testing.assert_array_equal(way.scores(known), model.score_histories(asked))


def test_every_counts_periods(log):
    way = Refitted(Popular(), every=2)
    known = log.select(log.times < START.timestamp())
    fits = []
    for period in range(4):
        way.learn(known, period)
        fits.append(way.fitted_)
    assert fits[0] is fits[1] and fits[2] is fits[3] and fits[1] is not fits[2]


def test_a_model_that_goes_on(log):
    way = Continued(IncrementalMF(factors=3))
    week_by_week(log, {"on": way}, start=START)
    known = log.select(log.times < (START + pd.Timedelta(weeks=1)).timestamp())
    whole = IncrementalMF(factors=3).fit(known)
    np.testing.assert_allclose(way.fitted_.user_factors_, whole.user_factors_)


def test_what_cannot_be_asked_is_refused(log):
    learners = {"knn": Refitted(ItemKNN())}
    for start in ("2024-01-01", "2026-01-01", "2025-01-30"):
        with pytest.raises(DataError, match="start must lie inside"):
            week_by_week(log, learners, start=start)
    with pytest.raises(DataError, match="needs times"):
        week_by_week(Interactions(log.users, log.items, log.matrix), learners, start=START)
    with pytest.raises(ArgumentError, match="every"):
        Refitted(ItemKNN(), every=0)
