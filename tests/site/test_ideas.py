"""The map of ideas fits: no word is cut off, on a phone and on a desk, with any of the fonts."""

from __future__ import annotations

import pytest

CUT = """[...document.querySelectorAll("svg.ideas tspan")].filter(words =>
    words.getBoundingClientRect().right >
    words.closest("svg").getBoundingClientRect().right + 1).map(words => words.textContent)"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("font", ["", "DejaVu Sans", "Liberation Sans"])
def test_no_word_of_the_map_is_cut_off(chromium, server, width, font):
    chromium.look(width=width, theme="light")
    chromium.open(f"{server}/book/ideas.html")
    chromium.run(f"document.querySelector('svg.ideas').style.fontFamily = {font!r}, 0")
    assert chromium.run("document.querySelectorAll('svg.ideas tspan').length") > 30
    assert chromium.run(CUT) == []
