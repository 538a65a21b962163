"""Every exercise has its solution on its page, folded, with the code that was run."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag

from book.tools.notebooks.runner import CHAPTERS

SOURCES = [
    path
    for path in sorted(CHAPTERS.glob("[0-9][0-9]_*.md"))
    if "{exercise-start}" in path.read_text(encoding="utf-8")
]
SOLUTION = re.compile(r"\{solution-start\}.*?\n```\n(.*?)```\{solution-end\}", re.S)
CODE = re.compile(r"```\{code-cell\}.*?\n(.*?)```", re.S)


def same(code: str) -> str:
    """Code without spaces, empty lines and the options of its cell."""
    lines = [line for line in code.splitlines() if not re.match(r":\w+:|---", line)]
    return re.sub(r"\s+", "", "".join(lines))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_each_solution_is_folded_and_whole(site, source):
    text = source.read_text(encoding="utf-8")
    page = BeautifulSoup((site / f"chapters/{source.stem}.html").read_text("utf-8"), "html.parser")
    shown: list[Tag] = page.select("article .solution")
    written = SOLUTION.findall(text)
    assert len(shown) == len(written) == len(page.select("article .exercise")) >= 5
    for solution, words in zip(shown, written, strict=True):
        assert "dropdown" in solution["class"]
        hidden = ("remove-input", "remove-cell")
        cells = [cell for cell in CODE.findall(words) if not any(tag in cell for tag in hidden)]
        code = "".join(cell.get_text() for cell in solution.select(".cell_input"))
        assert same(code) == same("".join(cells))
        assert len(solution.get_text().split()) > 10
