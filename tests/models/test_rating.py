"""Rating predictors: what is unknown falls back to what is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError
from recsys_lib.interactions import ITEM, USER, VALUE
from recsys_lib.models.rating import RatingPredictor


class Ten(RatingPredictor):
    """Expects 10 stars of everybody it knows."""

    def _fit(self, train, items, users) -> None:
        self.asked_ = []

    def _predict_pairs(self, rows, columns):
        self.asked_ += list(zip(rows.tolist(), columns.tolist(), strict=True))
        return np.full(len(rows), 10.0)


@pytest.fixture
def model() -> Ten:
    """Ann's mean is 4, Bob's 2; A's mean is 3.5, B's 3; the mean of all three is 10 / 3."""
    log = pd.DataFrame({USER: ["ann", "ann", "bob"], ITEM: list("ABA"), VALUE: [5.0, 3.0, 2.0]})
    train = Interactions.from_frame(
        log, value=VALUE, users=["ann", "bob", "cleo"], items=list("ABC")
    )
    return Ten().fit(train)


@pytest.mark.parametrize(
    ("user", "item", "expected"),
    [
        ("ann", "A", 5),  # 10, clipped to the highest rating given
        ("bob", "C", 2),  # C has no rating: Bob's mean
        ("bob", "?", 2),
        ("cleo", "A", 3.5),  # Cleo has no rating: A's mean
        ("?", "B", 3),
        ("cleo", "C", 10 / 3),
        ("?", "?", 10 / 3),
    ],
)
def test_fallbacks_by_hand(model, user, item, expected):
    assert model.predict([user], [item]).tolist() == pytest.approx([expected])


def test_the_model_is_asked_about_known_pairs_only_and_all_at_once(model):
    values = model.predict(["bob", "?", "cleo", "ann"], ["B", "A", "A", "A"])
    assert values.dtype == np.float64 and values.tolist() == [5, 3.5, 3.5, 5]
    assert model.asked_ == [(1, 1), (0, 0)]


def test_scores_are_predictions(model):
    np.testing.assert_allclose(model.score_all(["bob", "?"]), [[5, 5, 2], [3.5, 3, 10 / 3]])


def test_no_pairs_give_no_predictions(model):
    assert model.predict([], []).shape == (0,)


def test_columns_of_unequal_length_are_refused(model):
    with pytest.raises(ArgumentError, match="2 user_ids and 1 item_ids are no pairs"):
        model.predict(["ann", "bob"], ["A"])
