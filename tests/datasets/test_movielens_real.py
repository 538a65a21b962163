"""The real sets, where they are at hand: published counts, and the folds of 100K."""

import numpy as np
import pytest

from recsys_lib.datasets.movielens import load_movielens


@pytest.fixture
def load(movielens_folder):
    return lambda name: load_movielens(name, movielens_folder(f"ml-{name}"), progress=False)


def test_100k_has_the_published_size_and_folds(load):
    data = load("100k")
    events = data.interactions
    assert (events.n_users, events.n_items, events.n_events) == (943, 1682, 100_000)
    assert data.users["gender"].value_counts().to_dict() == {"M": 670, "F": 273}
    assert str(events.to_frame()["time"].min().date()) == "1997-09-20"
    tests = [data.fold(f"u{number}")[1] for number in range(1, 6)]
    assert [part.n_events for part in tests] == [20_000] * 5
    assert sum(part.binary() for part in tests).max() == 1  # no rating is in two tests
    assert np.array_equal(np.unique(data.fold("ua")[1].user_counts), [10])


def test_1m_has_the_published_size_and_ratings(load):
    data = load("1m")
    events = data.interactions
    assert (events.n_users, events.n_items, events.n_events) == (6040, 3706, 1_000_209)
    stars, counts = np.unique(events.matrix.data, return_counts=True)
    assert stars.tolist() == [1, 2, 3, 4, 5]
    assert counts.tolist() == [56_174, 107_557, 261_197, 348_971, 226_310]
    assert len(data.items) == 3883
    assert data.users["age_band"].nunique() == 7


def test_latest_small_has_the_published_size(load):
    data = load("latest-small")
    assert (data.interactions.n_users, data.interactions.n_events) == (610, 100_836)
    assert len(data.items) == 9742
    assert data.ratings["value"].min() == 0.5
    assert data.users is None
