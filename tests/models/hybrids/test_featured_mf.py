"""FeaturedMF: exact alternating solutions, its loss, its limit, and the new."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, USER, Interactions
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.factors.ials import ImplicitALS
from recsys_lib.models.hybrids.featured_mf import FeaturedMF

EXACT = {"factors": 3, "steps": 20}  # more steps than unknowns: each turn arrives


@pytest.fixture
def log(make_log) -> Interactions:
    """Twenty titles, of which two were watched by nobody; viewers likewise."""
    drawn = make_log(3, users=12, items=18, events=80)
    users, items = [*drawn.users, 8000, 8001], [*drawn.items, 9000, 9001]
    return drawn.with_axes(users=users, items=items)


def tables(log: Interactions) -> dict[str, pd.DataFrame]:
    genres = np.resize(["drama|crime", "comedy", "war", "crime"], log.n_items)
    plan = np.resize(["cheap", "dear", "cheap"], log.n_users)
    return {
        "items": pd.DataFrame({ITEM: log.items, "genres": genres}),
        "users": pd.DataFrame({USER: log.users, "plan": plan}),
    }


def dense(log: Interactions) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Events, and the features of viewers and titles with their constant, set up by hand."""
    given = tables(log)
    plan = given["users"]["plan"].to_numpy()
    viewers = np.array([[1.0, p == "cheap", p == "dear"] for p in plan])
    titles = ContentProfile().fit(log, items=given["items"]).features_.toarray()
    return log.binary().toarray().astype(float), viewers, np.c_[np.ones(len(titles)), titles]


