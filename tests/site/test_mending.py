"""What is mended in finished pages: pictures' sizes, tables, per cent, style sheets, letters."""

from __future__ import annotations

import importlib.util
import re
import struct
import sys
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

EXTENSIONS = Path(__file__).resolve().parents[2] / "book/_ext"


def load(name: str):
    spec = importlib.util.spec_from_file_location(name, EXTENSIONS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


pictures, tables, frame, one_sheet = map(load, ("pictures", "tables", "frame", "one_sheet"))


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


# Pictures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ('<svg width="72pt" height="36.75pt" viewBox="0 0 72 36">', (96, 49)),
        ('<svg viewBox="0 0 40 20">', (40, 20)),
        ('<svg width="30" height="20px">', (30, 20)),
        ("no picture", None),
    ],
)
def test_a_drawing_says_its_size(tmp_path, text, size):
    path = tmp_path / "one.svg"
    path.write_text(text)
    assert pictures.picture_size(path) == size


def test_a_photograph_says_its_size(tmp_path):
    path = tmp_path / "one.png"
    path.write_bytes(pictures.PNG + b"\0\0\0\rIHDR" + struct.pack(">II", 300, 200))
    assert pictures.picture_size(path) == (300, 200)


# Tables -------------------------------------------------------------------------------------------


def mended(data: pd.DataFrame) -> BeautifulSoup:
    page = soup(f"<article>{data.to_html()}</article>")
    tables.mend_table(page, page.table)
    return page


def rows(page: BeautifulSoup, part: str) -> list[list[str]]:
    return [[cell.get_text() for cell in row.find_all(["th", "td"])]
            for row in page.select(f"{part} tr")]  # fmt: skip


def test_a_frame_has_one_header_row_and_no_running_number():
    named = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["a", "b"], name="who"))
    assert rows(mended(named), "thead") == [["who", "n"]]
    plain = pd.DataFrame({"who": ["a", "b"], "n": [1.5, None]})
    page = mended(plain)
    assert rows(page, "thead") == [["who", "n"]]
    assert rows(page, "tbody") == [["a", "1.5"], ["b", "–"]]
    pairs = pd.concat({"week 1": plain, "week 2": plain}, axis=1)
    assert rows(mended(pairs), "thead")[1] == ["who", "n", "who", "n"]
    ranked = pd.DataFrame({"who": ["a", "b"]}, index=[1, 2])
    assert rows(mended(ranked), "tbody") == [["1", "a"], ["2", "b"]]


def test_numbers_and_intervals_stay_together_and_words_do_not():
    data = pd.DataFrame(
        {"interval": ["0.1 to 0.2", "[−0.1, 3]"], "share": ["12 %", "5%"], "who": ["3 Men", "Up"]}
    )
    page = mended(data)
    kinds = [[("number" in cell.get("class", [])) for cell in row.find_all("td")]
             for row in page.select("tbody tr")]  # fmt: skip
    assert kinds == [[True, True, False]] * 2
    assert ["number" in th.get("class", []) for th in page.select("thead th")] == [
        True,
        True,
        False,
    ]


def test_a_table_of_sentences_may_become_cards():
    words = pd.DataFrame([["x" * 90, "b", "c", "d"]], columns=list("pqrs"))
    with pd.option_context("display.max_colwidth", None):
        page = mended(words)
    assert "wide-words" in page.select_one(".table-scroll")["class"]
    assert page.select_one("tbody td")["data-column"] == "p"
    assert "wide-words" not in mended(words.map(lambda text: text[:5])).div["class"]


# Per cent, letters, numbers of chapters -----------------------------------------------------------


def test_per_cent_is_written_one_way_outside_code():
    page = soup('<article><p>50% and 8 % and <span class="pasted-text">3</span> %</p>'
                "<code>50%</code></article>")  # fmt: skip
    frame.one_per_cent(page)
    assert page.p.get_text() == "50\u00a0% and 8\u00a0% and 3\u00a0%"
    assert page.code.get_text() == "50%"


def test_a_minus_is_no_hyphen_in_glued_numbers_and_tables():
    page = soup(
        '<article><span class="pasted-text">-3.0 [-3.9, 0-2]</span> a-1 <code>-1</code>'
        '<table class="dataframe"><tr><td>-0.5</td><td>2025-01-06</td></tr></table></article>'
    )
    frame.one_minus(page)
    assert page.article.get_text() == "−3.0 [−3.9, 0-2] a-1 -1−0.52025-01-06"


def test_no_page_writes_per_cent_another_way(site, pages):
    wrong = {}
    for page in pages:
        article = soup((site / page).read_text(encoding="utf-8")).select_one("article.bd-article")
        for apart in article.select("pre, code, script, svg, math") if article else ():
            apart.decompose()
        found = re.findall(r"\d ?%", article.get_text()) if article else []
        if found:
            wrong[page] = found[:3]
    assert not wrong


def test_the_glossary_has_its_letters(site):
    page = soup((site / "book/glossary.html").read_text(encoding="utf-8"))
    letters = page.select(".letters a")
    assert len(letters) > 15
    for link in letters:
        assert page.find(id=link["href"][1:]).get_text(strip=True)[0].upper() == link.get_text()


def test_chapters_have_their_number_in_the_sidebar(site):
    page = soup((site / "chapters/04_people_who_watched_this.html").read_text(encoding="utf-8"))
    links = page.select(".bd-links a.reference:has(.nth)")
    assert "4 People who" in " ".join(link.get_text() for link in links)
    assert len(links) == len(list((EXTENSIONS.parents[1] / "chapters").glob("[0-9][0-9]_*.md")))


# Styles -------------------------------------------------------------------------------------------


def test_only_rules_that_some_page_needs_are_kept():
    css = (
        'a.b:not(.x)>i{color:red}.gone{--u:1}.gone,#here{background:url("d;}.png")}'
        "@media print{.gone{a:b}.b{c:d}}@font-face{font-family:F}"
    )
    kept = one_sheet.keep_used(css, {"a", ".b", "i", "#here"})
    assert "".join(kept.split()) == (
        'a.b:not(.x)>i{color:red}#here{background:url("d;}.png")}'
        "@mediaprint{.b{c:d}}@font-face{font-family:F}"
    )


def test_properties_that_nothing_reads_are_dropped():
    css = 'a{--one:1;--two:"x;}";color:var(--one)}b{--three: ;c:d}'
    assert one_sheet.drop_properties(css) == "a{--one:1;color:var(--one)}b{c:d}"


def test_addresses_are_those_of_the_joined_sheet(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    css = "x{y:url(../f.woff?v=1)}z{w:url(\"data:image/svg+xml,<svg fill='rgba(0)'>\")}"
    found = one_sheet.mend_addresses(css, tmp_path / "a/b", tmp_path)
    assert 'url("a/f.woff?v=1")' in found and "rgba(0)" in found


def test_a_page_asks_for_one_sheet_and_waits_for_no_script(site, pages):
    for page in pages:
        html = soup((site / page).read_text(encoding="utf-8"))
        if not html.select_one("article.bd-article"):
            continue
        sheets = [link["href"] for link in html.select("link[rel=stylesheet]")]
        assert len(sheets) == 1 and sheets[0].endswith("_static/site.css"), page
        waiting = [s["src"] for s in html.select("head script[src]") if not s.has_attr("defer")]
        assert not waiting, page
