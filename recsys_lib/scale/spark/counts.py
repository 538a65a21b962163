"""Who watched two titles both, counted by Spark: a history a viewer, then sums over viewers.

The same two steps as in `recsys_lib.scale.out_of_core`: the log is dealt by viewer (Spark's
shuffle), and counts of parts are added up. They are whole numbers, so the sum does not depend on
how many workers there were, in which order they came, or which of them had to be replaced.
"""

from __future__ import annotations

import numpy as np

from recsys_lib.errors import DataError, check_at_least
from recsys_lib.interactions import ITEM, USER
from recsys_lib.scale.out_of_core import LIMIT
from recsys_lib.scale.spark import on_workers

HISTORY = "item_ids"
WHOLE = ("tinyint", "smallint", "int", "bigint")


def histories(log, n_items: int, *, user: str = USER, item: str = ITEM, parts: int = 16):
    """One row a viewer: user_id int, item_ids array<int>, sorted, each title once.

    A viewer is one row, so however the rows are cut into parts, nobody stands in two of them.

    Args:
        log: pyspark DataFrame, one event a row, in any order; whole numbers from 0.
        n_items: titles of the catalogue.
        user, item: its columns.
        parts: into which the viewers are dealt, at least 1. Each sends its own counts, so few and
            large ones are better: some two million events a part, and a part or two a worker.

    Raises:
        ArgumentError: parts or n_items below 1.
        DataError: a column is missing or not of whole numbers, a label is missing, below 0 or too
            large, or there is no event.
    """
    from pyspark.sql import functions as F

    check_at_least("parts", parts, 1, integer=True)
    check_at_least("n_items", n_items, 1, integer=True)
    types = dict(log.dtypes)
    for name in (user, item):
        if name not in types:
            raise DataError(f"The log has no column {name!r}",
                            fix=f"It has {', '.join(types)}.")  # fmt: skip
        if types[name] not in WHOLE:
            raise DataError(f"Column {name!r} holds {types[name]}", fix="Number the labels from 0.")
    events = log.select(F.col(user).alias(USER), F.col(item).alias(ITEM))
    _check_labels(events, n_items)
    events = events.select(F.col(USER).cast("int"), F.col(ITEM).cast("int"))
    each = F.array_sort(F.collect_set(ITEM)).alias(HISTORY)
    return events.repartition(int(parts), USER).groupBy(USER).agg(each)


def _check_labels(events, n_items: int) -> None:
    from pyspark.sql import functions as F

    asked = [F.count("*")]
    for name in (USER, ITEM):
        asked += [F.count(name), F.min(name), F.max(name)]
    n, *rest = events.agg(*asked).first()
    if not n:
        raise DataError("The log holds no event")
    for name, (known, low, high), limit in (
        (USER, rest[:3], LIMIT), (ITEM, rest[3:], min(n_items - 1, LIMIT))
    ):  # fmt: skip
        if known < n:
            raise DataError(f"{n - known:,} events have no {name}", fix="Leave them out.")
        if low < 0 or high > limit:
            raise DataError(f"{name} runs from {low:,} to {high:,}, outside 0 … {limit:,}",
                            fix="Number them from 0, and count all titles.")  # fmt: skip


def co_occurrence_rows(histories, n_items: int):
    """Viewers that each two titles have in common: title int, counts array<bigint> of n_items.

    counts[i, j] = sum over parts p of (X_p.T @ X_p)[i, j]     X_p[u, i] = 1 if u watched i

    A title without a viewer has no row. Each worker holds 4 n_items**2 bytes and the events that it
    multiplies; what it sends is at most as much, however many viewers it had.

    Args:
        histories: as `histories` makes them.
        n_items: titles of the catalogue.
    """
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(on_workers)
    count, add = on_workers.counted(int(n_items)), on_workers.summed()
    rows = histories.select(HISTORY).mapInArrow(count, "title int, counts binary")
    reducers = max(rows.sparkSession.sparkContext.defaultParallelism, 1)
    return rows.repartition(reducers, "title").mapInArrow(add, "title int, counts array<bigint>")


def as_array(rows, n_items: int) -> np.ndarray:
    """The counts as `recsys_lib.scale.streamed_co_occurrence` gives them, float64, on the driver.

    `ease_weights(counts, l2)` are the weights of `EASE`; the cosine of two titles is
    counts[i, j] / sqrt(counts[i, i] * counts[j, j]).
    """
    table = rows.toArrow().combine_chunks()
    counts = np.zeros((n_items, n_items))
    if len(table):
        flat = table.column("counts").combine_chunks().flatten().to_numpy()
        counts[table.column("title").to_numpy()] = flat.reshape(len(table), n_items)
    return counts
