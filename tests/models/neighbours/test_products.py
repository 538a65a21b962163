"""Products of sparse matrices by whichever way is faster: each against plain dense arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from scipy import sparse

from recsys_lib.models.neighbours.common import Block, Common
from recsys_lib.models.neighbours.rp3beta import largest
from recsys_lib.models.neighbours.spread import DENSE_VIEWERS, spread

VIEWERS = 300
THIN, FULL = 0.02, 0.3  # shares of cells filled


def block(share: float, titles: int, seed: int) -> Block:
    """Each viewer has one whole number, which float32 cannot hold, for all that they watched."""
    rng = np.random.default_rng(seed)
    row, column = np.nonzero(rng.random((VIEWERS, titles)) < share)
    worth = np.random.default_rng(9).integers(2**30, 2**40, VIEWERS).astype(float)
    value = sparse.coo_array((worth[row], (row, column)), shape=(VIEWERS, titles)).tocsc()
    return Block(value, VIEWERS)


@pytest.mark.parametrize("left", [THIN, FULL])
@pytest.mark.parametrize("right", [THIN, FULL])
def test_every_way_of_multiplying_adds_up_the_same_numbers(left, right):
    left, right = block(left, 150, 1), block(right, 300, 2)
    common, one, other = Common(left, right), left.value.toarray(), right.value.toarray()
    np.testing.assert_array_equal(common.co, (one > 0).T @ (other > 0).astype(float))
    np.testing.assert_array_equal(common.sum_left, one.T @ (other > 0))
    np.testing.assert_array_equal(common.sum_right, (one > 0).T @ other)
    np.testing.assert_array_equal(common.sum_even, common.sum_left)


@pytest.mark.parametrize("share", [THIN, FULL])
def test_a_block_with_itself_needs_half_of_the_products(share):
    one = block(share, 600, 3)  # more titles than two strips hold
    value = one.value.toarray()
    common = Common(one, one)
    np.testing.assert_array_equal(common.co, (value > 0).T @ (value > 0).astype(float))
    np.testing.assert_array_equal(common.sum_even, value.T @ (value > 0))


@pytest.mark.parametrize("form", ["csr", "csc"])
def test_short_and_long_histories_add_up_the_same_votes(form):
    rng = np.random.default_rng(4)
    votes = sparse.random_array((90, 90), density=0.1, rng=rng, dtype=np.float32).asformat(form)
    watched = (
        rng.random((3 * DENSE_VIEWERS, 90)) < np.repeat([0.02, 0.5, 0], DENSE_VIEWERS)[:, None]
    )
    watched = watched[rng.permutation(len(watched))]  # short, long and empty ones side by side
    history = sparse.csr_array(watched.astype(np.float32))
    scores = spread(history, votes)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, watched @ votes.toarray(), rtol=1e-5, atol=1e-7)
    alone = [spread(history[[row]], votes)[0] for row in range(len(watched))]
    np.testing.assert_array_equal(scores, alone)


numbers = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@given(nps.arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 12)), elements=numbers),
       st.integers(1, 13))  # fmt: skip
def test_the_largest_of_each_row_and_of_equals_those_further_left(matrix, k):
    expected = np.zeros_like(matrix)
    for row, line in enumerate(matrix):
        for column in sorted(range(len(line)), key=lambda column: (-line[column], column))[:k]:
            expected[row, column] = line[column]
    kept = largest(sparse.csr_array(matrix), k)
    np.testing.assert_array_equal(kept.toarray(), expected)
    assert kept.nnz == np.count_nonzero(expected)
