"""Who is compared with whom: our models and, at the same settings, those of other libraries."""

from __future__ import annotations

import warnings

import numpy as np
from scipy import sparse

from benchmarks.protocol import THREADS, Contender, K, ours
from recsys_lib.interactions import Interactions
from recsys_lib.models.knn import ItemKNN, UserKNN
from recsys_lib.models.popular import Popular


def implicit_cosine(neighbors: int) -> Contender:
    """implicit's CosineRecommender; its own default is 20 neighbours."""
    from implicit.nearest_neighbours import CosineRecommender

    def run(train: Interactions) -> np.ndarray:
        parts = [part.copy() for part in (train.matrix.indices, train.matrix.indptr)]
        watched = sparse.csr_matrix((np.ones(train.n_events), *parts), train.matrix.shape)
        model = CosineRecommender(K=neighbors, num_threads=THREADS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it remarks on its own conversions
            model.fit(watched, show_progress=False)
            columns, _ = model.recommend(np.arange(train.n_users), watched, N=K)
        return columns

    return run


def popular() -> Contender:
    """The most popular titles."""
    return ours(Popular())


def item_knn(neighbors: int, neighbors_of: str = "target") -> Contender:
    """Our cosine neighbours of titles."""
    return ours(ItemKNN(neighbors, neighbors_of=neighbors_of))


def user_knn(neighbors: int) -> Contender:
    """Our cosine neighbours of viewers."""
    return ours(UserKNN(neighbors))


ALL = {
    "Popular": (popular,),
    "ItemKNN, 20": (item_knn, 20),
    "ItemKNN, 50": (item_knn, 50),
    "ItemKNN, 100": (item_knn, 100),
    "ItemKNN, 200": (item_knn, 200),
    "ItemKNN, 20 of each source": (item_knn, 20, "source"),
    "ItemKNN, 50 of each source": (item_knn, 50, "source"),
    "UserKNN, 50": (user_knn, 50),
    "UserKNN, 100": (user_knn, 100),
    "implicit cosine, 20": (implicit_cosine, 20),
    "implicit cosine, 50": (implicit_cosine, 50),
}
"""Name → the function that makes the contender, and its arguments; names are unique."""

RACES = [("ItemKNN, 20", "implicit cosine, 20"), ("ItemKNN, 50", "implicit cosine, 50")]
"""Ours, and the peer that it must not be slower than at no lower accuracy."""


def make(name: str) -> Contender:
    """The contender of that name."""
    function, *args = ALL[name]
    return function(*args)