def penalties(model: FeaturedMF, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    counts = r.sum(axis=1), r.sum(axis=0)
    others = r.shape[1], r.any(axis=1).sum()  # of the users only those who are viewers
    return tuple(
        model.l2 * (count + model.alpha * n) ** model.nu * (count > 0)
        for count, n in zip(counts, others, strict=True)
    )


def loss(model: FeaturedMF, W, H, A, B, log: Interactions) -> float:
    r, viewers, titles = dense(log)
    total = 0.0
    for u, i in zip(*np.nonzero(np.outer(r.any(axis=1), r.any(axis=0))), strict=True):
        score = W[u] @ H[i]
        total += r[u, i] * (score - 1) ** 2 + model.alpha * score**2
    for vectors, features, effects, penalty in zip(
        (W, H), (viewers, titles), (A, B), penalties(model, r), strict=True
    ):
        own = vectors - features @ effects
        total += (penalty * (own**2).sum(axis=1)).sum()
        total += model.l2_features * (effects**2).sum()
    return total


def fitted(log: Interactions, **arguments) -> FeaturedMF:
    return FeaturedMF(columns=("plan",), **arguments).fit(log, **tables(log))


def learned(model: FeaturedMF) -> list[np.ndarray]:
    found = (
        model.user_factors_,
        model.item_factors_,
        model.user_features_,
        model.item_features_,
    )
    return [array.astype(float) for array in found]


def naive_turn(H, r, alpha, features, effects, penalty, l2) -> tuple[np.ndarray, np.ndarray]:
    """Exact least squares for each vector in turn, then the exact ridge regression on features."""
    W = np.zeros((len(r), H.shape[1]))
    for u in np.flatnonzero(r.any(axis=1)):
        left = penalty[u] * np.eye(H.shape[1]) + alpha * H.T @ H
        right = penalty[u] * features[u] @ effects
        for seen, h in zip(r[u], H, strict=True):
            left += seen * np.outer(h, h)
            right = right + seen * h
        W[u] = np.linalg.solve(left, right)
    left = (features.T * penalty) @ features + l2 * np.eye(features.shape[1])
    return W, np.linalg.solve(left, (features.T * penalty) @ W)


def test_vectors_equal_those_of_exact_alternating_solutions(log):
    model = fitted(log, alpha=0.2, l2=0.1, l2_features=0.5, iterations=3, **EXACT)
    r, viewers, titles = dense(log)
    of_viewers, of_titles = penalties(model, r)
    H = np.random.default_rng(0).normal(0, 0.1 / np.sqrt(3), (log.n_items, 3))
    H *= (log.item_counts > 0)[:, None]
    A, B = np.zeros((viewers.shape[1], 3)), np.zeros((titles.shape[1], 3))
    for _ in range(3):
        W, A = naive_turn(H, r, 0.2, viewers, A, of_viewers, 0.5)
        H, B = naive_turn(W, r.T, 0.2, titles, B, of_titles, 0.5)
    W, _ = naive_turn(H, r, 0.2, viewers, A, of_viewers, 0.5)  # viewers once more, at the end
    W[log.user_counts == 0] = (viewers @ A)[log.user_counts == 0]
    H[log.item_counts == 0] = (titles @ B)[log.item_counts == 0]
    for ours, naive in zip(learned(model), (W, H, A, B), strict=True):
        np.testing.assert_allclose(ours, naive, atol=3e-4)
    assert np.abs(A).max() > 0.05 and np.abs(B).max() > 0.05


def test_the_loss_falls_round_by_round_to_where_its_slope_is_none(log):
    settings = {"alpha": 0.3, "l2": 0.1, "l2_features": 0.5}
    models = [fitted(log, iterations=n, **settings, **EXACT) for n in (1, 2, 5, 400)]
    losses = [loss(model, *learned(model), log) for model in models]
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.99 * losses[0]
    last, parameters = models[-1], learned(models[-1])
    slopes = []
    for parameter in parameters:
        for place in list(np.ndindex(parameter.shape))[:12]:
            parameter[place] += 1e-3
            up = loss(last, *parameters, log)
            parameter[place] -= 2e-3
            slopes.append((up - loss(last, *parameters, log)) / 2e-3)
            parameter[place] += 1e-3
    assert np.abs(slopes).max() < 2e-3 * losses[-1]


def test_the_order_of_summation_leaves_no_trace(make_log):
    """Another processor adds up in another order, as it is here with the viewers reversed."""
    log = make_log(8, users=300, items=60, events=4000)
    turned = Interactions.from_frame(log.to_frame().assign(user_id=lambda t: -t["user_id"]))
    items = tables(log)["items"]
    models = [FeaturedMF(16).fit(events, items=items) for events in (log, turned)]
    ours, theirs = (model.item_factors_ for model in models)
    np.testing.assert_allclose(ours, theirs, atol=1e-7)  # a last digit at most
    assert abs(ours).max() > 0.1


def test_if_features_may_say_nothing_it_is_implicit_als(log):
    settings = {"factors": 4, "alpha": 0.2, "l2": 0.2, "iterations": 4}
    plain = ImplicitALS(**settings).fit(log)
    ours = fitted(log, l2_features=1e12, **settings)
    known = log.users[log.user_counts > 0]
    np.testing.assert_allclose(ours.score_all(known), plain.score_all(known), atol=1e-4)
    talking = fitted(log, l2_features=0.1, **settings)
    assert not np.allclose(talking.score_all(known), plain.score_all(known), atol=1e-2)


def two_tastes() -> tuple[Interactions, pd.DataFrame, pd.DataFrame]:
    """Noir is for viewers 0 to 9 (plan cheap), farce for 10 to 19 (dear); the last of each is new.

    Titles 0 to 9 are noir, 10 to 19 farce; viewers 20 and 21 are new, 20 has the cheap plan.
    """
    rng = np.random.default_rng(0)
    events = [
        (viewer, 10 * (viewer // 10) + title)
        for viewer in range(20)
        for title in rng.permutation(9)[:5]
    ]
    log = Interactions.from_frame(
        pd.DataFrame(events, columns=[USER, ITEM]), users=range(22), items=range(20)
    )
    items = pd.DataFrame({ITEM: range(20), "genres": ["noir"] * 10 + ["farce"] * 10})
    plan = ["cheap"] * 10 + ["dear"] * 10 + ["cheap", "dear"]
    return log, items, pd.DataFrame({USER: range(22), "plan": plan})


def test_a_new_title_goes_to_those_who_watched_its_like():
    log, items, _ = two_tastes()
    scores = FeaturedMF(factors=4).fit(log, items=items).score_all(range(20))
    assert (scores[:10, 9] > 2 * scores[:10, 19]).all()
    assert (scores[10:, 19] > 2 * scores[10:, 9]).all()


def test_a_new_viewer_gets_what_viewers_with_the_same_answers_watched():
    log, items, users = two_tastes()
    model = FeaturedMF(factors=4, columns=("plan",)).fit(log, items=items, users=users[:21])
    cheap, unknown = model.score_all([20, 21])
    assert cheap[:9].min() > 1.5 * cheap[10:19].max()
    assert unknown[:9].mean() == pytest.approx(unknown[10:19].mean(), rel=0.2)
    blind = FeaturedMF(factors=4).fit(log, items=items).score_all([20, 21])
    np.testing.assert_array_equal(*blind)


def test_what_was_not_watched_has_no_part_of_its_own(log):
    model = fitted(log, factors=3)
    names = model.item_feature_names_["feature"].tolist()
    effect = dict(zip(["constant", *names], model.item_features_, strict=True))
    row = log.item_positions([9000])[0]
    assert tables(log)["items"]["genres"][row] == "war" and log.item_counts[row] == 0
    expected = effect["constant"] + effect["war"]
    np.testing.assert_allclose(model.item_factors_[row], expected, rtol=1e-5)
    plans = model.user_feature_names_["feature"].tolist()
    assert plans == ["cheap", "dear"]
    expected = model.user_features_[0] + model.user_features_[1 + plans.index("cheap")]
    np.testing.assert_allclose(model.user_factors_[12], expected, rtol=1e-5)
    np.testing.assert_allclose(
        model.score_all([8000])[0], model.item_factors_ @ expected, rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize(
    ("argument", "wrong", "right"),
    [("factors", 0, 1), ("iterations", 0, 1), ("steps", 1.5, 1), ("nu", -0.1, 0),
     ("alpha", 0, 1e-3), ("l2", 0, 1e-3), ("l2_features", 0, 1e-3)],
)  # fmt: skip
def test_arguments_outside_their_values_are_refused(log, argument, wrong, right):
    with pytest.raises(ArgumentError, match=f"{argument} must be"):
        fitted(log, **{argument: wrong})
    fitted(log, **{argument: right})


def test_without_the_tables_it_asks_for_it_refuses(log):
    with pytest.raises(DataError, match="FeaturedMF needs to know the titles"):
        FeaturedMF().fit(log)
    with pytest.raises(DataError, match=r"columns \['plan'\] of the viewers are needed"):
        FeaturedMF(columns=("plan",)).fit(log, items=tables(log)["items"])
    with pytest.raises(ArgumentError, match="there is no block 'colour'"):
        FeaturedMF(weights={"colour": 1}).fit(log, items=tables(log)["items"])
