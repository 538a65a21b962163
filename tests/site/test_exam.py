"""The exam counts first choices on the page alone, and without scripts it is a list to open."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from book.tools.quizzes.bank import read_exam

PAGE = "book/exam.html"
SCORE = "document.querySelector('.exam-score').textContent"
OPEN = "document.querySelectorAll('details.option[name={name}] > summary')[{n}].click(), 0"


@pytest.fixture
def page(chromium, server):
    chromium.look(width=1280, theme="light")
    chromium.open("about:blank")
    chromium.open(f"{server}/{PAGE}")
    return chromium


def answer(page, number: int, *, right: bool) -> None:
    question = read_exam()[number - 1]
    n = [option.right for option in question.options].index(right)
    page.run(OPEN.format(name=question.id, n=n))


def test_the_first_choice_of_each_question_counts(page):
    assert page.run(SCORE) == "No question is answered yet."
    answer(page, 1, right=True)
    answer(page, 1, right=False)
    assert page.run(SCORE) == "1 of 30 answered, 1 right at the first choice."
    answer(page, 3, right=False)
    answer(page, 3, right=True)
    answer(page, 2, right=False)
    assert page.run(SCORE) == (
        "3 of 30 answered, 1 right at the first choice. To read again: Chapter 2, Chapter 14."
    )
    link = page.run("document.querySelector('.exam-score a').href")
    assert link.endswith("chapters/02_what_exactly_are_we_predicting.html")
    marked = page.run("document.querySelectorAll('.first-choice').length")
    assert marked == 3


def test_a_perfect_exam_names_nothing_to_read(page):
    for number in range(1, 31):
        answer(page, number, right=True)
    assert page.run(SCORE) == "30 of 30 answered, 30 right at the first choice."


def test_what_print_unfolds_is_no_choice(page):
    page.run("dispatchEvent(new Event('beforeprint')), 0")
    page.run("new Promise(done => setTimeout(done, 100))")
    assert page.run(SCORE) == "No question is answered yet."
    page.run("dispatchEvent(new Event('afterprint')), 0")


def test_nothing_is_sent_or_kept(page):
    asked = len(page.requests)
    answer(page, 5, right=True)
    page.run("new Promise(done => setTimeout(done, 200))")
    assert len(page.requests) == asked
    kept = page.run("JSON.stringify([{...localStorage}, document.cookie])")
    assert "exam" not in kept
    address = page.run("location.href")
    page.open("about:blank")
    page.open(address)
    assert page.run(SCORE) == "No question is answered yet."


def test_without_scripts_every_answer_is_there_to_open(site):
    soup = BeautifulSoup((site / PAGE).read_text(encoding="utf-8"), "html.parser")
    options = soup.select("article details.option")
    assert len(options) == sum(len(question.options) for question in read_exam())
    assert all(len(option.select_one("p").get_text().split()) >= 8 for option in options)
    assert "note down your first choices" in soup.select_one(".exam-score").get_text()
