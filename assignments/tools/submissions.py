"""Put a student's answers into the teacher's own notebook.

The graded notebook is built from the answer key: questions, checks and points are always the
teacher's, whatever a submission did to its copies. From the submission come the answers, found by
their names, and the cells that the student added.
"""

from __future__ import annotations

import io
import json
import re
import tokenize
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from assignments.tools.checker import defined, is_answer
from assignments.tools.release import WORDS, student_version

MAX_BYTES = 20_000_000  # a notebook with every figure kept is well under 5 MB
MAX_CELLS = 500
MAX_CODE = 10_000_000  # characters in a cell of code: more takes a slow machine all of its time
FEW = 6  # remarks on cells that were put back; of more, one line
KEPT = 300_000  # characters of all texts kept for a question in words
PROSE = 8  # words in comments and strings from which a cell of code may be an answer in words
PUT_BACK = re.compile(r"cell (\S+) .*(?:put back|copies were left out)$")
CLASS = re.compile(r'^CLASS = (\d+)\nDATA = "([^"]*)"', re.M)


class UnreadableError(ValueError):
    """A file that cannot be graded by machine: why, for the teacher to read and act on."""


@dataclass
class Assembled:
    """A notebook to run, and what a person should know about how it came about.

    untouched: answers that are still what the student was given, and that no own cell gives.
    words: for each question in words, every text of the student's that may be its answer.
    """

    notebook: NotebookNode
    remarks: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    untouched: set[str] = field(default_factory=set)
    words: dict[str, list[str]] = field(default_factory=dict)


def read_notebook(content: bytes) -> NotebookNode:
    """A notebook from bytes that may be anything.

    Raises:
        UnreadableError: too large, not UTF-8, not JSON, not a notebook.
    """
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1e6:.0f} MB; {MAX_BYTES / 1e6:.0f} are allowed"
        raise UnreadableError(f"the file has {size}: ask for it without its outputs")
    try:
        notebook = nbformat.from_dict(json.loads(content.decode("utf-8-sig")))
        check_form(notebook)
    except UnicodeDecodeError:
        raise UnreadableError("the file is not UTF-8 text, so not a notebook") from None
    except (json.JSONDecodeError, RecursionError, ValueError) as problem:
        if isinstance(problem, UnreadableError):
            raise
        raise UnreadableError(
            "the file is not JSON, so not a notebook; ask for the .ipynb"
        ) from None
    except (AttributeError, KeyError, TypeError):
        raise UnreadableError("the file is JSON but not a notebook; ask for the .ipynb") from None
    return notebook


def check_form(notebook: NotebookNode) -> None:
    """Refuse what has not the form of a notebook; join sources that are kept line by line."""
    if notebook.nbformat < 4:
        raise UnreadableError(
            f"an old notebook format ({notebook.nbformat}): open it in JupyterLab and save it again"
        )
    if len(notebook.cells) > MAX_CELLS:
        raise UnreadableError(f"the notebook has {len(notebook.cells)} cells; {MAX_CELLS} are read")
    for cell in notebook.cells:
        cell.source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        if cell.cell_type not in ("code", "markdown", "raw"):
            raise UnreadableError(f"a cell of unknown kind: {str(cell.cell_type)[:40]}")
        if cell.cell_type == "code" and len(cell.source) > MAX_CODE:
            raise UnreadableError(f"a cell has {len(cell.source) / 1e6:.0f} MB of code")
        if not isinstance(cell.setdefault("metadata", NotebookNode()), dict):
            raise TypeError


