"""The search leads to chapters first, shows the words, and works from a folder."""

from __future__ import annotations

import pytest

from tests.site.test_keyboard import wait_for

FOUND = """[...document.querySelectorAll("#search-results li")].map(item =>
    [item.querySelector("a").getAttribute("href"), item.querySelector("a").textContent,
     [...item.querySelectorAll("mark")].map(mark => mark.textContent.toLowerCase())])"""
DONE = "document.querySelector('.search-summary')?.textContent.length > 5"


def search(chromium, base: str, words: str) -> list:
    chromium.open(f"{base}/search.html?q={words.replace(' ', '+').replace('/', '%2F')}")
    wait_for(chromium, DONE)
    return chromium.run(FOUND)


@pytest.mark.parametrize(
    ("words", "chapter"),
    [
        ("filter bubble", "15_"),
        ("cold start", "07_"),
        ("Seinfeld", "04_"),
        ("fairness", "14_"),
        ("shrinkage", "04_"),
        ("MovieLens", "17_"),
        ("explanation", "16_"),
        ("bandit", "12_"),
        ("A/B test", "13_"),
    ],
)
def test_a_question_leads_to_the_chapter_that_answers_it(
    chromium, server, pages, words, chapter
):  # fmt: skip
    if not any(page.startswith(f"chapters/{chapter}") for page in pages):
        found = [address for address, *_ in search(chromium, server, words)]
        assert not [address for address in found if address.startswith("chapters/")]
        return
    (address, name, marks), *_ = search(chromium, server, words)
    assert address.startswith(f"chapters/{chapter}")
    assert name.startswith(f"{int(chapter[:2])} ")
    assert set(marks) & {
        mark for mark in marks for word in words.split() if word.lower()[:4] in mark
    }


def test_names_of_the_library_come_last(chromium, server):
    found = [address for address, *_ in search(chromium, server, "diversity")]
    places = [n for n, address in enumerate(found) if "book/api_" in address]
    chapters = [n for n, address in enumerate(found) if address.startswith("chapters/")]
    assert chapters and places and min(places) > max(chapters[:4])


def test_it_works_from_a_folder_and_without_capitals_or_accents(chromium, site):
    found = search(chromium, f"file://{site}", "CAFE seinfeld")
    assert not chromium.console and not chromium.failures
    assert search(chromium, f"file://{site}", "SEINFELD")[0][0].startswith("chapters/")
    assert isinstance(found, list)


def test_the_sign_stands_beside_the_words(chromium, server):
    for width in (1280, 390):
        chromium.look(width=width, theme="light")
        search(chromium, server, "Seinfeld")
        gap = chromium.run("""(() => {
            const form = document.querySelector(".bd-article .bd-search, main .bd-search");
            const input = form.querySelector("input"), sign = form.querySelector("i");
            const padding = parseFloat(getComputedStyle(input).paddingLeft);
            const left = input.getBoundingClientRect().left + padding;
            return left - sign.getBoundingClientRect().right})()""")
        assert gap >= 2
