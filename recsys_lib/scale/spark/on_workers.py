"""What runs on Spark's workers. It travels there whole, so they need not have this library.

So nothing may be imported from the library here, nor from pyarrow or scipy outside a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

ROWS_AT_ONCE = 256  # rows of counts sent in one batch
EVENTS_AT_ONCE = 2_000_000  # multiplied at once, so that a part of any size fits


def counted(n_items: int, at_most: int = EVENTS_AT_ONCE) -> Callable:
    """Histories in, one row of common viewers a title out, of the part that this worker has."""

    def count(batches: Iterable) -> Iterator:
        counts, held, size = None, [], 0
        for batch in batches:
            lists = batch.column(0)
            lengths = np.diff(lists.offsets.to_numpy())
            held.append((lists.flatten().to_numpy(zero_copy_only=False), lengths))
            size += len(held[-1][0])
            if size >= at_most:
                counts, held, size = added(counts, held), [], 0
        if held:
            counts = added(counts, held)
        if counts is not None:
            seen = np.flatnonzero(np.diag(counts))
            yield from batches_of_rows(seen, lambda title: counts[title], np.int32)

    def added(counts, held):
        """counts + X.T @ X of the histories held, as whole numbers."""
        from scipy import sparse

        titles, lengths = (np.concatenate(part) for part in zip(*held, strict=True))
        indptr = np.append(0, np.cumsum(lengths))
        ones = np.ones(len(titles), np.int32)
        X = sparse.csr_array((ones, titles, indptr), shape=(len(lengths), n_items))
        Xt = X.T.tocsr()
        if counts is None:
            counts = np.zeros((n_items, n_items), np.int32)
        for start in range(0, n_items, ROWS_AT_ONCE):
            counts[start : start + ROWS_AT_ONCE] += (Xt[start : start + ROWS_AT_ONCE] @ X).toarray()
        return counts

    return count


def summed() -> Callable:
    """Rows of several parts in, one row a title out."""

    def add(batches: Iterable) -> Iterator:
        rows = {}
        for batch in batches:
            titles = batch.column(0).to_numpy()
            parts = batch.column(1).flatten().to_numpy().reshape(len(titles), -1)
            for title, row in zip(titles.tolist(), parts, strict=True):
                if title in rows:
                    rows[title] += row
                else:
                    rows[title] = row.astype(np.int64)
        yield from batches_of_rows(np.array(sorted(rows), int), rows.__getitem__, np.int64)

    return add


def batches_of_rows(titles: np.ndarray, row_of: Callable, kind: type) -> Iterator:
    """Arrow batches of (title, counts)."""
    import pyarrow as pa

    for start in range(0, len(titles), ROWS_AT_ONCE):
        some = titles[start : start + ROWS_AT_ONCE]
        rows = np.stack([row_of(title) for title in some.tolist()]).astype(kind)
        offsets = np.arange(0, rows.size + 1, rows.shape[1], dtype=np.int32)
        lists = pa.ListArray.from_arrays(offsets, rows.ravel())
        yield pa.RecordBatch.from_arrays([pa.array(some.astype(np.int32)), lists],
                                         names=["title", "counts"])  # fmt: skip
