"""One way in to every data set: a name, a folder or zip of a known set, or any table."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from recsys_lib.datasets.layouts import Layout, recognise
from recsys_lib.datasets.matinee import load_matinee
from recsys_lib.datasets.movielens import SETS, identify, load_movielens
from recsys_lib.datasets.movielens_labels import age_bands
from recsys_lib.datasets.tables import Reading, TableOptions, read_table
from recsys_lib.datasets.tables.container import is_sheet, split_path
from recsys_lib.datasets.tables.titles import read_titles
from recsys_lib.errors import FetchError
from recsys_lib.interactions import Interactions

NAMES = ("matinee", *(f"ml-{name}" for name in SETS))


@dataclass(frozen=True, eq=False)
class Dataset:
    """Events, and what is known of the titles and the viewers.

    Attributes:
        interactions: who watched, or rated, what.
        items: item_id, title, year, …; None if nothing is known of them.
        users: user_id, gender, age_band, …; None likewise.
        is_rated: whether the events' values are ratings.
        is_weighted: whether they are weights or counts.
        reading: what was found while a table was read; None for MovieLens and Matinee.
        layout: the public set that was recognised, with its licence; None otherwise.
    """

    interactions: Interactions
    items: pd.DataFrame | None = None
    users: pd.DataFrame | None = None
    is_rated: bool = False
    is_weighted: bool = False
    reading: Reading | None = None
    layout: Layout | None = None


def open_dataset(source: str | Path, *, progress: bool = True, **columns) -> Dataset:
    """The data set that `source` names. Nothing is fetched, but for a MovieLens asked by its name.

    Args:
        source: a folder or zip of MovieLens or of a set in `layouts.LAYOUTS`, a table, or one of
            `NAMES` (where a file of that name exists, the file).
        progress: show bars for what takes longer than a second.
        columns: for a table, the fields of `TableOptions`.

    Raises:
        FetchError, DataError, ArgumentError, MissingPackageError: there is no such source, or it
            cannot be read.
    """
    path, member = split_path(source)
    if not os.path.exists(path):
        return _named(str(source), progress)
    packed = path.is_dir() or (zipfile.is_zipfile(path) and not is_sheet(path))
    name = identify(path) if packed and member is None else None
    if name is not None:
        return _movielens(name, path, progress)
    layout = recognise(path) if member is None else None
    return _table(source, layout, columns)


def _table(source: str | Path, layout: Layout | None, columns: dict) -> Dataset:
    given = {name: value for name, value in columns.items() if value not in (None, (), False)}
    if layout is None:
        table = read_table(source, TableOptions(**columns))
        return _dataset(table)
    options = replace(TableOptions(**layout.options), **given)
    table = read_table(layout.events(Path(source)), options)
    titles = layout.titles(Path(source))
    items = titles and read_titles(titles, layout.title_options, table.interactions.items)
    return replace(_dataset(table), items=items, layout=layout)


def _dataset(table) -> Dataset:
    return Dataset(
        table.interactions,
        is_rated=table.is_rated,
        is_weighted=table.is_weighted,
        reading=table.reading,
    )


def _named(name: str, progress: bool) -> Dataset:
    if name == "matinee":
        matinee = load_matinee()
        users = matinee.users.assign(age_band=age_bands(matinee.users["age"]))
        return Dataset(matinee.watched(), matinee.items, users)
    if name in NAMES:
        return _movielens(name.removeprefix("ml-"), None, progress)
    raise FetchError("there is no such file or data set", where=name,
                     fix=f"The data sets are {', '.join(NAMES)}.")  # fmt: skip


def _movielens(name: str, path: Path | None, progress: bool) -> Dataset:
    data = load_movielens(name, path, progress=progress)
    return Dataset(data.interactions, data.items, data.users, is_rated=True)
