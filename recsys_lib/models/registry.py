"""The names of the recommenders on the command line, and what each name makes."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from recsys_lib.errors import ArgumentError
from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.demographic import DemographicGroups
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.models.baselines.random import Random
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.deep.autoencoder import DenoisingAutoencoder
from recsys_lib.models.deep.two_towers import TwoTowers
from recsys_lib.models.deep.variational import MultVAE
from recsys_lib.models.factors.biased_mf import BiasedMF
from recsys_lib.models.factors.bpr import BPR
from recsys_lib.models.factors.ease import EASE
from recsys_lib.models.factors.ials import ImplicitALS
from recsys_lib.models.factors.incremental import IncrementalMF
from recsys_lib.models.factors.opinions import OpinionMF
from recsys_lib.models.factors.surprise_model import SurpriseModel
from recsys_lib.models.hybrids.featured_mf import FeaturedMF
from recsys_lib.models.hybrids.stacked import Stacked
from recsys_lib.models.hybrids.switching import Switching
from recsys_lib.models.hybrids.weighted import Weighted
from recsys_lib.models.neighbours.knn import ItemKNN
from recsys_lib.models.neighbours.rp3beta import RP3beta
from recsys_lib.models.neighbours.user_knn import UserKNN
from recsys_lib.models.sequences.generative import GenerativeRetrieval
from recsys_lib.models.sequences.gru4rec import GRU4Rec
from recsys_lib.models.sequences.markov import Markov
from recsys_lib.models.sequences.recency import RecentEASE, RecentItemKNN
from recsys_lib.models.sequences.sasrec import SASRec
from recsys_lib.models.surprise import library


def svd(random_state: int = 0) -> SurpriseModel:
    """Taste and title as vectors, learned from stars (Surprise's SVD)."""
    return SurpriseModel(library().SVD(random_state=random_state))


MODELS: dict[str, Callable[..., Recommender]] = {
    "random": Random,
    "popular": Popular,
    "demographic": DemographicGroups,
    "content": ContentProfile,
    "item-knn": ItemKNN,
    "user-knn": UserKNN,
    "rp3beta": RP3beta,
    "ease": EASE,
    "ials": ImplicitALS,
    "featured-mf": FeaturedMF,
    "bpr": BPR,
    "biased-mf": BiasedMF,
    "svd": svd,
    "incremental-mf": IncrementalMF,
    "opinion-mf": OpinionMF,
    "autoencoder": DenoisingAutoencoder,
    "mult-vae": MultVAE,
    "two-towers": TwoTowers,
    "weighted": Weighted,
    "switching": Switching,
    "stacked": Stacked,
    "markov": Markov,
    "recent-ease": RecentEASE,
    "recent-item-knn": RecentItemKNN,
    "sasrec": SASRec,
    "gru4rec": GRU4Rec,
    "generative": GenerativeRetrieval,
}
"""Name → the class, or a function, that makes the model; the first line of its docstring says
what it is."""


def make_model(name: str, seed: int = 0) -> Recommender:
    """The unfitted model of that name, with its defaults.

    Args:
        name: a key of `MODELS`.
        seed: `random_state` of the models that draw random numbers.

    Raises:
        ArgumentError: an unknown name.
        MissingPackageError: the model needs a package that is not installed.
    """
    if name not in MODELS:
        raise ArgumentError(f"there is no model {name!r}", fix=f"Choose from {', '.join(MODELS)}.")
    make = MODELS[name]
    draws = "random_state" in inspect.signature(make).parameters
    return make(random_state=seed) if draws else make()


def describe(name: str) -> str:
    """One line on the model of that name."""
    return inspect.getdoc(MODELS[name]).splitlines()[0]
