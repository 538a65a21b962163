"""Pick three you love: what the browser learns is what the library learns, and it can be used."""

from __future__ import annotations

import json

import numpy as np
import pytest
from bs4 import BeautifulSoup

from recsys_lib.datasets import load_matinee
from recsys_lib.models.content.title_features import title_features
from recsys_lib.models.factors.ease import co_occurrence, ease_weights
from recsys_lib.models.neighbours.knn import ItemKNN
from tests.site.test_keyboard import tab_to, wait_for

PAGE = "book/explore_live.html"
PICKS, TRIALS, SHOWN = 3, 1000, 10

LEARN = """(async () => {
    const script = document.createElement("script");
    script.src = document.querySelector("script[src$='/live.js']").src.replace(
        "live.js", "live_counts.js");
    const data = await new Promise((done, lost) => {
        Explore.arrived = done; script.onerror = lost; document.head.append(script); });
    window.world = Live.unpack(data);
    for (const done of Live.learn(world));
    return world.ids})()"""
WEIGHTS = """pairs => pairs.map(([i, j]) => world.weight(i, j))"""
LISTS = """(through, trials, dare) => trials.map(picks => {
    const all = Live.scores(world, Live.lenses(world)[through], picks, dare);
    return all.filter(one => !picks.includes(one.j)).sort(Live.order(one => one.rank)).slice(0, 10)
        .map(one => [one.j, one.sum, one.parts])})"""


@pytest.fixture(scope="module")
def matinee():
    return load_matinee()


@pytest.fixture(scope="module")
def learned(chromium, server):
    """The browser, with the world that its page has learned."""
    chromium.look(width=1280, theme="light")
    chromium.open(f"{server}/{PAGE}")
    chromium.ids = chromium.run(LEARN)
    return chromium


def ask(browser, function: str, *arguments):
    return browser.run(f"({function})({', '.join(map(json.dumps, arguments))})")


@pytest.fixture(scope="module")
def says(matinee) -> dict[str, np.ndarray]:
    """Way of seeing → what having watched a title (row) says for another, by the library."""
    watched = matinee.watched()
    seen = watched.binary()
    gram = (seen.T @ seen).toarray().astype(float)
    lift = np.zeros_like(gram)
    model = ItemKNN(neighbors=watched.n_items, similarity="lift").fit(watched)
    near = model.support_.tocoo()
    lift[near.coords[1], near.coords[0]] = near.data
    items = matinee.items.set_index("item_id").loc[watched.items].reset_index()
    words, _ = title_features(items, {"genres": 1.0, "themes": 1.0, "tone": 1.0})
    return {
        "EASE": ease_weights(co_occurrence(seen).astype(float), 500.0),
        "counts": gram,
        "lift": lift,
        "words": (words @ words.T).toarray(),
        "hits": np.tile(watched.item_counts / PICKS, (watched.n_items, 1)),
    }


def test_every_weight_is_the_library_s(learned, matinee, says):
    n = len(says["EASE"])
    assert learned.ids == matinee.watched().items.tolist()
    rng = np.random.default_rng(4)
    pairs = rng.integers(n, size=(50_000, 2)).tolist()
    found = np.array(ask(learned, WEIGHTS, pairs))
    np.testing.assert_allclose(found, says["EASE"][tuple(np.transpose(pairs))], atol=1e-10)


@pytest.mark.parametrize("through", ["EASE", "counts", "lift", "words", "hits"])
@pytest.mark.parametrize("dare", [0, 0.4])
def test_a_thousand_lists_are_the_library_s(learned, matinee, says, through, dare):
    n = len(says[through])
    rng = np.random.default_rng(5)
    trials = np.array([rng.choice(n, PICKS, replace=False) for _ in range(TRIALS)])
    audience = np.maximum(1, matinee.watched().item_counts.astype(float)) ** dare
    lists = ask(learned, LISTS, through, trials.tolist(), dare)
    for picks, found in zip(trials, lists, strict=True):
        scores = says[through][picks].sum(axis=0)
        rank = scores / audience
        rank[picks] = -np.inf
        places = [place for place, *_ in found]
        best = np.sort(rank)[::-1][:SHOWN]
        np.testing.assert_allclose(rank[places], best, rtol=1e-5, atol=1e-9)  # tied ones may swap
        assert len(set(places)) == SHOWN
        np.testing.assert_allclose([one for _, one, _ in found], scores[places], rtol=1e-5)
        if through != "hits":
            sums = [sum(parts) for *_, parts in found]
            np.testing.assert_allclose(sums, scores[places], rtol=1e-5, atol=1e-9)


STATE = """(() => { const section = document.querySelector(".explorable"); return {
    address: location.hash, finding: section.querySelector(".explorable-finding").textContent,
    pressed: [...section.querySelectorAll("[aria-pressed=true]")].map(one => one.dataset.id),
    tiles: [...section.querySelectorAll(".tile")].map(one => one.dataset.id),
    whys: [...section.querySelectorAll(".why-tile")].map(one => one.textContent),
    rows: [...section.querySelectorAll("h3")].map(one => one.textContent)}})()"""
