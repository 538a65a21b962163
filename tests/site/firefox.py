"""A headless Firefox, driven over WebDriver BiDi: it opens a page and photographs a figure."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.image import imread
from websocket import create_connection

NAMES = ("firefox-esr", "firefox")
SCHEME = "layout.css.prefers-color-scheme.content-override"  # 0 is dark, 1 is light

FIGURE = """async number => {
    const image = document.querySelectorAll("article figure img[src$='.svg']")[number];
    image.loading = "eager";
    await image.decode();
    return image}"""


def executable() -> str | None:
    """The Firefox of this system, if it has one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Firefox:
    """One window of a reader whose system is light or dark."""

    def __init__(self, theme: str) -> None:
        self.profile = Path(tempfile.mkdtemp(prefix="watch-next-"))
        scheme = ["dark", "light"].index(theme)
        (self.profile / "user.js").write_text(f'user_pref("{SCHEME}", {scheme});\n')
        flags = ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile"]
        self.process = subprocess.Popen(
            [executable(), *flags, self.profile],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.number = 0
        self.socket = create_connection(self._address(), timeout=60, suppress_origin=True)
        self.send("session.new", capabilities={})
        self.window = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def _address(self) -> str:
        ready = self.profile / "WebDriverBiDiServer.json"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if ready.exists() and (text := ready.read_text()):
                return f"ws://127.0.0.1:{json.loads(text)['ws_port']}/session"
            time.sleep(0.1)
        raise RuntimeError("Firefox did not start within a minute")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Call one BiDi method and return its result; events are passed over."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['message']}")
                return message["result"]

    def open(self, address: str) -> None:
        self.send("browsingContext.navigate", context=self.window, url=address, wait="complete")

    def run(self, function: str, *arguments: Any) -> dict[str, Any]:
        """What a JavaScript function returns for numbers and texts, as BiDi describes it."""
        kinds = {int: "number", str: "string"}
        reply = self.send(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": kinds[type(value)], "value": value} for value in arguments],
            awaitPromise=True,
            target={"context": self.window},
        )
        if reply["type"] == "exception":
            raise RuntimeError(reply["exceptionDetails"]["text"])
        return reply["result"]

    def figure(self, number: int) -> np.ndarray:
        """The pixels of one of the page's figures: height × width × red, green, blue (0 to 255)."""
        element = {"sharedId": self.run(FIGURE, number)["sharedId"]}
        reply = self.send(
            "browsingContext.captureScreenshot",
            context=self.window,
            origin="document",
            clip={"type": "element", "element": element},
        )
        picture = imread(io.BytesIO(base64.b64decode(reply["data"])), format="png")
        return (picture[..., :3] * 255).round().astype(int)

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=30)
        shutil.rmtree(self.profile, ignore_errors=True)
