"""The application: from a request to an answer in JSON, by the rules of ASGI and no framework."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from concurrent.futures import Executor
from dataclasses import dataclass

from recsys_lib.errors import UnsupportedError
from recsys_lib.scale.serving.answers import Answers
from recsys_lib.scale.serving.holder import Holder
from recsys_lib.scale.serving.limits import (
    PARAMETERS,
    Limits,
    Refused,
    check_head,
    labels,
    parameters,
    whole,
)
from recsys_lib.scale.serving.metrics import Metrics

RETRY_AFTER = b"1"
"""Seconds after which a request that was shed may be tried again."""


@dataclass(frozen=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes
    kind: bytes = b"application/json"

    @classmethod
    def of(cls, status: int, said: dict) -> Reply:
        return cls(status, json.dumps(said, ensure_ascii=False, allow_nan=False).encode())


class App:
    """Answers `/recommend`, `/similar`, `/why`, `/health` and `/metrics`.

    The event loop reads, counts and refuses; models are asked in the pool's threads, so that a
    slow answer keeps nobody from being refused at once, nor `/health` from answering.

    Args:
        holder: the model in use.
        pool: whose threads ask it.
        limits: how much is taken in.
    """

    def __init__(self, holder: Holder, pool: Executor, limits: Limits | None = None) -> None:
        self.holder, self.limits = holder, limits or Limits()
        self._pool = pool
        self.metrics, self.in_flight = Metrics(), 0

    async def __call__(self, scope: dict, receive, send) -> None:
        """One request, as an ASGI server hands it over."""
        if scope["type"] != "http":
            return
        start = time.perf_counter()
        reply = await self._reply(scope)
        await _send(send, reply)
        path = scope["path"] if scope["path"] in PARAMETERS else "other"
        self.metrics.answered(path, reply.status, time.perf_counter() - start)

    async def _reply(self, scope: dict) -> Reply:
        try:
            check_head(scope, self.limits)
            asked = parameters(scope, self.limits)
            if scope["path"] == "/health":
                return Reply.of(200, self.holder.health())
            if scope["path"] == "/metrics":
                text = self.metrics.text(self.in_flight, self.holder.reloads, self.holder.loaded_at)
                return Reply(200, text.encode(), b"text/plain; version=0.0.4; charset=utf-8")
            return await self._in_a_thread(scope["path"], asked)
        except Refused as refused:
            return Reply.of(refused.status, {"error": refused.sentence})
        except UnsupportedError as error:
            return Reply.of(501, {"error": str(error)})
        except Exception:
            logging.getLogger(__name__).exception("no answer to %s", scope["path"])
            return Reply.of(500, {"error": "Something went wrong here; the log says what."})

    async def _in_a_thread(self, path: str, asked: dict[str, str]) -> Reply:
        if self.in_flight >= self.limits.in_flight:
            self.metrics.shed += 1
            raise Refused(503, "Too many requests are waiting. Try again in a second.")
        self.in_flight += 1
        try:
            work = answer, self.holder.answers, path, asked, self.limits
            return await asyncio.get_running_loop().run_in_executor(self._pool, *work)
        finally:
            self.in_flight -= 1


def answer(answers: Answers, path: str, asked: dict[str, str], limits: Limits) -> Reply:
    """The answer to `/recommend`, `/similar` or `/why`.

    Raises:
        Refused, UnsupportedError: it cannot be given.
    """
    k = whole(asked.get("k", "10"), "k", limits.k)
    if path != "/recommend" and "item" not in asked:
        raise Refused(400, f"{path} needs item=ID.")
    if path == "/similar":
        return Reply.of(200, answers.similar(asked["item"], k))
    whom = {"user": asked.get("user"), "history": None}
    if "history" in asked:
        whom["history"] = labels(asked["history"], limits)
    if path == "/why":
        return Reply.of(200, answers.why(asked["item"], k, **whom))
    return Reply.of(200, answers.recommend(k, **whom))


async def _send(send, reply: Reply) -> None:
    headers = [
        (b"content-type", reply.kind),
        (b"content-length", str(len(reply.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if reply.status == 503:
        headers.append((b"retry-after", RETRY_AFTER))
    if reply.status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    if reply.status in (405, 413, 414, 431):  # more may follow that nobody will read
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
