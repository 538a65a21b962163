"""What evaluate averages: who is judged on what, AUC in chunks, errors of ratings."""

from __future__ import annotations

import numpy as np
import pytest
from surprise import BaselineOnly

from recsys_lib.errors import DataError
from recsys_lib.metrics.accuracy import rmse
from recsys_lib.models import Popular
from recsys_lib.models.factors.surprise_model import SurpriseModel
from recsys_lib.per_user import relevant_events, user_auc, user_errors
from recsys_lib.splits import Split, split_random


@pytest.fixture
def split(make_log) -> Split:
    return split_random(make_log(9), 0.3, rng=np.random.default_rng(0))


def test_relevant_is_what_is_rated_highly_enough(split):
    dense = split.test.matrix.toarray()
    for limit in (None, 3, 5):
        rows, relevant = relevant_events(split.test, limit)
        liked = dense >= (1 if limit is None else limit)
        assert rows.tolist() == np.flatnonzero(liked.any(axis=1)).tolist()
        np.testing.assert_array_equal(relevant.toarray(), liked[rows])
    with pytest.raises(DataError, match="no user has a relevant event"):
        relevant_events(split.test, 5.5)


def test_auc_does_not_depend_on_the_chunk_and_knows_strangers(split):
    rows, relevant = relevant_events(split.test)
    users = split.test.users[rows].copy()
    model = Popular().fit(split.train)
    whole = user_auc(model, users, relevant)
    for chunk in (1, 4, len(users)):
        np.testing.assert_array_equal(user_auc(model, users, relevant, chunk=chunk), whole)
    assert len(set(whole)) > 1, "a constant would not show a mix-up of users"


def test_errors_of_each_user_equal_the_naive_loop(split):
    model = SurpriseModel(BaselineOnly(verbose=False)).fit(split.train)
    errors, n_ratings = user_errors(model, split.test)
    frame = split.test.to_frame()
    assert errors.index.tolist() == sorted(set(frame["user_id"]))
    for user, part in frame.groupby("user_id"):
        predicted = model.predict(part["user_id"], part["item_id"])
        actual = part["value"].to_numpy()
        assert errors.loc[user, "rmse"] == pytest.approx(rmse(actual, predicted) ** 2)
        assert errors.loc[user, "mae"] == pytest.approx(np.abs(actual - predicted).mean())
    assert n_ratings.tolist() == frame.groupby("user_id").size().tolist()
