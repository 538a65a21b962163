from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import Interactions
from recsys_lib.models.neighbours.knn import ItemKNN
from recsys_lib.models.neighbours.user_knn import UserKNN

WATCHED = {
    "Ann": ["Friends", "Cheers", "Seinfeld"],
    "Bo": ["Friends", "Cheers", "Ozark"],
    "Cy": ["Friends", "Cheers", "Seinfeld", "Dark"],
    "Di": ["Seinfeld", "Dark", "Ozark"],
    "Ed": ["Friends", "Dark", "Ozark"],
}


@pytest.fixture
def by_hand() -> Interactions:
    pairs = [(viewer, title) for viewer, titles in WATCHED.items() for title in titles]
    return Interactions.from_frame(pd.DataFrame(pairs, columns=["user_id", "item_id"]))


def scores(model, log: Interactions, user) -> dict[str, float]:
    return dict(zip(log.items, model.fit(log).score_all([user])[0], strict=True))


def test_item_scores_by_hand(by_hand):
    """Viewers: Friends 4, the others 3. Ann watched Friends, Cheers and Seinfeld.

    In common with Dark: Friends 2 (Cy, Ed), Cheers 1 (Cy), Seinfeld 2 (Cy, Di).
    In common with Ozark: Friends 2 (Bo, Ed), Cheers 1 (Bo), Seinfeld 1 (Di).
    """
    got = scores(ItemKNN(), by_hand, "Ann")
    assert got["Dark"] == pytest.approx(2 / 12**0.5 + 1 / 3 + 2 / 3)
    assert got["Ozark"] == pytest.approx(2 / 12**0.5 + 1 / 3 + 1 / 3)


def test_one_neighbour_of_the_target_or_of_the_source(by_hand):
    """Jaccard. Dark is nearest to Seinfeld: 2/4, and to Ozark: 2/4; Friends: 2/5, Cheers: 1/5.

    Seinfeld and Ozark have three viewers each, so the first in the alphabet is kept: Ozark, which
    Ann has not watched. Seinfeld's nearest: Cheers 2/4 and Dark 2/4, so Cheers. Friends' nearest is
    Cheers, 3/4, and so is Cheers' Friends: nothing that Ann watched backs Dark.
    """
    assert scores(ItemKNN(1, "jaccard"), by_hand, "Ann")["Dark"] == 0
    assert scores(ItemKNN(2, "jaccard"), by_hand, "Ann")["Dark"] == pytest.approx(2 / 4)
    # With two of each source, Seinfeld's are Cheers and Dark; Friends' are Cheers (3/4) and
    # Seinfeld, Dark or Ozark (2/5 each): Dark, being first. Cheers' are Friends and Seinfeld.
    by_source = scores(ItemKNN(2, "jaccard", neighbors_of="source"), by_hand, "Ann")
    assert by_source["Dark"] == pytest.approx(2 / 4 + 2 / 5)


def test_user_scores_by_hand(by_hand):
    """Ann's nearest are Cy, 3/sqrt(12), then Bo, 2/3; of those Cy alone watched Dark."""
    got = scores(UserKNN(2), by_hand, "Ann")
    assert got["Dark"] == pytest.approx(3 / 12**0.5)
    assert got["Ozark"] == pytest.approx(2 / 3)
    assert got["Cheers"] == pytest.approx(3 / 12**0.5 + 2 / 3)


def test_people_who_watched_friends_also_watched(by_hand):
    similar = ItemKNN(1).fit(by_hand).similar_items("Friends")  # all are compared, not one
    assert similar["item_id"].tolist() == ["Cheers", "Dark", "Ozark", "Seinfeld"]
    assert similar["common_viewers"].tolist() == [3, 2, 2, 2]
    assert similar["score"].to_numpy() == pytest.approx([3 / 12**0.5] + [2 / 12**0.5] * 3)
    assert len(ItemKNN().fit(by_hand).similar_items("Friends", k=2)) == 2


def test_nothing_in_common_is_not_similar():
    log = pd.DataFrame({"user_id": [1, 1, 2], "item_id": ["A", "B", "C"]})
    model = ItemKNN().fit(Interactions.from_frame(log))
    assert model.similar_items("A")["item_id"].tolist() == ["B"]
    assert model.similar_items("C").empty
    assert list(model.similar_items("C").columns) == ["item_id", "score", "common_viewers"]


def cosine(log: Interactions, i: int, j: int) -> float:
    watched = log.matrix.toarray() != 0
    co = (watched[:, i] & watched[:, j]).sum()
    return co / (watched[:, i].sum() * watched[:, j].sum()) ** 0.5 if co else 0.0


