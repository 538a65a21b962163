"""Rating predictors: what is unknown falls back to what is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import ITEM, USER, VALUE
from recsys_lib.models.rating import RatingPredictor

MEAN = 10 / 3
BOB, A, B = (2 + 10 * MEAN) / 11, (5 + 2 + 10 * MEAN) / 12, (3 + 10 * MEAN) / 11


class Ten(RatingPredictor):
    """Expects 10 stars of everybody it knows."""

    def _fit(self, train, items, users) -> None:
        self.asked_ = []

    def _predict_pairs(self, rows, columns):
        self.asked_ += list(zip(rows.tolist(), columns.tolist(), strict=True))
        return np.full(len(rows), 10.0)


@pytest.fixture
def model() -> Ten:
    """The mean of the three ratings is 10 / 3; Bob and B have one, 2 and 3, A has 5 and 2."""
    log = pd.DataFrame({USER: ["ann", "ann", "bob"], ITEM: list("ABA"), VALUE: [5.0, 3.0, 2.0]})
    train = Interactions.from_frame(
        log, value=VALUE, users=["ann", "bob", "cleo"], items=list("ABC")
    )
    return Ten().fit(train)


@pytest.mark.parametrize(
    ("user", "item", "expected"),
    [
        ("ann", "A", 5),  # 10, clipped to the highest rating given
        ("bob", "C", BOB),  # C has no rating: Bob's mean, shrunk
        ("bob", "?", BOB),
        ("cleo", "A", A),  # Cleo has no rating: A's mean, shrunk
        ("?", "B", B),
        ("cleo", "C", 10 / 3),
        ("?", "?", 10 / 3),
    ],
)
def test_fallbacks_by_hand(model, user, item, expected):
    assert model.predict([user], [item]).tolist() == pytest.approx([expected])


def test_the_model_is_asked_about_known_pairs_only_and_all_at_once(model):
    values = model.predict(["bob", "?", "cleo", "ann"], ["B", "A", "A", "A"])
    assert values.dtype == np.float64 and values.tolist() == pytest.approx([5, A, A, 5])
    assert model.asked_ == [(1, 1), (0, 0)]


def test_lists_are_ranked_by_what_was_expected_and_only_predictions_are_clipped(model):
    np.testing.assert_allclose(model.score_all(["bob", "?"]), [[10, 10, BOB], [A, B, MEAN]])
    assert model.predict(["bob"], ["B"]) == [5]


class ByItem(RatingPredictor):
    """Expects one star more than there are, and a title's number in hundredths on top."""

    def _fit(self, train, items, users) -> None:
        pass

    def _predict_pairs(self, rows, columns):
        return 6 + columns / 100


def test_titles_above_the_highest_rating_are_not_tied():
    log = pd.DataFrame({USER: [1, 1, 2, 2, 2], ITEM: [1, 2, 3, 4, 5], VALUE: [5.0, 1, 1, 1, 1]})
    model = ByItem().fit(Interactions.from_frame(log, value=VALUE))
    assert model.recommend([1])[ITEM].tolist() == [5, 4, 3]
    assert model.predict([1, 1, 1], [5, 4, 3]).tolist() == [5, 5, 5]


def test_one_rating_of_5_does_not_lead_the_list_of_a_stranger():
    ratings = pd.DataFrame(
        {USER: range(41), ITEM: ["many"] * 40 + ["one"], VALUE: [4.5] * 40 + [5]}
    )
    low = pd.DataFrame({USER: range(40), ITEM: "bad", VALUE: 2.0})
    log = Interactions.from_frame(pd.concat([ratings, low]), value=VALUE)
    assert ByItem().fit(log).recommend([99])[ITEM].tolist() == ["many", "one", "bad"]


def test_no_pairs_give_no_predictions(model):
    assert model.predict([], []).shape == (0,)


def test_columns_of_unequal_length_are_refused(model):
    with pytest.raises(ArgumentError, match="2 user_ids and 1 item_ids are no pairs"):
        model.predict(["ann", "bob"], ["A"])
