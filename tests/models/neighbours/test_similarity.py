from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recsys_lib.models.neighbours import similarity as s
from recsys_lib.models.neighbours import thin
from recsys_lib.models.neighbours.common import Block, Common, viewers_of
from recsys_lib.models.neighbours.neighborhood import all_similarities, compare, nearest

#            Friends Cheers Seinfeld Dark Ozark
BY_HAND = [[5, 4, 4, 0, 0],  # Ann
           [4, 5, 0, 0, 1],  # Bo
           [5, 4, 5, 1, 0],  # Cy
           [0, 0, 2, 5, 4],  # Di
           [1, 0, 0, 4, 5]]  # Ed  # fmt: skip


def columns(ratings, *, centred: bool = False) -> sparse.csc_array:
    """A stored entry where the rating is not 0, as a column of values."""
    ratings = np.array(ratings, dtype=float)
    row, column = np.nonzero(ratings)
    data = ratings[row, column]
    if centred:
        means = [np.mean(line[line != 0]) if line.any() else 0 for line in ratings]
        data = data - np.array(means)[row]
    return sparse.coo_array((data, (row, column)), shape=ratings.shape).tocsc()


def every_pair(ratings, measure, **options) -> np.ndarray:
    value = columns(ratings, **options)
    block = Block(value, viewers_of(value))
    return measure(Common(block, block))


# The formulas, worked by hand on the five viewers above -------------------------------------------


def test_friends_and_cheers_by_hand():
    """Friends: Ann, Bo, Cy, Ed. Cheers: Ann, Bo, Cy. So co = 3, n = 4 and 3, of 5 viewers."""
    assert every_pair(BY_HAND, s.cosine)[0, 1] == pytest.approx(3 / 12**0.5)  # 0.866
    assert every_pair(BY_HAND, s.jaccard)[0, 1] == pytest.approx(3 / 4)
    assert every_pair(BY_HAND, s.lift)[0, 1] == pytest.approx(3 * 5 / 12)  # 1.25


def test_ratings_of_friends_and_cheers_by_hand():
    """(5, 4), (4, 5), (5, 4): whoever likes one more likes the other less, always by one star."""
    assert every_pair(BY_HAND, s.pearson)[0, 1] == pytest.approx(-1)
    assert every_pair(BY_HAND, s.closeness)[0, 1] == pytest.approx(1 / (1 + 1))
    assert every_pair(BY_HAND, s.rating_cosine)[0, 1] == pytest.approx(60 / (66 * 57) ** 0.5)


def test_adjusted_cosine_by_hand():
    """Means 13/3, 10/3, 15/4: what is left is (2/3, -1/3), (2/3, 5/3), (5/4, 1/4).

    dot = 173/144, square_left = 353/144, square_right = 425/144.
    """
    adjusted = every_pair(BY_HAND, s.rating_cosine, centred=True)
    assert adjusted[0, 1] == pytest.approx(173 / (353 * 425) ** 0.5)  # 0.447


def test_shrinkage_equal_to_the_common_viewers_halves():
    block = Block(columns(BY_HAND), 5)
    full, half = (compare(block, block, s.cosine, shrinkage)[0, 1] for shrinkage in (0, 3))
    assert half == pytest.approx(full / 2)


# The fast way against a loop that reads like the formula -----------------------------------------


def loop(name: str, ratings: np.ndarray, i: int, j: int) -> float:
    viewers = [u for u in range(len(ratings)) if ratings[u, i] and ratings[u, j]]
    n_i, n_j = ((ratings[:, title] != 0).sum() for title in (i, j))
    co = len(viewers)
    if co == 0:
        return 0.0
    if name == "cosine":
        return co / (n_i * n_j) ** 0.5
    if name == "jaccard":
        return co / sum(bool(ratings[u, i] or ratings[u, j]) for u in range(len(ratings)))
    if name == "lift":
        return (co / n_i) / (n_j / len(ratings))
    x, y = (np.array([ratings[u, title] for u in viewers]) for title in (i, j))
    if name == "closeness":
        return 1 / (1 + np.mean((x - y) ** 2))
    if name == "pearson":
        x, y = x - x.mean(), y - y.mean()
    if name == "adjusted":
        means = np.array([ratings[u][ratings[u] != 0].mean() for u in viewers])
        x, y = x - means, y - means
    below = (np.sum(x**2) * np.sum(y**2)) ** 0.5
    return np.sum(x * y) / below if below > 1e-12 else 0.0


RATINGS = st.integers(2, 9).flatmap(
    lambda titles: st.lists(
        st.lists(st.integers(0, 5), min_size=titles, max_size=titles), min_size=1, max_size=8
    )
)


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("cosine", s.cosine),
        ("jaccard", s.jaccard),
        ("lift", s.lift),
        ("rating cosine", s.rating_cosine),
        ("adjusted", s.rating_cosine),
        ("pearson", s.pearson),
        ("closeness", s.closeness),
    ],
)
@given(ratings=RATINGS)
def test_every_measure_equals_its_loop(name, measure, ratings):
    got = every_pair(ratings, measure, centred=name == "adjusted")
    n = len(ratings[0])
    ratings = np.array(ratings, dtype=float)
    expected = [[loop(name, ratings, i, j) for j in range(n)] for i in range(n)]
    np.testing.assert_allclose(got, expected, atol=1e-6)


@given(ratings=RATINGS)
def test_similarity_is_symmetric_and_bounded(ratings):
    for measure in (s.cosine, s.jaccard, s.rating_cosine, s.pearson, s.closeness):
        got = every_pair(ratings, measure)
        np.testing.assert_allclose(got, got.T, atol=1e-6)
        assert (np.abs(got) <= 1 + 1e-6).all()
    assert (every_pair(ratings, s.lift) >= 0).all()


