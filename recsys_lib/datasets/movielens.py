"""MovieLens, what real viewers thought of real films: seven sets behind one function."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_lib.datasets import cache
from recsys_lib.datasets.archive import MAX_LINE, Archive
from recsys_lib.datasets.movielens_labels import read_items, read_users
from recsys_lib.datasets.movielens_ratings import read_ratings
from recsys_lib.errors import DataError, FetchError, RecsysError, check_choice
from recsys_lib.interactions import ITEM, TIME, USER, VALUE, Interactions

ADDRESS = "https://files.grouplens.org/datasets/movielens/"
FOLDS = ("u1", "u2", "u3", "u4", "u5", "ua", "ub")
TERMS = """\
MovieLens was collected by GroupLens at the University of Minnesota. In short: use it for research
and teaching, name the source, claim no endorsement, ask before any commercial use, and do not pass
100K or 1M on. The terms themselves are in the README beside each set, and at
https://grouplens.org/datasets/movielens/. To cite it:
  F. Maxwell Harper and Joseph A. Konstan. The MovieLens Datasets: History and Context.
  ACM Transactions on Interactive Intelligent Systems 5(4), 2015. doi:10.1145/2827872
"""


@dataclass(frozen=True)
class Form:
    """The files of a set: names, separator, encoding, published size and checksum."""

    ratings: tuple[str, ...]
    items: str
    users: str | None
    separator: str
    encoding: str
    n_ratings: int
    n_users: int
    md5: str | None = None


CSV = (("ratings.csv",), "movies.csv", None, ",", "utf-8")
SETS = {
    "100k": Form(("u.data",), "u.item", "u.user", "\t", "latin-1", 100_000, 943,
                 "0e33842e24a9c977be4e0107933c0723"),
    "1m": Form(("ratings.dat", "ratings.notimestamp.dat"), "movies.dat", "users.dat", "::",
               "latin-1", 1_000_209, 6_040, "c4d9eecfca2ab87c1945afe126590906"),
    "10m": Form(("ratings.dat",), "movies.dat", None, "::", "utf-8", 10_000_054, 69_878,
                "ce571fd55effeba0271552578f2648bd"),
    "latest-small": Form(*CSV, 100_836, 610),
    "20m": Form(*CSV, 20_000_263, 138_493, "cd245b17a1ae2cc31bb14903e1204af3"),
    "25m": Form(*CSV, 25_000_095, 162_541),
    "32m": Form(*CSV, 32_000_204, 200_948),
}  # fmt: skip


def load_movielens(
    name: str, path: str | Path | None = None, *, progress: bool = True
) -> MovieLens:
    """One of the MovieLens sets, from a copy that you have or else fetched once and kept.

    A copy is a folder or a zip as published (`ml-100k`, `ml-1m.zip`, …) or a folder that holds it.
    It is looked for at `path`; without `path`, where the environment variable RECSYS_DATA points;
    it is used as it is and never changed. Without a copy, GroupLens's zip is fetched, verified and
    kept, and its terms are shown. A zip is read without being unpacked.

    Args:
        name: "100k", "1m", "10m", "20m", "latest-small", "25m" or "32m".
        path: the copy. RECSYS_DATA may lack a set, `path` may not.
        progress: show bars for what takes longer than a second.

    Raises:
        ArgumentError: an unknown name.
        FetchError: there is no copy at `path`, or none could be fetched.
        DataError: a file is damaged or does not hold what it should; the line is named.
    """
    check_choice("name", name, tuple(SETS))
    copy = _find_copy(name, path)
    if copy is not None:
        return _read(name, Archive(copy), progress)
    url = f"{ADDRESS}ml-{name}.zip"
    is_new = not (cache.cache_folder() / f"ml-{name}.zip").exists()
    kept = cache.fetch(url, md5=SETS[name].md5, progress=progress)
    try:
        data = _read(name, Archive(kept), progress)
        _check_size(data)
    except RecsysError:
        kept.unlink(missing_ok=True)
        raise
    if is_new:
        print(TERMS, file=sys.stderr)
    return data


@dataclass(frozen=True, eq=False, repr=False)
class MovieLens:
    """The tables of one set. Each is read once and shared: copy it before changing it.

    Attributes:
        name: as given to `load_movielens`.
        ratings: user_id, item_id, value (stars, 0.5 to 5) and, if known, time (UTC).
        items: item_id, title, year (missing for a few), genres (joined by |, empty if none).
        users: user_id, gender, age_band, occupation, and age in 100K; None in the other sets.
        source: the folder or zip that was read.
    """

    name: str
    ratings: pd.DataFrame
    items: pd.DataFrame
    users: pd.DataFrame | None
    source: Path

    @cached_property
    def interactions(self) -> Interactions:
        """Who gave what how many stars, when (if known); the axes are those who rated, and what."""
        return self._interactions(self.ratings, None, None)

    def fold(self, name: str) -> tuple[Interactions, Interactions]:
        """A published train and test part of 100K, on the axes of `interactions`.

        "u1" to "u5" are a 5-fold cross-validation; "ua" and "ub" put ten ratings of each user in
        the test.

        Raises:
            ArgumentError: an unknown fold.
            FetchError: the set has no folds, or the copy lacks their files.
        """
        check_choice("name", name, FOLDS)
        archive, whole = Archive(self.source), self.interactions
        base, test = (
            read_ratings(archive, f"{name}.{part}", b"\t", False) for part in ("base", "test")
        )
        return tuple(self._interactions(part, whole.users, whole.items) for part in (base, test))

    def _interactions(self, ratings: pd.DataFrame, users, items) -> Interactions:
        time = TIME if TIME in ratings else None
        return Interactions.from_frame(ratings, value=VALUE, time=time, users=users, items=items)

    def __repr__(self) -> str:
        size = f"{len(self.ratings):,} ratings, {len(self.items):,} items"
        return (
            f"MovieLens({self.name!r}, {size}, {'with' if self.users is not None else 'no'} users)"
        )


def identify(path: str | Path) -> str | None:
    """The name of the MovieLens set whose files are at `path`; None if it is none.

    The sets that share one format are told apart by the name of the folder or zip.
    """
    archive, stem = Archive(path), Path(path).stem.removeprefix("ml-")
    fits = [
        name
        for name, form in SETS.items()
        if form.items in archive
        and any(file in archive for file in form.ratings)
        and (form.users is None or _has_viewers(archive, form))
    ]
    if "users.dat" in archive and "1m" not in fits:  # MovieTweetings names its files like 1M
        return None
    return stem if stem in fits else next(iter(fits), None)


def _has_viewers(archive: Archive, form: Form) -> bool:
    """Whether the set's file of viewers is there, and is one: other sets use the same names."""
    if form.users not in archive:
        return False
    separator = "|" if form.separator == "\t" else form.separator
    with archive.open(form.users) as stream:
        return stream.readline(MAX_LINE).count(separator.encode()) == 4


