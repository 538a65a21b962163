"""Each explorable works by keyboard, keeps its state in the address, and says what it shows."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup

from book.tools.explorables.make import NAMES
from book.tools.explorables.neighbours import CHOICES
from recsys_lib.datasets import load_matinee
from recsys_lib.models.neighbours.knn import ItemKNN
from tests.site.test_keyboard import tab_to

SMALL = [name for name in NAMES if name != "live"]  # that one has a test of its own
WEIGHT = 250_000  # bytes of a page with its data and its own scripts
SHOWN = """({picture: document.querySelector(".explorable-picture").innerHTML,
    finding: document.querySelector(".explorable-finding").textContent, address: location.hash,
    form: Object.fromEntries(new FormData(document.querySelector(".explorable form")))})"""
SETTLED = "new Promise(done => setTimeout(done, 350))"  # the sentence and the address follow late
CONTROLS = """[...new Map([...document.querySelector(".explorable form").elements]
    .filter(one => one.name).map(one => [one.name, one.type.split("-")[0]])).entries()]"""
TYPED = "Cheers"


def shown(chromium) -> dict:
    """What an open explorable shows, once it has settled."""
    chromium.run(SETTLED)
    return chromium.run(SHOWN)


def open_explorable(chromium, base: str, name: str, fragment: str = "") -> dict:
    chromium.open("about:blank")  # an address that differs in its fragment only does not load
    chromium.open(f"{base}/book/explore_{name}.html{fragment}")
    return shown(chromium)


def change_by_keyboard(chromium, name: str, kind: str) -> None:
    """Reach a control with Tab and give it another value as a reader without a mouse would."""
    tab_to(chromium, f".explorable [name={name}]")
    if kind == "search":
        chromium.write(TYPED)  # Tab has selected what was there
        chromium.press("Enter")
        return
    value = f"new FormData(document.querySelector('.explorable form')).get('{name}')"
    before = chromium.run(value)
    chromium.press("ArrowRight")
    if chromium.run(value) == before:  # it was the last
        chromium.press("ArrowLeft")


@pytest.mark.parametrize("name", SMALL)
def test_every_control_changes_picture_sentence_and_address(chromium, server, name):
    chromium.look(width=1280, theme="light")
    start = open_explorable(chromium, server, name)
    controls = chromium.run(CONTROLS)
    assert controls
    for control, kind in controls:
        before = open_explorable(chromium, server, name)
        assert before["form"] == start["form"]
        change_by_keyboard(chromium, control, kind)
        after = shown(chromium)
        assert after["form"][control] != before["form"][control], control
        for part in ("picture", "finding", "address"):
            assert after[part] != before[part], f"{control} leaves the {part}"
        assert not chromium.console
        assert open_explorable(chromium, server, name, after["address"]) == after


@pytest.mark.parametrize("name", SMALL)
def test_an_address_that_says_nonsense_shows_the_start(chromium, server, name):
    start = open_explorable(chromium, server, name)
    nonsense = "#" + "&".join(f"{control}=nonsense" for control in start["form"]) + "&more=1"
    for fragment in (nonsense, "#a-heading", "#=", "#" + nonsense.replace("nonsense", "-9e9")[1:]):
        found = open_explorable(chromium, server, name, fragment)
        for part in ("picture", "finding", "form"):
            assert found[part] == start[part], fragment
        assert not chromium.console, fragment


@pytest.mark.parametrize("name", SMALL)
def test_without_a_server_or_without_scripts_it_still_says_something(chromium, site, name):
    chromium.look(width=390, theme="dark")
    with_script = open_explorable(chromium, f"file://{site}", name)
    assert not chromium.console and not chromium.failures
    assert with_script["picture"]
    assert chromium.run("document.documentElement.scrollWidth") <= 390
    for control, kind in chromium.run(CONTROLS):
        change_by_keyboard(chromium, control, kind)
        assert shown(chromium)["address"]
    page = (site / f"book/explore_{name}.html").read_text(encoding="utf-8")
    plain = BeautifulSoup(page, "html.parser").select_one(".explorable")
    assert "need JavaScript" in plain.noscript.get_text()
    assert len(plain.select(".explorable-picture *")) > 8
    assert plain.select_one(".explorable-finding").get_text() == with_script["finding"]


@pytest.mark.parametrize("name", SMALL)
def test_it_is_light(site, name):
    scripts = [site / "_static/explore" / script for script in ("base.js", f"{name}.js")]
    weight = sum(path.stat().st_size for path in [site / f"book/explore_{name}.html", *scripts])
    assert weight < WEIGHT


# Neighbours: what the page computes is what the library computes ----------------------------------

SHRINKAGES = (0, 20, 100)
LISTS = """(states => states.map(state => {
    const form = document.querySelector(".explorable form");
    for (const [name, value] of Object.entries(state)) form.elements[name].value = value;
    form.dispatchEvent(new Event("input"));
    return [...document.querySelectorAll(".explorable-picture li")].map(row =>
        [".name", "strong", ".facts", ".formula"].map(part =>
            row.querySelector(part).textContent));
}))"""


@pytest.fixture(scope="module")
def matinee():
    return load_matinee()


def check_list(rows, likeness, common, names) -> None:
    """The names on the page have the ten highest likenesses, and these numbers beside them."""
    places = [names.index(name) for name, *_ in rows]
    assert len(set(places)) == min(10, (likeness > 0).sum())
    best = -np.sort(-likeness)[: len(places)]
    np.testing.assert_allclose(likeness[places], best, rtol=1e-5)  # two that are tied may swap
    values = [float(value) for _, value, *_ in rows]
    np.testing.assert_allclose(values, best, atol=0.00501)
    for place, (_, _, facts, _) in zip(places, rows, strict=True):
        assert f" {common[place]} in common" in facts


def test_the_page_and_the_library_agree_who_is_near(chromium, server, matinee):
    watched = matinee.watched()
    titles = matinee.titles.set_index("title_id").loc[watched.items]
    names = (titles["title"] + " (" + titles["year"].astype(str) + ")").tolist()
    chosen = [titles["title"].tolist().index(choice) for choice in CHOICES]
    seen = watched.binary()
    common = (seen[:, chosen].T @ seen).toarray().astype(int)
    open_explorable(chromium, server, "neighbours")
    measures = ("count", "cosine", "Jaccard", "lift")
    for measure, shrinkage in product(measures, SHRINKAGES):
        states = [{"title": c, "similarity": measure, "shrinkage": shrinkage} for c in CHOICES]
        lists = chromium.run(f"{LISTS}({json.dumps(states)})")
        if measure != "count":
            model = ItemKNN(similarity=measure.lower(), shrinkage=shrinkage).fit(watched)
        for rows, place, shared in zip(lists, chosen, common, strict=True):
            likeness = shared.astype(float)
            if measure != "count":
                near = model.similar_items(watched.items[place], k=len(names))
                likeness = np.zeros(len(names))
                likeness[watched.item_positions(near["item_id"])] = near["score"]
            likeness[place] = 0
            check_list(rows, likeness, shared, names)


def test_the_formula_under_a_bar_gives_the_number_beside_it(chromium, server):
    open_explorable(chromium, server, "neighbours")
    for measure in ("cosine", "Jaccard", "lift"):
        states = [{"title": "Dexter", "similarity": measure, "shrinkage": 20}]
        for _, value, _, formula in chromium.run(f"{LISTS}({json.dumps(states)})")[0]:
            formula = formula.replace("√", "np.sqrt").replace("×", "*").replace("−", "-")
            assert eval(formula) == pytest.approx(float(value), abs=0.00501)


# The taste map ------------------------------------------------------------------------------------


def test_every_title_is_a_dot_and_the_ten_are_listed_as_stored(chromium, server, site):
    data = json.loads((Path(__file__).parents[2] / "book/explore/taste_map.json").read_text())
    title = data["titles"].index("Dexter")
    found = open_explorable(chromium, server, "taste_map", "#title=dexter&near=3&colours=period")
    assert (
        chromium.run("document.querySelectorAll('.dots path').length") == len(data["titles"]) == 882
    )
    assert found["form"] == {"title": "Dexter", "near": "3", "colours": "period"}
    listed = chromium.run("""[...document.querySelectorAll(".explorable fieldset .name")].map(
        name => name.textContent.replace(/^[0-9]+[.] /, ""))""")
    assert listed == [data["titles"][other] for other in data["near"][title]]
    assert f"Number 3 of the ten nearest to Dexter in the model is {listed[2]}" in found["finding"]


GAPS = """titles => [...titles].map(title => {
    location.hash = "#" + new URLSearchParams({title, near: 1, colours: "form"});
    dispatchEvent(new Event("hashchange"));
    const discs = [...document.querySelectorAll(".number")].map(
        disc => disc.getAttribute("transform").match(/[0-9.-]+/g).map(Number));
    const start = document.querySelector("circle.title");
    discs.push(["cx", "cy"].map(name => Number(start.getAttribute(name))));
    const gaps = discs.flatMap(
        ([x, y], i) => discs.slice(0, i).map(([left, top]) => Math.hypot(x - left, y - top)));
    return [discs.length, Math.min(...gaps), Number(start.getAttribute("r"))];
})"""


def test_every_number_on_the_map_can_be_read(chromium, server):
    open_explorable(chromium, server, "taste_map")
    data = json.loads((Path(__file__).parents[2] / "book/explore/taste_map.json").read_text())
    for discs, gap, radius in chromium.run(f"({GAPS})({json.dumps(data['titles'][::9])})"):
        assert discs == 11
        assert gap >= 2 * radius - 1  # places are whole numbers


def test_a_neighbour_becomes_the_start_and_an_unknown_title_changes_nothing(chromium, server):
    start = open_explorable(chromium, server, "taste_map")
    tab_to(chromium, ".explorable fieldset button")
    chromium.press("Enter")
    moved = shown(chromium)
    assert moved["form"]["title"] in start["finding"] and moved["form"]["title"] != "Friends"
    tab_to(chromium, ".explorable [name=title]")
    chromium.write("no such title")
    assert shown(chromium)["picture"] == moved["picture"]
    chromium.press("Enter")
    assert shown(chromium)["form"] == moved["form"]
