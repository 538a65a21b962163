"""One way in to every data set: a name, a MovieLens folder or zip, or any CSV file."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from recsys_lib.datasets.matinee import load_matinee
from recsys_lib.datasets.movielens import SETS, identify, load_movielens
from recsys_lib.datasets.movielens_labels import age_bands
from recsys_lib.datasets.table import read_interactions
from recsys_lib.errors import DataError, FetchError
from recsys_lib.interactions import Interactions

NAMES = ("matinee", *(f"ml-{name}" for name in SETS))


@dataclass(frozen=True, eq=False)
class Dataset:
    """Events, and what is known of the titles and the viewers.

    Attributes:
        interactions: who watched, or rated, what.
        items: item_id, title, year, …; None if nothing is known of them.
        users: user_id, gender, age_band, …; None likewise.
    """

    interactions: Interactions
    items: pd.DataFrame | None = None
    users: pd.DataFrame | None = None


def open_dataset(source: str | Path, *, progress: bool = True, **columns) -> Dataset:
    """The data set that `source` names.

    Args:
        source: a folder or zip of MovieLens, a CSV file, or one of `NAMES` (where a file of that
            name exists, the file).
        progress: show bars for what takes longer than a second.
        columns: for a CSV file, the arguments of `read_interactions`.

    Raises:
        FetchError, DataError, ArgumentError: there is no such source, or it cannot be read.
    """
    path = Path(source)
    if not os.path.exists(path):
        return _named(str(source), progress)
    if not path.is_dir() and not zipfile.is_zipfile(path):
        return Dataset(read_interactions(path, **columns))
    name = identify(path)
    if name is None:
        files = ", ".join(SETS[known].ratings[0] for known in ("100k", "1m", "latest-small"))
        raise DataError("this is no MovieLens folder or zip", where=str(path),
                        fix=f"It would hold one of {files}, and the titles.")  # fmt: skip
    return _movielens(name, path, progress)


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
    return Dataset(data.interactions, data.items, data.users)
