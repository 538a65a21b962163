"""Show the library's docstrings as they were meant: formulas as they stand, sources as links.

A paragraph whose lines are formulas (``score[u, i] = ...``, ``+=``, ``~`` for a draw, or a line
that goes on, indented) is shown in fixed width, and a source given by its key in the bibliography
becomes a citation.
"""

from __future__ import annotations

import inspect
import re
from itertools import groupby

from sphinx.application import Sphinx

NAME = r"[\w.@*]+(?:\[[^\]]*\]|\([^)]*\))*"
FORMULA = re.compile(rf"{NAME}(?:(?:, | · ){NAME})* +(?:\+?=|~) \S.*")
WORDS = re.compile(r"(?:[\w.@*]+,? ){1,5}= \S.*")
"""``ratio of viewers = ...``: taken for a formula only where formulas stand above or below."""
KEY = re.compile(r"`([a-z]+\d{4}[a-z]*)`")
BAR = re.compile(r"(`[^`]*`)|\|")  # outside code, reStructuredText takes it for a substitution
NEXT = re.compile(r"[;.] (?=((?:\w+, )*\w+): )")
LISTED = re.compile(r"    (?:(\w+):|→) (.*)")
CALL = re.compile(r"    \w+\(")
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
    for blank, group in groupby(with_formulas_apart(lines), key=lambda line: not line.strip()):
        paragraph = list(group)
        if not blank and is_formula(paragraph):
            plain = (f"    {line}".replace("`", "") for line in paragraph)
            mended += [".. code-block:: text", "", *plain]
        elif what == "module" and all(map(CALL.match, paragraph)):
            mended += [".. code-block:: text", "", *paragraph]
        elif what == "module" and LISTED.fullmatch(paragraph[0]):
            mended += [prose(line) for line in as_item(paragraph)]
        else:
            paragraph = one_a_line(paragraph, names_of(obj))
            mended += [prose(line) for line in paragraph]
            if (
                "Attributes:" in paragraph
            ):  # where Napoleon would take `a, b:` for a type and a name
                mended = [PAIR.sub(r"\1/\2", line) for line in mended]
    lines[:] = mended


def with_formulas_apart(lines: list[str]) -> list[str]:
    """An indented formula under a line that ends in a colon, as a paragraph of its own."""
    apart: list[str] = []
    for line in lines:
        above = apart[-1] if apart else ""
        under = above.endswith(":") and not above.startswith(" ")
        if under and line.startswith("    ") and FORMULA.fullmatch(line.strip()):
            apart += ["", line.strip(), ""]
        else:
            apart.append(line)
    return apart


def as_item(paragraph: list[str]) -> list[str]:
    """``name: text`` or ``→ text`` of a module's docstring as an item of a list."""
    name, text = LISTED.fullmatch(paragraph[0]).groups()
    said = f"`{name}`: {text}" if name else f"→ {text}"
    return [f"- {said}", *(f"  {line.strip()}" for line in paragraph[1:])]


def one_a_line(paragraph: list[str], names: set[str]) -> list[str]:
    """``a: this; b: that``, of which each is an argument, as two lines: else b is lost in a."""
    if paragraph[0] not in ("Args:", "Attributes:"):
        return paragraph
    lines: list[str] = []
    for line in paragraph:
        for found in NEXT.finditer(line):
            if names.issuperset(found[1].split(", ")):
                lines.append(line[: found.start()] + ".")
                lines += one_a_line(["Args:", f"    {line[found.end() :]}"], names)[1:]
                break
        else:
            lines.append(line)
    return lines


def names_of(obj: object) -> set[str]:
    """The arguments of a function or a class, and what a class keeps of itself."""
    try:
        names = set(inspect.signature(obj).parameters)
        kept = re.findall(r"self\.(\w+)", inspect.getsource(obj)) if inspect.isclass(obj) else []
    except (TypeError, ValueError, OSError):
        return set()
    return names | set(kept) | set(getattr(obj, "__annotations__", {}))


def skip(app: Sphinx, what: str, name: str, obj: object, skipped: bool, options) -> bool | None:
    """Leave out the fields of named tuples, of which Python says only their number."""
    return True if (inspect.getdoc(obj) or "").startswith("Alias for field number") else None


def prose(line: str) -> str:
    """A line of text: keys of the bibliography cited, bars kept as bars."""
    line = KEY.sub(r":cite:t:`\1`", line)
    return BAR.sub(lambda match: match[1] or r"\|", line)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", mend, priority=400)  # Napoleon's is 500
    app.connect("autodoc-skip-member", skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
