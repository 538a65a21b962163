"""Whether a notebook computed again says what is stored: to the letter, and numbers to one unit.

Every machine rounds a little differently, in the fifteenth digit. Where the true value lies on
the edge between two roundings, the last place shown differs by one. So two numbers agree if they
show equally many decimals and differ by one unit of the last at most, and two places in a figure
if they differ by its unit. A number without decimals is a count: it agrees with itself alone.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import zip_longest

from nbformat import NotebookNode

from book.tools.notebooks.records import name_of
from recsys_lib.svg import PLACES, coordinates, without_coordinates

SVG = "image/svg+xml"
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+%?|%)(?![\w.]*\w)")
UNIT = 1.001 * 10**-PLACES
"""One unit of a figure's last place, and a little for the binary fractions."""


def difference(stored: list[NotebookNode], fresh: list[NotebookNode]) -> str | None:
    """Where the outputs of a cell first differ, in words, or None."""
    if len(stored) != len(fresh):
        return f"{len(stored)} outputs are stored, {len(fresh)} were computed"
    for old, new in zip(stored, fresh, strict=True):
        found = differing_parts(parts(old), parts(new))
        if found:
            return found
    return None


def parts(output: NotebookNode) -> dict[str, str]:
    """What a reader is given of an output, by its kind. Tracebacks name places and are left out."""
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": f"{output.ename}: {output.evalue}"}
    name = name_of(output)
    return {kind if name is None else f"{kind} of {name}": str(data)
            for kind, data in sorted(output.data.items())}  # fmt: skip


def differing_parts(stored: dict[str, str], fresh: dict[str, str]) -> str | None:
    """Which part differs, and how."""
    if stored.keys() != fresh.keys():
        return f"stored: {', '.join(stored)}; computed: {', '.join(fresh)}"
    for kind, old in stored.items():
        same = same_figure if kind == SVG else same_text
        if not same(old, fresh[kind]):
            return f"{kind} differs\n{first_lines_apart(old, fresh[kind], same)}"
    return None


def same_text(stored: str, fresh: str) -> bool:
    """Whether two texts agree but for one unit of the last place of numbers with decimals."""
    if stored == fresh:
        return True
    if NUMBER.sub("#", stored) != NUMBER.sub("#", fresh):
        return False
    pairs = zip(NUMBER.findall(stored), NUMBER.findall(fresh), strict=True)
    return all(within_a_unit(old, new) for old, new in pairs)


def within_a_unit(stored: str, fresh: str) -> bool:
    """Whether two numbers show equally many decimals and differ by one unit of the last."""
    one, other = (Decimal(number.rstrip("%")) for number in (stored, fresh))
    same_shape = one.as_tuple().exponent == other.as_tuple().exponent
    same_shape &= stored.endswith("%") == fresh.endswith("%")
    return same_shape and abs(one - other) <= Decimal(1).scaleb(one.as_tuple().exponent)


def same_figure(stored: str, fresh: str) -> bool:
    """Whether two figures say the same and draw it at the same places, to one unit."""
    if without_coordinates(stored) != without_coordinates(fresh):
        return False
    pairs = zip(coordinates(stored), coordinates(fresh), strict=True)
    return all(abs(old - new) <= UNIT for old, new in pairs)


def first_lines_apart(stored: str, fresh: str, same) -> str:
    """The first line that differs, as it is stored and as it was computed."""
    for old, new in zip_longest(stored.split("\n"), fresh.split("\n"), fillvalue=""):
        if not same(old, new):
            return f"  stored:   {old}\n  computed: {new}"
    return "  only in how lines lie together"
