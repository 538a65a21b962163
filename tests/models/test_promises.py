"""What every recommender promises when something is wrong: state, labels, numbers that are none."""

from __future__ import annotations

import contextlib
import inspect
import pickle
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError

from recsys_lib import Interactions, columns
from recsys_lib.errors import ArgumentError, DataError, UnknownUserError, UnsupportedError
from recsys_lib.explain import counterfactual, exact_scores, explain, feature_contributions
from recsys_lib.interactions import ITEM, SCORE, USER
from recsys_lib.models import (
    BPR,
    EASE,
    BiasedMF,
    ContentProfile,
    DemographicGroups,
    FeaturedMF,
    ImplicitALS,
    ItemKNN,
    Popular,
    UserKNN,
    Weighted,
)
from recsys_lib.models.base import Recommender
from recsys_lib.models.hybrids.hybrid import Hybrid
from tests.models.test_contract import MODELS, a_log, fit, strangers, tables

ARGUMENTS = {
    "users": [1], "user_ids": [1], "item_ids": [1], "item_id": 1, "user_id": 1, "history": [1],
    "plays": 1, "viewers": 1,
}  # fmt: skip


@pytest.fixture(params=[False, True], ids=["integer labels", "string labels"])
def log(request, make_log) -> Interactions:
    return a_log(make_log, request.param)


@pytest.fixture(params=MODELS)
def model(request) -> Recommender:
    return clone(MODELS[request.param])


# State ------------------------------------------------------------------------------------------


def public_methods(model: Recommender) -> list[str]:
    methods = inspect.getmembers(type(model), inspect.isfunction)
    own = [name for name, _ in methods if name[0] != "_" and not hasattr(BaseEstimator, name)]
    return [name for name in own if not name.endswith("_request")]  # scikit-learn's own


def test_before_fit_every_public_method_says_that_the_model_is_not_fitted(model, log):
    methods = set(public_methods(model)) - {"fit"}
    assert {"recommend", "score_all", "score_histories", "similar_items"} <= methods
    for name in methods:
        method = getattr(model, name)
        known = {"histories": log, "log": log, **ARGUMENTS}
        wanted = inspect.signature(method).parameters.values()
        given = [known[p.name] for p in wanted if p.default is p.empty]
        with pytest.raises(NotFittedError):
            method(*given)
    for function in (explain, counterfactual, exact_scores, feature_contributions):
        asked = [1] if function is exact_scores else [1, 1]
        with pytest.raises((NotFittedError, ArgumentError)):
            function(model, *asked)


class Interrupted(Exception):
    """Raised in the middle of a fit."""


def interrupt(monkeypatch, model: Recommender) -> None:
    """Let the model's own learning run, then raise."""
    learn = type(model)._fit

    def learn_then_fail(self, train, items, users):
        learn(self, train, items, users)
        raise Interrupted

    monkeypatch.setattr(type(model), "_fit", learn_then_fail)


def test_a_fit_that_fails_leaves_the_model_as_it_was(model, log, make_log, monkeypatch):
    fit(model, log)
    users = [*log.users, strangers(log)[1]]
    before, scores = model.recommend(users, k=5), model.score_all(users)
    other = a_log(make_log, not isinstance(log.users[0], str), seed=3)
    interrupt(monkeypatch, model)
    with pytest.raises(Interrupted):
        fit(model, other)
    monkeypatch.undo()
    assert model.train_ is log
    pd.testing.assert_frame_equal(model.recommend(users, k=5), before)
    np.testing.assert_array_equal(model.score_all(users), scores)


def test_a_first_fit_that_fails_leaves_the_model_unfitted(model, log, monkeypatch):
    interrupt(monkeypatch, model)
    with pytest.raises(Interrupted):
        fit(model, log)
    monkeypatch.undo()
    with pytest.raises(NotFittedError):
        model.recommend()
    assert not [name for name in vars(model) if name.endswith("_")]


