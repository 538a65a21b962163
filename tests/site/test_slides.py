"""Slides for every chapter: complete, readable, worked by keyboard, asking no other host."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from book.tools.slides import deck as slides
from book.tools.slides.content import first_sentence

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "_build" / "axe" / "axe_playwright_python" / "axe.min.js"


@pytest.fixture(scope="module")
def decks(site, tmp_path_factory) -> dict[str, Path]:
    made = slides.make(site, tmp_path_factory.mktemp("slides") / "slides")
    return {deck.stem: deck for deck in made}


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def chapters() -> list[Path]:
    found = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.md"))
    return [path for path in found if "\n## Takeaways\n" in path.read_text(encoding="utf-8")]


def test_every_chapter_has_a_deck_and_every_deck_enough_slides(decks):
    assert list(decks) == [path.name[:2] for path in chapters()]
    assert all(len(soup(path).select("section")) > 8 for path in decks.values())
    links = {link["href"] for link in soup(decks["01"].with_name("index.html")).select("a")}
    assert links == {path.name for path in decks.values()}


def test_figures_questions_and_takeaways_are_the_chapter_s(decks, site):
    for source in chapters():
        page = soup(site / "chapters" / f"{source.stem}.html").article
        for part in page.select('section[id="exercises"], details.deeper, .headerlink'):
            part.decompose()
        deck = soup(decks[source.name[:2]])
        pictures = {img["alt"] for img in deck.select("img")}
        assert pictures == {img["alt"] for img in page.select("figure img")}
        assert all(len(alt.split()) >= 12 for alt in pictures)
        shown = " ".join(" ".join(part.get_text() for part in deck.select(".slide")).split())
        captions = page.select("figure .caption-text")
        wanted = [*captions, *page.select('section[id="takeaways"] > ul > li, h1')]
        for words in wanted:
            for word in words.get_text().split():
                assert word in shown, (source.stem, word)
        above = [part.get_text() for part in deck.select(".above")]
        assert above.count("Predict first") == len(page.select("details.predict"))
        names = {option["name"] for option in page.select("details.option")}
        assert above.count("Check yourself") == len(names)


def test_the_answers_are_in_the_notes_and_not_on_the_slide(decks):
    for path in decks.values():
        for section in soup(path).select("section"):
            above = section.select_one(".above").get_text()
            if above in ("Predict first", "Check yourself"):
                notes = section.select_one("aside.notes").extract().get_text()
                assert len(notes.split()) > 10
                assert notes.split("\n")[0] not in section.get_text()
                assert "Right." not in section.get_text()


WALK = """(() => {
    const wrong = [];
    for (let place = 0; place < Reveal.getTotalSlides(); place++) {
        Reveal.slide(place);
        const box = Reveal.getCurrentSlide().querySelector(".slide");
        const frame = box.getBoundingClientRect();
        const over = [...box.querySelectorAll("*")].filter(part => {
            const here = part.getBoundingClientRect();
            return here.width && (here.bottom > frame.bottom - 20 || here.right > frame.right
                || here.top < frame.top);
        });
        const small = [...box.querySelectorAll("p, li, td, th, h2")].filter(
            part => parseFloat(getComputedStyle(part).fontSize) < 20);
        if (over.length || small.length || box.scrollHeight > box.clientHeight)
            wrong.push(place + 1);
    }
    Reveal.slide(0);
    return wrong;
})()"""


def test_decks_are_quiet_local_and_fit_the_screen(chromium, decks):
    chromium.look(width=1280, theme="light")
    problems = {}
    for number, path in [*decks.items(), ("index", decks["01"].with_name("index.html"))]:
        chromium.open(path.as_uri())
        folder = path.parent.as_uri()
        found = [*chromium.console, *chromium.failures]
        found += [url for url in chromium.requests if not url.startswith((folder, "data:"))]
        missing = "[...document.images].filter(image => !image.naturalWidth).length"
        found += [f"slide {n} does not fit" for n in chromium.run(WALK)]
        if found or chromium.run(missing):
            problems[number] = found
    assert not problems


def test_a_slide_that_is_too_full_is_seen(chromium, decks, tmp_path):
    text = decks["01"].read_text(encoding="utf-8")
    full = text.replace(
        '<div class="body">', '<div class="body">' + "<p>Much too much.</p>" * 40, 1
    )
    path = decks["01"].with_name("full.html")
    path.write_text(full, encoding="utf-8")
    chromium.look(width=1280, theme="light")
    chromium.open(path.as_uri())
    assert chromium.run(WALK) == [1]


def test_the_keyboard_turns_the_page_and_notes_are_there(chromium, decks):
    chromium.look(width=1280, theme="light")
    chromium.open(decks["04"].as_uri())
    assert chromium.run("Reveal.getIndices().h") == 0
    chromium.press("ArrowRight")
    assert chromium.run("Reveal.getIndices().h") == 1
    assert chromium.run("Reveal.hasPlugin('notes')")
    chromium.press("ArrowRight")
    assert len(chromium.run("Reveal.getSlideNotes()").split()) > 10


RUN_AXE = """axe.run(Reveal.getCurrentSlide(), {resultTypes: ["violations"]}).then(result =>
    result.violations.map(rule => rule.id + ": " + rule.nodes[0].html))"""


@pytest.mark.parametrize("deck", ["04", "14"])
def test_slides_are_accessible(chromium, decks, deck):
    chromium.look(width=1280, theme="light")
    chromium.open(decks[deck].as_uri())
    chromium.run(AXE.read_text(encoding="utf-8") + "; 0")
    for place in range(chromium.run("Reveal.getTotalSlides()")):
        chromium.run(f"Reveal.slide({place}), 0")
        assert chromium.run(RUN_AXE) == [], place + 1


CUT_OFF = """[...document.querySelectorAll(".slide")].filter(slide =>
    slide.scrollWidth > slide.clientWidth || slide.clientHeight > 480 * innerHeight / innerWidth + 1
).map(slide => slide.innerText.slice(0, 80))"""


def test_a_phone_scrolls_through_without_sideways(chromium, decks):
    chromium.look(width=390, theme="dark")
    for path in decks.values():
        chromium.open(path.as_uri())
        assert chromium.run("document.documentElement.scrollWidth") <= 390
        assert chromium.run("Reveal.isScrollView()")
        assert chromium.run(CUT_OFF) == [], path.stem
        assert not chromium.console


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One idea. nDCG@10 over 9 viewers.", "One idea."),
        ("Only one idea.", "Only one idea."),
        ("<em>Mr. Robot</em> wins. So what?", "<em>Mr. Robot</em> wins."),
        (
            "It rises to .5 at <em>once. Then</em> it falls. So.",
            "It rises to .5 at <em>once. Then</em> it falls.",
        ),
        ("Why? <strong>Right.</strong> So.", "Why?"),
    ],
)
def test_the_first_sentence_is_found_whole(text, first):
    found, rest = first_sentence(text)
    assert found == first
    assert f"{found} {rest}".strip() == text
