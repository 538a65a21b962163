"""Content profiles: by hand, new titles, and what a profile shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import ITEM, USER, VALUE
from recsys_lib.models.content.profile import WEIGHTS, ContentProfile

# Each title has one genre, so features are 0 or 1; title E is new, F is not described.
TITLES = pd.DataFrame({ITEM: list("ABCDE"), "genres": ["noir", "noir", "farce", "opera", "farce"]})
LOG = Interactions.from_frame(
    pd.DataFrame(
        {
            USER: ["ann", "ann", "bob", "cat"],
            ITEM: list("ACCD"),
            VALUE: [1.0, 0.25, 1.0, 0.0],
        }
    ),
    value=VALUE,
    users=["ann", "bob", "cat", "dan"],
    items=list("ABCDEF"),
)


def fitted(**arguments) -> ContentProfile:
    return ContentProfile(**arguments).fit(LOG, items=TITLES)


def test_scores_by_hand():
    # Ann: noir 1/1.25, farce .25/1.25; Bob: farce 1; Cat finished nothing.
    # Mean: noir .8/3, farce 1.2/3.
    model = fitted(weights={"genres": 1})
    noir, farce = 0.8 / 3, 1.2 / 3
    ann = [0.8 - noir, 0.8 - noir, 0.2 - farce, 0, 0.2 - farce, 0]
    bob = [-noir, -noir, 1 - farce, 0, 1 - farce, 0]
    np.testing.assert_allclose(model.score_all(["ann", "bob"]), [ann, bob], atol=1e-6)


def test_a_new_title_is_recommended_from_its_description():
    assert fitted().recommend(["bob"], k=1)[ITEM].tolist() == ["E"]


def test_fast_equals_naive():
    rng = np.random.default_rng(3)
    titles = pd.DataFrame(
        {
            ITEM: range(12),
            "genres": rng.choice(["a|b", "b|c", "c", "a"], 12),
            "tone": rng.choice(["x", "y", "x|z"], 12),
        }
    )
    frame = pd.DataFrame(
        [(u, i, rng.random()) for u in range(6) for i in rng.choice(12, 4, replace=False)],
        columns=[USER, ITEM, VALUE],
    )
    log = Interactions.from_frame(frame, value=VALUE, items=range(12))
    model = ContentProfile({"genres": 2, "tone": 1}).fit(log, items=titles[::-1])
    features, values = model.features_.toarray(), log.matrix.toarray()
    profiles = [sum(v * f for v, f in zip(row, features, strict=True)) / row.sum()
                for row in values]  # fmt: skip
    mean = sum(profiles) / 6
    naive = [[float(f @ (p - mean)) for f in features] for p in profiles]
    np.testing.assert_allclose(model.score_all(log.users), naive, atol=1e-6)


def test_a_thumb_down_pushes_away():
    down = Interactions.from_frame(
        pd.DataFrame({USER: ["ann", "ann", "bob"], ITEM: list("ACD"), VALUE: [1.0, -1.0, 1.0]}),
        value=VALUE,
        items=list("ABCDE"),
    )
    scores = ContentProfile().fit(down, items=TITLES).score_all(["ann"])[0]
    assert scores[1] > 0 > scores[4]


def test_a_profile_shows_preferred_people():
    titles = TITLES.assign(
        directors_or_creators=["Varda", "Varda", "Tati", "Lynch", "Tati"], cast=""
    )
    model = ContentProfile().fit(LOG, items=titles)
    assert set(model.feature_names_["block"]) == {"genres", "people"}
    people = model.profile("ann", block="people")
    assert people["feature"].tolist() == ["Varda"]
    assert model.profile("bob", k=2)["feature"].tolist() == ["farce", "Tati"]
    assert (model.profile("bob")["weight"] > 0).all()


def test_by_default_every_block_that_the_table_has_is_used():
    assert set(WEIGHTS) == {"synopsis", "genres", "themes", "tone", "people", "country", "era"}
    titles = TITLES.assign(year=[1990, 1991, 2001, 2002, 2003])
    assert set(ContentProfile().fit(LOG, items=titles).feature_names_["block"]) == {"genres", "era"}


def test_what_cannot_be_met_is_refused():
    with pytest.raises(DataError, match=r"needs to know the titles\. Pass items="):
        ContentProfile().fit(LOG)
    with pytest.raises(DataError, match=r"no column \['tone'\] \(columns: item_id, genres\)"):
        fitted(weights={"tone": 1})
    with pytest.raises(DataError, match=r"no column \['genres'\]"):
        ContentProfile().fit(LOG, items=TITLES[[ITEM]])
    with pytest.raises(DataError, match="items holds 'A' twice"):
        ContentProfile().fit(LOG, items=pd.concat([TITLES, TITLES]))
    with pytest.raises(ArgumentError, match=r"no block 'colour'. Choose from synopsis"):
        fitted(weights={"colour": 1})
    with pytest.raises(ArgumentError, match="above 0"):
        fitted(weights={"genres": 0})
    with pytest.raises(ArgumentError, match="the weight of genres must be a number of at least 0"):
        fitted(weights={"genres": -1})
    for user in ("dan", "who?"):
        with pytest.raises(ArgumentError, match="has no history in train"):
            fitted().profile(user)
    with pytest.raises(ArgumentError, match="block 'tone' was not learned"):
        fitted().profile("ann", block="tone")