def assemble(key: NotebookNode, submitted: NotebookNode) -> Assembled:
    """The key's notebook with the student's answers and added cells in their places.

    Raises:
        UnreadableError: none of the assignment's cells is in the submission, or it is of another
            class.
    """
    release = {cell.id: cell for cell in student_version(key).cells}
    copies, added = sort_cells(submitted, release)
    own = [cell for cells in added.values() for cell in cells]
    elsewhere = set().union(*(set().union(*defined(cell.source)) for cell in own
                              if cell.cell_type == "code"))  # fmt: skip
    if not copies and not elsewhere & answers_of(key).keys():
        raise UnreadableError("no cell of this assignment is in the notebook: another course's?")
    check_class(key, submitted)
    graded = Assembled(nbformat.v4.new_notebook(metadata=key.metadata))
    graded.alarms += other_answers(submitted, release)
    cells = list(added.get("", []))
    for name, ours in release.items():
        cells += take(ours, copies.get(name, []), graded, elsewhere) + added.get(name, [])
    graded.remarks = gathered(graded.remarks)
    for number, cell in enumerate(cells):
        mark = cell.metadata.get("nbgrader")
        cell.id = mark["grade_id"] if mark else f"own-{number}"
    graded.notebook.cells = cells
    collect_words(graded, release, copies, own)
    return graded


def other_answers(submitted: NotebookNode, release: dict[str, NotebookNode]) -> list[str]:
    """Answers to questions that the key does not ask: of a release made before a change."""
    marks = [cell.metadata.get("nbgrader") for cell in submitted.cells]
    marks = [mark for mark in marks if isinstance(mark, dict) and mark.get("solution") is True]
    names = sorted({str(mark.get("grade_id"))[:40] for mark in marks} - set(release))
    told = f"it answers questions that this key does not ask: {', '.join(names)[:200]}; of another"
    return [f"{told} release?"] if names else []


def answers_of(key: NotebookNode) -> dict[str, str]:
    """Name that an answer defines → name of its cell."""
    return {
        name: cell.id
        for cell in filter(is_answer, key.cells)
        for name in set().union(*defined(cell.source))
    }


def check_class(key: NotebookNode, submitted: NotebookNode) -> None:
    """Refuse a notebook that says it was made for another class or other data than the key."""
    ours, theirs = key.metadata.watch_next, submitted.metadata.get("watch_next")
    if not isinstance(theirs, dict):
        texts = (CLASS.search(cell.source) for cell in submitted.cells)
        found = next(filter(None, texts), None)
        theirs = {"class": int(found[1]), "data": found[2]} if found else {}
    for part in ("class", "data"):
        if theirs.get(part, ours[part]) != ours[part]:
            told = f"{part} {theirs.get(part)!r}, and the answer key of {part} {ours[part]!r}"
            raise UnreadableError(f"the notebook is of {told}: grade it with that key")


def sort_cells(submitted: NotebookNode, release: dict[str, NotebookNode]):
    """The submission's copies of known cells by name; its other cells by the known one before."""
    texts = {cell.source.strip(): name for name, cell in release.items()
             if cell.metadata.nbgrader.locked}  # fmt: skip
    copies, added, last = {}, {}, ""
    for cell in submitted.cells:
        name = name_of(cell, release) or texts.get(cell.source.strip())
        if name:
            copies.setdefault(name, []).append(cell)
            last = name
        elif cell.source.strip():
            added.setdefault(last, []).append(fresh_cell(cell.cell_type, cell.source))
    return copies, added


def name_of(cell: NotebookNode, release: dict[str, NotebookNode]) -> str | None:
    """Which cell of the assignment this is, by its mark or by its identifier."""
    mark = cell.metadata.get("nbgrader")
    for name in (mark.get("grade_id") if isinstance(mark, dict) else None, cell.get("id")):
        if isinstance(name, str) and name in release:
            return name
    return None


def take(ours: NotebookNode, theirs: list, graded: Assembled, elsewhere: set[str]) -> list:
    """What goes into the place of one cell of the assignment."""
    name = ours.id
    if ours.metadata.nbgrader.locked:
        graded.remarks += remarks_on(ours, theirs)
        return [ours]
    answers = [cell for cell in theirs if cell.cell_type == ours.cell_type]
    stub = ours.source.strip()
    written = [cell for cell in answers if cell.source.strip() not in ("", stub)]
    if len(written) > 1:
        graded.remarks.append(
            f"answer {name} is there {len(written)} times; all ran, the last counts"
        )
    if written:
        ours.source = written[-1].source
        return [*(fresh_cell(cell.cell_type, cell.source) for cell in written[:-1]), ours]
    moved = [fresh_cell(cell.cell_type, cell.source) for cell in theirs if cell not in answers]
    if set().union(*defined(stub)) & elsewhere and ours.cell_type == "code":
        graded.remarks.append(
            f"answer {name} stands in a cell of the student's own; that one counts"
        )
        return moved
    if not answers and not moved:
        graded.remarks.append(f"cell {name} is missing; put back")
    graded.untouched.add(name)
    return [*moved, ours]


