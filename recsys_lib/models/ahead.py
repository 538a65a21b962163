"""Work on one piece while the next is being made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def one_ahead(pieces: Iterable[T]) -> Iterator[T]:
    """The same pieces in the same order, each made in a second thread while the last is used.

    Array code releases the interpreter's lock, so two cores are busy where one would be; at most
    two pieces exist at a time. An exception is raised where its piece would have come.

    >>> list(one_ahead(number**2 for number in range(4)))
    [0, 1, 4, 9]
    """
    source, done = iter(pieces), object()
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, source, done)
        while (piece := coming.result()) is not done:
            coming = thread.submit(next, source, done)
            yield piece
