"""A link to a section lands on its heading, in both browsers, and nothing moves while loading."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup

from tests.site.firefox import Firefox, executable

SHIFT = 0.05  # the measure of layout shift that web.dev calls good is 0.1

LAND = """async () => {
    await document.fonts.ready;  // headings change their height with their font
    const wanted = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
    const landed = top => {
        const end = document.documentElement.scrollHeight - innerHeight;
        return Math.abs(top - wanted) <= 4 || (scrollY > end - 2 && top > wanted);
    };
    const rests = heading => new Promise(done => {
        let last, still = 0;
        const timer = setInterval(() => {
            const top = heading.getBoundingClientRect().top;
            still = top === last ? still + 1 : 0;
            last = top;
            const enough = landed(top) ? 8 : 40;  // on the way, a busy machine pauses
            if (still > enough) { clearInterval(timer); done(top); }
        }, 20);
    });
    const links = [...document.querySelectorAll(".bd-toc-nav a[href^='#']")].reverse();
    const off = {};
    for (const link of links) {
        const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
        link.click();
        const top = await rests(place.querySelector("h1, h2, h3") ?? place);
        if (!landed(top)) off[link.hash] = Math.round(top - wanted);
    }
    return JSON.stringify([links.length, off]);
}"""
"""Entries of Contents, and how many pixels off those rest that do not land. The last comes first:
none of the pictures above it has loaded. What is near the page's end cannot go higher than that."""


def chapters(pages: list[str]) -> list[str]:
    return [page for page in pages if page.startswith("chapters/")]


def check(landed: dict[str, str]) -> None:
    """Page → what LAND found."""
    found = {page: json.loads(answer) for page, answer in landed.items()}
    assert min(links for links, _ in found.values()) > 3
    assert not {page: off for page, (_, off) in found.items() if off}


@pytest.mark.parametrize(("width", "smoothly"), [(1280, True), (390, False)])
def test_every_entry_of_contents_lands_in_chromium(chromium, server, pages, width, smoothly):
    chromium.look(width=width, theme="light")  # for a reader who asks for less motion
    if smoothly:
        chromium.send("Emulation.setEmulatedMedia", features=[])
    landed = {}
    for page in chapters(pages):
        chromium.open(f"{server}/{page}")
        landed[page] = chromium.run(f"({LAND})()")
    check(landed)


@pytest.mark.xdist_group("firefox")
def test_every_entry_of_contents_lands_in_firefox(server, pages):
    if executable() is None:
        pytest.fail("no Firefox on this system; on Debian: apt-get install firefox-esr")
    browser, landed = Firefox("light"), {}
    try:
        for page in chapters(pages):
            browser.open(f"{server}/{page}")
            landed[page] = browser.run(LAND)["value"]
    finally:
        browser.close()
    check(landed)


SHIFTED = """new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) sum += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 250);
})"""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_while_a_page_loads(chromium, server, pages, width):
    chromium.look(width=width, theme="light")
    moved = {}
    for page in pages:
        chromium.open("about:blank")
        chromium.open(f"{server}/{page}")
        shift = chromium.run(SHIFTED)
        if shift >= SHIFT:
            moved[page] = round(shift, 3)
    assert not moved


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_to_play_with_jumps_on_a_slow_machine(chromium, server, pages, width):
    """There the page is shown before all of it has come, which a fast one only sometimes does."""
    chromium.look(width=width, theme="light")
    moved = {}
    chromium.send("Emulation.setCPUThrottlingRate", rate=8)
    try:
        for page in [*(page for page in pages if "explore" in page), "book/index.html"]:
            chromium.open("about:blank")
            chromium.open(f"{server}/{page}")
            shift = chromium.run(SHIFTED)
            if shift >= SHIFT:
                moved[page] = round(shift, 3)
    finally:
        chromium.send("Emulation.setCPUThrottlingRate", rate=1)
    assert not moved


LATER = """async () => {
    const before = document.documentElement.scrollHeight;
    const pictures = [...document.querySelectorAll("img[loading='lazy']")];
    for (const picture of pictures) picture.loading = "eager";
    await Promise.all(pictures.map(picture => picture.decode().catch(() => null)));
    return document.documentElement.scrollHeight - before;
}"""
"""By how many pixels a page grows when the pictures that no reader has come to yet are there."""


def test_a_page_is_as_long_without_its_pictures(chromium, server, pages):
    chromium.look(width=1280, theme="light")
    grown = {}
    for page in chapters(pages):
        chromium.send("Network.clearBrowserCache")
        chromium.open(f"{server}/{page}")
        if by := chromium.run(f"({LATER})()"):
            grown[page] = by
    assert not grown


def test_every_picture_states_its_size(site, pages):
    unsized = {}
    for page in pages:
        soup = BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
        found = [img["src"] for img in soup.select("article img") if not img.get("height")]
        if found:
            unsized[page] = found
    assert not unsized
