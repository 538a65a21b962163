"""Compute the data of the explorables: ``python -m book.tools.explorables [names…]``.

Writes book/explore/NAME.json, the same bytes every time, what else an explorable needs beside it,
and with Chromium NAME.drawn.json, the picture as it starts; ``--draw`` only draws. Run it when the
data, the models or an explorable change; a test says when.
"""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path

from threadpoolctl import threadpool_limits

from book.tools.browser import executable
from book.tools.explorables import drawn

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "book" / "explore"
NAMES = (
    "live",
    "neighbours",
    "taste_map",
    "bookshop",
    "bubble",
    "evenings",
    "thumbs",
    "looking",
    "pictures",
    "peeking",
)
"""Each has a module NAME beside this one, whose make() returns what is to be written."""


def as_json(name: str) -> str:
    """What an explorable shows, computed anew; on one thread, since others add in another order."""
    with threadpool_limits(1):
        data = import_module(f"book.tools.explorables.{name}").make()
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def beside(name: str) -> dict[Path, str]:
    """The files beside NAME.json that a module's files() computes."""
    module = import_module(f"book.tools.explorables.{name}")
    with threadpool_limits(1):
        found = module.files() if hasattr(module, "files") else {}
    return {ROOT / path: text for path, text in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draw", action="store_true", help="only draw, from the stored data")
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(NAMES)}")
    wanted = parser.parse_args()
    names = wanted.names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"there is no explorable {', '.join(sorted(unknown))}")
    FOLDER.mkdir(exist_ok=True)
    for name in () if wanted.draw else names:
        texts = {FOLDER / f"{name}.json": as_json(name), **beside(name)}
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8", newline="\n")
            print(path.relative_to(ROOT), f"{path.stat().st_size / 1000:.0f} kB")
    if executable():
        drawn.write(list(names))
    else:
        print("no Chromium on this system: the pictures were not drawn anew")
