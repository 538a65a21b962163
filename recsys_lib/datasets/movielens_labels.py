"""The titles and the viewers of MovieLens, from the official files of each set."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from recsys_lib.datasets.archive import Archive
from recsys_lib.datasets.movielens_ratings import LAST_ID
from recsys_lib.datasets.tables.options import TableOptions
from recsys_lib.datasets.tables.read import in_any_form
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.datasets.tables.rows import Rows, one_by_one
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, USER

AGE_BANDS = {1: "Under 18", 18: "18-24", 25: "25-34", 35: "35-44", 45: "45-49", 50: "50-55",
             56: "56+"}  # fmt: skip
"""Youngest age of each band of MovieLens 1M (the code in its files) → the band."""

OCCUPATIONS = (
    "other", "academic/educator", "artist", "clerical/admin", "college/grad student",
    "customer service", "doctor/health care", "executive/managerial", "farmer", "homemaker",
    "K-12 student", "lawyer", "programmer", "retired", "sales/marketing", "scientist",
    "self-employed", "technician/engineer", "tradesman/craftsman", "unemployed", "writer",
)  # fmt: skip
"""Occupations of MovieLens 1M, in the order of their codes 0 to 20."""

NO_GENRE = ("unknown", "(no genres listed)")
YEAR = re.compile(r"\s*\((\d{4})(?:[-–]\d{0,4}\s*)?\)\s*$")  # "(1995)", "(2006–2007)", "(2009– )"


def read_items(archive: Archive, name: str, separator: str, encoding: str) -> pd.DataFrame:
    """item_id, title (without its year), year (missing where none is given), genres joined by |."""
    if name == "u.item":
        names = [row[0] for _, row in _rows(archive, "u.genre", "|", encoding, 2)]
        rows = (
            (
                place,
                [
                    row[0],
                    row[1],
                    "|".join(g for g, flag in zip(names, row[5:], strict=True) if flag == "1"),
                ],
            )
            for place, row in _rows(archive, name, "|", encoding, 5 + len(names))
        )
    else:
        rows = _rows(archive, name, separator, encoding, 3)
    ids, titles, years, genres = [], [], [], []
    for place, (item, title, listed) in rows:
        found = YEAR.search(title)
        ids.append(_whole(item, place, range(1, LAST_ID + 1)))
        titles.append(YEAR.sub("", title))
        years.append(int(found[1]) if found else None)
        genres.append("" if listed in NO_GENRE else listed)
    columns = {"title": titles, "year": pd.array(years, "Int64"), "genres": genres}
    return _labelled(ITEM, ids, columns, str(archive.path / name))


def read_users(archive: Archive, name: str, separator: str, encoding: str) -> pd.DataFrame:
    """user_id, gender (M or F), age_band, occupation and, in MovieLens 100K, age in years."""
    exact = name == "u.user"
    ids, genders, ages, jobs = [], [], [], []
    for place, row in _rows(archive, name, separator, encoding, 5):
        age, gender = row[1:3] if exact else row[2:0:-1]
        ids.append(_whole(row[0], place, range(1, LAST_ID + 1)))
        ages.append(_whole(age, place, range(1, 130) if exact else AGE_BANDS))
        jobs.append(row[3] if exact else OCCUPATIONS[_whole(row[3], place, range(21))])
        if gender not in ("M", "F"):
            raise DataError(f"{gender[:40]!r} is not a possible gender", where=place)
        genders.append(gender)
    columns = {"gender": genders, "age_band": age_bands(ages), "occupation": jobs}
    if exact:
        columns["age"] = ages
    return _labelled(USER, ids, columns, str(archive.path / name))


def age_bands(ages) -> np.ndarray:
    """The band of MovieLens 1M that each age in years falls in.

    >>> age_bands([12, 25, 34, 80]).tolist()
    ['Under 18', '25-34', '25-34', '56+']
    """
    starts = np.array(list(AGE_BANDS))
    place = np.searchsorted(starts, np.asarray(ages), side="right") - 1
    return np.array(list(AGE_BANDS.values()), dtype=object)[np.maximum(place, 0)]


def _rows(
    archive: Archive, name: str, separator: str, encoding: str, width: int
) -> Iterator[tuple[str, list[str]]]:
    """The place and the fields of each line that is not blank, those of a header by their names."""
    if separator == ",":
        yield from in_any_form(archive.member(name), TableOptions(), _titles)
        return
    text, where = archive.text(name, encoding), str(archive.path / name)
    for number, line in enumerate(text.split("\n"), 1):
        row, place = line.rstrip("\r").split(separator), f"{where}, line {number}"
        if row != [""]:
            if len(row) != width:
                raise DataError(f"{len(row)} fields instead of {width}", where=place)
            yield place, row


def _titles(table: Rows, options: TableOptions, reading: Reading) -> list[tuple[str, list[str]]]:
    wanted = ["movieId", "title", "genres"]
    if any(table.names.count(name) != 1 for name in wanted):
        raise DataError(f"the header must name {', '.join(wanted)}",
                        where=f"{reading.source}, line 1")  # fmt: skip
    places = [table.names.index(name) for name in wanted]
    return [
        (f"{reading.source}, line {line}", [row[place] for place in places])
        for line, row in one_by_one(table.rows)
    ]


def _whole(text: str, place: str, possible) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,10}", text) else -1
    if number not in possible:
        raise DataError(f"{text[:40]!r} is not a possible number here", where=place)
    return number


def _labelled(label: str, ids: list[int], columns: dict, where: str) -> pd.DataFrame:
    frame = pd.DataFrame({label: np.array(ids, np.int32), **columns})
    if frame[label].duplicated().any():
        twice = frame.loc[frame[label].duplicated(), label].iloc[0]
        raise DataError(f"{label} {twice} is listed twice", where=where)
    return frame