def _find_copy(name: str, path: str | Path | None) -> Path | None:
    given = path if path is not None else os.environ.get("RECSYS_DATA")
    if not given:
        return None
    root = Path(given)
    if not os.path.exists(root):  # unlike Path.exists, also of an impossible name
        fix = "" if path is not None else "The environment variable RECSYS_DATA points there."
        raise FetchError("there is no such folder or zip", where=str(root), fix=fix)
    for copy in (root / f"ml-{name}", root / f"ml-{name}.zip"):
        if copy.exists():
            return copy
    return root if path is not None or root.stem == f"ml-{name}" else None


def _read(name: str, archive: Archive, progress: bool) -> MovieLens:
    form = SETS[name]
    ratings_file = next((file for file in form.ratings if file in archive), form.ratings[0])
    missing = [
        file for file in (ratings_file, form.items, form.users) if file and file not in archive
    ]
    if missing:
        raise FetchError(f"this is no copy of MovieLens {name}: it has no {', '.join(missing)}",
                         where=str(archive.path), fix=cache.LOCAL_COPY)  # fmt: skip
    ratings = read_ratings(archive, ratings_file, form.separator.encode(), progress)
    separator = "|" if name == "100k" else form.separator
    items = read_items(archive, form.items, separator, form.encoding)
    users = form.users and read_users(archive, form.users, separator, form.encoding)
    for label, table, file in [(ITEM, items, form.items), (USER, users, form.users)]:
        lost = [] if table is None else np.setdiff1d(ratings[label], table[label])
        if len(lost):
            raise DataError(f"{label} {lost[0]} has ratings but is not in {file}",
                            where=str(archive.path))  # fmt: skip
    return MovieLens(name, ratings, items, users, archive.path)


def _check_size(data: MovieLens) -> None:
    form = SETS[data.name]
    size = len(data.ratings), data.ratings[USER].nunique()
    if size != (form.n_ratings, form.n_users):
        raise FetchError(
            f"the fetched set has {size[0]:,} ratings of {size[1]:,} users, not"
            f" {form.n_ratings:,} of {form.n_users:,} as published",
            where=f"{ADDRESS}ml-{data.name}.zip",
            fix=f"It was removed. {cache.LOCAL_COPY}",
        )
