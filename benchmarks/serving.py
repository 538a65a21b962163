"""A saved model behind HTTP, under load on this machine: `python -m benchmarks.serving`.

`python -m recsys_lib train` and `serve` as a reader starts them, on Matinee and MovieLens 1M, EASE
and iALS, lists scored on request or made beforehand (`--precompute 10`). The load comes from this
process, over loopback, for viewers drawn by lot, ten titles each. Both share the machine, so the
server alone would do more.

- *levels*: so many clients, each of whom asks again as soon as it has its answer.
- *overload*: requests come by chance (Poisson) at a multiple of what 16 clients got a second,
  whoever waits; the multiple stands under `offered`, and `sent_per_second` is what was sent.
- *reload*: 8 clients, while a newer model is saved over the old one every two seconds, and the
  model and the log are read anew.

p50 and p99 are of the answers with 200, from sending to the last byte. `shed` were answered 503,
`failed` is everything else. `cpu_ms`: the server's processor time for each request, all threads
together, which other work on the machine disturbs least. `rss_mb`: its memory afterwards (Linux).
"""

from __future__ import annotations

import asyncio
import csv
import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import numpy as np

from recsys_lib.datasets.source import open_dataset

RESULT = Path(__file__).with_name("serving.csv")
COLUMNS = ("part", "set", "model", "way", "run", "clients", "offered", "sent_per_second",
           "answered_per_second", "answered", "shed", "failed", "p50_ms", "p99_ms", "cpu_ms",
           "rss_mb", "reloads", "load")  # fmt: skip
SETS, MODELS = ("matinee", "ml-1m"), ("ease", "ials")
WAYS = {"on request": (), "beforehand": ("--precompute", "10")}
CLIENTS, OFFERED, SECONDS, RUNS = (1, 4, 16, 64), (0.5, 1.0, 2.0), 3.0, 3
RELOADS = 2  # at least, while requests come; a newer model is saved every two seconds
MOST = 200  # connections; a request that finds none free is not sent
PROGRAM = (sys.executable, "-m", "recsys_lib")


class Line(asyncio.Protocol):
    """One connection, which asks for one thing at a time."""

    def __init__(self, load: Load) -> None:
        self._load, self._got, self._sent, self.open = load, b"", None, True

    def connection_made(self, transport) -> None:
        self.transport = transport

    def ask(self, target: str) -> None:
        self._got, self._sent = b"", time.perf_counter()
        self.transport.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, mark, body = self._got.partition(b"\r\n\r\n")
        if mark and len(body) >= int(re.search(rb"content-length: (\d+)", head)[1]):
            self.open = b"connection: close" not in head
            self._done(int(head.split(b" ", 2)[1]))

    def connection_lost(self, exc) -> None:
        self.open = False
        if self._sent is not None:
            self._done(0)

    def _done(self, status: int) -> None:
        spent, self._sent = time.perf_counter() - self._sent, None
        self._load.answered(self, status, spent)


class Load:
    """What was sent and came back; who is free to send more."""

    def __init__(self, targets: list[str]) -> None:
        self._targets, self.sent = targets, 0
        self.status: Counter = Counter()
        self.spent: list[float] = []
        self.free: list[Line] = []
        self.again = False

    def send(self, line: Line) -> None:
        line.ask(self._targets[self.sent % len(self._targets)])
        self.sent += 1

    def answered(self, line: Line, status: int, spent: float) -> None:
        self.status[status] += 1
        if status == 200:
            self.spent.append(spent)
        if self.again and line.open:
            self.send(line)
        elif line.open:
            self.free.append(line)


async def pressed(
    port: int,
    targets: list[str],
    clients: int,
    rate: float | None,
    seconds: float,
    enough: Callable[[], bool],
) -> Load:
    """The load of clients who go on until it is enough, or of so many requests a second."""
    load, loop = Load(targets), asyncio.get_running_loop()
    lines = [
        (await loop.create_connection(lambda: Line(load), "127.0.0.1", port))[1]
        for _ in range(clients)
    ]
    if rate is None:
        load.again = True
        for line in lines:
            load.send(line)
        await asyncio.sleep(seconds)
        latest = time.perf_counter() + 120
        while not await asyncio.to_thread(enough) and time.perf_counter() < latest:
            await asyncio.sleep(0.2)
    else:
        load.free, rng, start, due = lines, np.random.default_rng(0), time.perf_counter(), 0.0
        while (now := time.perf_counter() - start) < seconds:
            while due < now:
                load.free = [line for line in load.free if line.open]
                if load.free:
                    load.send(load.free.pop())
                due += rng.exponential(1 / rate)
            await asyncio.sleep(0.0005)
    load.again = False
    end = time.perf_counter() + 30
    while load.sent > sum(load.status.values()) and time.perf_counter() < end:
        await asyncio.sleep(0.01)
    for line in lines:
        line.transport.abort()
    return load


