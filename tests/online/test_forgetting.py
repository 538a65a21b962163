"""The past counts half after a half-life."""

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.models import EASE
from recsys_lib.online import faded

DAYS = [0, 10, 30, 31]


@pytest.fixture
def log():
    frame = pd.DataFrame(
        {"user_id": [1, 1, 2, 2], "item_id": [1, 2, 1, 3], "value": [1.0, 2, 1, 4]}
    )
    frame["at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(DAYS, unit="D")
    return Interactions.from_frame(frame, value="value", time="at")


def test_each_event_fades_by_its_age(log):
    ages = 31 - np.array(DAYS)
    wanted = [value * 0.5 ** (age / 10) for value, age in zip([1, 2, 1, 4], ages, strict=True)]
    after = faded(log, 10)
    np.testing.assert_allclose(after.matrix.data, wanted, rtol=1e-6)
    np.testing.assert_array_equal(after.times, log.times)
    later = faded(log, 10, now=int(log.times.max()) + 10 * 86_400)
    np.testing.assert_allclose(later.matrix.data, after.matrix.data / 2, rtol=1e-6)
    assert log.matrix.data.tolist() == [1, 2, 1, 4], "the log stays as it was"


def test_a_very_long_half_life_forgets_nothing(log):
    plain = EASE(1.0, weighted=True).fit(log).score_all(log.users)
    np.testing.assert_allclose(
        EASE(1.0, weighted=True).fit(faded(log, 1e9)).score_all(log.users), plain, atol=1e-5
    )


def test_an_empty_log_stays_empty(log):
    nothing = log.select(np.zeros(4, bool))
    assert faded(nothing, 5).n_events == 0


def test_what_cannot_fade_is_refused(log):
    with pytest.raises(ArgumentError, match="half_life_days must be above 0"):
        faded(log, 0)
    with pytest.raises(DataError, match="after now"):
        faded(log, 5, now=int(log.times.max()) - 1)
    with pytest.raises(DataError, match="needs times"):
        faded(Interactions(log.users, log.items, log.matrix), 5)