# Labels -----------------------------------------------------------------------------------------


def wrong_kinds(log: Interactions) -> list:
    """What is no label of this log, nor a list of such."""
    user = log.users[0]
    other = [int(user[-4:])] if isinstance(user, str) else [str(user)]
    return [
        other, np.array(other), pd.Series(other), [user, None], [user, float("nan")],
        (u for u in [user]), {user}, {user: 1}, None.__class__, [[user]], [True],
    ]  # fmt: skip


def test_labels_of_another_kind_are_refused_not_served_as_strangers(model, log):
    fit(model, log)
    for wrong in wrong_kinds(log):
        for ask in (
            lambda: model.recommend(wrong, k=2),  # noqa: B023
            lambda: model.score_all(wrong),  # noqa: B023
            lambda: model.recommend(k=2, items=wrong),  # noqa: B023
        ):
            with pytest.raises(ArgumentError, match=r"must (be|hold|lie)"):
                ask()
    if hasattr(model, "predict"):
        right = log.users[:1], log.items[:1]
        for place in (0, 1):
            for wrong in wrong_kinds(log)[:5]:
                pair = [wrong if place == at else ids for at, ids in enumerate(right)]
                with pytest.raises(ArgumentError, match=r"must (be|hold)"):
                    model.predict(*pair)


def test_every_usual_list_of_labels_will_do(model, log):
    fit(model, log)
    users = log.users[[3, 1]].tolist()
    expected = model.score_all(users)
    for kind in (tuple, np.array, pd.Series, pd.Index, lambda ids: np.array(ids, object)):
        same = kind(users)
        np.testing.assert_array_equal(model.score_all(same), expected)
    np.testing.assert_array_equal(model.score_all(users[0]), expected[:1])


def test_a_label_that_only_looks_like_a_known_one_is_a_stranger(make_log):
    log = a_log(make_log, names=True)
    model = EASE().fit(log)
    disguised = log.users[0] + "\x00"
    np.testing.assert_array_equal(model.score_all([disguised])[0], log.item_counts)
    with pytest.raises(ArgumentError, match=r"items \[.*x00.*\] are not in train.items"):
        model.recommend(items=[log.items[0] + "\x00"])


def test_numbers_beyond_64_bits_are_refused(make_log):
    model = EASE().fit(a_log(make_log, names=False))
    with pytest.raises(ArgumentError, match="must lie between"):
        model.score_all([2**70])
    model.score_all([2**63 - 1])


def test_unknown_users_can_be_refused(model, log):
    fit(model, log)
    silent, unknown = strangers(log)
    for ask in (model.recommend, model.score_all):
        with pytest.raises(UnknownUserError, match=r"users \[.*\] are not in train.users"):
            ask([log.users[0], unknown], unknown="error")
        ask([log.users[0], silent], unknown="error")  # known, though without history
        with pytest.raises(ArgumentError, match="unknown='raise' is not known"):
            ask([log.users[0]], unknown="raise")


