"""What a page shows of a chapter's code: no plumbing, figures' code folded, nothing cut unseen."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.site.test_keyboard import tab_to
from tests.site.test_sections import chapters

FILE = Path(__file__).resolve().parents[2] / "book/_ext/code_cells.py"
SPEC = importlib.util.spec_from_file_location("code_cells", FILE)
code_cells = importlib.util.module_from_spec(SPEC)
sys.modules["code_cells"] = code_cells
SPEC.loader.exec_module(code_cells)


def page_of(*cells: str, tag: str = "", output: str = "") -> BeautifulSoup:
    blocks = "".join(
        f'<div class="cell {tag}"><div class="cell_input"><pre>{code}\n</pre></div>{output}</div>'
        for code in cells
    )
    soup = BeautifulSoup(f"<article><h1>Title</h1>{blocks}</article>", "html.parser")
    code_cells.tidy_code(soup)
    return soup


def shown(soup: BeautifulSoup) -> list[str]:
    return [pre.get_text().strip() for pre in soup.select("pre")]


def test_checks_and_bookkeeping_are_left_out_with_what_serves_only_them():
    soup = page_of(
        'a = 1\n# two words\nassert a == 1\nglue("a", a)',
        "b = a + 1\nassert b == 2\nfor n in (1, 2):\n    glue(str(n), n)",
        "c = 3\nc + a",
    )
    assert shown(soup) == ["a = 1", "c = 3\nc + a"]


def test_a_value_that_a_later_cell_uses_stays():
    assert shown(page_of("b = 2\nassert b == 2", "print(b)")) == ["b = 2", "print(b)"]


def test_an_assertion_inside_a_function_stays():
    code = "def half(x):\n    assert x\n    return x / 2"
    assert shown(page_of(code)) == [code]


def test_tags_decide_where_the_rule_does_not():
    assert shown(page_of("def f():\n    return 1", tag="tag_plumbing")) == []
    assert shown(page_of("a = 1\nassert a", tag="tag_checks")) == ["a = 1\nassert a"]


def test_the_code_of_a_figure_is_folded_under_it():
    soup = page_of("draw()", output='<div class="cell_output"><img src="x.svg"></div>')
    details = soup.select_one("details.code-of")
    assert details.summary.get_text() == "Code of this figure"
    assert details.find_previous("img") is not None
    assert shown(soup) == ["draw()"]


def test_no_page_shows_plumbing(site, pages):
    found = {}
    for page in chapters(pages):
        soup = BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
        for apart in soup.select(".solution, .exercise, .tag_checks"):
            apart.decompose()
        for pre in soup.select(".cell_input pre"):
            body = ast.parse(pre.get_text()).body
            bad = [part for part in body if code_cells.is_plumbing(part, checks=False)]
            if bad:
                found.setdefault(page, []).append(pre.get_text()[:60])
    assert not found


CUT = """[...document.querySelectorAll(".highlight pre, .cell_output pre, .table-scroll")].filter(
    part => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1).map(part => {
    const style = getComputedStyle(part);
    const {backgroundImage: image, backgroundAttachment: way} = style;
    return [image.includes("gradient") && way.includes("local"), part.textContent.slice(0, 40)]})"""


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_what_is_cut_off_has_a_shaded_edge(chromium, server, pages, width, theme):
    chromium.look(width=width, theme=theme)
    cut, bare = 0, {}
    for page in pages:
        chromium.open(f"{server}/{page}")
        found = chromium.run(CUT)
        cut += len(found)
        if any(not cue for cue, _ in found):
            bare[page] = [text for cue, text in found if not cue]
    assert not bare
    assert cut


def test_the_code_is_hidden_and_the_next_page_remembers(chromium, server, pages):
    chromium.look(width=1280, theme="light")
    seen = """[...document.querySelectorAll(".cell_input, details.code-of")].filter(
        part => !part.closest(".solution") && part.checkVisibility()).length"""
    first, second = chapters(pages)[:2]
    chromium.open(f"{server}/{first}")
    assert chromium.run(seen) > 3
    tab_to(chromium, ".code-switch button")
    chromium.press("Enter")
    assert chromium.run("document.activeElement.textContent") == "Show code"
    assert chromium.run(seen) == 0
    chromium.open(f"{server}/{second}")
    assert chromium.run(seen) == 0
    tab_to(chromium, ".code-switch button")
    chromium.press("Enter")
    assert chromium.run(seen) > 3
