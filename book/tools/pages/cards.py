"""A card with a small picture for each explorable, drawn from the data that its page shows."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import numpy as np

from book.tools.explorables.neighbours import DEFAULT
from book.tools.explorables.peeking import lots, stopped_at
from book.tools.explorables.pictures import log
from recsys_lib.offpolicy import ips
from recsys_lib.pages import grid_chance

WIDTH, HEIGHT = 120, 64
WORDS = {
    "neighbours": "Who is near <em>Friends</em>?",
    "taste_map": "Where is your favourite on the map?",
    "bookshop": "How does a shop hide half of its books?",
    "bubble": "Can a service burst its bubble?",
    "evenings": "Does it matter what you watched last?",
    "thumbs": "How many thumbs until it stops asking?",
    "looking": "Good, or only on top?",
    "pictures": "What can a log say of another policy?",
    "peeking": "What does it cost to peek?",
}


def as_html(folder: Path) -> str:
    """The cards, as links; `folder` holds the explorables' data."""
    cards = []
    for name, words in WORDS.items():
        data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        picture = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{DRAW[name](data)}</svg>'
        cards.append(f'<li><a href="explore_{name}.html">{picture}<span>{words}</span></a></li>')
    return f'<ul class="cards" aria-label="Try it yourself">\n{chr(10).join(cards)}\n</ul>\n'


def neighbours(data: dict) -> str:
    """The ten highest cosines with the default title, as bars."""
    row = np.array(data["common"][data["titles"].index(DEFAULT)], dtype=float)
    size = np.array([max(viewers, 1) for _, _, viewers in data["catalogue"]])
    chosen = [title for title, *_ in data["catalogue"]].index(DEFAULT)
    cosine = row / np.sqrt(size * size[chosen])
    cosine[chosen] = 0
    best = np.sort(cosine)[::-1][:8]
    return "".join(
        f'<rect x="6" y="{5 + 7 * n}" width="{108 * value / best[0]:.0f}" height="4.5" rx="1"/>'
        for n, value in enumerate(best)
    )


def taste_map(data: dict) -> str:
    """Every third title at its place, coloured by form."""
    x, y = np.array(data["x"]), np.array(data["y"])
    form = data["groupings"]["form"]
    dots = zip(6 + 108 * x / x.max(), 5 + 54 * y / y.max(), form["of"], strict=True)
    return "".join(
        f'<circle class="{escape(form["groups"][of][1])}" cx="{a:.0f}" cy="{b:.0f}" r="1.8"/>'
        for a, b, of in list(dots)[::3]
    )


def bookshop(data: dict) -> str:
    """Two shelves of books, as wide as their part of the window."""
    widths = [9, 8, 9, 7, 8, 5, 4, 3, 2, 2]
    places = np.cumsum([0, *widths]) * 1.9
    return "".join(
        f'<rect class="{"grey" if n < 5 else "blue"}" x="{6 + places[n]:.0f}" y="{14 - n % 3 * 3}"'
        f' width="{1.9 * width - 2:.1f}" height="{42 + n % 3 * 3}" rx="1"/>'
        for n, width in enumerate(widths)
    ) + '<path d="M4 57h112"/>'  # fmt: skip


def bubble(data: dict) -> str:
    """Likeness over the months, plain pages against pages by lot."""
    lines = {name: [row[0] for row in data["policies"][name]["alike"]["is"]]
             for name in ("0/0", "by lot")}  # fmt: skip
    low, high = min(map(min, lines.values())), max(map(max, lines.values()))
    drawn = ""
    for (_, values), hue in zip(lines.items(), ("orange", "blue"), strict=True):
        step = 108 / (len(values) - 1)
        places = (f"{6 + step * n:.0f} {58 - 50 * (value - low) / (high - low):.1f}"
                  for n, value in enumerate(values))  # fmt: skip
        drawn += f'<path class="{hue}" d="M{"L".join(places)}"/>'
    return drawn


def evenings(data: dict) -> str:
    """Four evenings that fade, and what they lead to."""
    fades = "".join(
        f'<rect class="blue" x="{84 - 26 * n}" y="{14 + 5 * n}" width="22" height="{36 - 10 * n}"'
        f' rx="3" fill-opacity="{0.5**n:.2f}"/>'
        for n in range(4)
    )
    return f'{fades}<path class="orange" d="M108 32h8m-4 -4l4 4l-4 4"/>'


def thumbs(data: dict) -> str:
    """Evenings lost in the race, a line a policy."""
    races = [data["races"]["far apart"][name]["mean"] for name in data["policies"]]
    most, drawn = max(map(max, races)), ""
    for lost, hue in zip(races, ("blue", "orange", "green"), strict=True):
        step = 108 / (len(lost) - 1)
        places = (f"{6 + step * n:.0f} {58 - 50 * value / most:.0f}"
                  for n, value in list(enumerate(lost))[::3])  # fmt: skip
        drawn += f'<path class="{hue}" d="M{"L".join(places)}"/>'
    return drawn


def looking(data: dict) -> str:
    """A page whose slots are paler the farther they are from the first."""
    look = grid_chance(0.75, 0.9, data["rows"], data["positions"])
    return "".join(
        f'<rect class="blue" x="{6 + 22 * position}" y="{4 + 15 * row}" width="20" height="13"'
        f' rx="2" fill-opacity="{look[row, position] ** 2:.2f}"/>'
        for row, position in np.ndindex(look.shape)
    )


def pictures(data: dict) -> str:
    """The estimate for choosing by taste, and its interval, as the log grows."""
    pages, shown = log(0.1), np.array(data["policies"]["by taste"])
    agrees = (shown[pages["taste"]] == pages["picture"]).astype(float)
    found = [ips(pages["clicked"][:n], pages["propensity"][:n], agrees[:n]) for n in data["sizes"]]
    x = np.linspace(8, 112, len(found))
    high, low, middle = (
        [
            f"{a:.0f} {58 - 220 * max(getattr(one, end), 0):.0f}"
            for a, one in zip(x, found, strict=True)
        ]
        for end in ("high", "low", "value")
    )
    band = f'<path class="grey" d="M{"L".join(high)}L{"L".join(reversed(low))}Z"/>'
    return f'{band}<path class="blue" d="M{"L".join(middle)}"/>'


def peeking(data: dict) -> str:
    """A dozen of the experiments, each as far as twenty looks let it run."""
    ends = stopped_at("usual", 20, 0)
    parts = np.arange(1, data["steps"] + 1)
    walks = lots().cumsum(axis=1) / np.sqrt(parts)
    drawn = ""
    for walk, end in list(zip(walks, ends, strict=True))[:12]:
        shown = range(4, int(end or data["steps"]) + 1, 4)
        places = (f"{6 + 108 * n / data['steps']:.0f} {32 - 7 * walk[n - 1]:.0f}" for n in shown)
        drawn += f'<path class="{"orange" if end else "blue"}" d="M{"L".join(places)}"/>'
    return drawn


DRAW = {
    draw.__name__: draw
    for draw in (
        neighbours,
        taste_map,
        bookshop,
        bubble,
        evenings,
        thumbs,
        looking,
        pictures,
        peeking,
    )
}