BUILT = "/here in your browser/.test(document.querySelector('.learning span').textContent) && " \
        "document.querySelectorAll('.tile').length > 10"  # fmt: skip
SETTLED = "new Promise(done => setTimeout(done, 400))"


def state(browser) -> dict:
    browser.run(SETTLED)
    return browser.run(STATE)


def pick_three(browser) -> None:
    for place in (2, 5, 9):
        tab_to(browser, f".wall button:nth-child({place})")
        browser.press("Enter")
    wait_for(browser, BUILT)


@pytest.mark.parametrize("page", [PAGE, "book/index.html"])
def test_three_picks_by_keyboard_make_a_page_that_an_address_brings_back(chromium, server, page):
    chromium.look(width=1280, theme="light")
    chromium.open(f"{server}/{page}")
    start = state(chromium)
    assert "live_counts" not in "".join(chromium.requests)  # asked for at the first pick
    pick_three(chromium)
    mine = state(chromium)
    assert len(mine["pressed"]) == PICKS and mine["tiles"] != start["tiles"]
    assert len(set(mine["tiles"])) == len(mine["tiles"])
    assert not set(mine["pressed"]) & set(mine["tiles"])
    assert mine["rows"][0] == "For you" and mine["rows"][-1] == "Off your map"
    assert "seen through EASE" in mine["finding"]
    chromium.open("about:blank")
    chromium.open(f"{server}/{page}{mine['address']}")
    wait_for(chromium, BUILT)
    assert state(chromium) == mine
    assert not chromium.console


def test_the_shown_reasons_add_up(chromium, server):
    chromium.open(f"{server}/{PAGE}")
    pick_three(chromium)
    for why in state(chromium)["whys"]:
        left, right = (side.translate({ord(sign): None for sign in "①②③\xa0 "})
                       .replace("−", "-") for side in why.split("="))  # fmt: skip
        assert eval(left) == int(right), why


@pytest.mark.parametrize("through", ["counts", "lift", "words", "hits"])
def test_every_way_of_seeing_changes_the_page_and_the_odd_one(chromium, server, through):
    chromium.open("about:blank")
    chromium.open(f"{server}/{PAGE}#through=EASE")
    pick_three(chromium)
    before = state(chromium)
    chromium.run(f"""(() => {{ const form = document.querySelector(".explorable form");
        form.elements.through.value = "{through}";
        form.dispatchEvent(new Event("input")); }})()""")
    after = state(chromium)
    assert after["tiles"] != before["tiles"] and f"through {through}" in after["finding"]
    link = chromium.run("document.querySelector('.odd a').getAttribute('href')")
    assert link.startswith("../chapters/")


def test_not_for_me_takes_a_title_away_and_says_what_moved(chromium, server):
    chromium.open("about:blank")
    chromium.open(f"{server}/{PAGE}")
    pick_three(chromium)
    before = state(chromium)
    name = chromium.run("document.querySelector('.tile .title').textContent")
    tab_to(chromium, ".tile .away")
    chromium.press("Enter")
    after = state(chromium)
    assert before["tiles"][0] not in after["tiles"]
    assert after["tiles"][0] == before["tiles"][1]
    assert after["finding"].startswith(f"{name} is gone. New on the page: ")
    assert chromium.run("document.activeElement.matches('.away')")


def test_the_search_takes_any_title(chromium, server):
    chromium.open("about:blank")
    chromium.open(f"{server}/{PAGE}")
    tab_to(chromium, "#live-search")
    wait_for(chromium, BUILT)
    chromium.write("metropolis")
    chromium.press("Enter")
    assert "Metropolis" in state(chromium)["finding"] or "2 more" in state(chromium)["finding"]
    assert "picks=" in chromium.run("location.hash")


def test_from_a_folder_and_without_scripts(chromium, site):
    chromium.open("about:blank")
    chromium.open(f"file://{site}/{PAGE}")
    pick_three(chromium)
    assert not chromium.console and not chromium.failures
    soup = BeautifulSoup((site / PAGE).read_text(encoding="utf-8"), "html.parser")
    assert len(soup.select(".explorable-picture .tile")) > 10
    assert "For example" in soup.select_one(".explorable-finding").get_text()


def test_an_unknown_address_shows_the_example(chromium, server):
    chromium.open("about:blank")
    chromium.open(f"{server}/{PAGE}")
    start = state(chromium)
    chromium.open("about:blank")
    chromium.open(f"{server}/{PAGE}#picks=nonsense&not=-1&through=magic&dare=9e9")
    wait_for(chromium, BUILT)
    found = state(chromium)
    assert found["tiles"][:3] and not found["pressed"] and not chromium.console
    assert set(found["tiles"]) & set(start["tiles"])
