"""What stays on one line, quotes, years, noughts; and, on a phone, what stands where."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from tests.site.test_mending import frame, load, soup, tables

typeset = load("typeset")


def mended(html: str) -> BeautifulSoup:
    page = soup(f"<article>{html}</article>")
    typeset.typeset(page)
    return page


def test_a_formula_keeps_its_signs_and_says_the_same():
    page = mended("<p>Half (<math>x</math>), or <math>y</math>. And <math>z</math> too</p>")
    assert [span.get_text() for span in page.select(".kept")] == ["(x),", "y."]
    assert page.get_text() == "Half (x), or y. And z too"
    assert not mended('<p>(<math display="block">x</math>).</p>').select(".kept")


def test_a_short_word_of_code_stays_whole():
    long = "userid-timestamp-artid-artname"
    page = mended(f'<code><span class="pre">make</span> <span class="pre">site-test</span> '
                  f'<span class="pre">{long}</span></code>')  # fmt: skip
    assert [span.get_text() for span in page.select(".kept")] == ["site-test"]


@pytest.mark.parametrize(("html", "said"), [
    ("It doesn't matter", "It doesn’t matter"),
    ("<em>Dark</em>'s \"first\" ('try')", "Dark’s “first” (‘try’)"),
    ("the viewers' <code>x['a']</code>", "the viewers’ x['a']"),
])  # fmt: skip
def test_quotes_of_summaries_curl(html, said):
    assert mended(f"<details><summary>{html}</summary></details>").get_text() == said


@pytest.mark.parametrize(("html", "said"), [
    ("A Title. Tech Blog, 9 April 2015, 2015. URL", "A Title. Tech Blog, 9 April 2015. URL"),
    ("Slides, 29 August 2017 (RecSys 2017), 2017.", "Slides, 29 August 2017 (RecSys 2017)."),
    ("In <em>The Web Conference 2020</em>. 2020. doi", "In The Web Conference 2020. doi"),
    ("<em>Science</em>, 348:1130–1132, 2015.", "Science, 348:1130–1132, 2015."),
    ("Movies of 2011, 2015.", "Movies of 2011, 2015."),
])  # fmt: skip
def test_a_reference_gives_its_year_once(html, said):
    assert mended(f'<div class="citation"><p>{html}</p></div>').get_text() == said


@pytest.mark.parametrize(("text", "said"), [
    ("-0.00", "0.00"), ("−0.0", "0.0"), ("-0", "0"), ("[-0.00, 0.03]", "[0.00, 0.03]"),
    ("-0.01", "−0.01"), ("-0.003", "−0.003"), ("2025-01-06", "2025-01-06"), ("10-0", "10-0"),
])  # fmt: skip
def test_nought_has_no_minus(text, said):
    page = soup(f'<article><table class="dataframe"><tr><td>{text}</td></tr></table></article>')
    frame.one_minus(page)
    assert page.get_text() == said


def test_the_name_of_a_row_has_room():
    rows = "".join(f"<tr><th>{name}</th><th>smaller half</th><td>1</td></tr>"
                   for name in ("item neighbours", "x " * 20))  # fmt: skip
    page = soup(f"<article><table><thead><tr><th></th><th></th><th>n</th></tr></thead>"
                f"<tbody>{rows}</tbody></table></article>")  # fmt: skip
    tables.mend_table(page, page.table)
    classes = [[name["class"] for name in row.find_all("th")] for row in page.select("tbody tr")]
    assert classes == [[["name"], ["name"]], [["names"], ["name"]]]


# On the finished pages ----------------------------------------------------------------------------


def test_no_page_has_straight_quotes_in_a_question_or_a_dict_or_a_minus_before_nought(site, pages):
    wrong = {}
    for name in pages:
        page = soup((site / name).read_text(encoding="utf-8"))
        for code in page.select("code, pre"):
            code.decompose()
        asked = [part.get_text() for part in page.select("article summary")]
        cells = [cell.get_text(strip=True) for cell in page.select("article table.dataframe td")]
        found = [text for text in asked if re.search(r"['\"]", text)]
        found += [text for text in cells if re.search(r"^\{|[-−]0(\.0+)?(?![\d.])|\de[+-]\d", text)]
        if found:
            wrong[name] = found
    assert not wrong


PENCILS = """[...document.querySelectorAll(".exercise > .admonition-title")].map(title => {
    const icon = getComputedStyle(title, "::after");
    return [title.getBoundingClientRect().height, parseFloat(icon.top) + parseFloat(icon.height)];
})"""


def test_the_pencil_stands_at_the_first_line(chromium, server):
    chromium.look(width=390, theme="light")
    chromium.open(f"{server}/chapters/04_people_who_watched_this.html")
    titles = chromium.run(PENCILS)
    assert any(height > 55 for height, _ in titles), "no title runs over two lines"
    assert all(end < 40 for _, end in titles)


def test_no_card_stands_alone(chromium, server):
    chromium.look(width=1280, theme="light")
    chromium.open(f"{server}/book/index.html")
    tops = chromium.run("[...document.querySelectorAll('.cards li')].map(one => one.offsetTop)")
    assert len(tops) > 4
    assert tops.count(max(tops)) == tops.count(min(tops))


def test_previous_and_next_take_few_lines_on_a_phone(chromium, server, pages):
    chromium.look(width=390, theme="light")
    for page in [page for page in pages if page.startswith("chapters/")]:
        chromium.open(f"{server}/{page}")
        heights = chromium.run("""[...document.querySelectorAll(".prev-next-title")].map(one =>
            one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight))""")
        assert max(heights) < 5.3, (page, heights)  # four lines of title, one of minutes
