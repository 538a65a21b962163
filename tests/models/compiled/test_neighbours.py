"""What Numba's code keeps and lists is what numpy's does, to the last bit where sums are exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from recsys_lib import parallel
from recsys_lib.models import ItemKNN, RP3beta, UserKNN
from recsys_lib.models.neighbours import compiled, neighborhood, similarity
from recsys_lib.models.neighbours.neighborhood import nearest

T = TypeVar("T")
LEARNED = {ItemKNN: "support_", RP3beta: "votes_", UserKNN: "kept_"}
MEASURES = (similarity.cosine, similarity.jaccard, similarity.lift, similarity.weighted_cosine,
            similarity.rating_cosine, similarity.pearson)  # fmt: skip
TABLES = arrays(np.int64, st.tuples(st.integers(1, 12), st.integers(1, 9)),
                elements=st.sampled_from([0, 0, 0, 1, 1, 2, 5]))  # fmt: skip


def compiled_and_not(work: Callable[[], T], strip: int = 2**18, threads: int = 2) -> tuple[T, T]:
    """What `work` returns by Numba's code, which must be used, and by numpy's."""
    used = []

    def watched(*arguments):
        used.append(True)
        return product(*arguments)

    product = compiled.product
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighborhood, "is_thin", lambda value: False)
        patch.setattr(parallel, "workers", lambda: threads)
        patch.setattr(neighborhood, "STRIP", strip)
        patch.setattr(compiled, "FEW", 0)
        patch.setattr(compiled, "product", watched)
        patch.setattr(compiled, "worth", lambda events, n_titles: False)
        without = work()
        assert not used
        patch.setattr(compiled, "worth", lambda events, n_titles: True)
        by_numba = work()
        assert used
    return by_numba, without


def same(one: sparse.csr_array, other: sparse.csr_array) -> None:
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
    assert one.dtype == other.dtype


def test_a_product_by_hand():
    left = sparse.csr_array(np.array([[1, 0, 2], [0, 0, 0]], np.float32))
    right = sparse.csr_array(np.array([[1, 0, 3, 0], [7, 7, 7, 7], [0, 4, 5, 0]], np.float64))
    product = compiled.product(left, right)
    assert product.tolist() == [[1, 8, 13, 0], [0, 0, 0, 0]]
    assert product.dtype == np.float64


def test_the_highest_by_hand():
    """Of three equal values the lower columns are kept; what is not above 0 never is."""
    values = np.array([[0.5, 0.2, 0.5, 0.9, 0.5], [0, -1, np.nan, 0.1, 0]], np.float32)
    columns, best = compiled.highest(values, 3)
    kept = [dict(zip(c[b > 0].tolist(), b[b > 0].tolist(), strict=True))
            for c, b in zip(columns, best, strict=True)]  # fmt: skip
    half, most, little = (float(np.float32(x)) for x in (0.5, 0.9, 0.1))
    assert kept == [{3: most, 0: half, 2: half}, {3: little}]


def test_neighbours_by_hand():
    """Four titles; A, B and C have the same two viewers, D one of them; one neighbour each."""
    value = sparse.csc_array(np.array([[1, 1, 1, 1], [1, 1, 1, 0], [0, 0, 0, 0]], np.float32))
    kept, _ = compiled_and_not(lambda: nearest(value, similarity.cosine, 1, 0))
    assert kept.indices.tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(kept.data, [1, 1, 1, 0.5**0.5], rtol=1e-6)


@given(arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 40)),
              elements=st.sampled_from([-1, 0, 0.25, 0.5, 1])), st.integers(1, 45))  # fmt: skip
def test_of_equals_the_lower_columns_are_kept(values, k):
    columns, best = compiled.highest(values, k)
    for row, column, kept in zip(values, columns, best, strict=True):
        expected = [j for j in np.argsort(-row, kind="stable")[:k] if row[j] > 0]
        assert sorted(column[kept > 0]) == sorted(expected)
        np.testing.assert_array_equal(row[column[kept > 0]], kept[kept > 0])


@settings(deadline=None, max_examples=150)
@given(TABLES, st.sampled_from(MEASURES), st.integers(1, 12), st.sampled_from([0.0, 2.5]),
       st.sampled_from([1, 20, 2**18]), st.sampled_from([1, 2]))  # fmt: skip
def test_any_table_has_the_same_neighbours(table, measure, k, shrinkage, strip, threads):
    """With ties, viewers and titles without events, strips of one title and larger than all."""
    kind = np.float32 if measure in MEASURES[:3] else np.float64
    value = sparse.csc_array(table.astype(kind))
    same(*compiled_and_not(lambda: nearest(value, measure, k, shrinkage), strip, threads))


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(
    "model",
    [
        ItemKNN(5),
        ItemKNN(5, "lift", shrinkage=3, neighbors_of="source"),
        ItemKNN(5, "pearson"),
        ItemKNN(5, weighted=True),
        RP3beta(neighbors=5),
        RP3beta(0.3, 0, neighbors=500),
        UserKNN(5),
    ],
    ids=lambda model: " ".join(repr(model).split()),
)
def test_models_learn_and_list_the_same(make_log, model, threads):
    log = make_log(3, users=150, items=40, events=900)

    def lists():
        model.fit(log)
        return getattr(model, LEARNED[type(model)]), model.recommend(k=10)

    (learned, listed), (learned_without, listed_without) = compiled_and_not(
        lists, strip=200, threads=threads
    )
    same(learned, learned_without)
    assert listed.equals(listed_without)


@pytest.mark.parametrize("model", [ItemKNN(5), RP3beta(neighbors=5)])
def test_scores_of_many_are_made_by_numba_and_of_few_are_not(make_log, model):
    log = make_log(3, users=150, items=40, events=900)
    model.fit(log).large_ = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "product", lambda left, right: np.zeros((left.shape[0], 40)))
        assert not model.score_histories(log).any(axis=1)[log.user_counts > 0].any()
        assert model.score_all(log.users[:50]).any()


@pytest.mark.parametrize(
    "model",
    [ItemKNN(5, "adjusted cosine"), RP3beta(neighbors=5, weighted=True)],
    ids=["adjusted cosine", "weighted walk"],
)
def test_sums_that_round_differ_by_rounding_alone(make_log, model):
    log = make_log(3, users=150, items=40, events=900)
    one, other = compiled_and_not(lambda: model.fit(log).score_all(log.users))
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
