"""Who is compared with whom: our models and, tuned in the same way, those of other libraries."""

from __future__ import annotations

from functools import partial

from benchmarks import peers
from benchmarks.protocol import THREADS, Contender, ours
from recsys_lib.models import BPR, EASE, BiasedMF, ImplicitALS, ItemKNN, Popular, RP3beta, UserKNN


def our(model: type, **settings) -> Contender:
    """One of this library's models."""
    return ours(model(**settings))


ALL: dict[str, partial[Contender]] = {
    "Popular": partial(our, Popular),
    "ItemKNN, 20 of each source": partial(our, ItemKNN, neighbors=20, neighbors_of="source"),
    "ItemKNN, 50": partial(our, ItemKNN, neighbors=50),
    "ItemKNN, tuned": partial(our, ItemKNN, neighbors=400, shrinkage=0),
    "UserKNN": partial(our, UserKNN),
    "RP3beta": partial(our, RP3beta, alpha=0.8, beta=0.4, neighbors=75),
    "EASE": partial(our, EASE, l2=1400),
    "ImplicitALS": partial(our, ImplicitALS, alpha=0.2, l2=0.01, nu=1.0),
    "BPR": partial(our, BPR),
    "BiasedMF, as a ranker": partial(our, BiasedMF),
    "implicit: cosine, 20": partial(peers.implicit, "CosineRecommender", K=20),
    "implicit: ALS": partial(
        peers.implicit,
        "AlternatingLeastSquares",
        factors=64,
        alpha=8,
        regularization=100,
        random_state=0,
    ),
    "implicit: BPR": partial(
        peers.implicit,
        "BayesianPersonalizedRanking",
        factors=64,
        learning_rate=0.003,
        regularization=0,
        random_state=0,
    ),
    "skrecsys: item-kNN, 50": partial(
        peers.skrecsys, "ItemKNNRecommender", n_neighbors=50, n_jobs=THREADS
    ),
    "skrecsys: RP3beta": partial(
        peers.skrecsys, "RP3Beta", alpha=0.8, beta=0.4, n_neighbors=75, n_jobs=THREADS
    ),
    "skrecsys: EASE": partial(peers.skrecsys, "EASE", l2_reg=1400, n_jobs=THREADS),
    "Cornac: EASE": partial(peers.cornac, "EASE", lamb=1400),
}
"""Name → what makes the contender, with the settings that `benchmarks.tuned` found."""

RACES = [
    ("ItemKNN, 20 of each source", "implicit: cosine, 20"),
    ("ItemKNN, 50", "skrecsys: item-kNN, 50"),
    ("RP3beta", "skrecsys: RP3beta"),
    ("EASE", "skrecsys: EASE"),
    ("EASE", "Cornac: EASE"),
    ("ImplicitALS", "implicit: ALS"),
    ("BPR", "implicit: BPR"),
]
"""Ours, and a peer of the same kind and accuracy."""
