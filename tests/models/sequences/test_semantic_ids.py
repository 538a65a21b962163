"""Codes by hand and beside a loop; collisions counted; what tells titles of one code apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.models.sequences.semantic_ids import (
    _centres,
    collisions,
    condensed,
    nearest,
    numbered,
    residual_codes,
)


def naive_codes(features: np.ndarray, levels: int, codes: int) -> np.ndarray:
    """The formula, title by title."""
    left, found = [list(map(float, row)) for row in features], [[] for _ in features]
    for _ in range(levels):
        centres = _centres(np.array(left), codes, 0)
        for i, row in enumerate(left):
            apart = [
                sum((a - b) ** 2 for a, b in zip(row, centre, strict=True)) for centre in centres
            ]
            chosen = apart.index(min(apart))
            found[i].append(chosen)
            left[i] = [a - b for a, b in zip(row, centres[chosen], strict=True)]
    return np.array(found)


def test_codes_by_hand():
    """Two pairs of titles: the first number says which pair, the second which of the two."""
    codes = residual_codes(np.array([[0.0], [1.0], [10.0], [11.0]]), levels=2, codes=2)
    first, second = codes.T
    assert first[0] == first[1] != first[2] == first[3]
    assert second.tolist() == [0, 1, 0, 1]  # half below each centre, half above


@pytest.mark.parametrize("seed", range(3))
def test_codes_are_those_of_a_loop(seed):
    features = np.random.default_rng(seed).normal(size=(40, 3))
    np.testing.assert_array_equal(residual_codes(features, 3, 4), naive_codes(features, 3, 4))


def test_each_level_leaves_less_to_be_told():
    features = np.random.default_rng(4).normal(size=(200, 5))
    codes = residual_codes(features, 4, 8)
    left, size = features, [np.square(features).sum()]
    for level in codes.T:
        means = np.array([left[level == c].mean(axis=0) for c in range(8)])
        left = left - means[level]
        size.append(np.square(left).sum())
    assert (np.diff(size) < 0).all()


def test_of_centres_equally_near_the_lower_number_is_taken():
    assert nearest(np.array([[1.0]]), np.array([[0.0], [2.0]])).tolist() == [0]
    assert nearest(np.array([[1.0]]), np.array([[2.0], [0.0]])).tolist() == [0]


def test_equal_titles_have_equal_codes_and_few_distinct_ones_few_centres():
    features = np.repeat(np.eye(3), 4, axis=0)
    codes = residual_codes(features, levels=2, codes=16)
    np.testing.assert_array_equal(codes[::4].repeat(4, axis=0), codes)
    assert len(np.unique(codes[:, 0])) == 3 and (codes[:, 1] == 0).all()
    assert residual_codes(np.ones((5, 2)), 3, 4).tolist() == [[0, 0, 0]] * 5


def test_the_same_seed_gives_the_same_codes():
    features = np.random.default_rng(5).normal(size=(300, 6))
    once, again, other = (residual_codes(features, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(once, again)
    assert (once != other).any()


def test_collisions_by_hand():
    codes = np.array([[0, 1], [2, 2], [0, 1], [0, 2], [2, 2], [2, 2]])
    assert collisions(codes) == (5, 3, 3)  # all but [0, 2] share; three codes; [2, 2] is thrice
    assert collisions(codes[:1]) == (0, 1, 1)


def test_a_last_number_counts_the_titles_of_a_code_and_no_two_share_the_whole():
    codes = np.array([[0, 1], [2, 2], [0, 1], [0, 2], [2, 2], [2, 2]])
    whole = numbered(codes)
    np.testing.assert_array_equal(whole[:, :2], codes)
    assert whole[:, 2].tolist() == [0, 0, 1, 0, 1, 2]
    assert collisions(whole) == (0, 6, 1)


def test_codes_dealt_by_lot_collide_as_often():
    """The null of the chapter changes which title has a code, and nothing about the codes."""
    rng = np.random.default_rng(6)
    codes = residual_codes(rng.normal(size=(150, 4)), 2, 8)
    assert collisions(rng.permutation(codes)) == collisions(codes)


def test_condensed_rows_keep_their_dot_products():
    rng = np.random.default_rng(7)
    features = sparse.csr_array(rng.normal(size=(9, 4)))
    whole = condensed(features, 9)
    np.testing.assert_allclose(whole @ whole.T, (features @ features.T).toarray(), atol=1e-12)
    few = condensed(features, 2)
    np.testing.assert_array_equal(few, whole[:, :2])
    assert condensed(features, 99).shape == (9, 9)


def test_what_cannot_be_coded_is_refused():
    features = np.ones((3, 2))
    for name in ("levels", "codes"):
        with pytest.raises(ArgumentError, match=f"{name} must be an integer of at least 1"):
            residual_codes(features, **{name: 0})
        assert residual_codes(features, **{name: 1}).shape[0] == 3
    for wrong in (np.ones(3), np.ones((0, 2)), np.array([[np.nan]])):
        with pytest.raises(DataError, match="a table of finite numbers"):
            residual_codes(wrong)
    with pytest.raises(ArgumentError, match="components must be an integer of at least 1"):
        condensed(sparse.csr_array(features), 0)
