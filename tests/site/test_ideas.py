"""What is drawn for a page fits: no word is cut off, on a phone and on a desk, in any font."""

from __future__ import annotations

import pytest

CUT = """[...document.querySelectorAll("svg.DRAWN tspan")].filter(words => {
    const before = words.parentNode.previousElementSibling;
    const frame = before?.matches("rect") ? before : words.closest("svg");
    return words.getBoundingClientRect().right > frame.getBoundingClientRect().right + 1;
}).map(words => words.textContent)"""
DRAWN = [("ideas", "ideas", 30), ("datasets", "which", 20)]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("font", ["", "DejaVu Sans", "Liberation Sans"])
@pytest.mark.parametrize(("page", "drawn", "lines"), DRAWN)
def test_no_word_of_a_drawing_is_cut_off(chromium, server, page, drawn, lines, width, font):
    chromium.look(width=width, theme="light")
    chromium.open(f"{server}/book/{page}.html")
    chromium.run(f"document.querySelector('svg.{drawn}').style.fontFamily = {font!r}, 0")
    assert chromium.run(f"document.querySelectorAll('svg.{drawn} tspan').length") > lines
    assert chromium.run(CUT.replace("DRAWN", drawn)) == []
