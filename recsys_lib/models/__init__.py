"""The recommenders, one a file; `base.Recommender` is the contract that all of them keep."""

from recsys_lib.models.base import Recommender
from recsys_lib.models.biased_mf import BiasedMF
from recsys_lib.models.bpr import BPR
from recsys_lib.models.content import ContentProfile
from recsys_lib.models.demographic import DemographicGroups
from recsys_lib.models.ease import EASE
from recsys_lib.models.featured_mf import FeaturedMF
from recsys_lib.models.ials import ImplicitALS
from recsys_lib.models.knn import ItemKNN, UserKNN
from recsys_lib.models.maturity import MaturityClassifier
from recsys_lib.models.popular import Popular
from recsys_lib.models.random import Random
from recsys_lib.models.rating import RatingPredictor
from recsys_lib.models.rating_knn import RatingKNN
from recsys_lib.models.request_search import RequestSearch
from recsys_lib.models.rp3beta import RP3beta
from recsys_lib.models.stacked import Stacked
from recsys_lib.models.surprise_model import SurpriseModel
from recsys_lib.models.switching import Switching
from recsys_lib.models.weighted import Weighted

__all__ = [
    "BPR",
    "EASE",
    "BiasedMF",
    "ContentProfile",
    "DemographicGroups",
    "FeaturedMF",
    "ImplicitALS",
    "ItemKNN",
    "MaturityClassifier",
    "Popular",
    "RP3beta",
    "Random",
    "RatingKNN",
    "RatingPredictor",
    "Recommender",
    "RequestSearch",
    "Stacked",
    "SurpriseModel",
    "Switching",
    "UserKNN",
    "Weighted",
]
