"""Popularity, with and without forgetting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE
from recsys_lib.models import Popular

DAY = 86_400
LOG = pd.DataFrame(
    {
        USER: [1, 2, 3, 1, 2],
        ITEM: ["old", "old", "old", "new", "new"],
        VALUE: [5, 5, 0, 1, 1],
        TIME: [0, 0, 10 * DAY, 20 * DAY, 30 * DAY],
    }
)
TIMED = Interactions.from_frame(LOG, value=VALUE, time=TIME)


def test_the_score_is_the_number_of_viewers_whatever_they_thought_of_it():
    model = Popular().fit(TIMED)
    assert TIMED.items.tolist() == ["new", "old"]
    assert model.score_all([1, 99]).tolist() == [[2, 3], [2, 3]]


def test_with_a_half_life_of_ten_days_by_hand():
    # Ages: old 30, 30 and 20 days, new 10 and 0.
    scores = Popular(half_life_days=10).fit(TIMED).score_all([1])[0]
    np.testing.assert_allclose(scores, [1 / 2 + 1, 1 / 8 + 1 / 8 + 1 / 4])


def test_a_long_half_life_is_no_half_life():
    long, none = Popular(half_life_days=1e9).fit(TIMED), Popular().fit(TIMED)
    np.testing.assert_allclose(long.score_all([1]), none.score_all([1]), rtol=1e-6)


@pytest.mark.parametrize("days", [0, -1, float("nan")])
def test_a_half_life_that_is_none_is_refused(days):
    with pytest.raises(ArgumentError, match="half_life_days must be above 0"):
        Popular(half_life_days=days).fit(TIMED)


def test_a_half_life_needs_times():
    with pytest.raises(DataError, match=r"needs times and train has none. Pass time="):
        Popular(half_life_days=7).fit(Interactions.from_frame(LOG))
