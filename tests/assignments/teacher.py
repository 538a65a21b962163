"""A teacher's machine: a Jupyter server, a browser that is logged in to it, what happens there."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

from websocket import WebSocketTimeoutException

from book.tools.browser import Browser

LOADED = 15  # seconds after which a page counts as loaded
QUIET = 0.2  # seconds without a message after which a page has done what it does
WORDS = """
html head meta title style body h1 h2 h3 p pre table thead tbody tr th td
section div ul li a form input button img
"""
OURS = set(WORDS.split())
HAPPENED = ("Page.javascriptDialogOpening", "Page.downloadWillBegin", "Page.windowOpen",
            "Runtime.consoleAPICalled", "Page.frameAttached")  # fmt: skip


class Jupyter:
    """JupyterLab on a free port of 127.0.0.1, with a token; `folder` is what it serves."""

    def __init__(self, folder: Path) -> None:
        self.root, self.token = folder / "notebooks", secrets.token_hex(16)
        self.root.mkdir(parents=True)
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.address, self.log = f"http://127.0.0.1:{self.port}/", folder / "log"
        places = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--debug"]
        command += [f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0"]
        command += [f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.root}"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=folder,
                env=os.environ | {name: str(folder / name) for name in places},
            )  # fmt: skip
        ends = time.monotonic() + 180
        while not self._answers():
            assert time.monotonic() < ends, self.log.read_text()[-2000:]
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            time.sleep(0.3)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}api?token={self.token}") as reply:
                return reply.status == 200
        except (URLError, OSError):
            return False

    def asked(self) -> list[str]:
        """Lines of its log that tell of a request."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        words = ("GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "OPTIONS ", "HEAD ", "Blocking")
        return [line for line in lines if any(word in line for word in words)]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.root.rglob("*") if path.name[0] != ".")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


class Listener:
    """Another server of the same host, which notes who asks."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                listener.asked.append(f"{self.command} {self.path}")
                self.send_response(404)
                self.end_headers()

            do_POST = do_PUT = do_OPTIONS = do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Teacher:
    """The browser, with the cookie of the Jupyter server in it."""

    def __init__(self, jupyter: Jupyter) -> None:
        self.browser, self.jupyter = Browser(), jupyter
        self.browser.open(f"{jupyter.address}login?token={jupyter.token}&next=%2Fnothing")
        self.visit("about:blank")

    def visit(self, address: str) -> list[str]:
        """Open a page and say what happened that should not."""
        tab = self.browser
        tab.requests, tab.console = [], []
        tab.events.clear()
        tab.send("Page.navigate", url=address)
        self._wait()
        found = [event for event in HAPPENED if event in tab.events]
        if "Page.javascriptDialogOpening" in tab.events:
            tab.send("Page.handleJavaScriptDialog", accept=True)
            self._wait()
        here = address.partition("#")[0]
        icon = "{0.scheme}://{0.netloc}/favicon.ico".format(urlsplit(address))
        mine = [one for one in tab.requests if one not in (here, icon)]
        found += [f"asked {one[:100]}" for one in mine if not one.startswith("data:image/png;")]
        last = self._last()
        found += [f"went to {last['url'][:100]}"] if last["url"] != address else []
        found += ["a title of its own"] if last["title"].startswith("PWNED") else []
        return found

    def elements(self) -> list[str]:
        """Elements and attributes in the page as the browser read it that ours have not."""
        tree = self.browser.send("DOM.getDocument", depth=-1, pierce=True)["root"]
        found, waiting = [], [tree]
        while waiting:
            node = waiting.pop()
            parts = ("children", "shadowRoots")
            waiting += [one for part in parts for one in node.get(part, [])]
            waiting += [node["contentDocument"]] if "contentDocument" in node else []
            if node["nodeType"] == 1:
                found += foreign(node)
        return found

    def _wait(self) -> None:
        """Until the page has loaded, or asks a question, and nothing more comes."""
        tab, ends = self.browser, time.monotonic() + LOADED
        tab.socket.settimeout(QUIET)
        try:
            while time.monotonic() < ends:
                try:
                    tab._note(json.loads(tab.socket.recv()))
                except WebSocketTimeoutException:
                    if tab.events & {"Page.loadEventFired", "Page.javascriptDialogOpening"}:
                        return
        finally:
            tab.socket.settimeout(60)

    def _last(self) -> dict:
        """The newest entry of the tab's history; between two pages there may be none."""
        for _ in range(50):
            try:
                return self.browser.send("Page.getNavigationHistory")["entries"][-1]
            except RuntimeError:
                time.sleep(0.1)
        raise AssertionError("the tab shows no page")

    def close(self) -> None:
        self.browser.close()


def foreign(node: dict) -> list[str]:
    name, flat = node["localName"], node.get("attributes", [])
    about = dict(zip(flat[::2], flat[1::2], strict=True))
    found = [] if name in OURS else [f"<{name}>"]
    found += [f"<{name} {one}>" for one in about if one.startswith("on") or one == "style"]
    link = about.get("href", "")
    found += [f"<a {link[:60]}>"] if ":" in link.partition("/")[0] or link[:2] == "//" else []
    source = about.get("src", "data:image/png;base64,")
    return found + ([] if source.startswith("data:image/png;base64,") else [f"<{name} src>"])
