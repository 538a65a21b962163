"""Who watched two titles both, counted from a log that does not fit into memory.

The count of a pair of titles is a sum over viewers, so it can be added up part by part, as long as
each viewer stands in one part only. A log in order of time does not have that; so it is read
twice: once to deal its events by viewer (what a cluster calls the shuffle), once to count.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from scipy import sparse

from recsys_lib.errors import ArgumentError, DataError, check_at_least
from recsys_lib.models.factors.ease import co_occurrence

PAIR = np.dtype(np.int32)  # an event is two of them: who, what
LIMIT = np.iinfo(PAIR).max


def deal_by_viewer(
    chunks: Iterable[tuple[np.ndarray, np.ndarray]], folder: Path | str, parts: int = 16
) -> list[Path]:
    """Write each event to the part that its viewer belongs to: viewer % parts.

    One chunk is held at a time. A part is a file of pairs of int32, viewer and title, 8 bytes an
    event; what stands in it is checked again when it is read.

    Args:
        chunks: viewers and titles of some events, whole numbers of at least 0, in any order.
        folder: is made where it is absent, and must hold no part yet.
        parts: files, at least 1. The largest has to fit into memory, about 60 bytes an event.

    Returns:
        The files.

    Raises:
        ArgumentError: the folder holds parts, or `parts` is below 1.
        DataError: a chunk whose two arrays differ in length, or a label that is no whole number
            from 0 to 2**31 - 1. What was written then is taken away again.
    """
    check_at_least("parts", parts, 1, integer=True)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if next(folder.glob("part-*.pairs"), None):
        raise ArgumentError("There are parts of a log already", where=str(folder),
                            fix="Give an empty folder.")  # fmt: skip
    files = [folder / f"part-{number:04d}.pairs" for number in range(parts)]
    try:
        with ExitStack() as open_files:
            handles = [open_files.enter_context(file.open("wb")) for file in files]
            for viewers, titles in chunks:
                pairs = np.column_stack(_checked(viewers, titles))
                part = pairs[:, 0] % parts
                for number, handle in enumerate(handles):
                    pairs[part == number].tofile(handle)
    except BaseException:
        for file in files:
            file.unlink(missing_ok=True)
        raise
    return files


def _checked(viewers, titles) -> tuple[np.ndarray, np.ndarray]:
    """The two arrays as int32, or a `DataError`."""
    viewers, titles = np.asarray(viewers), np.asarray(titles)
    if viewers.shape != titles.shape or viewers.ndim != 1:
        raise DataError(f"viewers of shape {viewers.shape} and titles of {titles.shape}",
                        fix="Give one viewer and one title for each event.")  # fmt: skip
    for name, labels in (("viewers", viewers), ("titles", titles)):
        whole = np.issubdtype(labels.dtype, np.integer)
        if not whole or labels.min(initial=0) < 0 or labels.max(initial=0) > LIMIT:
            raise DataError(f"{name} must be whole numbers from 0 to {LIMIT:,}",
                            fix="Number them from 0.")  # fmt: skip
    return viewers.astype(PAIR), titles.astype(PAIR)


def read_part(file: Path | str, n_items: int) -> sparse.csr_array:
    """Who watched what in one part: float32 (its viewers, n_items), 1 for an event or several.

    Raises:
        DataError: the file does not end with a whole event, or a title is not below n_items.
    """
    if Path(file).stat().st_size % (2 * PAIR.itemsize):
        raise DataError("The file does not end with a whole event", where=str(file),
                        fix="Deal the log again.")  # fmt: skip
    pairs = np.fromfile(file, PAIR).reshape(-1, 2)
    if len(pairs) and (pairs.min() < 0 or pairs[:, 1].max() >= n_items):
        raise DataError(f"A title or viewer is outside 0 … {n_items - 1:,}", where=str(file),
                        fix="Give the number of titles of the whole catalogue.")  # fmt: skip
    # One number an event, sorted: viewers come together, and what comes twice stands side by side.
    keys = np.sort(pairs[:, 0].astype(np.int64) * n_items + pairs[:, 1])
    keys = keys[np.diff(keys, prepend=-1) > 0]
    viewers, titles = np.divmod(keys, n_items)
    starts = np.flatnonzero(np.diff(viewers, prepend=-1) > 0)
    indptr = np.append(starts, len(keys))
    ones = np.ones(len(keys), np.float32)
    return sparse.csr_array((ones, titles, indptr), shape=(len(starts), n_items))


def streamed_co_occurrence(files: Iterable[Path | str], n_items: int) -> np.ndarray:
    """Viewers that each two titles have in common, as `co_occurrence` of the whole log would say.

    counts[i, j] = sum over parts p of counts_p[i, j]

    Exact and so the same to the last bit, whatever the number of parts, as long as no viewer
    stands in two of them (`deal_by_viewer`). The diagonal holds the viewers of each title; with it
    the cosine of two titles is counts[i, j] / sqrt(counts[i, i] * counts[j, j]), and the weights
    of `EASE` are `ease_weights(counts, l2)`.

    Args:
        files: parts of a log; one is held at a time.
        n_items: titles of the catalogue.

    Returns:
        float64 (n_items, n_items), exact up to 2**24 viewers a part and 2**53 in all.

    Raises:
        DataError: as `read_part`.
    """
    check_at_least("n_items", n_items, 1, integer=True)
    counts = np.zeros((n_items, n_items))
    for file in files:
        counts += co_occurrence(read_part(file, n_items))
    return counts
