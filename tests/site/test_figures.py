"""Every figure can be read: nothing strikes its words, no key among its data, no small print."""

from __future__ import annotations

import html
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from recsys_lib import plotting
from recsys_lib.svg import as_svg
from tests.site.drawn import faults, figures
from tests.site.test_browser import UNFOLD


@pytest.fixture
def blank(chromium):
    chromium.look(width=390, theme="light")
    chromium.open("about:blank")
    return chromium


def test_no_word_is_struck_and_no_key_lies_among_data(blank):
    wrong = {name: found for name, svg in figures() if (found := faults(blank, svg))}
    assert not wrong


def struck(ax):
    ax.plot([0, 1], [0.5, 0.5])
    ax.text(0.4, 0.5, "struck", va="center")


def touching(ax):
    ax.text(0.4, 0.5, "one label")
    ax.text(0.45, 0.51, "another")


def loose(ax):
    ax.errorbar([0, 1], [0, 1], xerr=0.1, fmt="o", label="dots")
    ax.legend(loc="upper left")


def on_bars(ax):
    ax.bar([0, 1], [1, 1], label="bars")
    ax.legend(loc="center")


def on_a_line(ax):
    ax.plot([0, 1], [0, 1], label="line")
    ax.legend(loc="center")


def fine(ax):
    ax.plot([0, 1], [0, 0.1], "o-", label="line")
    ax.errorbar([0, 1], [0.8, 0.7], yerr=0.1, fmt="o")
    ax.text(0.5, 0.5, "free")
    ax.set(xlim=(0, 1.2), ylim=(0, 1))
    ax.figure.legend(loc="outside upper left")


@pytest.mark.parametrize(("draw", "said"), [
    (struck, ['a line strikes "struck" through']),
    (touching, ['"one label" runs into "another"']),
    (loose, ["a key of loose marks could be taken for data"]),
    (on_bars, ["a key lies on a bar"]),
    (on_a_line, ["a key lies on a line"]),
    (fine, []),
])  # fmt: skip
def test_planted_faults_of_figures_are_seen(blank, draw, said):
    with mpl.rc_context(plotting.STYLE):
        figure, ax = plt.subplots()
        draw(ax)
        found = faults(blank, as_svg(figure))
        plt.close(figure)
    assert set(said) <= set(found) if said else not found


BADLY = re.compile(r"\d%|['\"]|(?<!\w)-\d|\d-\d")
"""A per cent without its space, a straight quote, a hyphen for a minus or between two numbers."""


def test_figures_write_as_pages_do():
    wrong = {}
    for name, svg in figures():
        words = [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)", svg)]
        if found := [text for text in words if BADLY.search(text)]:
            wrong[name] = found
    assert not wrong


PICTURES = """[...document.querySelectorAll("img")].filter(one => one.src.includes(".svg")
    && one.getClientRects().length).map(one => [one.src, one.getBoundingClientRect().width])"""
SMALLEST = """(() => {
    const root = document.documentElement, sizes = [...root.querySelectorAll("text, tspan")]
        .filter(node => [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim()))
        .map(node => parseFloat(getComputedStyle(node).fontSize));
    return sizes.length ? Math.min(...sizes) / root.viewBox.baseVal.width : null;
})()"""
DRAWN_IN_PLACE = """[...document.querySelectorAll("article svg text, article svg tspan")].filter(
    node => node.getClientRects().length
        && [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim())).map(node => {
    const m = node.getScreenCTM();
    return [node.textContent.trim().slice(0, 30),
            parseFloat(getComputedStyle(node).fontSize) * Math.hypot(m.a, m.b)];
})"""


def test_no_figure_has_small_print_on_a_phone(chromium, server, pages):
    """Nine pixels can be read. Raised numbers count, and what a page draws itself."""
    chromium.look(width=390, theme="light")
    small, widths, where = [], {}, {}
    for page in pages:
        chromium.open(f"{server}/{page}")
        chromium.run(UNFOLD)
        small += [(page, text, round(size, 1))
                  for text, size in chromium.run(DRAWN_IN_PLACE) if size < 9]  # fmt: skip
        for source, width in chromium.run(PICTURES):
            widths[source] = min(width, widths.get(source, width))
            where[source] = page
    assert len(widths) > 50
    for source, width in widths.items():
        chromium.open(source)
        smallest = chromium.run(SMALLEST)
        if smallest and smallest * width < 9:
            small.append((where[source], source.rpartition("/")[2], round(smallest * width, 1)))
    assert not small, small
