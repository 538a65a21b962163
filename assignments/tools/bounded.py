"""Work on one submission in a process of its own, with its own clock and its own memory.

Whatever a file does to the code that reads it (never ends, eats the memory, crashes Python), only
the work on that file is lost, and it is known which.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path

REPLY = 5_000_000


class Child:
    """One piece of work that is going on."""

    def __init__(self, place: int, work: Callable[[], object], seconds: float, memory: int) -> None:
        fork = multiprocessing.get_context("fork")
        self.place, self.ends = place, time.monotonic() + seconds
        self.pipe, theirs = fork.Pipe(duplex=False)
        self.process = fork.Process(target=_work, args=(work, theirs, memory, os.getpid()))
        self.process.start()
        theirs.close()

    def result(self) -> tuple[object, str]:
        """What it made, and why it made nothing."""
        if not self.pipe.poll():
            return None, "it took too long, or more memory than it may"
        try:
            return json.loads(self.pipe.recv_bytes(REPLY)), ""
        except (EOFError, OSError, ValueError):
            return None, "it ended the process that read it"

    def close(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def each(
    work: Sequence[Callable[[], object]], at_once: int, seconds: float, memory: int = 500_000_000
) -> Iterator[tuple[int, object, str]]:
    """Do all of it, some at once.

    Args:
        work: functions whose results JSON can hold.
        at_once: how many processes.
        seconds, memory: what each may use, bytes beyond those that this process has.

    Yields:
        place of the work, its result, and "" or why there is none, as they are finished.
    """
    waiting, running = list(enumerate(work))[::-1], []
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append(Child(*waiting.pop(), seconds, memory))
            wait([one.pipe for one in running], timeout=0.5)
            for one in [one for one in running if one.pipe.poll() or time.monotonic() > one.ends]:
                running.remove(one)
                result, problem = one.result()
                one.close()
                yield one.place, result, problem
    finally:
        for one in running:
            one.close()


def _work(work: Callable[[], object], pipe, memory: int, parent: int) -> None:
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(memory)
    try:
        pipe.send_bytes(json.dumps(work()).encode())
    finally:
        pipe.close()
        os._exit(0)  # the parent's own clean-up is not this process's


def limit_memory(more: int) -> None:
    """The soft limit only: what this process starts may have another, as a submission's does."""
    with contextlib.suppress(ValueError, OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf("SC_PAGE_SIZE") + more, most))


def die_with_parent(parent: int) -> None:
    """On Linux: whoever kills the command kills what it started."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:  # it was killed before this process could ask for that
        os._exit(1)
