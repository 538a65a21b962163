"""What runs on Spark's workers. It travels there whole, so they need not have this library.

So nothing may be imported from the library here, nor from pyarrow or scipy outside a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

ROWS_AT_ONCE = 256  # rows of counts sent in one batch
EVENTS_AT_ONCE = 2_000_000  # multiplied at once, so that a part of any size fits


def counted(n_items: int, at_most: int = EVENTS_AT_ONCE) -> Callable:
    """Histories in, one row of common viewers a title out, of the part that this worker has.

    A row goes out as the bytes of int32, which Spark passes on without looking at each number.
    """

    def count(histories: Iterable) -> Iterator:
        counts, held, size = None, [], 0
        for batch in histories:
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
            yield from batches(seen, counts.__getitem__, as_bytes)

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

    def add(parts: Iterable) -> Iterator:
        rows = {}
        for batch in parts:
            titles = batch.column(0).to_numpy()
            for title, part in zip(titles.tolist(), batch.column(1), strict=True):
                row = np.frombuffer(part.as_buffer(), np.int32)
                if title in rows:
                    rows[title] += row
                else:
                    rows[title] = row.astype(np.int64)
        yield from batches(np.array(sorted(rows), int), rows.__getitem__, as_lists)

    return add


def batches(titles: np.ndarray, row_of: Callable, column: Callable) -> Iterator:
    """Arrow batches of (title, counts)."""
    import pyarrow as pa

    for start in range(0, len(titles), ROWS_AT_ONCE):
        some = titles[start : start + ROWS_AT_ONCE]
        rows = np.stack([row_of(title) for title in some.tolist()])
        yield pa.RecordBatch.from_arrays([pa.array(some.astype(np.int32)), column(rows)],
                                         names=["title", "counts"])  # fmt: skip


def as_lists(rows: np.ndarray):
    """An Arrow column of lists, one a row."""
    import pyarrow as pa

    offsets = np.arange(0, rows.size + 1, rows.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(offsets, rows.ravel())


def as_bytes(rows: np.ndarray):
    """An Arrow column of bytes, one string of them a row."""
    import pyarrow as pa

    step = rows.shape[1] * rows.itemsize
    offsets = np.arange(0, rows.nbytes + 1, step, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(rows))]
    return pa.Array.from_buffers(pa.binary(), len(rows), buffers)
