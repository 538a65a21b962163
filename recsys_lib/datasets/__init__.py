"""The data sets that the course uses, each behind one function."""

from recsys_lib.datasets.matinee import Matinee, load_matinee
from recsys_lib.datasets.movielens import MovieLens, load_movielens

__all__ = ["Matinee", "MovieLens", "load_matinee", "load_movielens"]
