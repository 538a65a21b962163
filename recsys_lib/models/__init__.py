"""The recommenders, one a file; `base.Recommender` is the contract that all of them keep."""

from recsys_lib.models.base import Recommender
from recsys_lib.models.baselines.demographic import DemographicGroups
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.models.baselines.random import Random
from recsys_lib.models.content.maturity import MaturityClassifier
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.content.request_search import RequestSearch
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
from recsys_lib.models.neighbours.rating_knn import RatingKNN
from recsys_lib.models.neighbours.rp3beta import RP3beta
from recsys_lib.models.neighbours.user_knn import UserKNN
from recsys_lib.models.rating import RatingPredictor
from recsys_lib.models.sequences.generative import GenerativeRetrieval
from recsys_lib.models.sequences.gru4rec import GRU4Rec
from recsys_lib.models.sequences.markov import Markov
from recsys_lib.models.sequences.recency import RecentEASE, RecentItemKNN
from recsys_lib.models.sequences.sasrec import SASRec

__all__ = [
    "BPR",
    "EASE",
    "BiasedMF",
    "ContentProfile",
    "DemographicGroups",
    "DenoisingAutoencoder",
    "FeaturedMF",
    "GRU4Rec",
    "GenerativeRetrieval",
    "ImplicitALS",
    "IncrementalMF",
    "ItemKNN",
    "Markov",
    "MaturityClassifier",
    "MultVAE",
    "OpinionMF",
    "Popular",
    "RP3beta",
    "Random",
    "RatingKNN",
    "RatingPredictor",
    "RecentEASE",
    "RecentItemKNN",
    "Recommender",
    "RequestSearch",
    "SASRec",
    "Stacked",
    "SurpriseModel",
    "Switching",
    "TwoTowers",
    "UserKNN",
    "Weighted",
]
