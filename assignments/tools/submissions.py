"""Put a student's answers into the teacher's own notebook.

The graded notebook is built from the answer key: questions, checks and points are always the
teacher's, whatever a submission did to its copies. From the submission come the answers, found by
their names, and the cells that the student added.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from assignments.tools.master import HELPERS, visible_part
from assignments.tools.release import student_version

MAX_BYTES = 20_000_000  # a notebook with every figure kept is well under 5 MB
MAX_CELLS = 500
# Objects that equal everything, and ways to the grader's own frames, functions and modules.
UNUSUAL = re.compile(
    r"__(?:eq|ne|lt|le|gt|ge|class|array\w*|globals|code|closure|builtins|subclasses|getattribute)__"
    r"|\b(?:_getframe|settrace|setprofile|get_ipython|get_objects|ctypes|inspect|builtins)\b"
    r"|\bsys\.modules\b|\bsetattr\b|\bimport checks\b|\bos\.(?:_exit|fork|kill)\b"
)


class UnreadableError(ValueError):
    """A file that cannot be graded by machine: why, for the teacher to read."""


@dataclass
class Assembled:
    """A notebook to run, and what a person should know about how it came about."""

    notebook: NotebookNode
    remarks: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    @property
    def untouched(self) -> set[str]:
        """Names of answers that are still what the student was given."""
        return {
            cell.id
            for cell in self.notebook.cells
            if cell.metadata.get("nbgrader", {}).get("solution")
            and compute_checksum(cell) == cell.metadata.nbgrader.get("checksum")
        }


def read_notebook(path: Path) -> NotebookNode:
    """A notebook from a file that may hold anything.

    Raises:
        UnreadableError: a link, too large, not UTF-8, not JSON, not a notebook.
    """
    if path.is_symlink():
        raise UnreadableError("the file is a link to another")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise UnreadableError(
            f"the file has {size / 1e6:.0f} MB; {MAX_BYTES / 1e6:.0f} are allowed"
        )
    try:
        notebook = nbformat.from_dict(json.loads(path.read_bytes().decode("utf-8")))
        check_form(notebook)
    except UnicodeDecodeError:
        raise UnreadableError("the file is not UTF-8 text") from None
    except (json.JSONDecodeError, RecursionError):
        raise UnreadableError("the file is not JSON, so not a notebook") from None
    except (AttributeError, KeyError, TypeError):
        raise UnreadableError("the file is JSON but not a notebook") from None
    return notebook


def check_form(notebook: NotebookNode) -> None:
    """Refuse what has not the form of a notebook; join sources that are kept line by line."""
    if notebook.nbformat < 4:
        raise UnreadableError(f"an old notebook format ({notebook.nbformat})")
    if len(notebook.cells) > MAX_CELLS:
        raise UnreadableError(f"the notebook has {len(notebook.cells)} cells")
    for cell in notebook.cells:
        cell.source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        if cell.cell_type not in ("code", "markdown", "raw") or "metadata" not in cell:
            raise UnreadableError(f"a cell of unknown kind: {cell.cell_type}")


def assemble(key: NotebookNode, submitted: NotebookNode) -> Assembled:
    """The key's notebook with the student's answers and added cells in their places.

    Raises:
        UnreadableError: none of the assignment's cells is in the submission, or it is of another
            class.
    """
    release = {cell.id: cell for cell in student_version(key).cells}
    copies, added = sort_cells(submitted, set(release))
    if not copies:
        raise UnreadableError("no cell of this assignment is in the notebook")
    check_class(key, submitted)
    graded = Assembled(nbformat.v4.new_notebook(metadata=key.metadata))
    cells = list(added.get("", []))
    for name, ours in release.items():
        theirs = copies.get(name, [])
        cells += take(ours, theirs, graded.remarks) + added.get(name, [])
    for number, cell in enumerate(cells):
        known = "nbgrader" in cell.metadata
        cell.id = cell.metadata.nbgrader.grade_id if known else f"own-{number}"
        if not known or cell.metadata.nbgrader.solution:
            graded.alarms += unusual(cell)
    graded.notebook.cells = cells
    return graded


def unusual(cell: NotebookNode) -> list[str]:
    """Words in a student's code that no answer needs and that a forged one does."""
    words = sorted(set(UNUSUAL.findall(cell.source))) if cell.cell_type == "code" else []
    return [f"cell {cell.id} holds {', '.join(words)}: read it"] if words else []


def check_class(key: NotebookNode, submitted: NotebookNode) -> None:
    """Refuse a notebook that says it was made for another class or other data than the key."""
    ours, theirs = key.metadata.watch_next, submitted.metadata.get("watch_next")
    for part in ("class", "data") if isinstance(theirs, dict) else ():
        if theirs.get(part) != ours[part]:
            told = f"{part} {theirs.get(part)!r}, and the answer key of {part} {ours[part]!r}"
            raise UnreadableError(f"the notebook is of {told}")


def sort_cells(submitted: NotebookNode, names: set[str]):
    """The submission's copies of known cells by name; its other cells by the known one before."""
    copies, added, last = {}, {}, ""
    for cell in submitted.cells:
        mark = cell.metadata.get("nbgrader")
        name = mark.get("grade_id") if isinstance(mark, dict) else None
        if isinstance(name, str) and name in names:
            copies.setdefault(name, []).append(cell)
            last = name
        elif cell.source.strip():
            added.setdefault(last, []).append(fresh_cell(cell.cell_type, cell.source))
    return copies, added


def take(ours: NotebookNode, theirs: list, remarks: list[str]) -> list[NotebookNode]:
    """What goes into the place of one cell of the assignment."""
    name, mark = ours.id, ours.metadata.nbgrader
    answers = [cell for cell in theirs if cell.cell_type == ours.cell_type]
    if not answers:
        remarks.append(f"cell {name} is missing; put back")
    if mark.locked:
        changed = [cell for cell in answers if cell.source.rstrip() != ours.source.rstrip()]
        if changed:
            remarks.append(f"cell {name} was changed; put back")
        edited = [cell for cell in theirs if different_mark(cell, ours)]
        if edited:
            remarks.append(f"points or marks of cell {name} were changed; put back")
        if len(theirs) > 1:
            remarks.append(f"cell {name} is there {len(theirs)} times; the copies were left out")
        return [ours]
    if len(answers) > 1:
        remarks.append(f"answer {name} is there {len(answers)} times; all ran, the last counts")
    ours.source = answers[-1].source if answers else ours.source
    earlier = [fresh_cell(cell.cell_type, cell.source) for cell in answers[:-1]]
    return [*earlier, ours]


def different_mark(cell: NotebookNode, ours: NotebookNode) -> bool:
    fields = ("points", "grade", "locked", "solution")
    theirs, mine = cell.metadata["nbgrader"], ours.metadata["nbgrader"]
    return any(theirs.get(field) != mine.get(field) for field in fields)


def fresh_cell(kind: str, source: str) -> NotebookNode:
    """A cell of the student's own, without its outputs and metadata."""
    kinds = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return kinds.get(kind, nbformat.v4.new_raw_cell)(source)


def hidden_of(key: NotebookNode) -> dict[str, str]:
    """What the student version lacks: the helpers and the cells with hidden checks, by name."""
    return {
        cell.id: cell.source
        for cell in key.cells
        if cell.id == HELPERS or visible_part(cell.source) != cell.source
    }
