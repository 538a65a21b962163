"""A headless Chromium, driven over its DevTools protocol: one page, its messages and its requests.

A websocket is all it takes, and JupyterLab already brings one, so no browser driver is installed.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from websocket import WebSocketTimeoutException, create_connection

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)

KEYS = {
    "Tab": (9, ""),
    "Enter": (13, "\r"),
    "Escape": (27, ""),
    " ": (32, " "),
    "ArrowLeft": (37, ""),
    "ArrowRight": (39, ""),
}
"""Key → its virtual key code and the text that it types."""


def executable() -> str | None:
    """The Chromium of this system, if it has one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """One tab. ``console`` and ``requests`` hold what the pages said and asked for."""

    def __init__(self) -> None:
        self.profile = tempfile.mkdtemp(prefix="watch-next-")
        self.process = subprocess.Popen(
            [executable(), *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.socket = create_connection(self._page_address(), timeout=60)
        self.number = 0
        self.console: list[str] = []
        self.requests: list[str] = []
        self.failures: list[str] = []
        self.events: set[str] = set()
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        # A page in the background is told of no focus; the reader's is in front.
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)

    def _page_address(self) -> str:
        ready = Path(self.profile, "DevToolsActivePort")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if ready.exists() and ready.read_text().strip():
                port = ready.read_text().split()[0]
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as reply:
                    pages = [tab for tab in json.load(reply) if tab["type"] == "page"]
                if pages:
                    return pages[0]["webSocketDebuggerUrl"]
            time.sleep(0.1)
        raise RuntimeError("Chromium did not start within a minute")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Call one DevTools method and return its result, noting events that come before it."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        method, params = message["method"], message["params"]
        self.events.add(method)
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Network.responseReceived" and params["response"]["status"] >= 400:
            self.failures.append(params["response"]["url"])
        elif method == "Network.loadingFailed" and not params.get("canceled"):
            self.failures.append(params["errorText"])
        elif method == "Runtime.exceptionThrown":
            self.console.append(params["exceptionDetails"]["text"])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.console.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.console.append(str(params["args"]))

    def look(self, *, width: int, theme: str) -> None:
        """Set the window's width in CSS pixels and the reader's colour scheme; nothing moves."""
        height = 844 if width < 600 else 900
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        wishes = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self.send("Emulation.setEmulatedMedia", features=features)

    def open(self, address: str) -> None:
        """Go to a page, wait until it has loaded, and start its notes afresh."""
        self.console, self.requests, self.failures = [], [], []
        self.events.clear()
        self.send("Page.navigate", url=address)
        while "Page.loadEventFired" not in self.events:
            self._note(json.loads(self.socket.recv()))
        self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression, awaited when it is a promise."""
        reply = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in reply:
            raise RuntimeError(reply["exceptionDetails"]["exception"]["description"])
        return reply["result"].get("value")

    def press(self, key: str) -> None:
        """Strike one key of `KEYS`, as a reader without a mouse would."""
        code, text = KEYS[key]
        strike = {"key": key, "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **strike)
        self.send("Input.dispatchKeyEvent", type="keyUp", **strike)

    def point(self, x: float, y: float) -> None:
        """Move the pointer to a place in the window, in CSS pixels."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self.send("Input.insertText", text=text)

    def screenshot(self, target: Path, *, whole: bool = False) -> None:
        picture = self.send("Page.captureScreenshot", captureBeyondViewport=whole)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(picture["data"]))

    def close(self) -> None:
        try:
            self.send("Browser.close")
        except (OSError, RuntimeError, WebSocketTimeoutException):
            self.process.kill()
        self.process.wait(timeout=30)
        self.socket.close()
        shutil.rmtree(self.profile, ignore_errors=True)
