"""Compute the data of the explorables: ``python -m book.tools.explorables [names…]``.

Writes book/explore/NAME.json, the same bytes every time. Run it when the data, the models or an
explorable change; a test says when.
"""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path

from threadpoolctl import threadpool_limits

FOLDER = Path(__file__).resolve().parents[2] / "explore"
NAMES = ("neighbours", "taste_map", "bookshop", "bubble")
"""Each has a module NAME beside this one, whose make() returns what is to be written."""


def as_json(name: str) -> str:
    """What an explorable shows, computed anew; on one thread, since others add in another order."""
    with threadpool_limits(1):
        data = import_module(f"book.tools.explorables.{name}").make()
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(NAMES)}")
    names = parser.parse_args().names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"there is no explorable {', '.join(sorted(unknown))}")
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        path = FOLDER / f"{name}.json"
        path.write_text(as_json(name), encoding="utf-8", newline="\n")
        print(path.relative_to(FOLDER.parents[1]), f"{path.stat().st_size / 1000:.0f} kB")
