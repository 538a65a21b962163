"""A history that is not in the log: every model that can scores it as it would its own viewers'."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError, UnsupportedError
from recsys_lib.interactions import ITEM, SCORE, TIME, USER, VALUE
from recsys_lib.models import BPR, EASE, ImplicitALS, Popular, Stacked, Weighted
from recsys_lib.models.base import Recommender
from tests.models.test_contract import MODELS, a_log, fit, strangers

KNOW_ONLY_THEIR_VIEWERS = {
    "bpr", "rating-knn", "biased mf", "surprise baseline", "surprise svd", "incremental mf",
    "opinion mf", "opinion mf, imputed",
}  # fmt: skip
GO_BY_WHO_IT_IS = {
    "random", "groups", "groups, weighted", "fine groups", "user-knn", "user-knn, weighted",
    "user-knn, pearson", "featured mf, viewers", "two towers, viewers", "weighted", "switching",
    "stacked",
}  # fmt: skip


@pytest.fixture(params=[False, True], ids=["integer labels", "string labels"])
def log(request, make_log) -> Interactions:
    return a_log(make_log, request.param)


@pytest.fixture(params=sorted(set(MODELS) - KNOW_ONLY_THEIR_VIEWERS))
def model(request) -> Recommender:
    return clone(MODELS[request.param])


def test_the_logs_own_rows_score_as_they_do_in_the_log(model, log):
    fit(model, log)
    ours, theirs = model.score_histories(log), model.score_all(log.users)
    assert ours.dtype == np.float32
    if "pearson" in repr(model):  # sums of ratings, of which rounding depends on the order
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    else:
        np.testing.assert_array_equal(ours, theirs)


def test_titles_are_matched_by_label_and_only_the_asked_for_rows_are_answered(model, log):
    fit(model, log)
    few = log.to_frame()
    few = few[few[USER].isin(log.users[[2, 5, 11]])]
    histories = Interactions.from_frame(few, value=VALUE, time=TIME)  # only titles that occur
    assert histories.n_items < log.n_items
    scores = model.score_histories(histories)
    np.testing.assert_allclose(scores, model.score_all(histories.users), atol=1e-6)


def test_a_list_for_a_history_is_the_list_of_the_viewer_who_has_it(model, log):
    fit(model, log)
    user = log.users[4]
    own = log.to_frame()[log.event_rows == 4].sort_values(TIME)  # the newest last
    ours = model.recommend_for(own[ITEM], 6, values=own[VALUE], user=user)
    theirs = model.recommend([user], 6).drop(columns=USER)
    assert ours[ITEM].tolist() == theirs[ITEM].tolist()
    np.testing.assert_allclose(ours[SCORE], theirs[SCORE], atol=1e-6)
    seen = model.recommend_for(own[ITEM], log.n_items, user=user, exclude_seen=False)
    assert len(seen) == log.n_items
    only = model.recommend_for(own[ITEM], items=log.items[:3], exclude_seen=False)
    assert set(only[ITEM]) == set(log.items[:3])


def test_nobody_with_no_history_is_served_as_a_stranger_is(model, log):
    fit(model, log)
    found = model.recommend_for([], 5)
    assert len(found) == 5 and np.isfinite(found[SCORE]).all()
    if "Random" not in repr(model):
        assert found[ITEM].tolist() == model.recommend(strangers(log)[1:], 5)[ITEM].tolist()


@pytest.mark.parametrize("name", sorted(set(MODELS) - KNOW_ONLY_THEIR_VIEWERS - GO_BY_WHO_IT_IS))
def test_a_label_that_nobody_has_changes_nothing(name, log):
    model = fit(clone(MODELS[name]), log)
    frame = log.to_frame()
    named = isinstance(log.users[0], str)
    frame[USER] = frame[USER].map(lambda user: f"new {user}" if named else user + 50_000)
    histories = Interactions.from_frame(frame, value=VALUE, time=TIME, items=log.items)
    known = log.users[log.user_counts > 0]
    np.testing.assert_array_equal(model.score_histories(histories), model.score_all(known))


@pytest.mark.parametrize("name", sorted(KNOW_ONLY_THEIR_VIEWERS))
def test_models_that_know_only_their_viewers_say_so(name, log):
    model = fit(clone(MODELS[name]), log)
    with pytest.raises(UnsupportedError, match=f"{type(model).__name__} knows only the viewers"):
        model.score_histories(log)
    with pytest.raises(UnsupportedError, match="knows only the viewers"):
        model.recommend_for([])


@pytest.mark.parametrize("hybrid", [Weighted, Stacked])
def test_a_hybrid_can_if_all_its_parents_can(hybrid, log):
    both = {"crowd": Popular(), "pairs": BPR(factors=2, epochs=1)}
    with pytest.raises(UnsupportedError, match="BPR knows only the viewers"):
        hybrid(both).fit(log).score_histories(log)
    with pytest.raises(UnsupportedError, match="BPR knows only the viewers"):
        hybrid(both).fit(log).recommend_for([])  # though a stranger could be served
    hybrid({"crowd": Popular(), "ease": EASE()}).fit(log).score_histories(log)


def test_one_event_more_is_what_the_history_says(log):
    """A sum by hand: with EASE a new event adds its row of weights."""
    model = EASE(l2=5).fit(log)
    few, more = (
        model.score_histories(
            Interactions.from_frame(pd.DataFrame({USER: "x", ITEM: log.items[list(titles)]}))
        )
        for titles in ((2, 5), (2, 5, 9))
    )
    np.testing.assert_allclose(more - few, model.weights_[[9]], atol=1e-6)


def test_events_with_unknown_titles_are_refused_or_left_out(log):
    model = EASE().fit(log)
    unknown = "no such title" if isinstance(log.items[0], str) else -7
    frame = pd.DataFrame({USER: ["x", "x", "y"], ITEM: [log.items[3], unknown, unknown]})
    histories = Interactions.from_frame(frame.astype({ITEM: object}))
    with pytest.raises(ArgumentError, match=r"items \[.*\] are not in train.items"):
        model.score_histories(histories)
    scores = model.score_histories(histories, unknown_items="ignore")
    np.testing.assert_array_equal(scores[0], model.weights_[3])
    np.testing.assert_array_equal(scores[1], log.item_counts)  # nothing is left of y
    with pytest.raises(ArgumentError, match="unknown_items='drop' is not known"):
        model.score_histories(histories, unknown_items="drop")
    listed = Interactions.from_frame(frame[:1].astype({ITEM: object}), items=frame[ITEM][:2])
    model.score_histories(listed)  # listed, but without an event


def test_histories_that_cannot_be_read_are_refused(log):
    model, item = EASE().fit(log), log.items[0]
    with pytest.raises(DataError, match="histories must be an Interactions, not list"):
        model.score_histories([item])
    for wrong, message in (
        ([item, item], "the same title twice"),
        ([item, strangers(log)[1]], "are not in train.items"),
        ([1.5], "items must hold"),
        ({item}, "items must be a label or a list of labels, not set"),
    ):
        with pytest.raises(ArgumentError, match=message):
            model.recommend_for(wrong)
    for values in ([1, 2], "x", [float("nan")], [1e300]):
        with pytest.raises(ArgumentError, match="values must be"):
            model.recommend_for([item], values=values)
    with pytest.raises(ArgumentError, match="k must be an integer of at least 1"):
        model.recommend_for([item], 0)
    weighted = ImplicitALS(factors=2, weighted=True).fit(log)
    with pytest.raises(DataError, match="needs values of at least 0"):
        weighted.recommend_for([item], values=[-1.0])
