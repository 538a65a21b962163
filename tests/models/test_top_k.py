"""The k best: against sorting everything, with many ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from recsys_lib.models.top_k import top_k

values = st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 1.0, 2.0])
shapes = st.tuples(st.integers(0, 4), st.integers(1, 40))


def naive_top_k(row: list[float], k: int) -> list[int]:
    wanted = [column for column, score in enumerate(row) if score > -np.inf]
    best = sorted(wanted, key=lambda column: (-row[column], column))[:k]
    return best + [-1] * (min(k, len(row)) - len(best))


@given(nps.arrays(np.float32, shapes, elements=values), st.integers(1, 50))
def test_equals_sorting_everything(scores, k):
    best = top_k(scores.copy(), k)
    assert best.shape == (len(scores), min(k, scores.shape[1]))
    assert best.tolist() == [naive_top_k(row, k) for row in scores.tolist()]


@pytest.mark.parametrize("kinds", [3, 50, 10**6])
@pytest.mark.parametrize("k", [1, 10, 200])
def test_equals_sorting_everything_in_wide_rows(kinds, k):
    rng = np.random.default_rng(kinds + k)
    scores = rng.integers(0, kinds, (40, 3001)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    scores[3] = -np.inf
    scores[4, 7:] = -np.inf
    assert top_k(scores, k).tolist() == [naive_top_k(row, k) for row in scores.tolist()]


@given(nps.arrays(np.float32, shapes, elements=values), st.integers(1, 50))
def test_the_scores_are_left_alone(scores, k):
    before = scores.copy()
    top_k(scores, k)
    np.testing.assert_array_equal(scores, before)
