"""The base class, with a model of which every score is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.interactions import ITEM, USER
from recsys_lib.models.base import Recommender


class Known(Recommender):
    """Scores that the test has written down."""

    def __init__(self, scores=None) -> None:
        self.scores = scores

    def _fit(self, train, items, users) -> None:
        self.asked_ = []

    def _score(self, rows):
        self.asked_.append(rows.tolist())
        return np.array(self.scores, np.float32)[rows]


@pytest.fixture
def model() -> Known:
    """Ann has seen C, Bob A and B, Cleo nothing; popularity in train: A 1, B 1, C 1, D 0."""
    log = pd.DataFrame({USER: ["ann", "bob", "bob"], ITEM: ["C", "A", "B"]})
    train = Interactions.from_frame(log, users=["ann", "bob", "cleo"], items=list("ABCD"))
    return Known([[1, 3, 9, 3], [9, 9, 0, -2], [7, 7, 7, 7]]).fit(train)


def listed(frame: pd.DataFrame) -> list[tuple]:
    return list(frame.itertuples(index=False, name=None))


def test_lists_by_hand(model):
    assert listed(model.recommend(["bob", "ann"], k=2)) == [
        ("bob", "C", 0.0, 1),
        ("bob", "D", -2.0, 2),
        ("ann", "B", 3.0, 1),
        ("ann", "D", 3.0, 2),
    ]


def test_seen_titles_may_be_asked_for(model):
    frame = model.recommend(["ann"], k=2, exclude_seen=False)
    assert listed(frame) == [("ann", "C", 9.0, 1), ("ann", "B", 3.0, 2)]


def test_a_short_list_where_little_is_left(model):
    assert listed(model.recommend(["ann"], items=["C", "A"])) == [("ann", "A", 1.0, 1)]
    assert len(model.recommend(["ann"], items=["C"])) == 0
    assert len(model.recommend(["ann"], items=[])) == 0


def test_viewers_without_history_get_the_popular_titles_by_item(model):
    assert listed(model.recommend(["cleo", "who?"], k=2)) == [
        ("cleo", "A", 1.0, 1),
        ("cleo", "B", 1.0, 2),
        ("who?", "A", 1.0, 1),
        ("who?", "B", 1.0, 2),
    ]
    assert model.asked_ == [], "the model itself is not asked about them"


def test_the_model_is_asked_for_at_most_chunk_viewers_at_a_time(model):
    model.recommend(["bob", "ann", "cleo"], chunk=2)
    assert sorted(model.asked_) == [[1, 0]]
    model.asked_.clear()
    model.recommend(["bob", "ann"], chunk=1)
    assert sorted(model.asked_) == [[0], [1]]


def test_scores_stand_in_the_order_of_the_users_asked_for(model):
    scores = model.score_all(["who?", "bob", "cleo", "ann"])
    assert scores.tolist() == [[1, 1, 1, 0], [9, 9, 0, -2], [1, 1, 1, 0], [1, 3, 9, 3]]


def test_all_users_are_served_by_default(model):
    assert model.recommend(k=1)[USER].tolist() == ["ann", "bob", "cleo"]


def test_a_model_file_must_say_how_it_learns_and_scores():
    log = Interactions.from_frame(pd.DataFrame({USER: [1], ITEM: [1]}))
    with pytest.raises(NotImplementedError):
        Recommender().fit(log)
