"""TF-IDF blocks of titles: by hand, and as weighted means of cosines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM
from recsys_lib.models.content.title_features import block_text, split_labels, title_features

TITLES = pd.DataFrame(
    {
        ITEM: [1, 2, 3],
        "genres": ["drama|crime", "drama", "comedy"],
        "cast": ["Ann Lee|Bo", "", None],
        "directors_or_creators": ["Bo", "Cy", "Ann Lee"],
        "year": [1999, 2000, 2009],
    }
)


def test_tfidf_by_hand():
    # Three titles, "drama" in two and "crime" in one: idf ln(4/3) + 1 and ln(4/2) + 1.
    drama, crime = np.log(4 / 3) + 1, np.log(4 / 2) + 1
    length = np.hypot(drama, crime)
    features, names = title_features(TITLES, {"genres": 2.0})
    assert names["feature"].tolist() == ["comedy", "crime", "drama"]
    expected = [[0, crime / length, drama / length], [0, 0, 1], [1, 0, 0]]
    np.testing.assert_allclose(features.toarray(), expected)


def test_dot_products_are_weighted_means_of_the_blocks_cosines():
    weights = {"genres": 3.0, "people": 1.0}
    both = title_features(TITLES, weights)[0]
    genres, people = (title_features(TITLES, {b: 1.0})[0].toarray() for b in weights)
    expected = (3 * genres @ genres.T + people @ people.T) / 4
    np.testing.assert_allclose((both @ both.T).toarray(), expected)


def test_people_are_makers_and_cast_and_years_are_decades():
    assert [split_labels(text) for text in block_text(TITLES, "people")] == [
        ["Bo", "Ann Lee", "Bo"],
        ["Cy"],
        ["Ann Lee"],
    ]
    assert block_text(TITLES, "era").tolist() == ["1990s", "2000s", "2000s"]


def test_a_block_in_which_nothing_is_said_adds_nothing():
    silent = TITLES.assign(tone="")
    features, names = title_features(silent, {"genres": 1.0, "tone": 1.0})
    assert set(names["block"]) == {"genres"} and features.shape == (3, 3)
    with pytest.raises(DataError, match="says nothing about any title"):
        title_features(silent, {"tone": 1.0})


def test_a_title_without_a_year_has_no_decade():
    undated = TITLES.assign(year=[1999.0, None, 2009.0])
    assert block_text(undated, "era").tolist() == ["1990s", "", "2000s"]


def test_changing_a_result_leaves_the_next_one_as_it_was():
    features, names = title_features(TITLES, {"genres": 1.0})
    expected = features.toarray(), names.copy()
    features.data[:] = 0
    names.loc[:, "feature"] = "x"
    again = title_features(TITLES, {"genres": 1.0})
    np.testing.assert_array_equal(again[0].toarray(), expected[0])
    pd.testing.assert_frame_equal(again[1], expected[1])
