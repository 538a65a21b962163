"""What lists are like beside being right: how wide, how surprising, how varied.

    columns: int (n_users, k); columns[u, j] is the catalogue column of the title at rank j + 1,
        -1 an empty slot. A title stands at most once in a list.

Empty slots are left out of every mean; a list without titles gets NaN.
"""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError
from recsys_lib.metrics.slots import check_columns, list_matrix, mean_of_slots


def exposure(columns: np.ndarray, n_items: int) -> np.ndarray:
    """How many lists each title stands in, int64 (n_items,).

    >>> exposure(np.array([[0, 2], [2, -1]]), n_items=4)
    array([1, 0, 2, 0])
    """
    columns = check_columns(columns, n_items)
    return np.bincount(columns[columns >= 0], minlength=n_items)


def coverage(columns: np.ndarray, n_items: int) -> float:
    """Share of the catalogue that stands in at least one list (`ge2010`); NaN without titles.

    >>> coverage(np.array([[0, 2], [2, -1]]), n_items=4)
    0.5
    """
    return float(np.mean(exposure(columns, n_items) > 0)) if n_items else float("nan")


def gini(counts: np.ndarray) -> float:
    """How unequally `counts` are shared out: 0 is equally, near 1 is all to one.

    gini = sum over i of (2 * i - n - 1) * counts[i] / (n * sum of counts)

    where i = 1 ... n numbers the counts from small to large. It is the mean difference between two
    titles' counts, over twice the mean count. NaN if there is nothing to share out.

    Args:
        counts: numbers of at least 0, shape (n,); with one entry for every title of the catalogue,
            those with 0 included.

    Raises:
        DataError: a count is negative or not finite.

    >>> gini(np.array([1, 0, 3]))  # (-2 * 0 + 0 * 1 + 2 * 3) / (3 * 4)
    0.5
    """
    counts = np.sort(np.asarray(counts, np.float64))
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise DataError("counts must be finite and at least 0")
    n, total = len(counts), counts.sum()
    if total == 0:
        return float("nan")
    return float(np.sum((2 * np.arange(1, n + 1) - n - 1) * counts) / (n * total))


def novelty(columns: np.ndarray, item_counts: np.ndarray, n_users: int) -> np.ndarray:
    """Mean self-information of the listed titles, in bits: how few know them.

    novelty[u] = mean over titles i in the list of -log2(item_counts[i] / n_users)

    A title that nobody has watched counts as if one viewer had: it is the most novel there can be,
    log2(n_users) bits, but not infinitely so. Source: `vargas2011`.

    Args:
        columns: the lists, see above.
        item_counts: viewers of each title in train, shape (n_items,).
        n_users: viewers in train with at least one event (`Interactions.active_users`).

    >>> novelty(np.array([[0, 1], [0, -1], [-1, -1]]), np.array([4, 1]), n_users=8)
    array([ 2.,  1., nan])
    """
    item_counts = np.asarray(item_counts)
    columns = check_columns(columns, len(item_counts))
    bits = -np.log2(np.maximum(item_counts, 1) / n_users)
    return mean_of_slots(columns, bits)


def intra_list_diversity(columns: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Mean distance, 1 - cosine, over all pairs of titles in a list; NaN for less than a pair.

    diversity[u] = 1 - mean over titles i < j in the list of
                       features[i] · features[j] / (|features[i]| * |features[j]|)

    A title without features (a row of zeros) is at distance 1 from every other. The value lies
    between 0 and 1 if no feature is negative. Source: `ziegler2005`, whose intra-list similarity
    is the sum where this is one minus the mean.

    Args:
        columns: the lists, see above.
        features: numbers (n_items, n_features), for example `genres.genre_shares`.

    >>> features = np.array([[1, 0], [1, 0], [0, 1]])
    >>> intra_list_diversity(np.array([[0, 1, 2], [0, 1, -1], [2, -1, -1]]), features).round(3)
    array([0.667, 0.   ,   nan])
    """
    features = np.asarray(features, np.float64)
    columns = check_columns(columns, len(features))
    length = np.sqrt((features**2).sum(axis=1, keepdims=True))
    unit = np.divide(features, length, out=np.zeros_like(features), where=length > 0)
    lists = list_matrix(columns, len(features))
    # |sum of vectors|² counts every pair twice and every vector with itself once.
    twice = ((lists @ unit) ** 2).sum(axis=1) - lists @ (unit**2).sum(axis=1)
    size = (columns >= 0).sum(axis=1)
    pairs = size * (size - 1) / 2
    mean = np.divide(twice / 2, pairs, out=np.full(len(columns), np.nan), where=pairs > 0)
    return 1 - mean


def serendipity(columns: np.ndarray, hits: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Share of the k slots that hold a relevant title which was not to be expected.

    serendipity[u] = sum over slots j of hits[u, j] * (columns[u, j] not in expected[u]) / k

    Empty slots are misses, as in precision, of which serendipity is the unexpected part. Source:
    `ge2010`, with a plain recommender's list for what is expected.

    Args:
        columns: the lists, see above.
        hits: bool (n_users, k); whether the title in a slot is relevant.
        expected: int (n_users, m); each user's expected titles, for example the most popular ones,
            -1 in an empty slot.

    >>> columns, expected = np.array([[5, 6, 7, -1]]), np.array([[5, 9]])
    >>> serendipity(columns, np.array([[True, True, False, False]]), expected)
    array([0.25])
    """
    columns, hits, expected = np.asarray(columns), np.asarray(hits), np.asarray(expected)
    if hits.shape != columns.shape or len(expected) != len(columns) or expected.ndim != 2:
        raise DataError(
            "columns and hits must be (n_users, k) and expected (n_users, m)",
            where=f"shapes {columns.shape}, {hits.shape} and {expected.shape}",
        )
    surprising = hits & (columns >= 0)
    for slot in expected.T:
        surprising &= columns != slot[:, None]
    return surprising.mean(axis=1)
