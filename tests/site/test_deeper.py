"""*Going deeper* is folded: opened by hand, by keyboard, by a link, by a search, and on paper."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer

import pytest
from bs4 import BeautifulSoup

from book._ext.deeper import fold_deeper
from tests.site.conftest import Quiet
from tests.site.test_keyboard import tab_to, wait_for

CHAPTER = "chapters/04_people_who_watched_this.html"
OPEN = "document.querySelector('details.deeper').open"
SUMMARY = "details.deeper > summary"


def folded(page: str) -> str:
    """A chapter of which one section goes deeper, whatever today's chapters do."""
    soup = BeautifulSoup(page, "html.parser")
    for old in soup.select("details.deeper"):
        old.find_parent("section").decompose()
    section = soup.select_one("section#what-can-go-wrong")
    section.h2.find(string=True).replace_with("Going deeper")
    inside = '<section id="inside"><h3>Why inside?</h3><p>An aardvark.</p></section>'
    section.append(BeautifulSoup(inside * 2, "html.parser"))
    fold_deeper(soup)
    return str(soup)


@pytest.fixture(scope="module")
def text(site) -> str:
    return folded((site / CHAPTER).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def address(site, text):
    """The folded chapter, served from memory among the site's pages."""

    class Handler(Quiet):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(site))

        def do_GET(self) -> None:
            if self.path != f"/{CHAPTER}":
                return super().do_GET()
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/{CHAPTER}"
        running.shutdown()


@pytest.fixture
def chapter(chromium, address):
    chromium.look(width=1280, theme="light")
    chromium.open("about:blank")  # the same page with another fragment would not load again
    chromium.open(address)
    return chromium


def test_only_the_heading_and_the_first_paragraph_stay_outside(text):
    section = BeautifulSoup(text, "html.parser").select_one("section:has(> details.deeper)")
    outside = section.find_all(["h2", "p", "section", "div"], recursive=False)
    assert [part.name for part in outside] == ["h2", "p"]
    assert section.select_one("summary").get_text() == "Read on: 2 more questions"
    assert section.select_one("details .cell_output, details p")


def test_it_is_closed_and_the_keyboard_opens_it(chapter):
    assert not chapter.run(OPEN)
    tab_to(chapter, SUMMARY)
    chapter.press("Enter")
    wait_for(chapter, OPEN)


def test_a_link_opens_it_and_lands(chapter):
    chapter.run("location.hash = '#inside', 0")
    wait_for(chapter, OPEN)
    place = "document.getElementById('inside').getBoundingClientRect().top"
    wait_for(chapter, f"{place} >= 0 && {place} < innerHeight")
    chapter.run("document.querySelector('details.deeper').open = false, 0")
    link = "Object.assign(document.createElement('a'), {href: '#inside', textContent: 'again'})"
    chapter.run(f"document.body.appendChild({link}).click(), 0")
    wait_for(chapter, OPEN)


def test_an_address_that_names_its_inside_opens_it(chapter, address):
    chapter.open("about:blank")
    chapter.open(f"{address}#inside")
    wait_for(chapter, OPEN)


def test_words_that_are_looked_for_open_it(chapter, address):
    """A fragment that names words is how a search engine looks for them within a page."""
    chapter.open("about:blank")
    chapter.open(f"{address}#:~:text=aardvark")
    wait_for(chapter, OPEN)


def test_paper_has_it_open(chapter):
    chapter.run("dispatchEvent(new Event('beforeprint')), 0")
    assert chapter.run(OPEN)
    chapter.run("dispatchEvent(new Event('afterprint')), 0")
    assert not chapter.run(OPEN)
