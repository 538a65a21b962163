"""Every test that *Where we were wrong* names stands where the page says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book/where_we_were_wrong.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_test_that_is_named_exists(file, name):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {part.name for part in tree.body if isinstance(part, ast.FunctionDef)}


def test_every_entry_says_what_was_thought_what_is_true_and_what_stands_there():
    *entries, lesson = re.split(r"^## ", PAGE, flags=re.M)[1:]
    assert len(entries) >= 8 and lesson.startswith("Four kinds")
    for entry in entries:
        marks = re.findall(r"^\*\*(We thought|True is|Now)\*\*", entry, re.M)
        assert marks == ["We thought", "True is", "Now"], entry.splitlines()[0]
        assert re.search(r"`tests/[\w/]+\.py::\w+`", entry), entry.splitlines()[0]