@pytest.mark.parametrize("left", [0.005, 0.02, 0.3])
@pytest.mark.parametrize("right", [0.005, 0.02, 0.3])
def test_counts_are_exact_however_full_the_two_blocks_are(left, right):
    rng = np.random.default_rng(0)
    a, b = (rng.random((400, width)) < share for width, share in ((60, left), (50, right)))
    common = Common(Block(columns(a), 400), Block(columns(b), 400))
    assert np.array_equal(common.co, a.T.astype(int) @ b.astype(int))


# The nearest ------------------------------------------------------------------------------------


def sorted_by_hand(ratings: np.ndarray, k: int) -> np.ndarray:
    """Keep k a row: by similarity, then by viewers, then by position."""
    n = ratings.shape[1]
    viewers = (ratings != 0).sum(axis=0)
    kept = np.zeros((n, n))
    for i in range(n):
        similarity = [np.float32(loop("cosine", ratings, i, j)) for j in range(n)]
        others = [j for j in range(n) if j != i and similarity[j] > 0]
        for j in sorted(others, key=lambda j: (-similarity[j], -viewers[j], j))[:k]:
            kept[i, j] = similarity[j]
    return kept


@given(ratings=RATINGS, k=st.integers(1, 4), width=st.integers(1, 10))
def test_the_nearest_are_the_same_in_blocks_of_any_width(ratings, k, width):
    ratings = np.array(ratings, dtype=float)
    got = nearest(columns(ratings), s.cosine, k, 0.0, width=width).toarray()
    expected = sorted_by_hand(ratings, k)
    assert np.array_equal(got > 0, expected > 0)
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_all_similarities_in_blocks():
    rng = np.random.default_rng(1)
    ratings = rng.integers(0, 6, (8, 1500)) * (rng.random((8, 1500)) < 0.5)  # two blocks
    got = all_similarities(columns(ratings), s.closeness)
    expected = every_pair(ratings, s.closeness)
    np.fill_diagonal(expected, 1)
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_lift_counts_the_viewers_with_an_event_not_the_rows():
    """Six viewers, A seen by 3, B by 2, one of both: independent, so a lift of 1, whoever idles."""
    watched = np.array([[1, 1], [1, 0], [1, 0], [0, 1], [0, 0], [0, 0]])
    watched = np.c_[watched, np.ones(6, int)]  # a third title, which all six watched
    idle = np.vstack([watched, np.zeros((900, 3), int)])
    for rows in (watched, idle):
        assert every_pair(rows, s.lift)[0, 1] == pytest.approx(1 * 6 / (3 * 2))
        kept = nearest(columns(rows), s.lift, 2, 0.0)
        assert kept[0, 1] == pytest.approx(1)


@pytest.mark.parametrize("shrinkage", [0.0, 2.0])
@pytest.mark.parametrize("name", ["cosine", "jaccard", "lift", "rating_cosine", "pearson"])
@given(ratings=RATINGS, k=st.integers(1, 4), strip=st.integers(1, 60))
def test_only_pairs_in_common_or_all_pairs_the_same_are_kept(ratings, k, strip, name, shrinkage):
    value, measure = columns(ratings), getattr(s, name)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(thin, "STRIP", strip)
        few = nearest(value, measure, k, shrinkage, thin=True)
    every = nearest(value, measure, k, shrinkage, thin=False)
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(few, part), getattr(every, part))


def test_sums_that_are_nought_keep_their_place():
    """Of A and B the products 1 and -1 add up to 0, of A and C not: scipy leaves the first out."""
    value = columns([[1, 1, 2], [1, -1, 3], [4, 0, 5]])
    few = nearest(value, s.rating_cosine, 2, 0.0, thin=True).toarray()
    assert few[0].tolist() == [0, 0, pytest.approx(25 / (18 * 38) ** 0.5)]
    np.testing.assert_array_equal(
        few, nearest(value, s.rating_cosine, 2, 0.0, thin=False).toarray()
    )


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_pairs_in_common_are_the_same_with_any_number_of_threads(
    make_log, threads, monkeypatch
):
    value = make_log(3, users=200, items=150, events=2000).binary().tocsc()
    monkeypatch.setattr(thin, "STRIP", 500)
    monkeypatch.setattr("recsys_lib.parallel.workers", lambda: threads)
    few, every = (nearest(value, s.cosine, 10, 0.0, thin=way) for way in (True, False))
    assert (few != every).nnz == 0
    assert (few.indices == every.indices).all()


def test_the_cheaper_way_is_chosen():
    crowd = np.ones((50, 20))
    alone = np.eye(200)
    assert thin.is_thin(columns(alone)) and not thin.is_thin(columns(crowd))
    assert thin.multiplications(columns(crowd)).tolist() == [50 * 20] * 20


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=60), st.integers(1, 9))
def test_the_largest_of_each_row_equal_a_sort(entries, k):
    rows = np.sort([row for row, _ in entries]).astype(int)
    values = np.array([value for _, value in entries], np.float32)
    columns = np.random.default_rng(0).permutation(len(rows))
    got = list(zip(*thin.largest_of_rows(rows, columns, values, k), strict=True))
    expected = [
        (row, column, value)
        for wanted in range(6)
        for value, column, row in [
            (-v, c, r)
            for v, c, r in sorted(
                (-v, c, r) for v, c, r in zip(values, columns, rows, strict=True) if r == wanted
            )[:k]
        ]
    ]
    assert got == expected
