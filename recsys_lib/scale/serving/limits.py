"""What a request may ask for, and how much: everything that a stranger sends is counted first."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

PARAMETERS = {
    "/recommend": ("user", "history", "k"),
    "/similar": ("item", "k"),
    "/why": ("user", "history", "item", "k"),
    "/health": (),
    "/metrics": (),
}
"""Each path, and the parameters that it takes."""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


class Refused(Exception):
    """A request that is not answered: the status, and a sentence that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


@dataclass(frozen=True)
class Limits:
    """How much is taken in, and handed out.

    Attributes:
        in_flight: requests that are worked on or wait for a thread; one more is shed (503).
        k: titles in an answer.
        history: titles in a history that is given.
        label: characters of a label.
        query: characters of the query, before it is decoded.
        headers: lines in the head of a request.
        hosts: names that the Host header may have, without the port; None for any. A server that
            only this machine can reach takes only this machine's names, or a page in a browser
            could read it under a name of its own.
    """

    in_flight: int = 64
    k: int = 100
    history: int = 500
    label: int = 200
    query: int = 8_192
    headers: int = 50
    hosts: tuple[str, ...] | None = LOOPBACK


def check_head(scope: dict, limits: Limits) -> None:
    """Refuse a request by its head.

    Args:
        scope: of ASGI, for a request over HTTP.

    Raises:
        Refused: an unknown path, another method, a body, or too much of anything.
    """
    if len(scope["headers"]) > limits.headers:
        raise Refused(431, f"At most {limits.headers} headers are read.")
    if len(scope["query_string"]) > limits.query:
        raise Refused(414, f"At most {limits.query:,} characters of a query are read.")
    headers = dict(scope["headers"])
    if limits.hosts is not None:
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if name not in limits.hosts:
            raise Refused(421, "This server answers only under this machine's own names.")
    if scope["path"] not in PARAMETERS:
        raise Refused(404, f"There is nothing here. Paths are {', '.join(PARAMETERS)}.")
    if scope["method"] not in ("GET", "HEAD"):
        raise Refused(405, "Only GET is answered.")
    if headers.get(b"content-length", b"0").strip() != b"0" or b"transfer-encoding" in headers:
        raise Refused(413, "A request has no body here. Put the parameters into the address.")


def parameters(scope: dict, limits: Limits) -> dict[str, str]:
    """The parameters of a request, each once, by name.

    Raises:
        Refused: one that is unknown, repeated, empty, too long or not UTF-8.
    """
    known = PARAMETERS[scope["path"]]
    takes = f"{scope['path']} takes {', '.join(known) or 'no parameter'}."
    try:
        pairs = parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True,
                          errors="strict", max_num_fields=len(known))  # fmt: skip
    except UnicodeError:
        raise Refused(400, "The query is not UTF-8.") from None
    except ValueError:
        raise Refused(400, f"There are too many parameters. {takes}") from None
    found = dict(pairs)
    for name, text in pairs:
        if name not in known:
            raise Refused(400, f"There is no parameter {name[: limits.label]!r}. {takes}")
        if not text.strip():
            raise Refused(400, f"{name} is empty.")
        if name != "history" and len(text) > limits.label:
            raise Refused(400, f"{name} has more than {limits.label} characters.")
    if len(found) < len(pairs):
        raise Refused(400, "A parameter is given twice.")
    return found


def whole(text: str, name: str, most: int) -> int:
    """A number from 1 to `most`.

    Raises:
        Refused: anything else.
    """
    fits = text.isascii() and text.isdigit() and len(text) < 10
    if not fits or not 1 <= int(text) <= most:
        raise Refused(400, f"{name} must be a whole number from 1 to {most}, not {text!r}.")
    return int(text)


def labels(text: str, limits: Limits) -> list[str]:
    """The titles of a history, as they were written.

    Raises:
        Refused: none, too many, one twice, or one that is too long.
    """
    found = [label.strip() for label in text.split(",") if label.strip()]
    if not found:
        raise Refused(400, "history names no title. Write history=ID,ID.")
    if len(found) > limits.history:
        raise Refused(400, f"history has {len(found)} titles; at most {limits.history} are read.")
    if len(set(found)) < len(found):
        raise Refused(400, "history names a title twice.")
    if max(map(len, found)) > limits.label:
        raise Refused(400, f"history has a title of more than {limits.label} characters.")
    return found