class Server:
    """A server's process."""

    def __init__(self, model: Path, log: str, more: tuple[str, ...]) -> None:
        command = [*PROGRAM, "serve", str(model), "--log", log, "--port", "0", *more]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self._process.stdout:
            if found := re.search(r"Listening at http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                return
        raise SystemExit("the server did not start")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *error) -> None:
        self._process.terminate()
        self._process.wait(300)
        self._process.stdout.close()

    @property
    def cpu_seconds(self) -> float:
        """Processor time so far; none where the system does not say."""
        path = Path(f"/proc/{self._process.pid}/stat")
        if not path.exists():
            return float("nan")
        user, system = path.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    @property
    def rss_mb(self) -> float:
        """Memory now, in MB; none where the system does not say."""
        path = Path(f"/proc/{self._process.pid}/status")
        if not path.exists():
            return float("nan")
        return int(re.search(r"VmRSS:\s+(\d+)", path.read_text())[1]) / 1000

    def health(self) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health") as answer:
            return json.load(answer)

    def press(
        self,
        targets: list[str],
        clients: int,
        rate: float | None = None,
        seconds: float | None = None,
        enough: Callable[[], bool] = lambda: True,
    ) -> dict:
        """What came of a load."""
        time.sleep(0.5)  # for the connections of the last one to be gone
        before, start = self.cpu_seconds, time.perf_counter()
        seconds = seconds or SECONDS
        load = asyncio.run(pressed(self.port, targets, clients, rate, seconds, enough))
        spent, cpu = time.perf_counter() - start, self.cpu_seconds - before
        p50, p99 = np.percentile(load.spent, [50, 99]) * 1e3 if load.spent else (np.nan, np.nan)
        done, shed = load.status[200], load.status[503]
        return {
            "clients": clients,
            "sent_per_second": round(load.sent / spent),
            "answered_per_second": round(done / spent),
            "answered": done,
            "shed": shed,
            "failed": load.sent - done - shed,
            "p50_ms": f"{p50:.2f}",
            "p99_ms": f"{p99:.2f}",
            "cpu_ms": f"{1e3 * cpu / load.sent:.3f}",
            "rss_mb": round(self.rss_mb),
            "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "",
        }


def asked_for(name: str, run: int) -> list[str]:
    """What is asked: ten titles for viewers drawn by lot."""
    users = open_dataset(name).interactions.users
    drawn = np.random.default_rng(run).choice(users, 2_000)
    return [f"/recommend?user={user}&k=10" for user in drawn]


def measured(name: str, kept: dict[str, Path], model: str, way: str, run: int) -> list[dict]:
    """All parts of one server."""
    targets = asked_for(name, run)
    rows, about = [], {"set": name, "model": model, "way": way, "run": run}
    served = kept[model].with_name("served.zip")
    shutil.copy(kept[model], served)
    with Server(served, name, WAYS[way]) as server:
        server.press(targets[:200], 1)  # the first answers do not count
        for clients in CLIENTS:
            rows.append({"part": "levels", **about, **server.press(targets, clients)})
        capacity = rows[CLIENTS.index(16)]["answered_per_second"]
        for offered in OFFERED:
            found = server.press(targets, MOST, offered * capacity)
            rows.append({"part": "overload", **about, **found, "offered": offered})
        rows.append({"part": "reload", **about, **replaced(server, kept[model], served, targets)})
    return rows


def replaced(server: Server, kept: Path, served: Path, targets: list[str]) -> dict:
    """What came of a load during which the model was replaced."""

    def reloads() -> int:
        return server.health()["reloads"]["done"]

    before = reloads()
    saving = subprocess.Popen([sys.executable, "-c", SAVE, str(kept), str(served)])
    found = server.press(targets, 8, enough=lambda: reloads() >= before + RELOADS)
    found["reloads"] = reloads() - before
    saving.terminate()
    saving.wait()
    return found


SAVE = """
import os, shutil, sys, time
kept, served = sys.argv[1:]
for _ in range(70):
    shutil.copyfile(kept, served + ".part")
    os.replace(served + ".part", served)
    time.sleep(2)
"""


def kept_models(name: str, folder: Path) -> dict[str, Path]:
    """The set's models, learned unless the folder has them."""
    kept = {model: folder / f"{name}-{model}.zip" for model in MODELS}
    for model, path in kept.items():
        if not path.exists():
            command = [*PROGRAM, "train", name, "--model", model, "-o", str(path)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return kept


def measure(folder: Path) -> Iterator[list[dict]]:
    """The rows of one server after another; every run has all of them once."""
    for run in range(RUNS):
        for name in SETS:
            kept = kept_models(name, folder)
            for model in MODELS:
                for way in WAYS:
                    yield measured(name, kept, model, way, run)


def main(folder: str | None = None) -> None:
    """Measure, and write what there is after each server; a folder keeps the models."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "uvicorn", "h11"))
    said = (f"# Written by `python -m benchmarks.serving`, {datetime.date.today()}: "
            f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
            f"{versions}; server and load on one machine\n")  # fmt: skip
    with (
        tempfile.TemporaryDirectory() as own,
        RESULT.open("w", newline="", encoding="utf-8") as file,
    ):
        file.write(said)
        table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        table.writeheader()
        for rows in measure(Path(folder or own)):
            table.writerows(rows)
            file.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
