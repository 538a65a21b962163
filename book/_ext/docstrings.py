"""Show the library's docstrings as they were meant: formulas as they stand, sources as links.

A paragraph whose lines are formulas (``score[u, i] = ...``, or a line that goes on, indented) is
shown in fixed width, and a source given by its key in the bibliography becomes a citation.
"""

from __future__ import annotations

import re
from itertools import groupby

from sphinx.application import Sphinx

FORMULA = re.compile(r"[\w.@*]+(\[[^\]]*\]|\([^)]*\))* += \S.*")
WORDS = re.compile(r"(?:[\w.@*]+,? ){1,5}= \S.*")
"""``ratio of viewers = ...``: taken for a formula only where formulas stand above or below."""
KEY = re.compile(r"`([a-z]+\d{4}[a-z]*)`")
BAR = re.compile(r"(`[^`]*`)|\|")  # outside code, reStructuredText takes it for a substitution
PAIR = re.compile(r"^(    \w+), (\w+)(?=:)")


def is_formula(lines: list[str]) -> bool:
    """Whether each line of a paragraph has the form ``name[...] = ...`` or continues one."""
    starts = [line for line in lines if not line.startswith(" ")]
    if not starts or lines[0] is not starts[0]:
        return False
    sure = [bool(FORMULA.fullmatch(line)) for line in starts]
    likely = [
        known or bool(WORDS.fullmatch(line)) for line, known in zip(starts, sure, strict=True)
    ]
    return all(sure) or (len(starts) > 1 and all(likely) and not lines[-1].endswith("."))


def mend(app: Sphinx, what: str, name: str, obj: object, options, lines: list[str]) -> None:
    """Rewrite one docstring in place, before Napoleon reads it."""
    mended: list[str] = []
    for blank, group in groupby(lines, key=lambda line: not line.strip()):
        paragraph = list(group)
        if not blank and is_formula(paragraph):
            mended += ["::", "", *(f"    {line}".replace("`", "") for line in paragraph)]
        else:
            mended += [prose(line) for line in paragraph]
            if (
                "Attributes:" in paragraph
            ):  # where Napoleon would take `a, b:` for a type and a name
                mended = [PAIR.sub(r"\1/\2", line) for line in mended]
    lines[:] = mended


def prose(line: str) -> str:
    """A line of text: keys of the bibliography cited, bars kept as bars."""
    line = KEY.sub(r":cite:t:`\1`", line)
    return BAR.sub(lambda match: match[1] or r"\|", line)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", mend, priority=400)  # Napoleon's is 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}
