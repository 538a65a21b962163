"""A second engine, with its own ways: dark pictures on the page, and the explorables."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from book.tools.explorables.make import NAMES
from tests.site.firefox import Firefox, executable

pytestmark = pytest.mark.xdist_group("firefox")

CHAPTER = "chapters/01_what_should_i_watch_next.html"
COUNT = "() => document.querySelectorAll(\"article figure img[src$='.svg']\").length"
CHOOSE = "theme => { localStorage.setItem('mode', theme); localStorage.setItem('theme', theme) }"


SAID = """async fragment => {
    const live = document.querySelector(".explorable-finding");
    const stored = live.textContent;
    document.querySelector(".explorable-picture").replaceChildren();
    location.hash = fragment;
    await new Promise(done => setTimeout(done, 1000));
    const drawn = document.querySelectorAll(".explorable-picture *").length;
    return JSON.stringify([stored, live.textContent, drawn]); }"""
STATES = {
    "neighbours": "title=Dexter&similarity=Jaccard&shrinkage=20",
    "taste_map": "title=Dexter&near=3&colours=genre",
    "bookshop": "men=90&own=70&remedy=floor&strength=20",
    "bubble": "explore=50&diversity=60&week=40",
    "evenings": "night1=Friends&night2=Seinfeld&memory=0.1",
    "thumbs": "up0=8&down2=4&world=close",
    "looking": "row=60&order=worst+first&pages=20000",
    "pictures": "policy=the+chase+for+all&pages=20000&explored=0.02",
    "peeking": "looks=100&rule=always&effect=2",
}


@pytest.fixture(params=["dark", "light"])
def firefox(request) -> Iterator[Firefox]:
    if executable() is None:
        pytest.fail("no Firefox on this system; on Debian: apt-get install firefox-esr")
    browser = Firefox(request.param)
    browser.theme = request.param
    yield browser
    browser.close()


def paper_and_ink(picture: np.ndarray) -> tuple[float, float]:
    """Brightness, 0 to 255, of the commonest pixel and of the grey one farthest from it."""
    brightness = picture.mean(axis=2)
    paper = float(np.median(brightness))
    grey = brightness[np.ptp(picture, axis=2) < 30]
    return paper, float(grey[np.abs(grey - paper).argmax()])


def is_dark(picture: np.ndarray) -> bool:
    paper, ink = paper_and_ink(picture)
    return paper < 60 and ink > 170


def is_light(picture: np.ndarray) -> bool:
    paper, ink = paper_and_ink(picture)
    return paper > 230 and ink < 100


def figures(browser: Firefox) -> list[np.ndarray]:
    found = [browser.figure(number) for number in range(browser.run(COUNT)["value"])]
    assert found
    return found


def test_figures_follow_the_system_and_then_the_reader(firefox, server):
    """A reader's own choice on the page outweighs the system's."""
    checks = {"dark": is_dark, "light": is_light}
    firefox.open(f"{server}/{CHAPTER}")
    assert all(map(checks[firefox.theme], figures(firefox)))
    other = "light" if firefox.theme == "dark" else "dark"
    firefox.run(CHOOSE, other)
    firefox.open(f"{server}/{CHAPTER}")
    assert all(map(checks[other], figures(firefox)))


@pytest.mark.parametrize("firefox", ["light"], indirect=True)
def test_explorables_draw_and_say_what_they_do_in_chromium(firefox, chromium, server):
    assert set(STATES) == {*NAMES} - {"live"}
    for name, state in STATES.items():
        address = f"{server}/book/explore_{name}.html"
        found = []
        for browser in (firefox, chromium):
            browser.open(address)
            reply = browser.run(SAID, state) if browser is firefox else None
            said = reply["value"] if reply else browser.run(f"({SAID})({state!r})")
            found.append(json.loads(said))
        assert found[0] == found[1], name
        stored, changed, drawn = found[0]
        assert changed != stored
        assert drawn > 10


def test_the_eye_tells_dark_ink_from_light():
    picture = np.full((40, 40, 3), 20)
    picture[:3] = 80
    assert not is_dark(picture)  # dark ink on dark paper
    picture[:3] = 230
    assert is_dark(picture)
    assert not is_light(picture)


LINES = """() => {
    const high = "mfrac, msqrt, munderover, mover, mtable";
    const tall = [...document.querySelectorAll("article p")].filter(
        p => p.querySelector("math") && !p.querySelector(high));
    return JSON.stringify(tall.map(p => {
        const math = p.querySelector("math").getBoundingClientRect().height;
        return [math, parseFloat(getComputedStyle(p).lineHeight)]}))}"""


@pytest.mark.parametrize("firefox", ["light"], indirect=True)
def test_a_formula_does_not_push_lines_apart(firefox, server):
    firefox.open(f"{server}/chapters/04_people_who_watched_this.html")
    lines = json.loads(firefox.run(LINES)["value"])
    assert lines
    assert all(math < 1.25 * line for math, line in lines), lines
