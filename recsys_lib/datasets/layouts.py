"""Public data sets that are known by the names of their files, and how each is read."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from recsys_lib.datasets.archive import Archive
from recsys_lib.datasets.tables import TableOptions
from recsys_lib.datasets.tables.container import ZIP, begins


@dataclass(frozen=True)
class Layout:
    """How a public set's files are named and read.

    Attributes:
        name: of the set.
        events_file: pattern of the file with the events.
        options: fields of `TableOptions` that are not found by looking.
        titles_file: pattern of the file with the titles, or None.
        title_options: how those are read.
        beside: patterns of files that must be there too, to be sure.
        terms: its licence in a plain sentence, shown when it is opened.
    """

    name: str
    events_file: str
    options: Mapping = field(default_factory=dict)
    titles_file: str | None = None
    title_options: TableOptions | None = None
    beside: tuple[str, ...] = ()
    terms: str = ""

    def events(self, path: Path) -> str | Path:
        """Where the events are, as `read_table` takes it."""
        return _inside(path, self.events_file)

    def titles(self, path: Path) -> str | Path | None:
        """Where the titles are, if they are there."""
        folder = path if path.is_dir() or _is_zip(path) else path.parent
        if self.titles_file is None or not _find(_names(folder), self.titles_file):
            return None
        return _inside(folder, self.titles_file)

    def fits(self, names: list[str]) -> bool:
        """Whether these are its files."""
        return all(_find(names, pattern) for pattern in (self.events_file, *self.beside))


def recognise(path: Path) -> Layout | None:
    """The layout whose files are in a folder or zip, or whose file this is; None if none is."""
    if path.is_dir() or _is_zip(path):
        names = _names(path)
    else:
        names = [path.name, *_names(path.parent)]
        if not any(_find([path.name], layout.events_file) for layout in LAYOUTS):
            return None
    fits = (layout for layout in LAYOUTS if layout.fits(names))
    return next((f for f in fits if path.is_dir() or _is_zip(path)
                 or _find([path.name], f.events_file)), None)  # fmt: skip


def _names(path: Path) -> list[str]:
    return Archive(path).names()


def _is_zip(path: Path) -> bool:
    return path.is_file() and begins(path, ZIP)


def _find(names: list[str], pattern: str) -> str | None:
    found = (name for name in names if fnmatch.fnmatch(name.lower(), pattern.lower()))
    return min(found, default=None)


def _inside(path: Path, pattern: str) -> str | Path:
    if path.is_dir():
        return path / _find(_names(path), pattern)
    return f"{path}::{_find(_names(path), pattern)}" if _is_zip(path) else path


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "Book-Crossing",
        "*book-ratings.csv",
        {"no_rating": (0.0,)},
        titles_file="*books.csv",
        terms="Its site is offline; no licence is named. A 0 is no rating, so 0 is left out.",
    ),
    Layout(
        "Last.fm, HetRec 2011",
        "user_artists.dat",
        titles_file="artists.dat",
        title_options=TableOptions(item="id"),
        terms="Its terms are in the readme.txt beside it.",
    ),
    Layout(
        "goodbooks-10k",
        "ratings.csv",
        titles_file="books.csv",
        title_options=TableOptions(item="book_id"),
        beside=("books.csv", "book_tags.csv"),
        terms="It may be shared and changed under CC BY-SA 4.0, with its source.",
    ),
    Layout(
        "Anime recommendations",
        "rating.csv",
        {"no_rating": (-1.0,)},
        titles_file="anime.csv",
        title_options=TableOptions(item="anime_id"),
        beside=("anime.csv",),
        terms="Ratings run from 1 to 10: a -1 is none, so -1 is left out.",
    ),
    Layout(
        "KuaiRec",
        "small_matrix.csv",
        {"time": "timestamp", "weight": "watch_ratio"},
        terms="CC BY-SA 4.0. Nearly every pair is there: what was left unseen tells nothing.",
    ),
    Layout(
        "KuaiRec, the big matrix",
        "big_matrix.csv",
        {"time": "timestamp", "weight": "watch_ratio", "duplicates": "last"},
        terms="CC BY-SA 4.0.",
    ),
    Layout(
        "KuaiRand, random exposures",
        "log_random_*.csv",
        {"time": "time_ms", "weight": "is_click", "no_rating": (0.0,), "duplicates": "first"},
        terms="CC BY-SA 4.0. A row is a video that was shown; only clicks are kept.",
    ),
    Layout(
        "MIND",
        "behaviors.tsv",
        beside=("news.tsv",),
        terms="For non-commercial research only.",
    ),
    Layout(
        "Netflix Prize",
        "combined_data_*.txt",
        terms="It was withdrawn after viewers were re-identified: do not pass it on.",
    ),
    Layout(
        "Retailrocket",
        "events.csv",
        {"weight": "event", "weights": {"view": 1.0, "addtocart": 3.0, "transaction": 5.0}},
        beside=("category_tree.csv",),
        terms="Its weights 1, 3 and 5 for view, cart and purchase are a choice of this library.",
    ),
    Layout(
        "MovieTweetings",
        "ratings.dat",
        beside=("users.dat", "movies.dat"),
        titles_file="movies.dat",
        title_options=TableOptions(item="1", header=False),
        terms="Ratings out of tweets; its terms are in the LICENSE of its repository.",
    ),
    Layout(
        "Jester",
        "*jester-data-?.csv",
        {"wide": True, "no_rating": (99.0,), "header": False, "ignore": ("1",)},
        terms="Free for research that cites Goldberg and others, 2001. A 99 is left out.",
    ),
)
"""The sets that are known by their files; the first that fits is taken."""
