"""A reader without a mouse can do everything: Tab reaches it, Enter, Space or an arrow works it."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

CHAPTER = "chapters/01_what_should_i_watch_next.html"
REACHED = "document.activeElement?.matches({selector!r})"


def tab_to(chromium, selector: str) -> None:
    """Press Tab from the page's top until an element that matches has the focus."""
    chromium.run("document.activeElement?.blur(), 0")
    for _ in range(400):
        chromium.press("Tab")
        if chromium.run(REACHED.format(selector=selector)):
            return
    raise AssertionError(f"Tab does not reach {selector}")


@pytest.fixture
def chapter(chromium, server):
    chromium.look(width=1280, theme="light")
    chromium.open(f"{server}/{CHAPTER}")
    return chromium


def test_the_walk_can_fail(chapter):
    with pytest.raises(AssertionError, match="Tab does not reach"):
        tab_to(chapter, "#no-such-control")


@pytest.mark.parametrize("kind", ["details.predict", "details.option"])
def test_a_guess_and_a_quiz_open(chapter, kind):
    tab_to(chapter, f"{kind} > summary")
    unfolded = "document.activeElement.parentElement.open"
    assert chapter.run(unfolded) is False
    chapter.press("Enter")
    assert chapter.run(unfolded) is True


def test_a_solution_opens(chapter):
    tab_to(chapter, ".solution .toggle-button")
    seen = "document.querySelector('.solution section').getBoundingClientRect().height > 0"
    assert chapter.run(seen) is False
    chapter.press("Enter")
    assert chapter.run(seen) is True


def test_the_theme_is_switched(chapter):
    tab_to(chapter, "button.theme-switch-button")
    mode = "document.documentElement.dataset.mode"
    before = chapter.run(mode)
    chapter.press("Enter")
    assert chapter.run(mode) != before


def wait_for(chromium, condition: str) -> None:
    """Until a JavaScript condition holds; a page on its way out is asked again."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(RuntimeError):
            if chromium.run(condition):
                return
        time.sleep(0.1)
    raise AssertionError(f"after 20 seconds still not so: {condition}")


@pytest.mark.parametrize(
    ("word", "page"),
    [
        ("shrinkage", "book/glossary.html"),
        ("serendipity", "chapters/15_am_i_in_a_bubble.html"),
        ("Fleabag", "chapters/06_what_is_it_about.html"),
    ],
)
def test_search_finds_a_concept_and_a_title(chapter, word, page):
    tab_to(chapter, "button.search-button-field")
    chapter.press("Enter")
    wait_for(chapter, "document.activeElement.matches('input[type=search]')")
    chapter.write(word)
    chapter.press("Enter")
    wait_for(chapter, f"location.search.includes('q={word}')")
    wait_for(chapter, f"document.querySelector(`#search-results a[href*='{page}']`) !== null")


def test_search_finds_nothing_for_a_word_that_is_not_there(chromium, server):
    chromium.open(f"{server}/search.html?q=zzyzx")
    wait_for(
        chromium, "document.querySelector('.search-summary')?.textContent.includes('not match')"
    )
    assert chromium.run("document.querySelectorAll('#search-results li').length") == 0


def test_another_viewer_is_chosen(chromium, server):
    chromium.look(width=390, theme="light")
    chromium.open(f"{server}/book/index.html")
    shown = """[...document.querySelectorAll(".viewer-page")].filter(
        page => page.checkVisibility()).map(page => page.id)"""
    assert chromium.run(shown) == ["viewer-page-1"]
    tab_to(chromium, "#viewer-1")
    chromium.press("ArrowRight")
    assert chromium.run(shown) == ["viewer-page-2"]
