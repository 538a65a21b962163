"""How explorables start: drawn while the site is built, kind to fingers, with something to see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from book.tools.explorables import drawn
from book.tools.explorables.make import FOLDER, NAMES
from tests.site.test_explorables import SMALL, open_explorable, shown
from tests.site.test_keyboard import tab_to


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_what_the_scripts_draw(chromium, name):
    chromium.look(width=1280, theme="light")
    data = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    stored = json.loads((FOLDER / f"{name}.drawn.json").read_text(encoding="utf-8"))
    command = f"python -m book.tools.explorables --draw {name}"
    assert drawn.draw(chromium, name, data) == stored, f"run {command}"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_its_picture_before_any_script(site, name):
    page = (site / f"book/explore_{name}.html").read_text(encoding="utf-8")
    section = BeautifulSoup(page, "html.parser").select_one(".explorable")
    assert len(section.select(".explorable-picture *")) > 8
    assert len(section.select_one(".explorable-finding").get_text().split()) > 12


@pytest.mark.parametrize("name", SMALL)
def test_on_a_phone_the_sentence_stands_under_the_controls(chromium, server, name):
    chromium.look(width=390, theme="light")
    open_explorable(chromium, server, name)
    bottoms = chromium.run("""[".control:last-of-type, form", ".explorable-finding",
        ".explorable-picture"].map(part => document.querySelector(
        `.explorable ${part}`).getBoundingClientRect().top)""")
    assert bottoms == sorted(bottoms)


TAP = """([number, dx, dy]) => {
    const svg = document.querySelector(".explorable-picture > svg");
    const dots = [...svg.querySelectorAll(".dots path")].map(dot => {
        const {left, right, top, bottom} = dot.getBoundingClientRect();
        return [(left + right) / 2, (top + bottom) / 2]});
    const [x, y] = [dots[number][0] + dx, dots[number][1] + dy];
    svg.dispatchEvent(new MouseEvent("click", {clientX: x, clientY: y, bubbles: true}));
    const title = new URLSearchParams(location.hash.slice(1)).get("title");
    const data = JSON.parse(document.querySelector(".explorable-data").textContent);
    const gap = data.titles.indexOf(title);
    const far = ([a, b]) => Math.hypot(a - x, b - y);
    return [far(dots[gap]), Math.min(...dots.map(far))]}"""


def test_a_tap_beside_a_dot_takes_the_nearest(chromium, server):
    """A dot's box is not quite centred on its place, hence a pixel."""
    chromium.look(width=390, theme="light")
    open_explorable(chromium, server, "taste_map")
    for number in range(0, 880, 11):
        chosen, least = chromium.run(f"({TAP})([{number}, 5, -5])")
        assert chosen <= least + 1.5, number


def test_a_tap_far_from_every_dot_changes_nothing(chromium, server):
    chromium.look(width=1280, theme="light")
    open_explorable(chromium, server, "taste_map", "#title=Dexter")
    chromium.run("""(() => { const svg = document.querySelector(".explorable-picture > svg");
        const {left, top} = svg.getBoundingClientRect();
        svg.dispatchEvent(new MouseEvent("click", {clientX: left + 3, clientY: top + 3})); })()""")
    assert shown(chromium)["form"]["title"] == "Dexter"


COVERED = """titles => titles.map(title => {
    location.hash = "#" + new URLSearchParams({title, near: 1, colours: "form"});
    dispatchEvent(new Event("hashchange"));
    const boxes = [...document.querySelectorAll("text.name")].map(
        name => name.getBoundingClientRect());
    const discs = [...document.querySelectorAll(".number circle")].map(
        disc => disc.getBoundingClientRect());
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top + 5 < b.bottom
        && b.top < a.bottom - 5;
    return boxes.flatMap(box => discs.filter(disc => meet(box, disc))).length
        + (meet(boxes[0], boxes[1]) ? 1 : 0);
})"""


def test_names_stand_clear_of_the_numbers(chromium, server):
    chromium.look(width=1280, theme="light")
    open_explorable(chromium, server, "taste_map")
    data = json.loads(Path(FOLDER, "taste_map.json").read_text(encoding="utf-8"))
    covered = chromium.run(f"({COVERED})({json.dumps(data['titles'][::30])})")
    assert sum(map(bool, covered)) <= len(covered) // 10


def test_the_search_is_selected_when_it_gets_the_focus(chromium, server):
    open_explorable(chromium, server, "taste_map")
    chromium.run("document.querySelector('.explorable [type=search]').focus(), 0")
    chosen = "['selectionStart', 'selectionEnd'].map(end => document.activeElement[end])"
    assert chromium.run(chosen) == [0, len("Friends")]


def test_the_bubble_opens_on_something_to_see(chromium, server):
    finding = open_explorable(chromium, server, "bubble")["finding"]
    assert "higher by" in finding and "lower by" in finding


@pytest.mark.parametrize("name", NAMES)
def test_the_view_is_copied_or_shown_to_copy(chromium, server, name):
    chromium.look(width=1280, theme="light")
    open_explorable(chromium, server, name)
    tab_to(chromium, ".copy-view button")
    chromium.press("Enter")
    chromium.run("new Promise(done => setTimeout(done, 200))")
    said = chromium.run("document.querySelector('.copy-view [role=status]').textContent")
    assert said.startswith("Copied") or f"explore_{name}.html#" in said
