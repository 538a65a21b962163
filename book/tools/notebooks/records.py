"""What a chapter's cells hand to its prose, kept at the precision that the prose shows."""

from __future__ import annotations

import re
from ast import literal_eval
from collections import defaultdict

from nbformat import NotebookNode

SHOWN = re.compile(r"\{glue:text\}`(\w+)(?::([^`]*))?`")
RECORD = "application/papermill.record/text/plain"
SPEC = re.compile(r"[+,]*(?:\.(\d+))?([d%f]?)")


def places_shown(notebook: NotebookNode) -> dict[str, int | None]:
    """Name → decimals that the prose shows of it at the most; None: it is shown as it is.

    Raises:
        ValueError: the prose asks for a format that is not one of ``.2f``, ``.1%``, ``d``.
    """
    found = defaultdict(list)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for name, spec in SHOWN.findall(cell.source):
                found[name].append(places(spec))
    return {name: None if None in seen else max(seen) for name, seen in found.items()}


def places(spec: str) -> int | None:
    """Decimals that a format leaves of a number: 2 for ``.2f``, 3 for ``.1%``, 0 for ``d``."""
    if not spec:
        return None
    known = SPEC.fullmatch(spec)
    if not known:
        raise ValueError(f"the prose formats numbers as .2f, .1% or d, not as {spec!r}")
    return int(known[1] or 0) + 2 * (known[2] == "%")


def as_shown(outputs: list[NotebookNode], shown: dict[str, int | None]) -> list[NotebookNode]:
    """The outputs of a cell, in which what goes to the prose is what the prose shows.

    What it does not show is left out.
    """
    kept = []
    for output in outputs:
        name = name_of(output)
        if name in shown and RECORD in output.data:
            output.data = NotebookNode({RECORD: rounded(output.data[RECORD], shown[name])})
        if name is None or name in shown:
            kept.append(output)
    return kept


def name_of(output: NotebookNode) -> str | None:
    """Under which name an output is handed to the prose, if it is."""
    return output.get("metadata", {}).get("scrapbook", {}).get("name")


def value_of(output: NotebookNode) -> object:
    """The number or the text that an output hands to the prose."""
    return literal_eval(output.data[RECORD])


def rounded(text: str, decimals: int | None) -> str:
    """A number, as Python writes it, with so many decimals; a text or a whole number as it is."""
    value = literal_eval(text)
    if decimals is None or not isinstance(value, float):
        return text
    short = f"{value:.{decimals}f}"
    return short.removeprefix("-") if float(short) == 0 else short
