"""The server around the application: uvicorn, its signals, and an eye on the model's file."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType

from threadpoolctl import threadpool_limits

from recsys_lib.errors import ArgumentError, MissingPackageError
from recsys_lib.parallel import workers
from recsys_lib.scale.serving.app import App
from recsys_lib.scale.serving.holder import Holder
from recsys_lib.scale.serving.limits import LOOPBACK, Limits

HEAD_BYTES = 16_384  # of a request's first line and headers together
CONNECTIONS = 500  # open at once; uvicorn answers 503 to what comes beyond
HEAD_SECONDS = 5  # for a head to arrive once it has begun; also how long an idle connection is kept
LAST_SECONDS = 10  # for the answers under way when the server is stopped


@dataclass(frozen=True)
class Address:
    """Where to listen; port 0 takes one that is free."""

    host: str = "127.0.0.1"
    port: int = 8080

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host in LOOPBACK


def uvicorn() -> ModuleType:
    """The package.

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        import uvicorn
    except ImportError:
        what = "a server needs the package uvicorn, which is not installed"
        raise MissingPackageError(what, fix="Install it with: pip install uvicorn.") from None
    return uvicorn


def run(
    holder: Holder,
    address: Address,
    *,
    limits: Limits,
    watch: float = 1.0,
    threads: int | None = None,
    ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve until SIGTERM or SIGINT; then answer what is under way, and return.

    SIGHUP, where the system has it, reads the files again; so does a change of the model's file.

    Args:
        holder: the model.
        address: where to listen.
        limits: how much is taken in.
        watch: seconds between two looks at the model's file; 0 for none.
        threads: that ask the model; None for as many as there are cores.
        ready: called with the server's address when it listens.

    Raises:
        MissingPackageError: uvicorn is not installed.
        ArgumentError: the address cannot be listened at.
    """
    server_class, protocol = _classes()
    listening = _bound(address)
    host = f"[{address.host}]" if ":" in address.host else address.host
    url = f"http://{host}:{listening.getsockname()[1]}"
    # A request is one row: more threads inside a product would only wait for one another.
    with ThreadPoolExecutor(threads or workers(), "answers") as pool, threadpool_limits(1):
        server = server_class(
            uvicorn().Config(
                App(holder, pool, limits),
                http=protocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                h11_max_incomplete_event_size=HEAD_BYTES,
                limit_concurrency=CONNECTIONS,
                timeout_keep_alive=HEAD_SECONDS,
                timeout_graceful_shutdown=LAST_SECONDS,
            )
        )
        asyncio.run(_serve(server, listening, holder, watch, lambda: ready(url)))


async def _serve(server, listening: socket.socket, holder: Holder, watch: float, ready) -> None:
    wake = asyncio.Event()
    if hasattr(signal, "SIGHUP"):
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, wake.set)
    server.when_ready = ready
    looking = asyncio.create_task(_look(holder, wake, watch))
    try:
        await server.serve(sockets=[listening])
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking


async def _look(holder: Holder, wake: asyncio.Event, every: float) -> None:
    """Reload when woken, or when the model's file has changed, in a thread of its own."""
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), every or None)
        woken = wake.is_set()
        wake.clear()
        if woken or await _beside(holder.changed):
            await _beside(holder.reload)


async def _beside(work: Callable[[], bool]) -> bool:
    """What `work` returns, from a thread that the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    coming = loop.create_future()

    def run() -> None:
        found = work()
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(lambda: coming.done() or coming.set_result(found))

    threading.Thread(target=run, name="reload", daemon=True).start()
    return await coming


def _bound(address: Address) -> socket.socket:
    """A socket at the address."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # Only where the protocol is named does asyncio switch off Nagle's waiting, which would hold the
    # second part of every answer back for some 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(signal, "SIGHUP"):  # on Windows this option would let two servers share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address.host, address.port))
    except OSError as error:
        listening.close()
        raise ArgumentError(f"the server cannot listen there: {error.strerror or error}",
                            where=f"{address.host}, port {address.port}",
                            fix="Choose another with --port.") from None  # fmt: skip
    return listening


def _classes() -> tuple[type, type]:
    """uvicorn's server and protocol, with what they lack here."""
    library = uvicorn()
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Server(library.Server):
        """Says when it listens, and ends a signal's work by returning."""

        when_ready: Callable[[], None]

        async def startup(self, sockets=None) -> None:
            await super().startup(sockets)
            self.when_ready()

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            handled = (signal.SIGINT, signal.SIGTERM)
            before = {which: signal.signal(which, self.handle_exit) for which in handled}
            try:
                yield
            finally:
                for which, handler in before.items():
                    signal.signal(which, handler)

    class Protocol(H11Protocol):
        """Closes a connection whose request does not arrive, however slowly it drips."""

        _late: asyncio.TimerHandle | None = None

        def connection_made(self, transport) -> None:
            super().connection_made(transport)
            self._hurry()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._hurry()

        def connection_lost(self, exc) -> None:
            super().connection_lost(exc)
            self._calm()

        def _hurry(self) -> None:
            if self.cycle is not None and not self.cycle.response_complete:
                self._calm()
            elif self._late is None:
                self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

        def _calm(self) -> None:
            if self._late is not None:
                self._late.cancel()
                self._late = None

    return Server, Protocol
