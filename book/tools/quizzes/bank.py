"""Every quiz question of the book, read from the executed chapters, and the exam's from its page.

So numbers in them are the chapter's own. Texts are Markdown with TeX between dollar signs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from book.tools.notebooks.records import RECORD, SHOWN, name_of, value_of

ROOT = Path(__file__).resolve().parents[3]

EXAM = 0  # stands where others have a chapter's number
SECTION = re.compile(r"^## (?:Check yourself|The questions)\n(.*?)(?=^## |\Z)", re.M | re.S)
QUESTION = re.compile(
    r"^\*\*\d+\.\*\*\s+(.*?)(?=<details)((?:<details.*?</details>\s*)+)", re.M | re.S
)
OPTION = re.compile(
    r'<details class="option" name="([\w-]+)">\s*<summary>(?:\(\w\) )?(.+?)</summary>'
    r"(.*?)</details>",
    re.S,
)
EQUATION = re.compile(r"\{eq\}`([\w-]+)`")
LABEL = re.compile(r"^\$\$ \(([\w-]+)\)", re.M)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\([^)\s]+\)")
TAGS = {"em": "*", "i": "*", "strong": "**", "b": "**", "code": "`"}
LEFT_OVER = re.compile(r"\{[\w:]+\}`|</?[a-z]+[ >]")


@dataclass(frozen=True)
class Option:
    """An answer to choose, whether it is right, and why."""

    text: str
    right: bool
    explanation: str


@dataclass(frozen=True)
class Question:
    """A question with its options in the order of the page; the id is that of the page."""

    id: str
    chapter: int
    title: str
    text: str
    options: list[Option]

    @property
    def place(self) -> str:
        """Where it is asked: in a chapter, or in the exam over all of them."""
        return "Exam" if self.chapter == EXAM else f"Chapter {self.chapter:02d}"


def read_bank(folder: Path = ROOT / "chapters") -> list[Question]:
    """The questions of every chapter that has any, in the order of the book."""
    return [
        question
        for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))
        for question in read_chapter(int(path.name[:2]), nbformat.read(path, as_version=4))
    ]


def read_exam(page: Path = ROOT / "book" / "exam.md") -> list[Question]:
    """The questions of the exam over all chapters."""
    return read_questions(EXAM, page.read_text(encoding="utf-8"), {})


def read_chapter(number: int, notebook: NotebookNode) -> list[Question]:
    """The questions of one executed chapter."""
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return read_questions(number, prose, glued(notebook))


def read_questions(number: int, prose: str, values: dict[str, object]) -> list[Question]:
    """The questions of a chapter's or a page's Markdown, with the values that cells gave it.

    Raises:
        ValueError: a text holds what only the book's own pages can show.
    """
    title, section = re.search(r"^# (.+)$", prose, re.M), SECTION.search(prose)
    places = {label: f"({number}.{n})" for n, label in enumerate(LABEL.findall(prose), start=1)}
    found = []
    for text, options in QUESTION.findall(section[1] if section else ""):
        names, texts, reasons = zip(*OPTION.findall(options), strict=True)
        known = [
            Option(plain(text, values, places), "**Right.**" in why, plain(why, values, places))
            for text, why in zip(texts, reasons, strict=True)
        ]
        where = plain(title[1], values, places)
        found.append(Question(names[0], number, where, plain(text, values, places), known))
    return found


def glued(notebook: NotebookNode) -> dict[str, object]:
    """Name → value of everything that the chapter hands from its cells to its prose."""
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    return {name_of(out): value_of(out) for out in outputs if name_of(out) and RECORD in out.data}


def plain(text: str, values: dict[str, object], places: dict[str, str]) -> str:
    """Markdown that needs no book around it: numbers filled in, links and tags gone.

    Raises:
        ValueError: a role or a tag is left over.
    """
    text = SHOWN.sub(lambda part: format(values[part[1]], part[2] or ""), text.strip())
    text = EQUATION.sub(lambda part: places[part[1]], text)
    text = LINK.sub(r"\1", text)
    for tag, mark in TAGS.items():
        text = re.sub(f"</?{tag}>", mark, text)
    left = LEFT_OVER.search(text)
    if left:
        raise ValueError(f"a question bank cannot show {left[0]!r} in: {text}")
    return text
