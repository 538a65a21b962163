"""Which answers are alike: a list to look at, never a verdict.

Code is cut into shingles of seven tokens, with every name of the student's own replaced by one
letter, so that renaming hides nothing. What the release, the reference answers and the chapters
hold is taken out first: two students who both copied the book are alike through it. The likeness of
two students is the share of the smaller set of shingles that the other has too.

Each file is read in a process of its own with its own clock, and of a very long one a sample is
compared: what students wrote can be too much for a tokenizer.
"""

from __future__ import annotations

import csv
import hashlib
import io
import keyword
import tokenize
from functools import partial
from itertools import combinations
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from assignments.tools import bounded
from assignments.tools.inbox import Submission
from assignments.tools.results import write_whole
from assignments.tools.submissions import UnreadableError, read_notebook

LENGTH = 7
LEAST = 20  # shingles of one's own, below which two short answers are alike by nature
MOST = 20_000  # shingles compared; an honest notebook has about 2,000
ALIKE = 0.6
READ_SECONDS = 20
CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
COLUMNS = ("assignment", "likeness", "student", "other", "file", "other file")


def shingles(code: str) -> set[tuple[str, ...]]:
    """Runs of tokens, names made alike; of what is no Python, nothing."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (SyntaxError, tokenize.TokenError, ValueError, RecursionError):
        return set()
    words = []
    for number, token in enumerate(tokens):
        if token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING):
            attribute = number and tokens[number - 1].string == "."
            plain = token.type != tokenize.NAME or keyword.iskeyword(token.string) or attribute
            words.append(token.string if plain else "x")
    return {tuple(words[n : n + LENGTH]) for n in range(len(words) - LENGTH + 1)}


def code_of(notebook: NotebookNode) -> set[tuple[str, ...]]:
    return set().union(*(shingles(cell.source) for cell in notebook.cells
                         if cell.cell_type == "code"))  # fmt: skip


def common_ancestors(key: NotebookNode) -> set[tuple[str, ...]]:
    """What anybody may have from the assignment itself or from the book."""
    books = [jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
             for path in sorted(CHAPTERS.glob("[0-9][0-9]_*.md"))]  # fmt: skip
    return set().union(code_of(key), *map(code_of, books))


def write_likeness(
    chosen: list[Submission], keys: dict[str, NotebookNode], folder: Path, jobs: int = 1
) -> None:
    """The table of pairs, most alike first; of each assignment, those graded together."""
    rows = []
    for name in sorted({one.assignment for one in chosen if not one.reason}):
        common = {number(one) for one in common_ancestors(keys[name])}
        these = [one for one in chosen if one.assignment == name and not one.reason]
        own = {}
        work = [partial(numbers_of, one, common) for one in these]
        for place, found, _ in bounded.each(work, jobs, READ_SECONDS):
            own |= {place: set(found)} if found and len(found) >= LEAST else {}
        for (one, mine), (other, theirs) in combinations(sorted(own.items()), 2):
            likeness = len(mine & theirs) / min(len(mine), len(theirs))
            if likeness >= ALIKE:
                one, other = these[one], these[other]
                rows.append(
                    (name, f"{likeness:.2f}", one.student, other.student, one.place, other.place)
                )
    rows.sort(key=lambda row: (row[0], -float(row[1])))
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    write_whole(folder / "likeness.csv", text.getvalue())


def number(shingle: tuple[str, ...]) -> int:
    """A shingle as a number of 48 bits, the same in every process."""
    text = "\0".join(shingle).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest())


def numbers_of(submission: Submission, common: set[int]) -> list[int]:
    """Shingles of its own; of too many the smallest numbers, which are a fair sample of them."""
    try:
        notebook = read_notebook(submission.content())
    except (UnreadableError, OSError, KeyError):
        return []
    return sorted(set(map(number, code_of(notebook))) - common)[:MOST]
