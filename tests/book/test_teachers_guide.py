"""The teacher's guide goes through the chapters in the book's order, and leaves none out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "book" / "teachers_guide.md").read_text()
CHAPTERS = [int(path.name[:2]) for path in sorted((ROOT / "chapters").glob("[01]*.md"))]


@pytest.mark.parametrize(
    "entry",
    [r"^\| \[(\d+) .+?\]\(\.\./chapters/", r"^- \*\*(\d+)\*\* "],
    ids=["table", "questions"],
)
def test_every_chapter_stands_there_in_order(entry):
    found = [int(number) for number in re.findall(entry, GUIDE, re.MULTILINE)]
    assert found == CHAPTERS[:-1]  # the last is the capstone, which the guide tells of in words
