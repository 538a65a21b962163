"""The end of a chapter: how long the next one takes, and how to cite this one."""

from __future__ import annotations

import re

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.site.conftest import ROOT
from tests.site.test_keyboard import tab_to, wait_for

CHAPTER = "chapters/04_people_who_watched_this.html"
FACTS = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
COPY = ".cite button"
STATUS = "document.querySelector('.cite [role=status]').textContent"
CITATION = "document.querySelector('.citation-text').textContent"


def test_previous_and_next_say_how_long_they_take(site):
    soup = BeautifulSoup((site / CHAPTER).read_text(encoding="utf-8"), "html.parser")
    for side in ("left-prev", "right-next"):
        link = soup.select_one(f"a.{side}")
        source = ROOT / "chapters" / link["href"].replace(".html", ".md")
        minutes = re.search(r"\*\*Reading:\*\* (\d+ minutes)", source.read_text(encoding="utf-8"))
        assert link.select_one(".minutes").get_text() == minutes[1]


def test_the_first_page_and_every_chapter_can_be_cited(site, pages):
    for page in ["book/index.html", *(page for page in pages if page.startswith("chapters/"))]:
        soup = BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
        text = soup.select_one(".citation-text").get_text()
        for fact in (FACTS["title"], FACTS["authors"][0]["name"], f"Version {FACTS['version']}."):
            assert fact in text, page
        if page.startswith("chapters/"):
            assert soup.h1.find(string=True) in text
            assert text.endswith(page)


@pytest.fixture
def chapter(chromium, server):
    chromium.look(width=1280, theme="light")
    chromium.open(f"{server}/{CHAPTER}")
    yield chromium
    chromium.send("Browser.resetPermissions")


def test_a_citation_is_copied_by_keyboard_and_says_so(chapter, server):
    allowed = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    chapter.send("Browser.grantPermissions", origin=server, permissions=allowed)
    tab_to(chapter, COPY)
    chapter.press("Enter")
    wait_for(chapter, f"{STATUS} === 'Copied'")
    assert chapter.run("navigator.clipboard.readText()") == chapter.run(CITATION)


def test_where_copying_is_forbidden_the_citation_is_selected(chapter):
    chapter.run("navigator.clipboard.writeText = () => Promise.reject(Error('forbidden')), 0")
    tab_to(chapter, COPY)
    chapter.press("Enter")
    wait_for(chapter, f"{STATUS}.startsWith('Selected')")
    assert chapter.run("getSelection().toString()") == chapter.run(CITATION)
