"""What an explorable shows at the start, drawn by its own scripts, for who reads without them.

The picture then stands in the page from the first moment, and nothing moves when scripts arrive.
Needs Chromium.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from pathlib import Path

from book.tools.browser import Browser
from book.tools.explorables.section import DATA, SCRIPTS, script_names, section_html

ROOT = Path(__file__).resolve().parents[3]
DIRECTIVE = re.compile(r"```\{explorable\} (\w+)\n:label: ([^\n]+)\n\n(.*?)\n```", re.DOTALL)
READY = """(() => {
    const section = document.querySelector(".explorable");
    const live = section.querySelector(".explorable-finding").textContent;
    if (section.querySelectorAll(".explorable-picture *").length < 8 || !live) return null;
    const parts = [...section.querySelectorAll("[data-drawn]")].map(
        part => [part.dataset.drawn, part.innerHTML]);
    return {...Object.fromEntries(parts),
        picture: section.querySelector(".explorable-picture").innerHTML,
        finding: live};
})()"""


def controls(name: str) -> tuple[str, str]:
    """Label and body of an explorable's directive, as its page has them."""
    for path in sorted(
        [*(ROOT / "book").glob("explore_*.md"), *(ROOT / "book/_parts").glob("*.md")]
    ):
        for found in DIRECTIVE.finditer(path.read_text(encoding="utf-8")):
            if found[1] == name:
                return found[2], found[3]
    raise ValueError(f"no page of book/ has an explorable {name!r}")


def draw(browser: Browser, name: str, data: str) -> dict[str, str]:
    """Part → HTML, once the scripts have drawn it.

    Raises:
        RuntimeError: nothing was drawn within a minute.
    """
    label, body = controls(name)
    scripts, names = (ROOT / SCRIPTS).as_uri(), script_names(ROOT, name)
    html = section_html(
        name=name, label=label, controls=body, data=data, scripts=scripts, names=names
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(f"<!DOCTYPE html><meta charset=utf-8>{html}", encoding="utf-8")
        browser.open(page.as_uri())
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(0.5)  # the sentence settles late
            if found := browser.run(READY):
                return found
    raise RuntimeError(f"{name} drew nothing: {browser.console}")


def write(names: list[str]) -> None:
    browser = Browser()
    try:
        browser.look(width=1280, theme="light")
        for name in names:
            data = (ROOT / DATA / f"{name}.json").read_text(encoding="utf-8")
            found = draw(browser, name, data)
            text = json.dumps(found, ensure_ascii=False, sort_keys=True, indent=0) + "\n"
            path = ROOT / DATA / f"{name}.drawn.json"
            path.write_text(text, encoding="utf-8", newline="\n")
    finally:
        browser.close()
