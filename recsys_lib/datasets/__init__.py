"""The data sets that the course uses, and any table of your own, each behind one function."""

from recsys_lib.datasets.matinee import Matinee, load_matinee
from recsys_lib.datasets.movielens import MovieLens, load_movielens
from recsys_lib.datasets.table import read_interactions

__all__ = ["Matinee", "MovieLens", "load_matinee", "load_movielens", "read_interactions"]
