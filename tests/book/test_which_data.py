"""The flow chart of data sets draws its table, and leads only to sets that the page describes."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from book.tools.pages.which_data import ASK, LETTERS, TAKE, as_markdown, as_svg, read_steps

BOOK = Path(__file__).resolve().parents[2] / "book"
STEPS = read_steps()


def test_every_question_has_a_yes_and_a_no_and_the_end_has_neither():
    drawing = ElementTree.fromstring(as_svg(STEPS))
    told = " ".join("".join(span.itertext()) for span in drawing.iter("tspan"))
    assert all(question in told and take in told for question, take in STEPS)
    answers = ["".join(text.itertext()) for text in drawing.iter("text") if text.get("class")]
    assert answers == ["yes", "no"] * (len(STEPS) - 1)
    assert STEPS[-1][0] == "" and all(question for question, _ in STEPS[:-1])


def test_boxes_lie_below_each_other_and_words_in_their_boxes():
    drawing = ElementTree.fromstring(as_svg(STEPS))
    bottom = {"ask": 0.0, "take": 0.0}
    for frame, text in zip(drawing.iter("rect"), drawing.findall("./text[tspan]"), strict=True):
        top, height = float(frame.get("y")), float(frame.get("height"))
        assert top > bottom[frame.get("class")]
        bottom[frame.get("class")] = top + height
        heights = [float(span.get("y")) for span in text]
        assert top < heights[0] and heights[-1] < top + height
    assert float(drawing.get("viewBox").split()[3]) > max(bottom.values())
    most = max(LETTERS[ASK], LETTERS[TAKE])
    assert max(len("".join(span.itertext())) for span in drawing.iter("tspan")) <= most


def test_it_leads_to_sets_that_the_page_describes():
    page = (BOOK / "datasets.md").read_text(encoding="utf-8")
    described = ["Matinee", *re.findall(r"^(.+)\n: ", page, re.M)]
    for _, take in STEPS:
        for name in re.findall(r"[A-Z][\w.-]+(?: [A-Z][\w.-]+)?|goodbooks-10k", take):
            assert any(all(word in line for word in name.split()) for line in described), name


def test_the_page_shows_the_chart_as_it_is():
    stored = (BOOK / "_generated/which_data.md").read_text(encoding="utf-8")
    assert stored == as_markdown(), "run python -m book.tools.pages.home_page"
