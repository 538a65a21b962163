"""The model in use, and a newer one that takes its place, or does not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from recsys_lib.errors import RecsysError
from recsys_lib.scale.serving.answers import Answers


class Holder:
    """Holds the answers in use; a request takes them once, and keeps them to its end.

    Args:
        read: makes the answers from the files, anew each time.
        path: the model's file, whose change is looked for.

    Attributes:
        answers: what requests are answered from.
        loaded_at: when they were read, seconds since 1970.
        reloads: how often a newer model was taken ("done") and how often not ("refused").
        problem: why the last one was not; None if it was.

    Raises:
        RecsysError: there is nothing to begin with.
    """

    def __init__(self, read: Callable[[], Answers], path: str | os.PathLike) -> None:
        self._read, self._path = read, Path(path)
        self.reloads = {"done": 0, "refused": 0}
        self.problem: str | None = None
        self._take()

    def changed(self) -> bool:
        """Whether the model's file is another than the one that was read, or tried, last."""
        return self._stamp() != self._seen

    def reload(self) -> bool:
        """Read the files again; where that fails, the answers stay. Says whether it was done.

        For one thread at a time, beside those that answer.
        """
        try:
            self._take()
        except Exception as error:  # whatever is wrong with a new model, the old one serves on
            known = isinstance(error, RecsysError)
            self.problem = f"{error.what}." if known else f"It failed: {type(error).__name__}."
            self.reloads["refused"] += 1
            return False
        self.problem = None
        self.reloads["done"] += 1
        return True

    def health(self) -> dict:
        """What `/health` says: whether the model in use is the newest, and which it is."""
        answers = self.answers
        return {
            "status": "ok" if self.problem is None else "an older model serves",
            "problem": self.problem,
            "model": " ".join(repr(answers.model).split()),
            "titles": len(answers.items),
            "viewers": answers.n_viewers,
            "loaded": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.loaded_at)),
            "reloads": dict(self.reloads),
        }

    def _take(self) -> None:
        self._seen = self._stamp()  # before reading: a change meanwhile is then seen afterwards
        fresh = self._read()
        fresh.try_out()
        self.answers, self.loaded_at = fresh, time.time()

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
