"""What a stored notebook must be: its source cell by cell, executed whole, and fit to publish."""

from __future__ import annotations

import re
from itertools import zip_longest

from nbformat import NotebookNode

from book.tools.notebooks.records import RECORD, name_of

MANY_DIGITS = re.compile(r"-?\d+\.\d{7,}(?:e.*)?")
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")


def differences(stored: NotebookNode, source: NotebookNode) -> list[str]:
    """Where the notebook first departs from its source, if it does."""
    pairs = zip_longest(map(identity, stored.cells), map(identity, source.cells))
    for number, (ours, theirs) in enumerate(pairs, start=1):
        if ours != theirs:
            return [f"source and notebook differ from cell {number} on: run make notebooks"]
    return []


def identity(cell: NotebookNode) -> tuple[str, str, dict]:
    """What the author wrote of a cell, without what running it added."""
    return cell.cell_type, cell.source, dict(cell.metadata)


def unfit_outputs(stored: NotebookNode, places: list[str]) -> list[str]:
    """Cells that were not run, failed, grumbled, or name one of ``places`` on this machine."""
    return [
        f"cell {number} {problem}"
        for number, cell in enumerate(stored.cells, start=1)
        if cell.cell_type == "code"
        for problem in cell_problems(cell, places)
    ]


def cell_problems(cell: NotebookNode, places: list[str]) -> list[str]:
    """What is wrong with the outputs of one code cell."""
    found = [] if cell.execution_count else ["was not executed"]
    expected = "raises-exception" in cell.metadata.get("tags", [])
    if not expected and any(output.output_type == "error" for output in cell.outputs):
        found.append("stores an error")
    if any(output.get("name") == "stderr" for output in cell.outputs):
        found.append("writes to stderr: mend the warning, or turn the progress bar off")
    found += [f"hands all digits of {name} to the prose: say how many it shows"
              for name in unrounded(cell)]  # fmt: skip
    text = str(cell.outputs)
    if ADDRESS.search(text) or any(f"{place}/" in text for place in places):
        found.append("prints a path or an address of this machine")
    return found


def unrounded(cell: NotebookNode) -> list[str]:
    """Names of numbers that the prose shows with more than six digits after the point."""
    records = [output for output in cell.outputs if name_of(output) and RECORD in output.data]
    return [name_of(output) for output in records if MANY_DIGITS.fullmatch(output.data[RECORD])]
