"""A term of the glossary explains itself where it is met: to a pointer, a key and a listener."""

from __future__ import annotations

import importlib
import re

import pytest
from bs4 import BeautifulSoup

from tests.site.conftest import ROOT
from tests.site.test_keyboard import tab_to

CHAPTER = "chapters/01_what_should_i_watch_next.html"
TERM = "a.term[href$='#term-shrinkage']"
SHOWN = "[...document.querySelectorAll('.definition')].filter(box => box.checkVisibility())"
MEANING = re.compile(r"^(\S.*)\n  (.+)$", re.MULTILINE)


def test_a_chapter_links_each_term_once_to_what_the_glossary_says(site):
    soup = BeautifulSoup((site / CHAPTER).read_text(encoding="utf-8"), "html.parser")
    meanings = dict(MEANING.findall((ROOT / "book/glossary.md").read_text(encoding="utf-8")))
    links = soup.select("article a.term")
    assert len(links) > 8
    assert len({link["href"] for link in links}) == len(links)
    box = soup.find(id=soup.select_one(TERM)["aria-describedby"])
    assert box.get_text().split() == meanings["shrinkage"].split()


def test_a_term_inside_code_a_heading_or_a_table_is_left_alone(site, pages):
    for page in pages:
        soup = BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
        assert not soup.select("article :is(h1, h2, h3, code, pre, td, figcaption) a.term"), page


@pytest.fixture
def glossary(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    return importlib.import_module("glossary_hover")


@pytest.mark.parametrize(
    ("term", "words", "found"),
    [
        ("cold start", "Cold start", True),
        ("MAP", "MAP", True),
        ("MAP", "map", False),
        ("nDCG", "NDCG", False),
        ("re-ranking", "Re-ranking", True),
    ],
)
def test_a_name_keeps_its_capitals_and_other_terms_may_start_a_sentence(
    glossary, term, words, found
):
    assert bool(re.fullmatch(glossary.spelling(term), words)) is found


@pytest.fixture
def chapter(chromium, server):
    chromium.look(width=390, theme="light")
    chromium.open(f"{server}/{CHAPTER}")
    assert chromium.run(f"{SHOWN}.length") == 0
    return chromium


def test_the_keyboard_shows_a_definition_and_escape_puts_it_away(chapter):
    tab_to(chapter, TERM)
    assert chapter.run(f"{SHOWN}.map(box => box.id)") == ["about-shrinkage"]
    assert chapter.run("document.documentElement.scrollWidth") == 390
    edges = chapter.run(f"{SHOWN}.flatMap(box => {{const at = box.getBoundingClientRect();"
                        " return [at.left, 390 - at.right]})")  # fmt: skip
    assert min(edges) >= 0
    chapter.press("Escape")
    assert chapter.run(f"{SHOWN}.length") == 0
    chapter.press("Tab")
    assert chapter.run(f"{SHOWN}.map(box => box.id)") != ["about-shrinkage"]


def test_the_pointer_shows_a_definition_and_may_move_onto_it(chapter):
    middle = """(element => {element.scrollIntoView({block: "center"});
        const at = element.getClientRects()[0];
        return [at.left + at.width / 2, at.top + at.height / 2]})"""
    chapter.point(*chapter.run(f"{middle}(document.querySelector({TERM!r}))"))
    assert chapter.run(f"{SHOWN}.map(box => box.id)") == ["about-shrinkage"]
    chapter.point(*chapter.run(f"{middle}(document.querySelector('#about-shrinkage'))"))
    chapter.run("new Promise(done => setTimeout(done, 400))")
    assert chapter.run(f"{SHOWN}.length") == 1
    chapter.point(5, 5)
    chapter.run("new Promise(done => setTimeout(done, 400))")
    assert chapter.run(f"{SHOWN}.length") == 0
