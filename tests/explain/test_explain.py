"""Explanations: parts sum to the score, for every kind of model, and agree with naive formulas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError
from recsys_lib.explain import exact_scores, explain, feature_contributions
from recsys_lib.interactions import ITEM, USER, VALUE
from recsys_lib.models import EASE, ContentProfile, ImplicitALS, ItemKNN, Popular, UserKNN

MODELS = {
    "item-knn": ItemKNN(neighbors=6),
    "item-knn, source": ItemKNN(neighbors=5, shrinkage=2, neighbors_of="source"),
    "item-knn, weighted": ItemKNN(neighbors=6, weighted=True),
    "ease": EASE(l2=3.0),
    "ials": ImplicitALS(factors=4, iterations=1),
    "ials, weighted": ImplicitALS(factors=3, iterations=30, steps=6, weighted=True),
    "content": ContentProfile(),
}


def titles_of(log: Interactions) -> pd.DataFrame:
    genres = np.resize(["drama|crime", "comedy", "war", "crime|war"], log.n_items)
    return pd.DataFrame({ITEM: log.items, "genres": genres})


@pytest.fixture(params=MODELS)
def model(request, make_log):
    log = make_log(4)
    return MODELS[request.param].fit(log, items=titles_of(log))


def with_history(log: Interactions) -> np.ndarray:
    return log.users[log.user_counts > 0]


def test_parts_sum_to_the_score_and_the_score_is_the_models(model):
    for user in with_history(model.train_)[:8]:
        scores, rounded = exact_scores(model, user), model.score_all([user])[0]
        np.testing.assert_allclose(scores, rounded, atol=1e-6)
        for column in (0, 3, 11):
            found = explain(model, user, model.train_.items[column])
            total = found.base + found.parts["contribution"].sum()
            assert abs(total - found.score) < 1e-8
            assert found.score == pytest.approx(scores[column], abs=1e-12)
            played = model.train_.items[model.train_.matrix[[position(model, user)]].indices]
            assert sorted(found.parts[ITEM]) == played.tolist()
            assert found.parts["contribution"].is_monotonic_decreasing


def position(model, user) -> int:
    return model.train_.user_positions([user])[0]


def test_a_history_that_is_given_is_explained_as_that_of_its_viewer(model):
    log = model.train_
    for user in with_history(log)[:4]:
        own = log.matrix[[position(model, user)]]
        given = {"history": log.items[own.indices], "values": own.data}
        theirs = explain(model, user, log.items[3])
        ours = explain(model, None, log.items[3], **given)
        pd.testing.assert_frame_equal(ours.parts, theirs.parts)
        assert (ours.score, ours.base, ours.user_id) == (theirs.score, theirs.base, None)
        np.testing.assert_array_equal(exact_scores(model, None, **given), exact_scores(model, user))
    with pytest.raises(ArgumentError, match="history must hold at least one title"):
        explain(model, None, log.items[3], history=[])


def test_forgetting_a_play_gives_what_the_model_gives_such_a_viewer(model):
    """A twin with all but one play, in the place of the viewer: titles stay as learned."""
    log = model.train_
    user = log.users[np.argmax(log.user_counts)]
    gone = log.items[log.matrix[[position(model, user)]].indices[2]]
    ours = exact_scores(model, user, without=[gone])
    keep = (log.users[log.event_rows] != user) | (log.items[log.matrix.indices] != gone)
    model.train_ = log.select(keep)
    if isinstance(model, ImplicitALS):
        left = model.train_.matrix[[position(model, user)]]
        values = left.data if model.weighted else None
        theirs = model.item_factors_ @ model.fold_in(log.items[left.indices], values)
    else:
        theirs = model.score_all([user])[0]
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    model.train_ = log
    assert np.abs(ours - exact_scores(model, user)).max() > 1e-3


def test_factor_parts_are_those_of_the_inverse_system(make_log):
    log = make_log(1)
    model = ImplicitALS(factors=3, weighted=True).fit(log)
    user, H = log.users[5], model.item_factors_.astype(float)
    row = log.matrix[[5]]
    system = model.alpha * H.T @ H
    total = row.data.sum() + model.alpha * log.n_items
    system = system + model.l2 * total**model.nu * np.eye(3)
    for column, value in zip(row.indices, row.data, strict=True):
        system = system + value * np.outer(H[column], H[column])
    found = explain(model, user, log.items[7]).parts.set_index(ITEM)["contribution"]
    for column, value in zip(row.indices, row.data, strict=True):
        naive = value * H[7] @ np.linalg.inv(system) @ H[column]
        assert found[log.items[column]] == pytest.approx(naive, abs=1e-8)


def test_ease_by_hand():
    # Two titles, three viewers: A and B common 1; gram [[2, 1], [1, 2]], weight 1 / (2 + l2).
    log = Interactions.from_frame(pd.DataFrame({USER: [1, 1, 2, 3], ITEM: list("ABAB")}))
    found = explain(EASE(l2=2.0).fit(log), 2, "B")
    assert found.parts.to_dict("list") == {ITEM: ["A"], "contribution": [pytest.approx(0.25)]}
    assert found.base == 0


@pytest.mark.parametrize("similarity", ["cosine", "pearson"])
def test_votes_of_neighbours_are_shared_out_among_common_plays(make_log, similarity):
    log = make_log(2)
    model = UserKNN(neighbors=6, similarity=similarity).fit(log)
    seen = log.binary().toarray() > 0
    for row in (3, 7):
        found = explain(model, log.users[row], log.items[1])
        naive = dict.fromkeys(log.items[seen[row]], 0.0)
        for other in np.flatnonzero(seen[:, 1]):
            common = seen[row] & seen[other]
            for item in log.items[common]:
                naive[item] += float(model.kept_[row, other]) / common.sum()
        parts = found.parts.set_index(ITEM)["contribution"]
        assert {item: parts[item] for item in naive} == pytest.approx(naive, abs=1e-8)
        assert abs(found.score - parts.sum()) < 1e-8
        assert found.score == pytest.approx(model.score_all([log.users[row]])[0, 1], abs=1e-5)


def test_what_is_said_of_a_title_sums_to_the_same_score(make_log):
    log = make_log(4)
    model = ContentProfile().fit(log, items=titles_of(log))
    for user in with_history(log)[:6]:
        parts = feature_contributions(model, user, log.items[3])
        assert abs(parts["contribution"].sum() - exact_scores(model, user)[3]) < 1e-8
        assert sorted(parts["feature"]) == ["crime", "war"]
        assert parts["contribution"].is_monotonic_decreasing


def test_a_thumb_down_speaks_against_its_like():
    frame = pd.DataFrame({USER: [1, 1, 2], ITEM: list("ACB"), VALUE: [1.0, -1.0, 1.0]})
    log = Interactions.from_frame(frame, value=VALUE, items=list("ABCD"))
    items = pd.DataFrame({ITEM: list("ABCD"), "genres": ["noir", "noir", "farce", "farce"]})
    parts = explain(ContentProfile().fit(log, items=items), 1, "D").parts
    assert parts[ITEM].tolist() == ["A", "C"] and parts["contribution"].tolist() == [0.0, -0.5]


def test_what_cannot_be_explained_is_refused(make_log):
    log = make_log(0).with_axes(users=[*make_log(0).users, 9999])
    ease, item = EASE().fit(log), log.items[0]
    for user in (9999, 123456):
        for fitted in (ease, UserKNN().fit(log)):
            with pytest.raises(ArgumentError, match=f"user {user} has no history"):
                explain(fitted, user, item)
    user, played = log.users[0], log.items[log.matrix[[0]].indices]
    with pytest.raises(ArgumentError, match=r"items \[-1\] are not in train\.items"):
        explain(ease, user, -1)
    with pytest.raises(ArgumentError, match="Popular cannot be explained play by play"):
        explain(Popular().fit(log), user, item)
    with pytest.raises(ArgumentError, match="EASE does not know what is said of titles"):
        feature_contributions(ease, user, item)
    with pytest.raises(ArgumentError, match="did not play all of"):
        exact_scores(ease, user, without=[played[0], -1])
    with pytest.raises(ArgumentError, match="at least one play must be left"):
        exact_scores(ease, user, without=played)
    exact_scores(ease, user, without=played[1:])
