"""How good a list is, judged by what the viewer went on to watch.

Every metric takes the same two arrays and returns one value per user:

    hits: bool (n_users, k); hits[u, j] is true if the title at rank j + 1 is relevant to user u.
        A list shorter than k is padded with False: an empty slot counts as a miss.

    n_relevant: int (n_users,); how many titles are relevant to the user in all.

A user without relevant titles gets NaN, because no list could have been right for them.
"""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError


def precision(hits: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    """Share of the k slots that hold a relevant title: hits / k.

    >>> precision(np.array([[True, False, True, False]]), np.array([3]))
    array([0.5])
    """
    hits, n_relevant = _check(hits, n_relevant)
    return _where_relevant(hits.mean(axis=1), n_relevant)


def recall(hits: np.ndarray, n_relevant: np.ndarray, *, attainable: bool = False) -> np.ndarray:
    """Share of the relevant titles that are in the list: hits / n_relevant.

    With `attainable` it is hits / min(k, n_relevant), so that a full list of hits scores 1; the
    tables call that one recall@k[min].

    >>> recall(np.array([[True, False]]), np.array([4]))
    array([0.25])
    >>> recall(np.array([[True, False]]), np.array([4]), attainable=True)
    array([0.5])
    """
    hits, n_relevant = _check(hits, n_relevant)
    most = np.minimum(n_relevant, hits.shape[1]) if attainable else n_relevant
    return _where_relevant(hits.sum(axis=1) / np.maximum(most, 1), n_relevant)


def hit_rate(hits: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    """1 if any of the k titles is relevant, else 0.

    >>> hit_rate(np.array([[False, True], [False, False]]), np.array([3, 3]))
    array([1., 0.])
    """
    hits, n_relevant = _check(hits, n_relevant)
    return _where_relevant(hits.any(axis=1).astype(float), n_relevant)


def reciprocal_rank(hits: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    """1 / rank of the first relevant title, 0 if there is none; its mean is called MRR.

    >>> reciprocal_rank(np.array([[False, False, True]]), np.array([2])).round(3)
    array([0.333])
    """
    hits, n_relevant = _check(hits, n_relevant)
    first = np.where(hits.any(axis=1), 1 / (hits.argmax(axis=1) + 1), 0.0)
    return _where_relevant(first, n_relevant)


def average_precision(
    hits: np.ndarray, n_relevant: np.ndarray, *, attainable: bool = True
) -> np.ndarray:
    """Mean, over the relevant titles, of the precision at the rank where each one stands.

    AP = sum over ranks j of hits[j] * (hits up to j / j) / min(k, n_relevant)

    With attainable=False the sum is divided by n_relevant, as in trec_eval; the tables call that
    one map@k[all]. Its mean over users is called MAP.

    >>> average_precision(np.array([[True, False, True]]), np.array([2])).round(3)
    array([0.833])
    """
    hits, n_relevant = _check(hits, n_relevant)
    k = hits.shape[1]
    precision_at = hits.cumsum(axis=1) / np.arange(1, k + 1)
    most = np.minimum(n_relevant, k) if attainable else n_relevant
    return _where_relevant((precision_at * hits).sum(axis=1) / np.maximum(most, 1), n_relevant)


def ndcg(hits: np.ndarray, n_relevant: np.ndarray, *, attainable: bool = True) -> np.ndarray:
    """Hits discounted by rank, as a share of the best list: DCG / ideal DCG.

    DCG = sum over ranks j of hits[j] / log2(j + 1)

    The ideal list has min(k, n_relevant) hits on top. With attainable=False it has k hits, however
    few titles are relevant; the tables call that one ndcg@k[k].

    >>> ndcg(np.array([[False, True]]), np.array([1])).round(3)
    array([0.631])
    """
    hits, n_relevant = _check(hits, n_relevant)
    k = hits.shape[1]
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.r_[0.0, discount.cumsum()][np.minimum(n_relevant, k) if attainable else k]
    with np.errstate(invalid="ignore"):
        return _where_relevant(hits @ discount / ideal, n_relevant)


def _check(hits: np.ndarray, n_relevant: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    hits, n_relevant = np.asarray(hits), np.asarray(n_relevant)
    if hits.ndim != 2 or hits.shape[1] == 0 or n_relevant.shape != hits.shape[:1]:
        raise DataError(
            "hits must be (n_users, k) with k at least 1, and n_relevant (n_users,)",
            where=f"shapes {hits.shape} and {n_relevant.shape}",
        )
    if hits.dtype != bool or n_relevant.dtype.kind not in "iu":
        raise DataError(
            "hits must be bool and n_relevant integers",
            where=f"dtypes {hits.dtype} and {n_relevant.dtype}",
        )
    impossible = np.flatnonzero(hits.sum(axis=1) > n_relevant)
    if len(impossible):
        raise DataError("there are more hits than relevant titles", where=f"user {impossible[0]}")
    return hits, n_relevant


def _where_relevant(values: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    return np.where(n_relevant > 0, values, np.nan)