def renamed(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The table with labels of the other kind."""
    named = isinstance(table[column].iloc[0], str)
    return table.assign(**{column: range(len(table)) if named else table[column].map(str)})


@pytest.mark.parametrize("name", ["groups", "content", "featured mf, viewers"])
def test_tables_with_labels_of_another_kind_are_refused(name, log):
    model, given = clone(MODELS[name]), tables(log)
    if name != "content":
        users = renamed(given["users"], USER)
        with pytest.raises(ArgumentError, match="user_id of users must hold"):
            model.fit(log, items=given["items"], users=users)
    if name != "groups":
        items = renamed(given["items"], ITEM)
        with pytest.raises(ArgumentError, match="item_id of items must hold"):
            model.fit(log, items=items, users=given["users"])


def test_one_viewers_list_costs_no_index_of_all_labels(model, log, monkeypatch):
    """Looked up are the labels asked for; the table to look in was built at the first call."""
    fit(model, log)
    users, items = log.users[:2], log.items[:3]

    def use() -> None:
        model.recommend(users[:1], 2, items=items)
        model.score_all(users)
        if hasattr(model, "predict"):
            model.predict(users, items[:2])
        with contextlib.suppress(UnsupportedError):
            model.similar_items(items[0])

    use()
    find, among = columns.positions, []
    for name, module in [*sys.modules.items()]:
        if name.startswith("recsys_lib") and getattr(module, "positions", None) is find:
            monkeypatch.setattr(
                module, "positions", lambda known, ids: among.append(known) or find(known, ids)
            )
    use()
    assert among and all(isinstance(known, pd.Index) for known in among)


# Numbers that are none --------------------------------------------------------------------------


class Broken(Recommender):
    """Gives one score that is no number."""

    def __init__(self, score=float("nan")) -> None:
        self.score = score

    def _fit(self, train, items, users) -> None:
        pass

    def _score_histories(self, users, histories):
        scores = np.zeros(histories.shape, np.float32)
        scores[-1, -1] = self.score
        return scores


@pytest.mark.parametrize("score", [np.nan, np.inf, -np.inf])
def test_a_models_score_that_is_no_number_is_refused_wherever_it_is_asked_for(log, score):
    model = Broken(score).fit(log)
    message = "Broken gave 1 scores that are not finite numbers"
    for ask in (
        model.recommend,
        lambda: model.score_all(log.users),
        lambda: model.score_histories(log),
        lambda: model.recommend_for(log.items[:2]),
        Weighted({"broken": model, "popular": Popular()}).fit(log).recommend,
    ):
        with pytest.raises(DataError, match=message):
            ask()


@pytest.mark.parametrize(
    "model",
    [
        BPR(learning_rate=1e30),
        ImplicitALS(l2=1e30),
        FeaturedMF(l2=1e30),
        BiasedMF(learning_rate=1e9),
    ],
)
def test_settings_under_which_numbers_grow_without_bound_or_vanish_are_refused(model, log):
    with pytest.raises(ArgumentError, match=r"that are not finite|too large|nothing but zeros"):
        fit(model, log)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "1", None, True])
def test_a_penalty_that_is_no_number_is_refused(value, log):
    for model in (EASE(value), ImplicitALS(l2=value), BPR(learning_rate=value)):
        with pytest.raises(ArgumentError, match="must be above 0"):
            model.fit(log)


# Candidates, likeness, settings -----------------------------------------------------------------


def test_each_viewer_may_have_candidates_of_their_own(model, log):
    fit(model, log)
    users = log.users[[5, 2, 9]]
    wanted = {users[0]: log.items[[1, 4, 6]], users[2]: log.items[[0, 19]]}
    frame = pd.DataFrame([(user, item) for user, items in wanted.items() for item in items],
                         columns=[USER, ITEM])  # fmt: skip
    found = model.recommend(users, 9, items=frame, exclude_seen=False, chunk=2)
    assert found[USER].unique().tolist() == [users[0], users[2]]
    for user, items in wanted.items():
        alone = model.recommend([user], 9, items=items, exclude_seen=False)
        part = found[found[USER] == user].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, alone)


def test_another_models_list_can_be_ranked_again(log):
    first = Popular().fit(log).recommend(k=6)
    again = EASE(l2=5).fit(log).recommend(k=3, items=first)
    pairs = set(zip(first[USER], first[ITEM], strict=True))
    assert len(again) and set(zip(again[USER], again[ITEM], strict=True)) <= pairs
    with pytest.raises(DataError, match="column 'item_id' is missing"):
        EASE().fit(log).recommend(items=first[[USER]])


NO_VECTORS = {
    "Popular",
    "Random",
    "DemographicGroups",
    "UserKNN",
    "Weighted",
    "Switching",
    "Stacked",
}


def test_similar_titles_for_every_model_that_has_vectors_or_weights(model, log):
    fit(model, log)
    name, by_viewers = type(model).__name__, "RatingKNN()" in repr(model)
    if name in NO_VECTORS or by_viewers or "Baseline" in repr(model):
        with pytest.raises(UnsupportedError, match=f"{name} has neither vectors nor weights"):
            model.similar_items(log.items[1])
        return
    found = model.similar_items(log.items[1], k=4)
    assert found.columns.tolist()[:2] == [ITEM, SCORE] and 0 < len(found) <= 4
    assert log.items[1] not in set(found[ITEM]) and (found[SCORE] > 0).all()
    ordered = found.sort_values([SCORE, ITEM], ascending=[False, True])
    assert ordered.index.tolist() == found.index.tolist()
    for wrong, message in (([log.items[1]] * 2, "must"), (strangers(log)[1], "not in train.items")):
        with pytest.raises(ArgumentError, match=message):
            model.similar_items(wrong)
    with pytest.raises(ArgumentError, match="k must be"):
        model.similar_items(log.items[1], k=0)


def test_similar_titles_by_hand(log):
    model = EASE(l2=5).fit(log)
    weights = model.weights_[2]
    found = model.similar_items(log.items[2], k=3)
    best = np.argsort(-weights)[:3]
    assert found[ITEM].tolist() == log.items[best].tolist()
    np.testing.assert_array_equal(found[SCORE], weights[best])
    factors = ImplicitALS(factors=4).fit(log)
    H = factors.item_factors_.astype(float)
    cosine = H @ H[2] / np.linalg.norm(H, axis=1) / np.linalg.norm(H[2])
    cosine[2] = -1
    found = factors.similar_items(log.items[2], k=1)
    assert found[ITEM].tolist() == [log.items[cosine.argmax()]]
    assert found[SCORE][0] == pytest.approx(cosine.max())


def test_settings_of_parents_are_reached_by_name(log):
    crowd, words = EASE(l2=5), ContentProfile()
    hybrid = Weighted({"crowd": crowd, "words": words}, {"crowd": 1, "words": 2})
    assert hybrid.get_params()["crowd__l2"] == 5
    changed = hybrid.set_params(crowd__l2=50, weights={"crowd": 2, "words": 1})
    assert changed is hybrid and hybrid.models["crowd"].l2 == 50 and crowd.l2 == 5
    assert hybrid.weights == {"crowd": 2, "words": 1}
    fit(hybrid, log)
    assert hybrid.parents_["crowd"].l2 == 50
    hybrid.set_params(words=Popular())
    assert list(hybrid.models) == ["crowd", "words"] and type(hybrid.models["words"]) is Popular
    for wrong in ({"crowd__l3": 1}, {"crew__l2": 1}):
        with pytest.raises(ValueError, match="Invalid parameter"):
            hybrid.set_params(**wrong)
    assert pickle.loads(pickle.dumps(clone(hybrid))).get_params()["crowd__l2"] == 50


# Weights of events ------------------------------------------------------------------------------

WEIGHED = [name for name, model in MODELS.items() if getattr(model, "weighted", False)]
NO_WEIGHTS = {
    "Random", "BPR", "ContentProfile", "RatingKNN", "BiasedMF", "SurpriseModel", "IncrementalMF",
    "OpinionMF", "DenoisingAutoencoder", "MultVAE", "TwoTowers", "Markov", "RecentEASE",
    "RecentItemKNN", "SASRec", "GRU4Rec", "GenerativeRetrieval",
}  # fmt: skip
"""Who sees only what was watched, or in which order, always counts values, or takes them for
ratings."""


def test_every_model_can_weigh_events_or_is_known_not_to():
    parts = {type(model).__name__ for model in MODELS.values() if not isinstance(model, Hybrid)}
    able = {type(MODELS[name]).__name__ for name in WEIGHED}
    assert able | NO_WEIGHTS == parts and not able & NO_WEIGHTS
    for model in MODELS.values():
        if type(model).__name__ in NO_WEIGHTS:
            assert "weighted" not in model.get_params()


@pytest.mark.parametrize("name", WEIGHED)
def test_events_of_value_1_weigh_as_much_as_events_without_weight(name, log):
    ones = Interactions(log.users, log.items, log.binary(), log.times)
    plain = clone(MODELS[name]).set_params(weighted=False)
    weighed = clone(plain).set_params(weighted=True)
    expected = fit(plain, log).score_all(log.users)[:-1]
    np.testing.assert_allclose(fit(weighed, ones).score_all(log.users)[:-1], expected, rtol=1e-5,
                               atol=1e-6)  # fmt: skip
    assert not np.allclose(fit(weighed, log).score_all(log.users)[:-1], expected)
    below = log.to_frame().assign(value=lambda frame: frame["value"] - 4)
    below = Interactions.from_frame(below, value="value", time="time")
    with pytest.raises(DataError, match="weighted=True needs values of at least 0"):
        fit(weighed, below)
    fit(plain, below)


@pytest.mark.parametrize("model", [ItemKNN, UserKNN])
@pytest.mark.parametrize("similarity", ["jaccard", "lift", "adjusted cosine", "pearson"])
def test_a_measure_that_has_no_meaning_for_weights_is_refused_by_name(model, similarity, log):
    with pytest.raises(ArgumentError, match=f"no meaning for similarity='{similarity}'.*cosine"):
        model(similarity=similarity, weighted=True).fit(log)


def test_events_of_weight_nought_are_seen_but_say_nothing(log):
    frame = log.to_frame().assign(
        value=lambda frame: frame["value"] * (frame[ITEM] != log.items[0])
    )
    some = Interactions.from_frame(frame, value="value", time="time", users=log.users)
    for name in WEIGHED:
        scores = fit(clone(MODELS[name]), some).score_all(log.users[:5])
        assert np.isfinite(scores).all(), name
    found = ItemKNN(weighted=True).fit(some).similar_items(log.items[0])
    assert found.empty


def test_weights_by_hand():
    frame = pd.DataFrame({USER: [1, 1, 2, 2], ITEM: list("ABAB"), "value": [1.0, 2, 3, 1]})
    log = Interactions.from_frame(frame, value="value")
    assert Popular(weighted=True).fit(log).popularity_.tolist() == [4, 3]
    # X = [[1, 2], [3, 1]]: gram [[10, 5], [5, 5]], so B predicted from A: 5 / (10 + l2).
    model = EASE(l2=2, weighted=True).fit(log)
    np.testing.assert_allclose(model.weights_, [[0, 5 / 12], [5 / 7, 0]], rtol=1e-6)
    np.testing.assert_allclose(model.score_all([2]), [[1 * 5 / 7, 3 * 5 / 12]], rtol=1e-6)
    parts = explain(model, 2, "B").parts
    assert parts["contribution"].tolist() == pytest.approx([3 * 5 / 12, 0])
    # The titles' columns (1, 3) and (2, 1), the viewers' rows (1, 2) and (3, 1).
    cosine = 5 / 50**0.5
    model = ItemKNN(weighted=True).fit(log)
    np.testing.assert_allclose(model.score_all([2]), [[1 * cosine, 3 * cosine]], rtol=1e-6)
    np.testing.assert_allclose(model.similar_items("A")[SCORE], [cosine], rtol=1e-6)
    assert explain(model, 2, "B").score == pytest.approx(3 * cosine)
    model = UserKNN(weighted=True).fit(log)
    np.testing.assert_allclose(model.score_all([1]), [[3 * cosine, 1 * cosine]], rtol=1e-6)
    assert explain(model, 1, "A").score == pytest.approx(3 * cosine)
    groups = DemographicGroups(("g",), 0, weighted=True)
    groups.fit(log, users=pd.DataFrame({USER: [1, 2], "g": "all"}))
    assert groups.score_all([1]).tolist() == [[2, 1.5]]
