"""The book prints: every page's title, a true table of contents, no picture left out."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from pypdf import PdfReader

from book.tools.browser import Browser
from book.tools.explorables.make import NAMES
from book.tools.pages import one_page
from book.tools.printing import pdf

pytestmark = pytest.mark.xdist_group("pdf")  # printed once, by one worker


@pytest.fixture(scope="module")
def printed(site) -> bytes:
    return pdf.make(site=site)


@pytest.fixture(scope="module")
def texts(printed) -> list[str]:
    reader = PdfReader(io.BytesIO(printed))
    return [squeezed(page.extract_text()) for page in reader.pages]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))  # "ﬁ" is two letters


def titles(site) -> dict[str, str]:
    pages = [page for part in one_page.read_contents(pdf.ROOT) for page in part.pages]
    articles = {page: one_page.read_article(site, page, set()) for page in pages}
    return {page: squeezed(article.h1.get_text()) for page, article in articles.items()}


def test_every_title_stands_on_the_page_that_the_contents_say(site, texts):
    # The last figure on a page is its own number.
    contents = "".join(text.removesuffix(str(n)) for n, text in enumerate(texts[:3], start=1))
    for page, title in titles(site).items():
        number = int(re.search(re.escape(title) + r"(\d+)", contents).group(1))
        assert title in texts[number - 1], page


def test_it_is_smaller_than_25_megabytes(printed):
    assert len(printed) < 25e6


def test_solutions_and_answers_are_unfolded(texts):
    book = "".join(texts)
    assert book.count("Right.") > 20
    assert book.count("Solution") > 20


def test_explorables_are_printed_as_they_start(texts):
    book = "".join(texts)
    assert (
        book.count(squeezed("Printed as it starts.")) == len(NAMES) + 1
    )  # one of them also opens the book
    for drawn in ("1. Seinfeld", "Number 1 of the ten nearest to Friends"):
        assert squeezed(drawn) in book


def test_a_picture_that_does_not_load_stops_the_print(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<p>Before</p><img src="absent.svg" alt="A figure that is not there.">')
    browser = Browser()
    try:
        with pytest.raises(RuntimeError, match=r"absent\.svg"):
            pdf.print_page(browser, page.as_uri())
    finally:
        browser.close()
