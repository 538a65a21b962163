"""The figures' look: readable on both themes, the same bytes each time, helpers that draw rows."""

from __future__ import annotations

import io
import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from recsys_lib import plotting
from recsys_lib.svg import as_svg

pytestmark = pytest.mark.usefixtures("book_style")

ROOT = Path(__file__).resolve().parents[1]
DARK_PAGE = "#14181d"
DATA_COLOURS = plotting.SERIES
FRAME = pd.DataFrame(
    {
        "model": ["Random", "Popular", "ItemKNN"],
        "mean": [0.1, 0.2, 0.4],
        "low": [0.05, 0.15, 0.3],
        "high": [0.2, 0.25, 0.45],
        "plays": [3, 1, 2],
    }
)


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_has_the_known_extreme():
    assert contrast("white", "black") == pytest.approx(21)


@pytest.mark.parametrize("name", DATA_COLOURS)
def test_shapes_stand_out_from_both_pages(name):
    assert contrast(plotting.PALETTE[name], "white") >= 3
    assert contrast(plotting.DARK[name], DARK_PAGE) >= 3


@pytest.mark.parametrize("name", ["ink", "muted"])
def test_words_are_readable_on_both_pages(name):
    assert contrast(plotting.PALETTE[name], "white") >= 4.5
    assert contrast(plotting.DARK[name], DARK_PAGE) >= 4.5


def test_every_colour_has_a_dark_partner_and_stands_in_the_style_sheet():
    assert plotting.DARK.keys() == plotting.PALETTE.keys()
    sheet = (ROOT / "book/_static/watch-next.css").read_text(encoding="utf-8")
    for name in DATA_COLOURS:
        found = re.findall(rf"--wn-{name}: (#\w+)", sheet)
        assert found == [plotting.PALETTE[name], plotting.DARK[name]]


def test_bars_show_each_row_top_down_with_its_interval():
    _, ax = plt.subplots()
    assert plotting.bar_with_interval(ax, FRAME, highlight="ItemKNN") is ax
    assert [bar.get_width() for bar in ax.patches] == [0.1, 0.2, 0.4]
    assert ax.yaxis_inverted()
    whiskers = ax.containers[0].lines[2][0].get_segments()
    ends = [(start[0], end[0]) for start, end in whiskers]
    expected = zip(FRAME["low"], FRAME["high"], strict=True)
    assert ends == [pytest.approx(pair) for pair in expected]
    colours = [mpl.colors.to_hex(bar.get_facecolor()) for bar in ax.patches]
    grey, blue = plotting.PALETTE["grey"], plotting.PALETTE["blue"]
    assert colours == [grey, grey, blue]


def test_a_line_follows_x_whatever_the_order_of_rows():
    _, ax = plt.subplots()
    assert plotting.line_with_band(ax, FRAME, x="plays", color="green") is ax
    assert list(ax.lines[0].get_xdata()) == [1, 2, 3]
    assert list(ax.lines[0].get_ydata()) == [0.2, 0.4, 0.1]
    assert ax.lines[0].get_color() == plotting.PALETTE["green"]
    band = ax.collections[0].get_datalim(ax.transData)
    assert (band.y0, band.y1) == (0.05, 0.45)


def test_one_figure_is_always_the_same_bytes():
    def draw() -> bytes:
        figure, ax = plt.subplots()
        plotting.bar_with_interval(ax, FRAME)
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        return stream.getvalue()

    assert draw() == draw()


def test_a_figure_is_as_wide_as_a_phone_s_column_and_its_words_are_readable_there():
    """On a phone 390 pixels wide a picture has 342, and nine pixels can be read."""
    figure, ax = plt.subplots()
    for colour in ("blue", "green"):
        plotting.line_with_band(ax, FRAME, x="plays", label=colour, color=colour)
    ax.legend(title="legend")
    ax.set(title="title", xlabel="across", ylabel="up")
    figure.suptitle("above")
    svg = as_svg(figure)
    width = float(re.search(r'<svg[^>]*\swidth="([\d.]+)pt"', svg)[1])
    assert width == pytest.approx(4.4 * 72, rel=0.02)
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:\w+ )*([\d.]+)px", svg)]
    assert min(sizes) * 342 / width >= 9
