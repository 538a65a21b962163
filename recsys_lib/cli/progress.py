"""A sign of life on standard error: a line now and then, also where nobody sees a bar."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

FIRST, EVERY = 10.0, 30.0  # seconds of silence


@contextmanager
def alive(what: str, takes: str = "") -> Iterator[None]:
    """Say `what` and for how long it has been going on, as long as it goes on.

    Args:
        what: is done.
        takes: how long that will be, said at once; "" if it is not known or soon over.
    """
    if takes:
        print(f"recsys_lib: {what}, which takes {takes}", file=sys.stderr, flush=True)
    done, start = threading.Event(), time.monotonic()

    def say() -> None:
        pause = FIRST
        while not done.wait(pause):
            seconds = time.monotonic() - start
            print(f"recsys_lib: {what}, {seconds:.0f} s so far", file=sys.stderr, flush=True)
            pause = EVERY

    speaker = threading.Thread(target=say, daemon=True)
    speaker.start()
    try:
        yield
    finally:
        done.set()
        speaker.join()