def remarks_on(ours: NotebookNode, theirs: list) -> list[str]:
    """What was done to a cell that nobody should change: it is put back in any case."""
    name = ours.id
    if not theirs:
        return [f"cell {name} is missing; put back"]
    found = []
    if any(cell.source.rstrip() != ours.source.rstrip() for cell in theirs):
        found.append(f"cell {name} was changed; put back")
    if any(different_mark(cell, ours) for cell in theirs):
        found.append(f"points or marks of cell {name} were changed; put back")
    if len(theirs) > 1:
        found.append(f"cell {name} is there {len(theirs)} times; the copies were left out")
    return found


def gathered(remarks: list[str]) -> list[str]:
    """Many cells that were put back are one thing to look at, not many: another release's, say."""
    back = [one for one in remarks if PUT_BACK.search(one)]
    if len(back) <= FEW:
        return remarks
    names = ", ".join(dict.fromkeys(PUT_BACK.search(one)[1] for one in back))
    told = f"{len(back)} cells are not as in this release, perhaps of another; put back: {names}"
    return [told, *(one for one in remarks if one not in back)]


def different_mark(cell: NotebookNode, ours: NotebookNode) -> bool:
    """Whether the copy's marks say another thing; marks that a tool dropped say nothing."""
    theirs, mine = cell.metadata.get("nbgrader"), ours.metadata.nbgrader
    fields = ("points", "grade", "locked", "solution")
    return isinstance(theirs, dict) and any(theirs.get(part) != mine.get(part) for part in fields)


def collect_words(graded: Assembled, release: dict, copies: dict, own: list) -> None:
    """For each question in words, its text, and all text of the student's that stands elsewhere."""
    elsewhere = [text for text in map(prose, own) if text]
    for name, ours in release.items():
        for cell in copies.get(name, []):
            if ours.metadata.nbgrader.locked and ours.cell_type == "markdown":
                lines = set(map(str.strip, ours.source.splitlines()))
                new = [line for line in cell.source.splitlines() if line.strip() not in lines]
                elsewhere += ["\n".join(new)] if new else []
            elif not ours.metadata.nbgrader.locked and ours.cell_type == "code":
                text = prose(cell)
                elsewhere += (
                    [text] if text and len(comments(cell.source).split()) > 2 * PROSE else []
                )
    for name, ours in release.items():
        if ours.cell_type == "markdown" and ours.metadata.nbgrader.solution:
            mine = [cell.source for cell in copies.get(name, [])]
            mine = [text for text in mine if text.strip() not in ("", WORDS)]
            graded.words[name] = shortened(mine + elsewhere)
            graded.untouched -= {name} if graded.words[name] else set()


def shortened(texts: list[str]) -> list[str]:
    """The texts as far as a person may want to read them."""
    kept, room = [], KEPT
    for text in texts:
        if len(text) > room:
            more = f"... ({sum(map(len, texts)):,} characters in all; the file holds them)"
            return [*kept, text[:room] + more]
        kept.append(text)
        room -= len(text)
    return kept


def prose(cell: NotebookNode) -> str:
    """The cell's text where it may hold an answer in words, otherwise nothing."""
    if cell.cell_type != "code" or len(comments(cell.source).split()) >= PROSE:
        return cell.source
    return ""


def comments(source: str) -> str:
    """Comments and strings of code; of what is no Python, all of it."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        compile(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return "" if source.lstrip().startswith(("%", "!")) else source
    kinds = (tokenize.COMMENT, tokenize.STRING)
    return " ".join(token.string for token in tokens if token.type in kinds)


def fresh_cell(kind: str, source: str) -> NotebookNode:
    """A cell of the student's own, without its outputs and metadata."""
    kinds = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return kinds.get(kind, nbformat.v4.new_raw_cell)(source)
