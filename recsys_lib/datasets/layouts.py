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
    ),
    Layout(
        "Last.fm (HetRec 2011)",
        "user_artists.dat",
        titles_file="artists.dat",
        title_options=TableOptions(item="id"),
    ),
    Layout(
        "goodbooks-10k",
        "ratings.csv",
        titles_file="books.csv",
        title_options=TableOptions(item="book_id"),
        beside=("books.csv", "book_tags.csv"),
    ),
)
