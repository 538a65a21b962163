"""The same counts and factors by Spark, on one machine or on many (18).

Nothing here imports pyspark or looks for Java before a session is asked for.
"""

from recsys_lib.scale.spark.als import implicit_als, penalty
from recsys_lib.scale.spark.checkpoints import Checkpoints
from recsys_lib.scale.spark.counts import as_array, co_occurrence_rows, histories
from recsys_lib.scale.spark.sessions import java, session

__all__ = [
    "Checkpoints", "as_array", "co_occurrence_rows", "histories", "implicit_als", "java",
    "penalty", "session",
]  # fmt: skip
