"""Pick three you love: what the browser needs to learn a recommender and to build a home page.

Beside live.json, which stands in the page, it writes live_counts.js, which a page asks for at the
first pick: the viewers that every two titles have in common. All five ways of seeing a title in
`book/_static/explore/live.model.js` come from these counts and the catalogue's labels.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from book.tools.explorables.neighbours import CHOICES
from book.tools.explorables.taste_map import directions, labels
from recsys_lib.datasets import load_matinee
from recsys_lib.interactions import Interactions
from recsys_lib.models.factors.ease import EASE

ROOT = Path(__file__).resolve().parents[3]
COUNTS = Path("book/_static/explore/live_counts.js")
EXAMPLE = ("Friends", "Breaking Bad", "Fleabag")
WALL = 24  # titles to pick from at a glance
SIGNS = [chr(n) for n in range(33, 127) if chr(n) not in '"\\']
FAR = SIGNS[-1]  # announces a number of two signs
BLOCKS = ("genres", "themes", "tone")
STROKES = 6  # numbers that draw a title's picture


def make() -> dict:
    """wall and example: titles by number; art: six numbers a title of the wall; chapters: pages."""
    titles, watched = catalogue()
    names = labels(titles)
    position = {name: place for place, name in enumerate(names)}
    picked = [position[name] for name in CHOICES if name in position]
    by_audience = sorted(picked, key=lambda place: (-watched.item_counts[place], place))
    drawn = art(directions(watched))
    example = [position[name] for name in EXAMPLE]
    most = [place for place in by_audience if place not in example][: WALL - len(example)]
    wall = sorted(example + most, key=lambda place: names[place])
    return {
        "finding": "",
        "example": [int(titles.index[place]) for place in example],
        "wall": [[int(titles.index[n]), names[n], drawn[n].tolist()] for n in wall],
        "chapters": {path.name[:2]: f"../chapters/{path.stem}.html" for path in chapters()},
    }


def chapters() -> list[Path]:
    return sorted((ROOT / "chapters").glob("[0-9][0-9]_*.md"))


def files() -> dict[Path, str]:
    """Path → text of the file beside live.json."""
    titles, watched = catalogue()
    together = (watched.binary().T @ watched.binary()).toarray().astype(int)
    found = {
        "ids": titles.index.tolist(),
        "titles": labels(titles),
        "years": titles["year"].tolist(),
        "kinds": (titles["kind"] == "series").astype(int).tolist(),
        "labels": {block: coded(titles[block]) for block in BLOCKS},
        "art": as_signs(art(directions(watched)).ravel()),
        "n_viewers": watched.active_users,
        "l2": EASE().l2,
        "counts": as_signs(together[np.tril_indices(len(titles))]),
    }
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return {COUNTS: f"Explore.arrived({text});\n"}


def catalogue() -> tuple[pd.DataFrame, Interactions]:
    matinee = load_matinee()
    watched = matinee.watched()
    return matinee.titles.set_index("title_id").loc[watched.items], watched


def coded(cells: pd.Series) -> dict:
    """names: the labels of a column; of: each title's, by number."""
    names = sorted(set(cells.str.split("|").explode()) - {""})
    number = {name: n for n, name in enumerate(names)}
    of = [[number[name] for name in cell.split("|") if name] for cell in cells]
    return {"names": names, "of": of}


def as_signs(numbers: np.ndarray) -> str:
    """Whole numbers from 0: below 91 one printable sign, up to 8,463 three, the first of them FAR.

    >>> as_signs(np.array([0, 1, 90, 91]))
    '!#}~"~'
    """
    base, few = len(SIGNS), len(SIGNS) - 1
    if numbers.min(initial=0) < 0 or numbers.max(initial=0) >= base * base:
        raise ValueError(f"numbers must be from 0 to {base * base - 1}")
    text = np.array(SIGNS)[np.minimum(numbers, few)].astype(object)
    for place in np.flatnonzero(numbers >= few):
        high, low = divmod(int(numbers[place]), base)
        text[place] = FAR + SIGNS[high] + SIGNS[low]
    return "".join(text)


def art(unit: np.ndarray) -> np.ndarray:
    """(titles, STROKES) whole numbers 0 to 90: where a title stands in the six directions in which
    titles differ most, by rank, so that every shade is used equally often."""
    middle = unit - unit.mean(axis=0)
    spots = middle @ np.linalg.svd(middle, full_matrices=False)[2][:STROKES].T
    spots *= np.sign(spots[np.abs(spots).argmax(axis=0), np.arange(STROKES)])
    ranks = spots.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return np.rint(90 * ranks / max(len(unit) - 1, 1)).astype(int)
