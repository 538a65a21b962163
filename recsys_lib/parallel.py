"""All cores at work on a row of independent pieces."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController

A, B = TypeVar("A"), TypeVar("B")
MOST = 8
"""Threads at most: each holds a piece in memory, and more than these wait for memory anyway."""


def workers() -> int:
    """How many threads to use: the cores that this process may run on, at most `MOST`."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(cores, MOST)


def one_blas_thread() -> AbstractContextManager:
    """A context in which numpy's products keep to one thread, at no cost worth a thought.

    `threadpool_limits` looks through all that the process has loaded each time, which takes
    milliseconds: nothing in a fit, and most of one viewer's answer. Here it is looked for once.
    """
    return _libraries().limit(limits=1, user_api="blas")


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def in_order(function: Callable[[A], B], pieces: Iterable[A]) -> Iterator[B]:
    """`map(function, pieces)`, made by `workers()` threads a little ahead of its use.

    Array code releases the interpreter's lock, so the threads keep the cores busy. Results come in
    the order of `pieces` and do not depend on the threads; at most one more than there are threads
    wait at a time, so memory stays bounded. An exception is raised where its result would have
    come. A browser (Pyodide) has no threads: there, pieces are made one by one.

    >>> list(in_order(lambda number: number**2, range(4)))
    [0, 1, 4, 9]
    """
    if sys.platform == "emscripten":
        yield from map(function, pieces)
        return
    ahead = workers()
    with ThreadPoolExecutor(ahead) as threads:
        coming: deque = deque()
        for piece in pieces:
            coming.append(threads.submit(function, piece))
            if len(coming) > ahead:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
