"""The recommenders, one a file; `base.Recommender` is the contract that all of them keep."""

from recsys_lib.models.base import Recommender
from recsys_lib.models.knn import ItemKNN, UserKNN
from recsys_lib.models.popular import Popular
from recsys_lib.models.random import Random

__all__ = ["ItemKNN", "Popular", "Random", "Recommender", "UserKNN"]
