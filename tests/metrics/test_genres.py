"""Genres as numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import DataError
from recsys_lib.metrics.genres import genre_shares

TITLES = pd.DataFrame(
    {"item_id": ["c", "a", "b"], "genres": ["drama", "crime|drama|noir|war", None], "n": [1, 2, 3]}
)


def test_each_title_divides_evenly_in_the_order_asked_for():
    shares = genre_shares(TITLES, np.array(["a", "b", "c", "unlisted"], dtype=object))
    assert shares.columns.tolist() == ["crime", "drama", "noir", "war"]
    expected = [[0.25] * 4, [0] * 4, [0, 1, 0, 0], [0] * 4]
    np.testing.assert_array_equal(shares, expected)


def test_another_column_will_do():
    assert genre_shares(TITLES, TITLES["item_id"], column="n").shape == (3, 3)


def test_a_missing_column_and_a_repeated_title_are_named():
    with pytest.raises(DataError, match=r"no column \['genres'\] \(columns: item_id, n\)"):
        genre_shares(TITLES.drop(columns="genres"), np.array(["a"]))
    with pytest.raises(DataError, match="items holds 'c' twice"):
        genre_shares(pd.concat([TITLES, TITLES]), np.array(["a"]))
