"""The map of ideas says what the chapters say that they need, in words and in lines."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from book.tools.pages.ideas import (
    BOLD,
    LETTERS,
    Idea,
    as_markdown,
    as_svg,
    read_ideas,
    straight,
    way_to,
)

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {int(path.name[:2]): path for path in ROOT.glob("chapters/[0-9][0-9]_*.md")}
IDEAS = read_ideas()
SMALL = [Idea(1, (), "a"), Idea(2, (1,), "b"), Idea(3, (1, 2), "c"), Idea(4, (3, 1), "d")]


def test_every_chapter_has_one_line_in_the_order_of_the_book():
    assert [idea.chapter for idea in IDEAS] == sorted(CHAPTERS)


@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: f"{idea.chapter:02d}")
def test_a_chapter_needs_what_it_says(idea):
    text = CHAPTERS[idea.chapter].read_text(encoding="utf-8")
    before = re.search(r"\*\*Before:\*\*(.*?)\*\*Reading", text, re.S)[1]
    linked = re.findall(r"\((\d\d)_\w+\.ipynb\)|</chapters/(\d\d)_", before)
    assert tuple(int(a or b) for a, b in linked) == idea.needs
    assert all(need < idea.chapter for need in idea.needs)


@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: f"{idea.chapter:02d}")
def test_a_sentence_is_short_and_states_no_number(idea):
    assert 8 <= len(idea.text.split()) <= 25
    assert not re.search(r"\d", idea.text)


def test_the_way_to_a_chapter_and_the_lines_by_hand():
    assert way_to(4, SMALL) == [1, 2, 3]
    assert way_to(1, SMALL) == []
    assert straight(SMALL) == [(1, 2), (2, 3), (3, 4)]


def test_the_lines_lead_to_all_that_is_needed():
    reached: dict[int, set[int]] = {number: set() for number in CHAPTERS}
    for start, end in straight(IDEAS):  # in the order of the book
        reached[end] |= {start} | reached[start]
    assert all(sorted(reached[n]) == way_to(n, IDEAS) for n in CHAPTERS)


def test_the_drawing_holds_every_title_sentence_and_line():
    drawing = ElementTree.fromstring(as_svg(ROOT))
    lines = ["".join(span.itertext()) for span in drawing.iter("tspan")]
    words = " ".join(lines)
    assert all(idea.text in words for idea in IDEAS)
    assert words.count("Builds on") == sum(bool(idea.needs) for idea in IDEAS)
    assert max(map(len, lines)) <= max(BOLD, LETTERS)
    links = [link.get("href") for link in drawing.iter("a")]
    assert links == [f"../chapters/{CHAPTERS[n].stem}.html" for n in sorted(CHAPTERS)]
    assert len(list(drawing.iter("path"))) == len(straight(IDEAS))
    heights = [float(span.get("y")) for span in drawing.iter("tspan")]
    assert heights == sorted(heights) and len(set(heights)) == len(heights)


def test_the_page_shows_the_map_as_it_is():
    stored = (ROOT / "book/_generated/ideas.md").read_text(encoding="utf-8")
    assert stored == as_markdown(ROOT), "run python -m book.tools.pages.home_page"
