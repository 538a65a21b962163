"""What two blocks of titles share: counts and sums that every measure is made of."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_lib.models.neighbours import compiled


class Block:
    """Some columns of a (viewers, titles) matrix: the titles on one side of a comparison.

    Attributes:
        value: CSC array (n_viewers, width) of what each viewer gave each title.
        n: viewers of each title, shape (width,); 1 where there are none, so that it can divide.
        n_viewers: viewers with an event, whether with one of these titles or another.
    """

    def __init__(self, value: sparse.csc_array, n_viewers: int) -> None:
        self.value = value
        self.n = np.maximum(np.diff(value.indptr), 1).astype(np.float32)
        self.n_viewers = np.float32(n_viewers)
        self._by_viewer: dict[str, sparse.csr_array] = {}

    def _with(self, data: np.ndarray) -> sparse.csc_array:
        return sparse.csc_array((data, self.value.indices, self.value.indptr), self.value.shape)

    @cached_property
    def seen(self) -> sparse.csc_array:
        """1 for each event."""
        return self._with(np.ones(self.value.nnz, np.float32))

    @cached_property
    def square(self) -> sparse.csc_array:
        """The square of each value."""
        return self._with(self.value.data**2)

    @cached_property
    def norm(self) -> np.ndarray:
        """The root of the sum of each title's squares, over all of its viewers, (width,)."""
        return np.sqrt(self.square.sum(axis=0))

    def by_viewer(self, name: str) -> sparse.csr_array:
        """`value`, `seen` or `square`, stored by viewer."""
        if name not in self._by_viewer:
            self._by_viewer[name] = getattr(self, name).tocsr()
        return self._by_viewer[name]


def viewers_of(value: sparse.csc_array) -> int:
    """How many rows of a matrix have an event."""
    return len(np.unique(value.indices))


class Common:
    """What each title of `left` and each title of `right` have in common.

    Attributes, all of shape (titles of left, titles of right) or broadcast to it:
        co: viewers in common.
        n_left, n_right: viewers of each title, in common or not.
        norm_left, norm_right: root of the sum of squares of each title, in common or not.
        n_viewers: viewers with an event.
        dot: sum over the viewers in common of value left * value right.
        sum_left, sum_right: sum over the viewers in common of the value of one side.
        square_left, square_right: likewise of its square.
    """

    def __init__(self, left: Block, right: Block) -> None:
        self._left, self._right = left, right
        self.n_left, self.n_right = left.n[:, None], right.n[None, :]
        self.n_viewers = left.n_viewers

    def _product(self, left: str, right: str) -> np.ndarray:
        return _product(getattr(self._left, left), getattr(self._right, right))

    @property
    def norm_left(self) -> np.ndarray:
        return self._left.norm[:, None]

    @property
    def norm_right(self) -> np.ndarray:
        return self._right.norm[None, :]

    @cached_property
    def co(self) -> np.ndarray:
        return self._product("seen", "seen")

    @cached_property
    def dot(self) -> np.ndarray:
        return self._product("value", "value")

    @cached_property
    def sum_left(self) -> np.ndarray:
        return self._product("value", "seen")

    @cached_property
    def sum_right(self) -> np.ndarray:
        return self._product("seen", "value")

    @cached_property
    def square_left(self) -> np.ndarray:
        return self._product("square", "seen")

    @cached_property
    def square_right(self) -> np.ndarray:
        return self._product("seen", "square")


class Compiled(Common):
    """As `Common`, with sparse products by `recsys_lib.models.neighbours.compiled`."""

    def _product(self, left: str, right: str) -> np.ndarray:
        return compiled.product(getattr(self._left, left).T, self._right.by_viewer(right))


class Pairs(Common):
    """As `Common`, of those pairs alone that have a viewer in common: no cell for all the others.

    Attributes:
        rows, columns: the titles of left and right that make each pair, by row, shape (n_pairs,).
            The attributes of `Common` have this shape too.
    """

    def __init__(self, left: Block, right: Block) -> None:
        self._left, self._right, self.n_viewers = left, right, left.n_viewers
        self._shared = left.seen.T @ right.by_viewer("seen")
        self.rows = np.repeat(np.arange(len(left.n)), np.diff(self._shared.indptr))
        self.columns = self._shared.indices
        self.n_left, self.n_right = left.n[self.rows], right.n[self.columns]
        self.co = self._shared.data

    @property
    def norm_left(self) -> np.ndarray:
        return self._left.norm[self.rows]

    @property
    def norm_right(self) -> np.ndarray:
        return self._right.norm[self.columns]

    def _product(self, left: str, right: str) -> np.ndarray:
        product = getattr(self._left, left).T @ self._right.by_viewer(right)
        if product.nnz == self._shared.nnz:
            return product.data  # in the same order, which depends on the places alone
        found = np.zeros_like(self._shared.data, product.dtype)
        here = pd.Index(_places(self._shared)).get_indexer(_places(product))
        found[here] = product.data  # a sum that is 0 is no entry of the product
        return found


def _product(left: sparse.csc_array, right: sparse.csc_array) -> np.ndarray:
    """left.T @ right as a dense array, each factor dense where that is faster.

    Dense arithmetic is some hundred times faster a cell and touches every cell; on either side it
    pays from a few per cent of cells filled. Sums of whole numbers are exact, so the way chosen
    does not show in the counts.
    """
    if left.nnz > right.nnz:
        return _product(right, left).T
    cells = right.shape[0] * right.shape[1]
    if right.nnz < 0.04 * cells or left.nnz < right.shape[0]:
        return (left.T @ right).toarray()
    if left.nnz < 0.03 * left.shape[0] * left.shape[1]:
        return left.T @ right.toarray()
    return left.toarray().T @ right.toarray()


def _places(product: sparse.csr_array) -> np.ndarray:
    """The cell of each entry, counted row by row."""
    row = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))
    return row * product.shape[1] + product.indices
