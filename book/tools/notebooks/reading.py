"""What a reader is told in a chapter: its words, the numbers in them, its experiments."""

from __future__ import annotations

import re
from collections import Counter

import nbformat
from nbformat import NotebookNode

BY_HAND, END = "By hand", "Exercises"
NOT_SEEN = {"remove-cell", "remove-input", "hide-input", "hide-cell"}
Cells = list[tuple[str, NotebookNode]]
"""Cells, each with the section (of the second level) that it stands in."""

BOX = re.compile(r"^(`{3,}|:{3,})\{admonition\} In this chapter.*?^\1$", re.M | re.S)
NUMBER_FROM_A_CELL = "‡"
MARKS = [
    (re.compile(pattern, flags), stand_in)
    for pattern, flags, stand_in in (
        (r"\$\$.*?\$\$( \([\w-]+\))?", re.S, "formula"),
        (r"\$[^$\n]+\$", 0, "formula"),
        (r"^(`{3,}|:{3,}).*$|^:[\w-]+:.*$|^\([\w-]+\)=$", re.M, ""),  # a directive's frame, a label
        (r"^\|.*$", re.M, ""),  # a table
        (r"\{glue:text\}`[^`]*`", 0, NUMBER_FROM_A_CELL),
        (r"\{[\w:]+\}`[^`<]*(<[^>]*>)?`", 0, "reference"),
        (r"\]\([^)\s]*\)|</?\w[^>]*>|<!--.*?-->", re.S, ""),  # where a link leads, and tags
        (r"(?<!\S)[#*_>-]+(?!\S)", 0, ""),  # of headings, lists and quotations
    )
]
NO_RESULTS = re.compile(
    r"`[^`]*`"
    r"|(?<!\*)\*[^*\n]+\*(?!\*)|<em>.*?</em>"  # titles of works
    r"|\b(chapter|part|assignment|figure|table|week|question|exercise)s? \d+((,| to| and|–) ?\d+)*"
    r"|\b(1[89]|20)\d\d(s\b|–\d+)?(?![.,]?\d)"  # years
    r"|[A-Za-z@][\w@-]*\d\w*"  # nDCG@10, F1
    r"|^\d+\. ",  # in a numbered list
    re.I,
)
DIGITS = r"\d+(?:[.,]\d+)*"
NUMBER = re.compile(rf"{NUMBER_FROM_A_CELL}|{DIGITS}(?:\s?–\s?{DIGITS})?")


def words(markdown: str) -> str:
    """The words of a piece of Markdown, without marks, tables and directives' options.

    A formula, a reference and a number from a cell are one word each.
    """
    for pattern, stand_in in MARKS:
        markdown = pattern.sub(stand_in, markdown)
    return markdown


def paragraphs(markdown: str) -> list[str]:
    """Every paragraph and every item of a list, but for the box *In this chapter*."""
    return re.split(r"\n\s*\n|\n(?=- |\d+\. |#)", BOX.sub("", markdown))


def results(paragraph: str) -> list[str]:
    """The numbers that a reader has to take in.

    An estimate with its interval is one, and so are digits said twice. None are 0, 1, years,
    "chapter 3", and what stands in code, formulas or titles of works.
    """
    found = NUMBER.findall(words(NO_RESULTS.sub(kept, paragraph)))
    typed = dict.fromkeys(number for number in found if number not in ("0", "1"))
    return [NUMBER_FROM_A_CELL] * found.count(NUMBER_FROM_A_CELL) + [
        number for number in typed if number != NUMBER_FROM_A_CELL
    ]


def kept(found: re.Match) -> str:
    """Nothing of what is no result, but what a role of the book says stays."""
    start = found.string[: found.start()]
    return found[0] if found[0].startswith("`") and start.endswith("}") else " "


def core(cells: list[NotebookNode]) -> Cells:
    """What stands before *Exercises*; Markdown is cut where a section begins."""
    found, section = [], ""
    for cell in cells:
        parts = re.split(r"^(?=## )", cell.source, flags=re.M)
        for part in parts if cell.cell_type == "markdown" else []:
            section = part[3:].partition("\n")[0] if part.startswith("## ") else section
            if section == END:
                return found
            found.append((section, nbformat.v4.new_markdown_cell(part)))
        if cell.cell_type == "code":
            found.append((section, cell))
    return found


def told(cells: Cells) -> list[str]:
    """The paragraphs that state results: all but those of the example by hand."""
    prose = [c.source for name, c in cells if c.cell_type == "markdown" and name != BY_HAND]
    return paragraphs("\n\n".join(prose))


def is_seen(cell: NotebookNode) -> bool:
    """Whether the site shows a cell's code unfolded."""
    folded = NOT_SEEN & set(cell.metadata.get("tags", [])) or "mystnb" in cell.metadata
    return cell.cell_type == "code" and not folded


def experiments(cells: Cells) -> Counter[str]:
    """Section → its figures with a caption; one where measured numbers stand in tables alone."""
    code = [(name, cell) for name, cell in cells if cell.cell_type == "code" and name != BY_HAND]
    drawn = Counter(name for name, cell in code if "figure" in cell.metadata.get("mystnb", {}))
    return drawn | Counter({name for name, cell in code if has_results(cell)})


def has_results(cell: NotebookNode) -> bool:
    """Whether a cell shows a table with a decimal point in it, and not only its first rows."""
    if "remove-cell" in cell.metadata.get("tags", []) or ".head(" in cell.source:
        return False
    tables = [out for out in cell.get("outputs", []) if out.output_type == "execute_result"]
    return any(re.search(r"\d\.\d", out.data.get("text/plain", "")) for out in tables)
