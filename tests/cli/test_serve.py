"""A server as a reader starts it: in a process of its own, on a port of this machine."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from recsys_lib.datasets.tables import read_table
from recsys_lib.models import EASE
from recsys_lib.models.saved import save

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
ENOUGH = 60  # seconds after which a test has failed, and no measurement

SLOW = """
import threading, time
from pathlib import Path
from recsys_lib.scale.serving import Holder, Limits, run, server

class Slow:
    model, items, n_viewers = None, (), 0
    made = 0

    def try_out(self):
        Slow.made += 1
        if Slow.made > 1:
            print("reading", flush=True)
            time.sleep(600)

    def recommend(self, k, user=None, history=None):
        print("begun", flush=True)
        while not Path("go").exists():
            time.sleep(0.01)
        return {"user": user}

server.HEAD_SECONDS = 0.3
run(Holder(Slow, "none"), server.Address(port=0), limits=Limits(in_flight=2), threads=2, watch=0,
    ready=lambda url: print(f"Listening at {url},", flush=True))
"""


class Server:
    """A process that serves, and where."""

    def __init__(self, arguments: list, folder: Path) -> None:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        self.errors = (folder / "errors.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, *map(str, arguments)], cwd=folder, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=self.errors, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        for line in self.process.stdout:
            if line.startswith("Listening at "):
                address = line.split()[2].rstrip(",").removeprefix("http://")
                self.host, _, port = address.rpartition(":")
                self.port = int(port)
                return
        raise AssertionError(self.said())

    def said(self) -> str:
        self.errors.seek(0)
        return self.errors.read()

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=ENOUGH)

    def ask(self, target: str, **more):
        with contextlib.closing(self.connection()) as connection:
            return asked(connection, target, **more)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(ENOUGH)
        self.process.stdout.close()
        self.errors.close()


def asked(connection, target: str, method: str = "GET", **more):
    """Status, headers, and what was said."""
    connection.request(method, target, **more)
    response = connection.getresponse()
    text = response.read().decode()
    is_json = response.headers["content-type"] == "application/json"
    return response.status, response.headers, json.loads(text) if is_json else text


@pytest.fixture
def start(tmp_path):
    """A function from arguments of Python to a server, which is stopped afterwards."""
    servers = []

    def call(*arguments) -> Server:
        servers.append(Server(list(arguments), tmp_path))
        return servers[-1]

    yield call
    for server in servers:
        server.stop()


@pytest.fixture
def kept(run, loans, tmp_path):
    assert run("train", loans, "--model", "ease", "-o", tmp_path / "model.zip")[0] == 0
    return tmp_path / "model.zip"


@pytest.fixture
def serve(start, kept):
    """A function that serves the kept model with more options."""
    return lambda *more: start("-m", "recsys_lib", "serve", kept, "--port", 0, *more)


def until(what) -> None:
    """Wait for something to become so."""
    end = time.monotonic() + ENOUGH
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


# What it answers ---------------------------------------------------------------------------------


def test_it_answers_as_the_commands_do(serve, run, loans, kept, tmp_path):
    titles = tmp_path / "titles.csv"
    names = {"item_id": [f"B{i:02}" for i in range(12)], "title": [f"Book {i}" for i in range(12)]}
    pd.DataFrame(names).to_csv(titles, index=False)
    server = serve("--log", loans, "--items", titles, "--precompute", 3)
    for user in (7, 11):
        out = tmp_path / f"{user}.csv"
        assert run("recommend", loans, "--user", user, "--model", "ease", "-o", out)[0] == 0
        wanted = pd.read_csv(out)
        for k in (3, 10):  # looked up, and scored
            status, _, found = server.ask(f"/recommend?user={user}&k={k}")
            assert status == 200 and found["user"] == user
            ids = [place["item_id"] for place in found["items"]]
            assert ids == wanted["item_id"].head(k).tolist()
            assert found["items"][0]["title"] == f"Book {int(ids[0][1:])}"
    history = ",".join(pd.read_csv(loans).query("user_id == 7")["item_id"])
    by_history = server.ask(f"/recommend?history={history}&k=10")[2]["items"]
    by_user = server.ask("/recommend?user=7&k=10")[2]["items"]
    assert [p["item_id"] for p in by_history] == [p["item_id"] for p in by_user]
    item = by_user[0]["item_id"]
    assert "Book" in server.ask(f"/why?user=7&item={item}")[2]["why"]
    assert server.ask(f"/similar?item={item}")[0] == 200
    health = server.ask("/health")[2]
    assert (health["status"], health["titles"], health["viewers"]) == ("ok", 12, 30)
    assert 'recsys_requests_total{path="/recommend",status="200"} 6\n' in server.ask("/metrics")[2]


def test_without_a_log_it_knows_no_users(serve):
    server = serve("--unknown", "error")
    status, _, said = server.ask("/recommend?user=7")
    assert status == 404 and "history=ID,ID" in said["error"]
    assert server.ask("/recommend?history=B01,B02")[0] == 200


def test_a_stranger_is_404_if_so_wished(serve, loans):
    assert serve("--log", loans, "--unknown", "error").ask("/recommend?user=99")[0] == 404


# What it takes in --------------------------------------------------------------------------------


def test_what_is_too_large_or_no_request_ends_its_connection_alone(serve):
    server = serve()
    for sent, status in (
        (b"GET /health?" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
        (b"GET /health?" + b"a" * 20_000, b"400"),
        (b"GET /health HTTP/1.1\r\n" + b"x: y\r\n" * 100 + b"Host: localhost\r\n\r\n", b"431"),
        (b"POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000000\r\n\r\n", b"405"),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n", b"413"),
        (b"GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", b"421"),
        (b"\0\1\2 nonsense\r\n\r\n", b"400"),
    ):
        with socket.create_connection((server.host, server.port), ENOUGH) as raw:
            raw.sendall(sent)
            answer = b""
            while piece := raw.recv(65_536):
                answer += piece
        assert answer.split(b" ")[1:2] == [status] and answer.count(b"HTTP/1.1") == 1
        assert server.ask("/health")[0] == 200


def test_a_request_that_drips_is_cut_off(start):
    server = start("-c", SLOW)
    with socket.create_connection((server.host, server.port), ENOUGH) as raw:
        raw.sendall(b"GET /health HTTP/1.1\r\nx: ")
        raw.settimeout(0.05)
        cut = False
        for _ in range(200):
            try:
                raw.sendall(b"y")
                cut = raw.recv(1) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                cut = True
            if cut:
                break
    assert cut


def test_too_many_at_a_time_are_shed_over_the_wire(start, tmp_path):
    server = start("-c", SLOW)
    with ThreadPoolExecutor(2) as pool:
        within = [pool.submit(server.ask, f"/recommend?user={n}") for n in range(2)]
        assert [server.process.stdout.readline() for _ in range(2)] == ["begun\n"] * 2
        for _ in range(3):
            status, headers, said = server.ask("/recommend?user=late")
            assert (status, headers["retry-after"]) == (503, "1") and "Try again" in said["error"]
        assert server.ask("/health")[0] == 200
        (tmp_path / "go").touch()
        assert [one.result()[2]["user"] for one in within] == ["0", "1"]
    assert server.ask("/recommend?user=after")[0] == 200


# How it changes its model, and ends --------------------------------------------------------------


def test_a_newer_model_comes_in_under_load_and_no_request_fails(serve, loans, kept):
    log = read_table(loans).interactions
    models = [EASE(l2).fit(log) for l2 in (0.1, 1000.0)]
    right = [{user: model.recommend([user], 5)["item_id"].tolist() for user in log.users}
             for model in models]  # fmt: skip
    assert right[0] != right[1]
    save(models[0], kept)
    server = serve("--log", loans, "--watch", "0.02")
    stop, found = threading.Event(), []

    def load() -> None:
        with contextlib.closing(server.connection()) as connection:
            while not stop.is_set():
                for user in log.users.tolist():
                    status, _, said = asked(connection, f"/recommend?user={user}&k=5")
                    found.append((status, user, [p["item_id"] for p in said.get("items", ())]))

    def reloads() -> dict:
        return server.ask("/health")[2]["reloads"]

    with ThreadPoolExecutor(4) as pool:
        loads = [pool.submit(load) for _ in range(4)]
        try:
            for n in range(1, 7):
                save(models[n % 2], kept)
                until(lambda n=n: reloads()["done"] >= n)
            kept.write_bytes(kept.read_bytes()[:1000])
            until(lambda: reloads()["refused"] >= 1)
            seen = len(found)
            until(lambda: len(found) > seen + 100)  # served on by the last good one
        finally:
            stop.set()
        for one in loads:
            one.result()
    assert {status for status, *_ in found} == {200}
    assert all(items in (right[0][user], right[1][user]) for _, user, items in found)
    for model in right:  # and both were seen
        assert any(items == model[user] for _, user, items in found)
    assert all(items == right[0][user] for _, user, items in found[-50:])
    health = server.ask("/health")[2]
    assert health["status"] == "an older model serves" and "zip" in health["problem"]


@SIGNALS
def test_a_hang_up_reads_the_files_again(serve, loans):
    server = serve("--log", loans, "--watch", 0)
    frame = pd.read_csv(loans)
    pd.concat([frame, frame.assign(user_id=frame["user_id"] + 100)]).to_csv(loans, index=False)
    assert server.ask("/health")[2]["viewers"] == 30
    server.process.send_signal(signal.SIGHUP)
    until(lambda: server.ask("/health")[2]["reloads"]["done"] == 1)
    assert server.ask("/health")[2]["viewers"] == 60


@SIGNALS
@pytest.mark.parametrize("which", ["SIGTERM", "SIGINT"])
def test_when_told_to_stop_it_answers_what_is_under_way(which, start, tmp_path):
    server = start("-c", SLOW)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(server.ask, "/recommend?user=7")
        assert server.process.stdout.readline() == "begun\n"
        server.process.send_signal(getattr(signal, which))

        def refused() -> bool:
            try:
                socket.create_connection((server.host, server.port), ENOUGH).close()
            except ConnectionError:
                return True
            return False

        until(refused)  # nobody new is let in
        assert server.process.poll() is None and not under_way.done()
        (tmp_path / "go").touch()
        assert under_way.result()[2] == {"user": "7"}
    assert server.process.wait(ENOUGH) == 0 and server.said() == ""


@SIGNALS
def test_a_reload_under_way_does_not_keep_it_from_stopping(start):
    server = start("-c", SLOW)
    server.process.send_signal(signal.SIGHUP)
    assert server.process.stdout.readline() == "reading\n"
    assert server.ask("/health")[0] == 200
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(ENOUGH) == 0 and server.said() == ""


# What it refuses to begin with -------------------------------------------------------------------


def test_without_uvicorn_it_says_what_to_install(refused, kept, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert "pip install uvicorn" in refused("serve", kept)


def test_what_cannot_be_served_is_said(refused, loans, kept, tmp_path):
    assert "a model that train saved" in refused("serve", loans)
    assert "a model that train saved" in refused("serve", tmp_path / "none.zip")
    assert "at most 65535" in refused("serve", kept, "--port", 65_536)
    assert "--watch must be at least 0" in refused("serve", kept, "--watch", "-1")
    assert "no such" in refused("serve", kept, "--log", tmp_path / "no_such.csv").lower()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused("serve", kept, "--port", taken.getsockname()[1])
    assert "cannot listen there" in said and "--port" in said
