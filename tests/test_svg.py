"""Figures say no more than an eye can see, and look the same for it."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from recsys_lib import plotting
from recsys_lib.svg import as_svg, coordinates, with_counted_ids, with_rounded_coordinates
from recsys_lib.svg import without_coordinates as bare

pytestmark = pytest.mark.usefixtures("book_style")

DRAWN = (
    '<path id="m0123456789" d="M 0.123456 -1e-07 \nL 33.28125 234.196875" style="stroke-width: 0.8"'
    '/><use xlink:href="#m0123456789" x="68.770001" clip-path="url(#pabcdef0123)"/>'
    '<clipPath id="pabcdef0123"><rect width="399.999999"/></clipPath>'
    '<text transform="translate(12.3456 7) scale(0.123456 -0.1)">0.123456</text>'
)


def draw(noise: float = 0.0, last: float = 0.5, colour: str = "blue") -> str:
    fig, ax = plt.subplots()
    points = np.array([0.1, 0.7, last]) + noise
    ax.scatter(points, points[::-1], color=plotting.PALETTE[colour])
    ax.fill_between([0.1, 0.7], points[:2], [1, 1.5], alpha=0.2, hatch="/")
    ax.axvline(1 / 3 + noise)
    ax.set_title("$x^2$ of 0.123456")
    return as_svg(fig)


def test_coordinates_are_rounded_and_nothing_else_is():
    expected = DRAWN.replace("0.123456 -1e-07", "0.12 0").replace(
        "33.28125 234.196875", "33.28 234.2"
    )
    expected = expected.replace("68.770001", "68.77").replace("399.999999", "400")
    assert with_rounded_coordinates(DRAWN) == expected.replace("12.3456", "12.35")


def test_ids_are_counted_in_their_order_and_references_follow():
    counted = with_counted_ids(DRAWN)
    mark = re.search(r'id="m(\w{6})-1"', counted)[1]
    assert f'href="#m{mark}-1"' in counted and f"url(#p{mark}-2)" in counted
    assert f'clipPath id="p{mark}-2"' in counted
    assert "0123456789" not in counted and "abcdef0123" not in counted


def test_ids_hang_on_texts_and_colours_not_on_places():
    def ids(svg: str) -> list[str]:
        return re.findall(r'id="([mhp]\w{6}-\d+)"', svg)

    assert ids(draw()) == ids(draw(last=0.51)) != []
    assert not set(ids(draw())) & set(ids(draw(colour="green")))


def test_noise_of_rounding_leaves_every_byte():
    assert draw() == draw(noise=1e-12)
    assert draw() != draw(noise=1e-3)


def test_every_figure_has_its_references_and_no_long_number():
    svg = draw()
    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', svg)) <= ids
    assert not any(re.search(r"\.\d{3}", f"{number:.10g}") for number in coordinates(svg))
    assert "0.123456" in svg and "<metadata" not in svg


def test_places_and_all_the_rest_are_told_apart():
    assert coordinates(DRAWN)[:4] == [0.123456, -1e-07, 33.28125, 234.196875]
    assert coordinates(DRAWN)[-2:] == [12.3456, 7]
    assert 'd="M # # \nL # #" style="stroke-width: 0.8"' in bare(DRAWN)
    assert "translate(# #) scale(0.123456 -0.1)" in bare(DRAWN) and ">0.123456<" in bare(DRAWN)
