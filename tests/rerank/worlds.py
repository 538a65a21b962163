"""Small random candidates for every re-ranker, and each re-ranker under one signature."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from recsys_lib import rerank

N_ITEMS = 9
RNG = np.random.default_rng(5)
FEATURES = RNG.random((N_ITEMS, 3)) * (RNG.random((N_ITEMS, 3)) < 0.6)
SHARES = FEATURES / np.maximum(FEATURES.sum(axis=1, keepdims=True), 1e-9)
POPULARITY = RNG.random(N_ITEMS)
IN_GROUP = np.array([0, 1, 0, 0, 1, 0, 1, 0, 0], bool)
HISTORY = sparse.csr_array(RNG.integers(0, 3, (6, N_ITEMS)).astype(float))


def target(n_users: int) -> np.ndarray:
    wanted = HISTORY[:n_users] @ SHARES
    return wanted / wanted.sum(axis=1, keepdims=True)


def surprise(items: np.ndarray) -> np.ndarray:
    return rerank.unexpectedness(items, HISTORY[: len(items)], FEATURES)


ALL = {
    "mmr": lambda i, s, x, k: rerank.mmr(i, s, FEATURES, weight=x, k=k),
    "calibrated": lambda i, s, x, k: rerank.calibrated(i, s, SHARES, target(len(i)), weight=x, k=k),
    "minimum_share": lambda i, s, x, k: rerank.minimum_share(i, s, IN_GROUP, share=x, k=k),
    "amortised_share": lambda i, s, x, k: rerank.amortised_share(i, s, IN_GROUP, share=x, k=k),
    "popularity_discounted": lambda i, s, x, k: rerank.popularity_discounted(
        i, s, POPULARITY, weight=x, k=k
    ),
    "epsilon_greedy": lambda i, s, x, k: rerank.epsilon_greedy(
        i, s, epsilon=x, k=k, rng=np.random.default_rng(1)
    ),
    "thompson": lambda i, s, x, k: rerank.thompson(
        i, s, 0.5, scale=x, k=k, rng=np.random.default_rng(1)
    ),
    "serendipity_slots": lambda i, s, x, k: rerank.serendipity_slots(
        i, s, surprise(i), slots=round(3 * x), k=k
    ),
}
"""By name: a function of items, scores, a setting from 0 to 1, and k."""


@st.composite
def candidates(draw) -> tuple[np.ndarray, np.ndarray]:
    """Up to five lists of distinct titles with falling (sometimes tied) scores, some short."""
    n_users, n = draw(st.integers(0, 5)), draw(st.integers(0, N_ITEMS))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    items = np.array([rng.permutation(N_ITEMS)[:n] for _ in range(n_users)], int).reshape(
        n_users, n
    )
    scores = -np.sort(-rng.integers(-4, 5, items.shape).astype(float), axis=1)
    length = rng.integers(0, n + 1, n_users) if draw(st.booleans()) else np.full(n_users, n)
    items[np.arange(n) >= length[:, None]] = -1
    return items, scores
