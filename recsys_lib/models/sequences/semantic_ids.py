"""Titles spelled: a few numbers for each, rough before fine, so that what is alike begins alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from recsys_lib.errors import ArgumentError, DataError, check_at_least

PLACES = 9  # a distance is read to so many digits: what differs by less is a tie


class Collisions(NamedTuple):
    """How far codes fail to tell titles apart.

    Attributes:
        sharing: titles whose whole code is another title's too.
        distinct: codes in use.
        largest: titles of the code that most titles have.
    """

    sharing: int
    distinct: int
    largest: int


def residual_codes(
    features: np.ndarray, levels: int = 3, codes: int = 16, *, random_state: int = 0
) -> np.ndarray:
    """Each title's code: the number of the nearest centre, again and again for what is left.

    left[0]    = features
    code[i, l] = argmin over c of |left[l][i] - centres[l][c]|
    left[l+1]  = left[l] - centres[l][code[:, l]]

    The centres of a level are those of k-means on what is left (`rajput2023` learns them together,
    with a network). Of centres equally near the lower number is taken. Titles of equal features
    have equal codes, and a level has no more centres than what is left has distinct rows.

    Args:
        features: float (n_titles, n_features); a row a title.
        levels: numbers of a code, at least 1.
        codes: centres a level, at least 1.
        random_state: seed of k-means.

    Returns:
        int64 (n_titles, levels), from 0.

    Raises:
        ArgumentError: levels or codes below 1.
        DataError: features are no table of finite numbers.

    Source: residual quantization, `rajput2023`, section 3.1.

    >>> residual_codes(np.array([[0.0], [1.0], [10.0], [11.0]]), levels=2, codes=2).shape
    (4, 2)
    """
    for name, value in (("levels", levels), ("codes", codes)):
        check_at_least(name, value, 1, integer=True)
    left = np.array(features, np.float64)
    if left.ndim != 2 or not len(left) or not np.isfinite(left).all():
        raise DataError("features must be a table of finite numbers, a row a title")
    found = np.empty((len(left), int(levels)), np.int64)
    with threadpool_limits(1):  # the order of a sum is that of one thread, on every machine
        for level in range(int(levels)):
            centres = _centres(left, int(codes), random_state)
            found[:, level] = nearest(left, centres)
            left = left - centres[found[:, level]]
    return found


def _centres(left: np.ndarray, codes: int, random_state: int) -> np.ndarray:
    distinct = np.unique(left.round(PLACES), axis=0)
    if len(distinct) <= codes:
        return distinct
    return KMeans(codes, n_init=4, random_state=random_state).fit(left).cluster_centers_


def nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The number of the centre nearest to each point, of equally near ones the lowest; int64."""
    apart = [((points - centre) ** 2).sum(axis=1) for centre in centres]
    return np.argmin(np.round(apart, PLACES), axis=0)


def collisions(codes: np.ndarray) -> Collisions:
    """How many titles share their whole code, and how many codes there are.

    >>> collisions(np.array([[0, 1], [0, 1], [0, 2]]))
    Collisions(sharing=2, distinct=2, largest=2)
    """
    _, size = np.unique(codes, axis=0, return_counts=True)
    return Collisions(int(size[size > 1].sum()), len(size), int(size.max()))


def numbered(codes: np.ndarray) -> np.ndarray:
    """The codes with a last number, which counts the titles of one code: 0, 1, 2, … by row.

    Every title then has a code of its own. The last number says nothing of a title.

    >>> numbered(np.array([[0, 1], [0, 2], [0, 1]]))
    array([[0, 1, 0],
           [0, 2, 0],
           [0, 1, 1]])

    Source: `rajput2023`, section 3.1, *Handling Collisions*.
    """
    _, group = np.unique(codes, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    first = np.searchsorted(group.ravel()[order], group.ravel()[order])
    last = np.empty(len(codes), np.int64)
    last[order] = np.arange(len(codes)) - first
    return np.column_stack([codes, last])


def condensed(features: sparse.csr_array, components: int) -> np.ndarray:
    """So many numbers a row that keep most of the rows' dot products.

    condensed = V[:, :components] * sqrt(S[:components]), where features @ features.T = V S V.T

    Returns:
        float64 (n_titles, components), or fewer columns where there are fewer titles.

    Raises:
        ArgumentError: components below 1.
    """
    check_at_least("components", components, 1, integer=True)
    with threadpool_limits(1):
        size, axes = np.linalg.eigh((features @ features.T).toarray())
    if not np.isfinite(size).all():
        raise ArgumentError("features must be finite numbers")
    kept = np.argsort(-size, kind="stable")[: int(components)]
    return axes[:, kept] * np.sqrt(np.maximum(size[kept], 0))
