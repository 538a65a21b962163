"""What a page tells search engines and social networks, and where its readers land."""

from __future__ import annotations

from collections import Counter

import yaml
from bs4 import BeautifulSoup
from matplotlib.image import imread

from tests.site.conftest import ROOT
from tests.site.test_keyboard import wait_for

BASE = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]


def said(site, page: str) -> dict[str, str]:
    """Name or property of each meta element → its content."""
    soup = BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
    named = soup.select("meta[name], meta[property]")
    return {tag.get("name") or tag["property"]: tag["content"] for tag in named}


def test_every_page_of_the_book_describes_itself(site, pages):
    written = [page for page in pages if page.startswith(("book/", "chapters/"))]
    descriptions = {page: said(site, page)["description"] for page in written}
    assert not [page for page, text in descriptions.items() if not 40 <= len(text) <= 160]
    repeated = {text: n for text, n in Counter(descriptions.values()).items() if n > 1}
    assert not repeated


def test_a_chapter_s_card(site):
    card = said(site, "chapters/04_people_who_watched_this.html")
    assert card["og:title"] == "People who watched this also watched what?"
    assert card["og:url"] == BASE + "chapters/04_people_who_watched_this.html"
    assert card["og:description"] == card["description"]
    assert card["description"].startswith("The last scene of Breaking Bad has faded out")
    assert (card["og:type"], card["twitter:card"]) == ("article", "summary_large_image")


def test_the_card_s_picture_is_there_in_the_size_that_it_says(site):
    card = said(site, "book/index.html")
    path = card["og:image"].removeprefix(BASE)
    height, width, _ = imread(site / path).shape
    assert (card["og:image:width"], card["og:image:height"]) == (str(width), str(height))
    assert len(card["og:image:alt"].split()) > 5


def test_the_root_leads_to_the_first_page_and_shares_its_card(chromium, server, site):
    first = said(site, "book/index.html")
    assert {key: text for key, text in said(site, "index.html").items() if "og:" in key} == {
        key: text for key, text in first.items() if "og:" in key
    }
    chromium.send("Page.navigate", url=f"{server}/")
    wait_for(chromium, "location.pathname === '/book/index.html' && document.readyState[0] === 'c'")
