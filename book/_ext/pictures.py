"""Give every picture its width and height, so that a page keeps its place while pictures load.

Pictures load when they come near the window. Without a size each then pushes down what is below
it, and a link to a section lands somewhere else.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup

PIXELS = {"pt": 4 / 3, "px": 1, "": 1, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}
PNG = b"\x89PNG\r\n\x1a\n"


def picture_size(path: Path) -> tuple[float, float] | None:
    """Width and height of an SVG or a PNG in CSS pixels; None for anything else."""
    start = path.read_bytes()[:4000]
    if start.startswith(PNG):
        return struct.unpack(">II", start[16:24])
    tag = re.search(r"<svg\b[^>]*>", start.decode("utf-8", "replace"))
    if tag is None:
        return None
    lengths = [re.search(rf'\s{name}="([\d.]+)([a-z]*)"', tag[0]) for name in ("width", "height")]
    if all(lengths):
        width, height = (float(n[1]) * PIXELS.get(n[2], 1) for n in lengths)
        return width, height
    box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', tag[0])
    return (float(box[1]), float(box[2])) if box else None


def state_sizes(soup: BeautifulSoup, page: Path) -> None:
    """Write into a page the sizes of the pictures beside it.

    A figure may be drawn larger than its size where there is room; the style sheet says how far.
    The numbers of a size are whole, so its ratio is said besides: half a pixel missing on each of
    five figures, and a link to the page's end stops short of it.
    """
    for picture in soup.select("img[src]"):
        path = page.parent / unquote(picture["src"].split("?")[0])
        if "://" in picture["src"] or picture["src"].startswith("data:") or not path.is_file():
            continue
        if size := picture_size(path):
            width, height = map(round, size)
            picture["width"], picture["height"] = str(width), str(height)
            picture["style"] = f"--drawn: {width}px; aspect-ratio: {size[0]:.6g} / {size[1]:.6g}"