@pytest.mark.parametrize("neighbors_of", ["target", "source"])
def test_item_scores_equal_the_formula_read_aloud(make_log, neighbors_of):
    log = make_log(1, users=15, items=12, events=80)
    kept = np.zeros((12, 12))  # row i: the three nearest of i
    for i in range(12):
        similarity = {j: np.float32(cosine(log, i, j)) for j in range(12) if j != i}
        order = sorted(similarity, key=lambda j: (-similarity[j], -log.item_counts[j], j))
        for j in order[:3]:
            kept[i, j] = similarity[j]
    votes = kept if neighbors_of == "source" else kept.T
    rows = np.flatnonzero(log.user_counts)
    got = ItemKNN(3, neighbors_of=neighbors_of).fit(log).score_all(log.users[rows])
    for row, user in enumerate(rows):
        history = np.flatnonzero(log.matrix.toarray()[user])
        expected = [sum(votes[j, i] for j in history) for i in range(12)]
        np.testing.assert_allclose(got[row], expected, atol=1e-6)


def test_viewers_with_equal_histories_are_each_others_nearest(make_log):
    frame = make_log(4).to_frame()
    twin = frame[frame["user_id"] == frame["user_id"].iloc[0]].assign(user_id=9_999)
    log = Interactions.from_frame(pd.concat([frame, twin]), value="value")
    kept = UserKNN(1).fit(log).kept_
    assert kept[[-1]].indices.tolist() == [0]
    assert kept[[-1]].data == pytest.approx(1)


def test_ratings_change_the_order_only_where_ratings_are_compared(make_log):
    log = make_log(6)
    flat = Interactions.from_frame(log.to_frame(), users=log.users, items=log.items)
    for similarity in ("cosine", "jaccard", "lift"):
        a, b = (UserKNN(5, similarity).fit(data).recommend() for data in (log, flat))
        pd.testing.assert_frame_equal(a, b)
    a, b = (ItemKNN(5, name).fit(log).recommend() for name in ("pearson", "cosine"))
    assert not a["item_id"].equals(b["item_id"])


def test_shrinkage_prefers_the_pair_with_more_viewers():
    """Raw: C is watched by one viewer, of A too: 1/sqrt(5), B with 3 of 4: 3/sqrt(20)."""
    watched = {1: "AC", 2: "AB", 3: "AB", 4: "AB", 5: "A", 6: "B"}
    pairs = [(user, title) for user, titles in watched.items() for title in titles]
    log = Interactions.from_frame(pd.DataFrame(pairs, columns=["user_id", "item_id"]))
    raw = ItemKNN(similarity="lift").fit(log).similar_items("A")
    assert raw["item_id"].tolist() == ["C", "B"]  # lift 6/5 and 18/20
    shrunk = ItemKNN(similarity="lift", shrinkage=1).fit(log).similar_items("A")
    assert shrunk["item_id"].tolist() == ["B", "C"]
    assert shrunk["score"].tolist() == pytest.approx([0.9 * 3 / 4, 1.2 * 1 / 2])


@pytest.mark.parametrize("model", [ItemKNN, UserKNN])
@pytest.mark.parametrize(
    "argument",
    [{"neighbors": 0}, {"neighbors": 2.5}, {"shrinkage": -1}, {"similarity": "euclid"}],
    ids=str,
)
def test_arguments_outside_their_values(by_hand, model, argument):
    with pytest.raises(ArgumentError, match=next(iter(argument))):
        model(**argument).fit(by_hand)


def test_other_requests_that_cannot_be_met(by_hand):
    with pytest.raises(ArgumentError, match="neighbors_of"):
        ItemKNN(neighbors_of="both").fit(by_hand)
    with pytest.raises(DataError, match="same value"):
        ItemKNN(similarity="pearson").fit(by_hand)
    with pytest.raises(ArgumentError, match="Lost"):
        ItemKNN().fit(by_hand).similar_items("Lost")
    with pytest.raises(ArgumentError, match="k must be"):
        ItemKNN().fit(by_hand).similar_items("Friends", k=0)


@pytest.mark.parametrize("neighbors_of", ["target", "source"])
def test_the_dense_and_the_sparse_way_give_the_same_scores(make_log, neighbors_of):
    log = make_log(7, users=150, items=40, events=900)  # more viewers than one dense slice holds
    model = ItemKNN(4, neighbors_of=neighbors_of).fit(log)
    dense = model.score_all(log.users)
    assert model.dense_
    model.dense_ = False
    np.testing.assert_allclose(model.score_all(log.users), dense, rtol=1e-5)


def test_a_thin_log_is_scored_the_sparse_way():
    pairs = [(user, item) for user in range(60) for item in (user, user + 1)]
    log = Interactions.from_frame(pd.DataFrame(pairs, columns=["user_id", "item_id"]))
    model = ItemKNN(2).fit(log)
    assert not model.dense_
    assert model.recommend([5], k=2)["item_id"].tolist() == [4, 7]
