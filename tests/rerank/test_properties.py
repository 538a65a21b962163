"""What holds for every re-ranker: a permutation, the identity at zero, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_lib import rerank
from recsys_lib.errors import ArgumentError, DataError
from tests.rerank.worlds import ALL, FEATURES, IN_GROUP, N_ITEMS, POPULARITY, SHARES, candidates

EVERY = pytest.mark.parametrize("method", ALL.values(), ids=ALL)
ONE = np.array([[3, 1, 2]]), np.array([[3.0, 2.0, 1.0]])


@EVERY
@given(drawn=candidates(), setting=st.floats(0, 1))
def test_a_full_list_is_a_permutation_of_its_candidates(method, drawn, setting):
    items, scores = drawn
    result = method(items, scores, setting, None)
    np.testing.assert_array_equal(np.sort(result, axis=1), np.sort(items, axis=1))
    assert ((result[:, 1:] >= 0) <= (result[:, :-1] >= 0)).all(), "an empty slot before a title"


@EVERY
@given(drawn=candidates(), setting=st.floats(0, 1), k=st.integers(0, 12))
def test_a_short_list_holds_k_different_candidates(method, drawn, setting, k):
    items, scores = drawn
    result = method(items, scores, setting, k)
    assert result.shape == (len(items), min(k, items.shape[1]))
    for chosen, row in zip(result.tolist(), items.tolist(), strict=True):
        titles = [title for title in chosen if title >= 0]
        assert len(set(titles)) == len(titles) == min(k, sum(title >= 0 for title in row))
        assert set(titles) <= set(row)


@EVERY
@given(drawn=candidates(), k=st.integers(0, 12))
def test_zero_is_exactly_the_identity(method, drawn, k):
    items, scores = drawn
    np.testing.assert_array_equal(method(items, scores, 0, k), items[:, :k])


@EVERY
@given(drawn=candidates(), setting=st.floats(0, 1))
def test_what_was_given_is_left_as_it_was(method, drawn, setting):
    items, scores = drawn
    before = items.copy(), scores.copy()
    method(items, scores, setting, 2)
    np.testing.assert_array_equal(items, before[0])
    np.testing.assert_array_equal(scores, before[1])


@EVERY
@pytest.mark.parametrize("method_of_scale", [lambda s: 5 * s - 80, lambda s: s / 1e6])
def test_only_the_order_and_spacing_of_scores_counts(method, method_of_scale, request):
    if "thompson" in request.node.callspec.id:
        return  # it takes scores as they are: sd is in their unit
    items = np.array([[0, 3, 6, 1, 4, 8], [8, 2, 4, 5, 1, 0]])
    scores = np.array([[9.0, 8, 8, 5, 2, 1], [3, 2.5, 2, 1, 0, -4]])
    plain = method(items, scores, 0.4, 4)
    np.testing.assert_array_equal(method(items, method_of_scale(scores), 0.4, 4), plain)


@EVERY
@pytest.mark.parametrize(
    ("items", "scores", "message"),
    [
        ([[1, 2]], [[1.0, 2.0]], "sorted"),
        ([[1, 1]], [[2.0, 1.0]], "twice"),
        ([[-1, 1]], [[2.0, 1.0]], "at the end"),
        ([[1, 2]], [[np.nan, 1.0]], "finite"),
        ([[1, 2]], [[2.0]], "same shape"),
        ([[1.0, 2.0]], [[2.0, 1.0]], "integers"),
    ],
)
def test_bad_candidates_are_refused(method, items, scores, message):
    with pytest.raises(DataError, match=message):
        # Surprise is asked of the same items, so give it ones that it can read.
        method(np.array(items), np.array(scores), 0.5, None)


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan, True, "1"])
def test_settings_outside_their_range_are_refused(bad):
    for call in (
        lambda: rerank.mmr(*ONE, FEATURES, weight=bad),
        lambda: rerank.calibrated(*ONE, SHARES, np.zeros((1, 3)), weight=bad),
        lambda: rerank.minimum_share(*ONE, IN_GROUP, share=bad),
        lambda: rerank.amortised_share(*ONE, IN_GROUP, share=bad),
        lambda: rerank.popularity_discounted(*ONE, POPULARITY, weight=bad),
        lambda: rerank.epsilon_greedy(*ONE, epsilon=bad, rng=np.random.default_rng(0)),
    ):
        with pytest.raises(ArgumentError, match="from 0 to 1"):
            call()


def test_other_settings_and_arrays_that_do_not_fit_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ArgumentError, match="k must be"):
        rerank.mmr(*ONE, FEATURES, weight=0, k=-1)
    with pytest.raises(ArgumentError, match="scale"):
        rerank.thompson(*ONE, 1.0, scale=-1, rng=rng)
    with pytest.raises(DataError, match="sd must"):
        rerank.thompson(*ONE, np.array([1.0, 2.0]), rng=rng)
    with pytest.raises(ArgumentError, match="slots"):
        rerank.serendipity_slots(*ONE, np.zeros((1, 3)), slots=-1)
    with pytest.raises(DataError, match="surprise must"):
        rerank.serendipity_slots(*ONE, np.full((1, 3), 1.5), slots=1)
    with pytest.raises(DataError, match="features must have one row a title"):
        rerank.mmr(*ONE, FEATURES[:3], weight=0.5)
    with pytest.raises(DataError, match="popularity must hold finite"):
        rerank.popularity_discounted(*ONE, np.full(N_ITEMS, np.nan), weight=0.5)
    with pytest.raises(ArgumentError, match="alpha"):
        rerank.calibrated(*ONE, SHARES, np.zeros((1, 3)), weight=0.5, alpha=1)
    with pytest.raises(DataError, match="target must have"):
        rerank.calibrated(*ONE, SHARES, np.zeros((2, 3)), weight=0.5)
    with pytest.raises(DataError, match="sum to 1"):
        rerank.calibrated(*ONE, SHARES, np.ones((1, 3)), weight=0.5)
    with pytest.raises(DataError, match="shares must be at least 0"):
        rerank.calibrated(*ONE, -SHARES, np.zeros((1, 3)), weight=0.5)
    with pytest.raises(DataError, match="attention"):
        rerank.amortised_share(*ONE, IN_GROUP, share=0.5, attention=np.array([0.5, 1, 1]))
    with pytest.raises(DataError, match="history must have"):
        rerank.unexpectedness(ONE[0], np.zeros((2, N_ITEMS)), FEATURES)
