"""Models of other libraries as contenders, each given its own input and asked in its own way."""

from __future__ import annotations

import warnings

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from benchmarks.protocol import THREADS, Contender, K
from recsys_lib.interactions import Interactions


def implicit(name: str, **settings) -> Contender:
    """A model of implicit (C++ and Cython): `AlternatingLeastSquares`, `CosineRecommender`, …"""
    from implicit import als, bpr, nearest_neighbours

    home = next(module for module in (als, bpr, nearest_neighbours) if hasattr(module, name))

    def run(train: Interactions) -> np.ndarray:
        parts = [part.copy() for part in (train.matrix.indices, train.matrix.indptr)]
        watched = sparse.csr_matrix((np.ones(train.n_events), *parts), train.matrix.shape)
        model = getattr(home, name)(num_threads=THREADS, **settings)
        # As it asks for itself: its own threads and those of BLAS would be in each other's way.
        with warnings.catch_warnings(), threadpool_limits(1, "blas"):
            warnings.simplefilter("ignore")  # it remarks on its own conversions
            model.fit(watched, show_progress=False)
            columns, _ = model.recommend(np.arange(train.n_users), watched, N=K)
        return columns

    return run


def skrecsys(name: str, **settings) -> Contender:
    """A model of skrecsys (Rust): `EASE`, `RP3Beta`, `ItemKNNRecommender`, …"""
    from skrecsys import recommendation

    def run(train: Interactions) -> np.ndarray:
        model = getattr(recommendation, name)(**settings)
        model.fit(np.column_stack([train.event_rows, train.matrix.indices]))
        columns = np.full((train.n_users, K), -1)
        columns[model.user_ids_], _ = model.recommend(model.user_ids_, n_recommendations=K)
        return columns

    return run


def cornac(name: str, **settings) -> Contender:
    """A model of Cornac (C++ and Cython): `EASE`, `BPR`. It makes one viewer's list at a time."""
    from cornac import models
    from cornac.data import Dataset

    def run(train: Interactions) -> np.ndarray:
        stored = np.ones(train.n_events)
        rows, columns = train.event_rows.tolist(), train.matrix.indices.tolist()
        data = Dataset.from_uir(list(zip(rows, columns, stored.tolist(), strict=True)))
        model = getattr(models, name)(verbose=False, **settings).fit(data)
        lists = [model.recommend(row, K, remove_seen=True, train_set=data) for row in data.uid_map]
        found = np.full((train.n_users, K), -1)
        found[list(data.uid_map)] = lists
        return found

    return run
