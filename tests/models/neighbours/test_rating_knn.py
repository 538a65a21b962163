from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import surprise

from recsys_lib.errors import ArgumentError, TooLargeError
from recsys_lib.interactions import Interactions
from recsys_lib.models import numerics
from recsys_lib.models.factors.surprise_model import SurpriseModel
from recsys_lib.models.neighbours import rating_knn
from recsys_lib.models.neighbours.rating_knn import RatingKNN, biases

PEERS = {
    "nothing": surprise.KNNBasic,
    "mean": surprise.KNNWithMeans,
    "baseline": surprise.KNNBaseline,
}


def all_pairs(log: Interactions) -> tuple[np.ndarray, np.ndarray]:
    return np.repeat(log.users, log.n_items), np.tile(log.items, log.n_users)


@pytest.mark.parametrize("by", ["user", "item"])
@pytest.mark.parametrize("similarity", ["msd", "cosine", "pearson", "pearson baseline"])
@pytest.mark.parametrize("base", PEERS)
def test_predictions_equal_surprise(make_log, base, similarity, by):
    log = make_log(3, users=40, items=25, events=400)
    ours = RatingKNN(5, similarity, base, by, min_neighbors=2).fit(log).predict(*all_pairs(log))
    options = {"name": similarity.replace(" ", "_"), "user_based": by == "user"}
    peer = PEERS[base](k=5, min_k=2, sim_options=options, verbose=False)
    theirs = SurpriseModel(peer).fit(log).predict(*all_pairs(log))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def naive_with_means(log: Interactions, row: int, column: int, k: int) -> float:
    """KNN with means and msd, one loop after the other."""
    ratings = log.matrix.toarray().astype(float)
    candidates = []
    for other in range(log.n_users):
        if ratings[other, column]:
            both = [i for i in range(log.n_items) if ratings[row, i] and ratings[other, i]]
            squares = [(ratings[row, i] - ratings[other, i]) ** 2 for i in both]
            if both:
                candidates.append((1 / (1 + sum(squares) / len(both)), other))
    nearest = sorted(candidates, key=lambda pair: -pair[0])[:k]
    mean = {u: ratings[u][ratings[u] > 0].mean() for u in range(log.n_users) if ratings[u].any()}
    total = sum(weight for weight, _ in nearest)
    above = sum(weight * (ratings[v, column] - mean[v]) for weight, v in nearest)
    return float(np.clip(mean[row] + above / total, 1, 5))


def test_predictions_equal_the_formula_read_aloud(make_log):
    log = make_log(5, users=12, items=10, events=70)
    users, items = all_pairs(log)
    rows, columns = log.user_positions(users), log.item_positions(items)
    rated = (log.user_counts[rows] > 0) & (log.item_counts[columns] > 0)
    got = RatingKNN(4).fit(log).predict(users[rated], items[rated])
    pairs = zip(rows[rated], columns[rated], strict=True)
    expected = [naive_with_means(log, row, column, 4) for row, column in pairs]
    assert rated.sum() > 80
    np.testing.assert_allclose(got, expected, atol=1e-9)


def test_a_prediction_worked_by_hand():
    """What will Ann give D, which Bo gave 5 and Cy 1? Their means: Ann 3, Bo 4, Cy 3.

    Ann and Bo differ by 0, 1 and 1 on A, B, C: msd 2/3, closeness 3/5. Ann and Cy differ by 0 and 2
    on A, B: msd 2, closeness 1/3. So 3 + (3/5 * 1 - 1/3 * 2) / (3/5 + 1/3) = 3 - 1/14.
    """
    log = pd.DataFrame(
        {
            "user_id": ["Ann"] * 3 + ["Bo"] * 4 + ["Cy"] * 3,
            "item_id": [*"ABC", *"ABCD", *"ABD"],
            "value": [4, 2, 3, 4, 3, 4, 5, 4, 4, 1],
        }
    )
    model = RatingKNN().fit(Interactions.from_frame(log, value="value"))
    assert model.predict(["Ann"], ["D"]) == pytest.approx(3 - 1 / 14)


def test_biases_by_hand():
    """One viewer rated one title 5 and another 3: mean 4; no damping lets the titles explain it."""
    log = pd.DataFrame({"user_id": [1, 1], "item_id": [1, 2], "value": [5, 3]})
    train = Interactions.from_frame(log, value="value")
    user_bias, item_bias = biases(train, user_damping=0, item_damping=0)
    assert (user_bias.tolist(), item_bias.tolist()) == ([0.0], [1.0, -1.0])
    _, damped = biases(train, item_damping=1, user_damping=0)
    assert damped.tolist() == [0.5, -0.5]


def test_scores_are_the_predictions(make_log):
    log = make_log(2)
    model = RatingKNN(by="item", base="baseline").fit(log)
    known = log.users[log.user_counts > 0][:5]
    for user in known:
        expected = model.predict(np.full(log.n_items, user), log.items)
        np.testing.assert_allclose(model.score_all([user])[0], expected, rtol=1e-6)


@pytest.mark.parametrize(
    "argument",
    [
        {"neighbors": 0},
        {"min_neighbors": 0},
        {"similarity": "lift"},
        {"base": "median"},
        {"by": "genre"},
        {"shrinkage": -1},
    ],
    ids=str,
)
def test_arguments_outside_their_values(make_log, argument):
    with pytest.raises(ArgumentError, match=next(iter(argument))):
        RatingKNN(**argument).fit(make_log())


def test_similarities_that_do_not_fit_into_memory_are_refused_before_any_work(
    make_log, monkeypatch
):
    log = make_log()
    monkeypatch.setattr(rating_knn, "all_similarities", lambda *_: pytest.fail("work was begun"))
    monkeypatch.setattr(numerics, "available_memory", lambda: 8 * log.n_items**2)
    with pytest.raises(TooLargeError, match=r"30 users need 7,200 bytes.*compare items"):
        RatingKNN().fit(log)
    monkeypatch.undo()
    monkeypatch.setattr(numerics, "available_memory", lambda: 8 * log.n_items**2)
    RatingKNN(by="item").fit(log)
