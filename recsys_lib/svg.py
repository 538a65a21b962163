"""Figures as SVG that says no more than an eye can see."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator

from matplotlib.figure import Figure

PLACES = 2
"""Decimals of a coordinate; .01 of a point is a tenth of what a sharp screen can show."""

COORDINATES = re.compile(r'(?<=\s)(?:d|x|y|width|height|viewBox|transform)="[^"]*"')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
FACTOR = re.compile(r"(?:scale|matrix)\([^)]*\)")
MADE_ID = re.compile(r'\bid="([a-zA-Z]\w*?[0-9a-f]{10,})"')


def as_svg(figure: Figure) -> str:
    """The figure as SVG text, cut to its contents, the same on every machine.

    Coordinates are rounded to `PLACES` decimals of a point. The ids that matplotlib hashes from
    coordinates, of markers and clips, are counted instead.
    """
    file = io.BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(file, format="svg", bbox_inches="tight", metadata=nothing)
    return with_counted_ids(with_rounded_coordinates(file.getvalue().decode()))


def with_rounded_coordinates(svg: str) -> str:
    """The same picture with `PLACES` decimals; factors of a scale keep all of theirs."""
    return COORDINATES.sub(lambda part: _rounded(part[0]), svg)


def with_counted_ids(svg: str) -> str:
    """The same picture, in which ids made of a hash are numbered in their order.

    In front stands a mark of the figure, from its text and structure without any coordinate:
    two figures on one page must not use each other's clips.
    """
    made = list(dict.fromkeys(MADE_ID.findall(svg)))
    bare = COORDINATES.sub("", svg)
    for name in made:
        bare = bare.replace(name, "")
    mark = hashlib.sha256(bare.encode()).hexdigest()[:6]
    counted = {name: f"{name[0]}{mark}-{number}" for number, name in enumerate(made, start=1)}
    if not made:
        return svg
    return re.sub("|".join(map(re.escape, made)), lambda part: counted[part[0]], svg)


def coordinates(svg: str) -> list[float]:
    """All the numbers of a picture that place something, in the order of the text."""
    return [float(n[0]) for part in COORDINATES.finditer(svg) for n in _places(part[0])]


def without_coordinates(svg: str) -> str:
    """All of a picture but the numbers that place something: each is a hash sign."""
    return COORDINATES.sub(lambda part: _replace(part[0], lambda number: "#"), svg)


def _places(attribute: str) -> Iterator[re.Match]:
    factors = [part.span() for part in FACTOR.finditer(attribute)]
    for number in NUMBER.finditer(attribute):
        if not any(start <= number.start() < end for start, end in factors):
            yield number


def _replace(attribute: str, change: Callable[[str], str]) -> str:
    parts, done = [], 0
    for number in _places(attribute):
        parts += [attribute[done : number.start()], change(number[0])]
        done = number.end()
    return "".join([*parts, attribute[done:]])


def _rounded(attribute: str) -> str:
    return _replace(attribute, _short)


def _short(number: str) -> str:
    text = f"{float(number):.{PLACES}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
