"""Coverage, Gini, novelty, diversity and serendipity: naive loops, bounds, invariances, edges."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from recsys_lib.errors import DataError
from recsys_lib.metrics import beyond

N_ITEMS = 7
FEATURES = np.random.default_rng(4).random((N_ITEMS, 3)) * (np.arange(N_ITEMS) != 2)[:, None]
COUNTS = np.array([5, 0, 1, 9, 10, 3, 2])


@st.composite
def listed(draw) -> np.ndarray:
    """Lists of up to five users: distinct columns with empty slots anywhere."""
    k = draw(st.integers(1, 5))
    slots = st.permutations([*range(N_ITEMS), *[-1] * k]).map(lambda row: row[:k])
    return np.array(draw(st.lists(slots, min_size=1, max_size=5)))


def naive_gini(counts) -> float:
    """Half the mean difference between any two counts, in units of the mean count."""
    differences = [abs(a - b) for a in counts for b in counts]
    return sum(differences) / len(differences) / (2 * sum(counts) / len(counts))


def naive_diversity(titles: list[int]) -> float:
    distances = []
    for i, j in combinations(titles, 2):
        lengths = math.hypot(*FEATURES[i]) * math.hypot(*FEATURES[j])
        dot = sum(a * b for a, b in zip(FEATURES[i], FEATURES[j], strict=True))
        distances.append(1 - (dot / lengths if lengths else 0))
    return sum(distances) / len(distances) if distances else math.nan


def naive_novelty(titles: list[int], n_users: int) -> float:
    bits = [-math.log2(max(COUNTS[title], 1) / n_users) for title in titles]
    return sum(bits) / len(bits) if bits else math.nan


@given(listed())
def test_exposure_and_coverage_equal_the_naive_loop(columns):
    counts = [sum(title in row for row in columns.tolist()) for title in range(N_ITEMS)]
    assert beyond.exposure(columns, N_ITEMS).tolist() == counts
    covered = sum(count > 0 for count in counts) / N_ITEMS
    assert beyond.coverage(columns, N_ITEMS) == pytest.approx(covered)


@given(listed())
def test_novelty_and_diversity_equal_the_naive_loops(columns):
    titles = [[column for column in row if column >= 0] for row in columns.tolist()]
    novelty = [naive_novelty(row, n_users=10) for row in titles]
    diversity = [naive_diversity(row) for row in titles]
    np.testing.assert_allclose(beyond.novelty(columns, COUNTS, 10), novelty, atol=1e-12)
    np.testing.assert_allclose(
        beyond.intra_list_diversity(columns, FEATURES), diversity, atol=1e-12
    )


@given(listed(), st.randoms(use_true_random=False))
def test_the_order_inside_a_list_and_of_the_users_does_not_matter(columns, random):
    slots, users = list(range(columns.shape[1])), list(range(len(columns)))
    random.shuffle(slots)
    random.shuffle(users)
    shuffled = columns[users][:, slots]
    np.testing.assert_array_equal(
        beyond.exposure(shuffled, N_ITEMS), beyond.exposure(columns, N_ITEMS)
    )
    for values in (
        lambda x: beyond.novelty(x, COUNTS, 10),
        lambda x: beyond.intra_list_diversity(x, FEATURES),
    ):
        np.testing.assert_allclose(values(shuffled), values(columns)[users], atol=1e-12)


@given(listed(), st.permutations(range(N_ITEMS)))
def test_renumbering_the_titles_changes_nothing(columns, order):
    order = np.array(order)
    place = np.argsort(order)  # the title in old column c stands in new column place[c]
    moved = np.where(columns >= 0, place[columns], -1)
    assert beyond.coverage(moved, N_ITEMS) == beyond.coverage(columns, N_ITEMS)
    np.testing.assert_allclose(
        beyond.novelty(moved, COUNTS[order], 10), beyond.novelty(columns, COUNTS, 10)
    )
    np.testing.assert_allclose(
        beyond.intra_list_diversity(moved, FEATURES[order]),
        beyond.intra_list_diversity(columns, FEATURES),
        atol=1e-12,
    )


@given(listed())
def test_bounds(columns):
    novelty = beyond.novelty(columns, COUNTS, 10)
    diversity = beyond.intra_list_diversity(columns, FEATURES)
    assert not (novelty < 0).any() and not (novelty > math.log2(10)).any()
    assert not (diversity < -1e-12).any() and not (diversity > 1 + 1e-12).any()
    assert 0 <= beyond.coverage(columns, N_ITEMS) <= 1


counts = nps.arrays(np.int64, st.integers(1, 12), elements=st.integers(0, 50))


@given(counts.filter(lambda values: values.sum() > 0), st.integers(1, 9))
def test_gini_equals_the_naive_loop_lies_in_bounds_and_has_no_unit(values, factor):
    expected = naive_gini(values.tolist())
    assert beyond.gini(values) == pytest.approx(expected, abs=1e-12)
    assert -1e-12 <= beyond.gini(values) <= 1 - 1 / len(values) + 1e-12
    assert beyond.gini(values[::-1] * factor) == pytest.approx(expected, abs=1e-12)


def test_gini_by_hand():
    assert beyond.gini(np.array([4, 4, 4, 4])) == 0
    assert beyond.gini(np.array([0, 0, 0, 8])) == 3 / 4  # all to one of n is 1 - 1 / n
    assert beyond.gini(np.array([1, 3])) == 1 / 4
    assert math.isnan(beyond.gini(np.zeros(3))) and math.isnan(beyond.gini(np.array([])))


def test_serendipity_equals_the_naive_loop():
    rng = np.random.default_rng(8)
    columns = np.array([rng.permutation(9)[:4] for _ in range(50)])
    expected = np.array([rng.permutation(9)[:3] for _ in range(50)])
    columns[rng.random(columns.shape) < 0.2] = -1
    expected[rng.random(expected.shape) < 0.2] = -1
    hits = (rng.random(columns.shape) < 0.5) & (columns >= 0)
    naive = [
        sum(hit and title not in known for hit, title in zip(hit_row, row, strict=True)) / 4
        for hit_row, row, known in zip(hits, columns, expected, strict=True)
    ]
    values = beyond.serendipity(columns, hits, expected)
    np.testing.assert_allclose(values, naive)
    assert (values <= hits.mean(axis=1)).all() and (values < hits.mean(axis=1)).any()


def test_serendipity_with_nothing_expected_is_precision_and_with_itself_is_zero():
    columns, hits = np.array([[3, 1, -1]]), np.array([[True, True, False]])
    nothing = np.full((1, 2), -1)
    assert beyond.serendipity(columns, hits, nothing) == pytest.approx(2 / 3)
    assert beyond.serendipity(columns, hits, columns) == 0


def test_a_title_without_features_is_far_from_all_even_from_another_such():
    features = np.array([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0]])
    assert beyond.intra_list_diversity(np.array([[0, 1]]), features) == 1
    assert beyond.intra_list_diversity(np.array([[0, 2]]), features) == 1


def test_lists_without_titles():
    empty = np.full((2, 3), -1)
    assert beyond.coverage(empty, N_ITEMS) == 0
    assert np.isnan(beyond.novelty(empty, COUNTS, 10)).all()
    assert np.isnan(beyond.intra_list_diversity(empty, FEATURES)).all()
    assert (beyond.serendipity(empty, np.zeros((2, 3), bool), empty) == 0).all()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (np.array([1, 2]), r"integers \(n_users, k\).*shape \(2,\)"),
        (np.array([[1.0]]), "dtype float64"),
        (np.array([[7]]), "between -1 and 6.*found 7 to 7"),
        (np.array([[-2, 3]]), "found -2 to 3"),
    ],
)
def test_columns_outside_the_catalogue_are_refused(columns, message):
    for metric in (
        lambda x: beyond.exposure(x, N_ITEMS),
        lambda x: beyond.novelty(x, COUNTS, 10),
        lambda x: beyond.intra_list_diversity(x, FEATURES),
    ):
        with pytest.raises(DataError, match=message):
            metric(columns)


def test_counts_and_shapes_that_cannot_be_are_refused():
    for bad in ([-1, 2], [math.nan], [math.inf, 1]):
        with pytest.raises(DataError, match="finite and at least 0"):
            beyond.gini(np.array(bad))
    two, three = np.zeros((1, 2), int), np.zeros((1, 3), bool)
    with pytest.raises(DataError, match=r"shapes \(1, 2\), \(1, 3\) and \(1, 2\)"):
        beyond.serendipity(two, three, two)
