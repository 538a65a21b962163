"""The exam: thirty questions over all chapters, none a copy, no pattern that gives answers away."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

import pytest

from book.tools.quizzes.bank import ROOT, read_bank, read_exam

PAGE = ROOT / "book/exam.md"


@pytest.fixture(scope="module")
def exam():
    return read_exam()


def test_it_has_thirty_questions_and_none_is_lost_on_the_way(exam):
    text = PAGE.read_text(encoding="utf-8")
    assert [question.id for question in exam] == [f"exam-{n:02d}" for n in range(1, 31)]
    assert len(re.findall(r"^\*\*\d+\.\*\* ", text, re.M)) == len(exam)
    assert text.count('<details class="option"') == sum(len(q.options) for q in exam)
    assert re.findall(r"^\*\*(\d+)\.", text, re.M) == [str(n) for n in range(1, 31)]


def test_one_option_is_right_and_every_one_is_explained(exam):
    for question in exam:
        assert [option.right for option in question.options].count(True) == 1, question.id
        assert len(question.options) >= 3
        for option in question.options:
            assert re.match(r"\*\*Right\.\*\* |No\. |Not ", option.explanation), question.id
            assert len(option.explanation.split()) >= 8


def test_every_chapter_is_asked_about_and_the_right_option_leads_there(exam):
    text = PAGE.read_text(encoding="utf-8")
    links = re.findall(
        r"\*\*Right\.\*\* .*\(\[Chapter (\d+)\]\(\.\./(chapters/\S+)\)\)$", text, re.M
    )
    assert len(links) == len(exam)
    assert all((ROOT / path).exists() and int(path[9:11]) == int(n) for n, path in links)
    there = {int(path.name[:2]) for path in ROOT.glob("chapters/[0-9][0-9]_*.md")}
    assert {int(number) for number, _ in links} == there
    assert max(Counter(number for number, _ in links).values()) <= 5
    assert [n for n, _ in links] != sorted((n for n, _ in links), key=int), "they are mixed"


def test_neither_place_nor_length_gives_the_answer_away(exam):
    places = Counter([o.right for o in question.options].index(True) for question in exam)
    assert max(places.values()) <= 12 and len(places) == 4
    longest = [max(q.options, key=lambda option: len(option.text)).right for q in exam]
    assert sum(longest) <= len(exam) / 2


def test_no_question_is_one_of_a_chapter_s(exam):
    for mine in exam:
        for other in read_bank():
            assert SequenceMatcher(None, mine.text, other.text).ratio() < 0.7, (mine.id, other.id)
