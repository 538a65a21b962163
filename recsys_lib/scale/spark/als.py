"""Taste in a few numbers, learned by Spark's own alternating least squares."""

from __future__ import annotations

import math

import numpy as np

from recsys_lib.errors import check_above, check_at_least
from recsys_lib.interactions import ITEM, USER
from recsys_lib.scale.spark.counts import HISTORY

BETWEEN_CHECKPOINTS = 4  # rounds


def implicit_als(
    histories,
    n_items: int,
    folder: str,
    *,
    factors: int = 64,
    alpha: float = 0.3,
    l2: float = 0.3,
    nu: float = 0.5,
    iterations: int = 12,
    random_state: int = 0,
    blocks: int = 4,
):
    """`pyspark.ml.recommendation.ALS` with the arguments of `recsys_lib.models.ImplicitALS`.

    Spark minimises, over W (viewers) and H (titles),

    loss = sum over events (u, i) of c * (W[u] · H[i] - (1 + c) / c) ** 2
         + sum over all pairs (u, i) of (W[u] · H[i]) ** 2
         + regParam * (sum over u of n[u] * |W[u]| ** 2 + sum over i of n[i] * |H[i]| ** 2)

    n are numbers of events and c = 1 / alpha. That is the loss of `ImplicitALS` with all scores
    1 + alpha times as large, but for one thing: how the penalty grows with a viewer's events cannot
    be chosen. Spark's is in proportion; nu says only how large it is on average, see `penalty`.

    Spark solves each system exactly, where ours takes `steps` of conjugate gradients, and draws
    another start from the same seed. The two agree in what they recommend, not in each number.

    Args:
        histories: as `recsys_lib.scale.spark.histories` makes them.
        n_items: titles of the catalogue; the penalty depends on it.
        folder: where Spark keeps what it has after some rounds, an address that all workers see.
            Else it would remember how each number came about from the first round on, and that
            chain outgrows the stack after a dozen. Delete it afterwards.
        factors, alpha, l2, nu, iterations, random_state: see `ImplicitALS`.
        blocks: into which Spark deals viewers and titles, at least 1.

    Returns:
        W and H as two pyspark DataFrames, with columns id (int) and features (array of float). A
        title without a viewer has no row.

    Raises:
        ArgumentError: an argument outside its values.

    Sources: `hu2008` for the method, `meng2016` and `das2017` for Spark's.
    """
    from pyspark.ml.recommendation import ALS
    from pyspark.sql import functions as F

    for name, value in (("factors", factors), ("iterations", iterations), ("blocks", blocks)):
        check_at_least(name, value, 1, integer=True)
    check_at_least("nu", nu, 0)
    for name, value in (("alpha", alpha), ("l2", l2)):
        check_above(name, value, 0)
    histories.sparkSession.sparkContext.setCheckpointDir(str(folder))
    events = histories.select(USER, F.explode(HISTORY).alias(ITEM), F.lit(1.0).alias("r"))
    of_viewers = _numbers(histories.select(F.size(HISTORY).alias("n")))
    of_titles = _numbers(events.groupBy(ITEM).count().select(F.col("count").alias("n")))
    model = ALS(
        rank=int(factors), maxIter=int(iterations), implicitPrefs=True, alpha=1 / alpha,
        regParam=penalty(of_viewers, of_titles, n_items, alpha, l2, nu), seed=random_state,
        userCol=USER, itemCol=ITEM, ratingCol="r", checkpointInterval=BETWEEN_CHECKPOINTS,
        numUserBlocks=int(blocks), numItemBlocks=int(blocks),
    ).fit(events)  # fmt: skip
    return model.userFactors, model.itemFactors


def _numbers(column) -> tuple[np.ndarray, np.ndarray]:
    """The numbers in a column n, and how often each is there: few, however many rows."""
    rows = np.array(column.groupBy("n").count().collect(), float).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def penalty(of_viewers, of_titles, n_items: int, alpha: float, l2: float, nu: float) -> float:
    """Spark's regParam under which penalties are as strong, on average, as `ImplicitALS`'s.

    regParam = (1 + alpha) / alpha * sqrt(ratio of viewers * ratio of titles)
    ratio of viewers = mean over u of l2 * (n[u] + alpha * n_items) ** nu / mean over u of n[u]
    ratio of titles = mean over i of l2 * (n[i] + alpha * n_viewers) ** nu / mean over i of n[i]

    Only the product of the two matters: what W is held back less, H can be more.

    Args:
        of_viewers: two arrays: numbers of events, and how many viewers have so many.
        of_titles: the same of the titles that have a viewer.
        n_items: titles of the catalogue.
        alpha, l2, nu: see `ImplicitALS`.
    """
    ratio = 1.0
    for (n, times), others in ((of_viewers, n_items), (of_titles, of_viewers[1].sum())):
        ratio *= l2 * np.average((n + alpha * others) ** nu, weights=times)
        ratio /= np.average(n, weights=times)
    return (1 + alpha) / alpha * math.sqrt(ratio)
