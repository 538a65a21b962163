"""Taste as a context: by hand, by a loop, and what it may not read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.interactions import Interactions
from recsys_lib.models.content.title_features import title_features
from recsys_lib.online.context import liking

ITEMS = pd.DataFrame({
    "item_id": [1, 2, 3, 4],
    "genres": ["comedy", "comedy", "crime", "crime"],
    "tone": ["dark", "warm", "dark", "warm"],
})  # fmt: skip
LOG = pd.DataFrame({"user_id": [1, 1, 2], "item_id": [1, 2, 3]})


def watched(log=LOG):
    return Interactions.from_frame(log, users=[1, 2, 3], items=[1, 2, 3, 4])


def test_by_hand():
    """Two comedies: centred features are +-1/2 on two axes, so likeness is +-1/2 a title."""
    fits = liking(watched(), ITEMS, ("genres",), doubt=2)[:, :, 0]
    raw = np.array([[2 / 4, 2 / 4, -2 / 4, -2 / 4], [-1 / 3, -1 / 3, 1 / 3, 1 / 3], [0] * 4]) / 2
    assert fits == pytest.approx(raw / raw.std(), abs=1e-6)


def test_by_a_loop():
    fits = liking(watched(), ITEMS, ("tone", "genres"), doubt=1)
    for b, block in enumerate(("tone", "genres")):
        features = title_features(ITEMS, {block: 1.0})[0].toarray()
        features = features - features.mean(axis=0)
        slow = np.zeros((3, 4))
        for user in range(3):
            seen = LOG.loc[LOG["user_id"] == user + 1, "item_id"] - 1
            for item in range(4):
                slow[user, item] = sum(features[j] @ features[item] for j in seen)
            slow[user] /= len(seen) + 1
        assert fits[:, :, b] == pytest.approx(slow / slow.std(), abs=1e-6)


def test_the_order_of_titles_does_not_matter():
    assert np.array_equal(liking(watched(), ITEMS, ("tone",)),
                          liking(watched(), ITEMS[::-1], ("tone",)))  # fmt: skip


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="missing"):
        liking(watched(), ITEMS.iloc[:3], ("tone",))
    with pytest.raises(ArgumentError, match="doubt"):
        liking(watched(), ITEMS, ("tone",), doubt=-1)
