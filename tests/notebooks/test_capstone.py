"""The capstone's brief adds up, and what it tells students to use is there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import recsys_lib

SOURCE = Path(__file__).resolve().parents[2] / "chapters" / "19_build_your_own.md"
TEXT = SOURCE.read_text(encoding="utf-8")


def table(after: str) -> list[list[str]]:
    """The rows, without the heading, of the first table after a heading."""
    text = TEXT.split(f"\n## {after}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+) \|$", text, re.M)
    return [
        [cell.strip() for cell in row.split(" | ")] for row in rows if not row.startswith("--")
    ][1:]


LAYERS = {path.stem for path in Path(recsys_lib.__file__).parent.iterdir()}
NAMED = {name for name in re.findall(r"`([\w.]+)`", TEXT) if name.split(".")[0] in LAYERS}


def test_the_library_is_named():
    assert len(NAMED) > 20


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_name_of_the_library_exists(name):
    parts = ["recsys_lib", *name.split(".")]
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return
    raise AssertionError(name)


def test_hours_and_points_are_those_of_the_tables():
    hours = sum(int(row[1]) for row in table("Four weeks"))
    assert f"{hours} hours" in TEXT.replace("forty hours", "40 hours")
    rubric = table("How it is marked")
    assert all(len(row) == 5 and all(row) for row in rubric)
    assert (len(rubric), len(rubric) * 5) == (8, 40)
    assert "Eight criteria of five points each, 40 in all." in TEXT


def test_both_outlines_say_what_a_project_needs():
    outlines = re.split(r"^### ", TEXT.split("\n## Two outlines\n")[1], flags=re.M)[1:]
    assert len(outlines) == 2
    for outline in outlines:
        for part in ("Question", "Data", "Protocol", "Expect to show", "Risks"):
            assert f"**{part}.**" in outline
        assert "**A good version**" in outline
        assert "**A poor version**" in outline
