"""Draw the picture that social networks show beside a link, in the book's colours."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Polygon

from recsys_lib.plotting import PALETTE

WIDTH, HEIGHT = 1200, 630  # pixels, the size that networks ask for
MARGIN, GAP, TILE = 80, 22, (190, 120)
ROWS = (
    ("blue", "green", "blue", "purple", "sky", "blue"),
    ("orange", "sky", "red", "green", "orange", "purple"),
)
BRAND, NEXT = "#0f5bc7", "#ffc857"  # the logo's own


def _box(axes: Axes, x: float, y: float, size: tuple, corner: float, **look) -> None:
    style = f"round,pad=0,rounding_size={corner}"
    axes.add_patch(FancyBboxPatch((x, y), *size, boxstyle=style, linewidth=0, **look))


def _logo(axes: Axes, x: float, y: float, side: float) -> None:
    _box(axes, x, y, (side, side), side / 4, facecolor=BRAND)
    across, down = x + side * 0.28, y + side * 0.26
    tip, end = (across + side * 0.29, down + side * 0.24), down + side * 0.48
    axes.add_patch(Polygon([(across, down), (across, end), tip], facecolor="white"))
    axes.plot([x + side * 0.68] * 2, [down, end], color=NEXT, linewidth=side / 14)


def _tile(axes: Axes, x: float, y: float, color: str) -> None:
    """A coloured edge above a pale card with a title's two lines."""
    _box(axes, x, y, TILE, 12, facecolor=PALETTE[color])
    _box(axes, x, y + 12, (TILE[0], TILE[1] - 12), 8, facecolor="white")
    _box(axes, x, y + 12, (TILE[0], TILE[1] - 12), 8, facecolor=PALETTE[color], alpha=0.14)
    for line, length in ((44, 120), (70, 80)):
        _box(axes, x + 20, y + line, (length, 9), 4, facecolor=PALETTE["muted"], alpha=0.6)


def draw(target: Path) -> None:
    """Write the picture as PNG: the same bytes at every build."""
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=PALETTE["paper"])
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    axes.axis("off")
    _logo(axes, MARGIN, 72, 112)
    words = {"family": "DejaVu Serif", "color": PALETTE["ink"], "va": "center"}
    axes.text(MARGIN + 145, 128, "Watch Next", fontsize=62, weight="bold", **words)
    axes.text(MARGIN, 258, "A course on recommender systems", fontsize=32, **words)
    for row, colors in enumerate(ROWS):
        for place, color in enumerate(colors):
            _tile(axes, MARGIN + place * (TILE[0] + GAP), 340 + row * (TILE[1] + GAP), color)
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, format="png", metadata={"Software": None})
