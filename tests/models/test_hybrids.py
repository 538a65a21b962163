"""Hybrids: scores on one scale, sums by hand, switches, and weights learned without the test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError, TooLargeError
from recsys_lib.interactions import ITEM, USER
from recsys_lib.models import EASE, ContentProfile, DemographicGroups, Popular, Random
from recsys_lib.models.base import Recommender
from recsys_lib.models.hybrids.hybrid import default_parents, fit_parents, standard_scores
from recsys_lib.models.hybrids.rehearsal import NEGATIVES, draw_pairs
from recsys_lib.models.hybrids.stacked import KNOWN, NO_PARENT, Stacked
from recsys_lib.models.hybrids.switching import Switching
from recsys_lib.models.hybrids.weighted import OTHERS, Weighted
from recsys_lib.splits import split_by_time


class Table(Recommender):
    """Scores that are given, one row a viewer of train."""

    def __init__(self, table):
        self.table = table

    def _fit(self, train, items, users):
        pass

    def _score(self, rows):
        return np.asarray(self.table, np.float32)[rows]


@pytest.fixture
def small() -> Interactions:
    """Two viewers, four titles; the first viewer has seen the last title."""
    log = pd.DataFrame({USER: [1, 2, 2], ITEM: [40, 10, 20], "time": [1, 2, 3]})
    return Interactions.from_frame(log, time="time", items=[10, 20, 30, 40])


def describe(log: Interactions) -> dict[str, pd.DataFrame]:
    genders = np.resize(["woman", "man"], log.n_users)
    users = pd.DataFrame({USER: log.users, "gender": genders, "age_band": "30-44"})
    return {"items": pd.DataFrame({ITEM: log.items, "genres": "drama"}), "users": users}


@pytest.mark.parametrize(
    "make",
    [
        lambda first: Weighted({"first": first, "ease": EASE()}),
        lambda first: Stacked({"first": first, "inner": Weighted({"ease": EASE()})}),
        lambda first: Switching(known=first, new_viewer=EASE(), new_title=first),
    ],
)
def test_a_parent_too_large_is_refused_before_another_is_fitted(make, small, monkeypatch):
    class First(Popular):
        def _fit(self, train, items, users):
            pytest.fail("work was begun")

    monkeypatch.setattr("recsys_lib.models.numerics.available_memory", lambda: 20 * 4**2 - 1)
    with pytest.raises(TooLargeError, match="EASE for 4 titles need 320 bytes"):
        make(First()).fit(small)


# One scale --------------------------------------------------------------------------------------


def test_unseen_scores_get_mean_0_and_sd_1_by_hand(small):
    model = Table([[1, 2, 3, 100], [0, 0, 5, 5]]).fit(small)
    scores = standard_scores(model, small.users)
    # The first viewer's unseen titles score 1, 2, 3: mean 2, sd sqrt(2 / 3).
    np.testing.assert_allclose(scores[0], (np.array([1, 2, 3, 100]) - 2) / np.sqrt(2 / 3))
    assert (scores[1] == 0).all()  # 5 and 5: no opinion


@pytest.mark.parametrize("score", [0.1, 1 / 3, 1e-30, 12345.678])
def test_a_parent_without_an_opinion_says_exactly_nothing(score):
    frame = pd.DataFrame({USER: [1, 2], ITEM: [0, 1]})
    log = Interactions.from_frame(frame, items=range(1000))
    table = np.full((2, 1000), score)
    table[0, 0] = 7  # seen
    assert (standard_scores(Table(table).fit(log), log.users)[:, 1:] == 0).all()


@given(scale=st.floats(0.01, 1000), shift=st.floats(-100, 100), seed=st.integers(0, 99))
def test_neither_the_unit_nor_the_zero_of_a_parent_matters(scale, shift, seed):
    log = Interactions.from_frame(pd.DataFrame({USER: [1, 1, 2], ITEM: [1, 2, 3]}), items=range(9))
    table = np.random.default_rng(seed).integers(-50, 50, (2, 9))
    plain = standard_scores(Table(table).fit(log), log.users)
    other = standard_scores(Table(table * scale + shift).fit(log), log.users)
    np.testing.assert_allclose(other, plain, atol=2e-3)


def test_a_viewer_who_has_seen_everything_is_served(small):
    frame = pd.DataFrame({USER: [1] * 4 + [2], ITEM: [10, 20, 30, 40, 10]})
    log = Interactions.from_frame(frame)
    model = Weighted({"table": Table([[1, 2, 3, 4], [1, 2, 3, 4]])}).fit(log)
    assert np.isfinite(model.score_all([1])).all()
    assert model.recommend([1]).empty


def test_the_default_parents_are_those_that_can_be_fitted(make_log):
    given = describe(make_log())
    assert set(default_parents()) == {"factors", "popular"}
    assert set(default_parents(given["items"])) == {"factors", "popular", "content"}
    assert set(default_parents(users=given["users"])) == {"factors", "popular", "groups"}
    assert "groups" not in default_parents(users=given["users"].drop(columns="gender"))


def test_parents_are_copied_never_fitted(make_log):
    parent = Popular()
    fitted = fit_parents({"crowd": parent}, make_log(), None, None)
    assert not hasattr(parent, "train_") and fitted["crowd"] is not parent


@pytest.mark.parametrize("models", [{}, [Popular()], {"crowd": "popular"}])
@pytest.mark.parametrize("hybrid", [Weighted, Stacked])
def test_what_is_no_dict_of_models_is_refused(make_log, models, hybrid):
    with pytest.raises(ArgumentError, match="models must be a dict of at least one name and model"):
        hybrid(models).fit(make_log())


# Weighted ---------------------------------------------------------------------------------------


def test_a_weighted_score_is_the_sum_by_hand(small):
    parents = {"a": Table([[1, 2, 3, 9], [0] * 4]), "b": Table([[300, 100, 200, 0], [0] * 4])}
    model = Weighted(parents, {"a": 2, "b": 1}).fit(small)
    step = np.sqrt(3 / 2)  # of the standardised 1, 2, 3 and of 100, 200, 300
    expected = [2 * -step + step, 0 - step, 2 * step + 0]
    np.testing.assert_allclose(model.score_all([1])[0, :3], expected, rtol=1e-6)
    assert model.recommend([1])[ITEM].tolist() == [30, 10, 20]


def test_one_parent_alone_keeps_its_order(make_log):
    log = make_log()
    alone = Weighted({"ease": EASE(), "popular": Popular()}, {"ease": 1, "popular": 0}).fit(log)
    plain = EASE().fit(log)
    known = log.users[log.user_counts > 0]
    assert alone.recommend(known, 5)[ITEM].tolist() == plain.recommend(known, 5)[ITEM].tolist()


def test_usual_weights(make_log):
    log = make_log()
    given = Weighted({"a": Popular(), "b": Random()}).fit(log)
    assert given.weights_ == {"a": 1, "b": 1}
    usual = Weighted().fit(log, **describe(log)).weights_
    assert usual == {"factors": 1, "popular": OTHERS, "content": OTHERS, "groups": OTHERS}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"a": 1}, r"weights are for \['a'\]. Give one for each of \['a', 'b'\]"),
        ({"a": 1, "b": -0.1}, "the weight of b must be a number of at least 0"),
        ({"a": 0, "b": 0}, "weights must hold one that is above 0"),
    ],
)
def test_weights_that_do_not_fit_are_refused(make_log, weights, message):
    parents = {"a": Popular(), "b": Random()}
    with pytest.raises(ArgumentError, match=message):
        Weighted(parents, weights).fit(make_log())
    Weighted(parents, {"a": 1, "b": 0}).fit(make_log())


# Switching --------------------------------------------------------------------------------------


def test_each_parent_scores_what_it_is_in_charge_of():
    frame = pd.DataFrame({USER: [1, 1, 1, 2], ITEM: [10, 20, 30, 10]})
    log = Interactions.from_frame(frame, items=[10, 20, 30, 40, 50])
    tables = {
        "known": Table([[1, 2, 3, 4, 5], [5, 1, 2, 3, 4]]),
        "new_viewer": Table([[0, 9, 9, 9, 9], [9, 1, 2, 9, 1]]),
        "new_title": Table([[3, 0, 9, 0, 7], [1, 1, 1, 1, 2]]),
    }
    model = Switching(**tables, min_plays=2, min_viewers=1).fit(log)
    known, newcomer, content = (
        standard_scores(clone(table).fit(log), log.users) for table in tables.values()
    )
    first, second = model.score_all([1, 2])
    np.testing.assert_allclose(first[:3], known[0, :3], rtol=1e-6)
    np.testing.assert_allclose(first[3:], content[0, 3:], rtol=1e-6)  # nobody has seen 40 and 50
    np.testing.assert_allclose(second, newcomer[1], rtol=1e-6)  # one play is fewer than two


def test_a_stranger_is_a_new_viewer_unless_nobody_is_new(make_log):
    log = make_log()
    given = describe(log)
    groups = DemographicGroups().fit(log, **given)
    model = Switching().fit(log, **given)
    np.testing.assert_allclose(
        model.score_all([-1]), standard_scores(groups, np.array([-1])), rtol=1e-6
    )
    crowd = Switching(min_plays=0).fit(log, **given).score_all([-1])
    popular = standard_scores(Popular().fit(log), np.array([-1]))
    np.testing.assert_allclose(crowd, popular, rtol=1e-6)  # what the factors give a stranger


def test_without_tables_popularity_and_the_factors_stand_in(make_log):
    parents = Switching().fit(make_log()).parents_
    assert isinstance(parents["new_viewer"], Popular)
    assert type(parents["new_title"]) is type(parents["known"])
    parents = Switching().fit(make_log(), **describe(make_log())).parents_
    assert isinstance(parents["new_title"], ContentProfile)


@pytest.mark.parametrize("name", ["min_plays", "min_viewers"])
def test_a_threshold_below_0_is_refused(make_log, name):
    with pytest.raises(ArgumentError, match=f"{name} must be an integer of at least 0"):
        Switching(**{name: -1}).fit(make_log())
    Switching(**{name: 0}).fit(make_log())


# The rehearsal ----------------------------------------------------------------------------------


def test_pairs_are_all_that_were_watched_and_some_that_could_have_been(make_log):
    log = make_log(users=100, items=300, events=1500)
    unwatched = log.item_counts == 0
    assert unwatched.any()
    split = split_by_time(log, 0.3)
    parts = list(draw_pairs(split, rng=np.random.default_rng(0), chunk=7))
    rows, columns, watched = (np.concatenate(part) for part in zip(*parts, strict=True))
    pairs = set(zip(rows[watched], columns[watched], strict=True))
    assert pairs == set(zip(split.test.event_rows, split.test.matrix.indices, strict=True))
    assert len(set(zip(rows, columns, strict=True))) == len(rows)
    assert not unwatched[columns].any()
    seen = split.train.binary().toarray() > 0
    assert not seen[rows, columns].any()
    assert 0.8 < (~watched).sum() / watched.sum() / NEGATIVES < 1.05


# Stacked ----------------------------------------------------------------------------------------


def two_tastes(n_users: int = 120, seed: int = 0) -> Interactions:
    """Half of the viewers watch even titles, half odd ones; the truth is in the labels."""
    rng = np.random.default_rng(seed)
    frames = [
        pd.DataFrame({USER: u, ITEM: rng.choice(np.arange(u % 2, 60, 2), 14, replace=False)})
        for u in range(n_users)
    ]
    log = pd.concat(frames)
    log["time"] = rng.permutation(len(log)) * 60
    return Interactions.from_frame(log, time="time")


def test_a_parent_that_knows_is_trusted_and_one_that_draws_lots_is_not():
    log = two_tastes()
    right = (np.arange(log.n_users)[:, None] % 2 == np.arange(60) % 2).astype(float)
    model = Stacked({"oracle": Table(right), "lots": Random()}, l2=1).fit(log)
    trust = model.trust(plays=10, viewers=20)
    assert trust["oracle"] > 1 and abs(trust["lots"]) < 0.2


def test_a_score_is_the_formula_of_the_docstring(make_log):
    log = make_log()
    model = Stacked({"ease": EASE(l2=5), "popular": Popular()}).fit(log)
    row, column = int(np.argmax(log.user_counts)), 3
    viewer = log.user_counts[row] / (log.user_counts[row] + 5)
    title = log.item_counts[column] / (log.item_counts[column] + 20)
    known = dict(zip(KNOWN, (1, viewer, title, viewer * title), strict=True))
    says = {NO_PARENT: 1.0} | {
        name: standard_scores(parent, log.users[[row]])[0, column]
        for name, parent in model.parents_.items()
    }
    expected = sum(
        model.weights_.loc[name, part] * known[part] * says[name] for name in says for part in KNOWN
    )
    assert model.score_all(log.users[[row]])[0, column] == pytest.approx(expected, rel=1e-5)
    trust = model.trust(log.user_counts[row], log.item_counts[column])
    assert trust["ease"] == pytest.approx(
        sum(model.weights_.loc["ease", part] * known[part] for part in KNOWN)
    )


def test_the_weights_are_those_of_a_regression_written_as_loops(make_log):
    log = make_log(events=400)
    models = {"ease": EASE(l2=5), "popular": Popular()}
    rng = np.random.default_rng(3)
    split = split_by_time(log, 0.2)
    early = split.train
    says = {name: standard_scores(model.fit(early), log.users) for name, model in models.items()}
    examples, labels = [], []
    for rows, columns, watched in draw_pairs(split, rng=rng):
        for u, i, label in zip(rows, columns, watched, strict=True):
            viewer = early.user_counts[u] / (early.user_counts[u] + 5)
            title = early.item_counts[i] / (early.item_counts[i] + 20)
            known = np.array([1, viewer, title, viewer * title])
            examples.append(
                [*known, *(known * says["ease"][u, i]), *(known * says["popular"][u, i])]
            )
            labels.append(label)
    naive = LogisticRegression(C=1 / 2, fit_intercept=False, tol=1e-8).fit(examples, labels)
    weights = Stacked(models, l2=2, random_state=3).fit(log).weights_
    assert weights.index.tolist() == [NO_PARENT, "ease", "popular"]
    np.testing.assert_allclose(weights.to_numpy().ravel(), naive.coef_[0], atol=2e-3)


def test_in_the_rehearsal_parents_know_only_the_older_events(make_log):
    log = make_log(events=400)
    cut = split_by_time(log, 0.3).test.times.min()
    seen = []

    class Spy(Popular):
        def _fit(self, train, items, users):
            seen.append(train)
            super()._fit(train, items, users)

    Stacked({"spy": Spy(), "ease": EASE()}, fraction=0.3).fit(log)
    assert [train.times.max() < cut for train in seen] == [True, False]
    assert seen[1] is log


def test_another_seed_gives_other_weights_the_same_seed_the_same(make_log):
    log = make_log(users=60, items=80, events=600)
    models = {"ease": EASE(l2=5), "popular": Popular()}
    first, again, other = (Stacked(models, random_state=n).fit(log).weights_ for n in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_a_strong_penalty_leaves_no_weight(make_log):
    models = {"ease": EASE(l2=5), "popular": Popular()}
    weights = Stacked(models, l2=1e9).fit(make_log()).weights_
    assert abs(weights.to_numpy()).max() < 1e-3


def test_stacked_without_times_or_with_wrong_arguments_is_refused(make_log):
    log = make_log()
    timeless = Interactions.from_frame(log.to_frame().drop(columns="time"), value="value")
    with pytest.raises(DataError, match=r"split by time, and train has no times.*use Weighted"):
        Stacked().fit(timeless)
    with pytest.raises(ArgumentError, match="l2 must be above 0, not 0"):
        Stacked(l2=0).fit(log)
    with pytest.raises(ArgumentError, match="a fraction must lie between 0 and 1"):
        Stacked(fraction=1.5).fit(log)
