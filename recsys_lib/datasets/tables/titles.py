"""What is known of the items: their titles, from a table beside the events."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_lib.datasets.tables.cells import Column
from recsys_lib.datasets.tables.columns import choose_item, plain
from recsys_lib.datasets.tables.labels import labels_of
from recsys_lib.datasets.tables.options import TableOptions
from recsys_lib.datasets.tables.read import in_any_form
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.datasets.tables.rows import Rows, one_by_one
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM

TITLES = ("title movietitle booktitle itemtitle", "name itemname productname artistname trackname",
          "movie book artist song track product game")  # fmt: skip
KEPT = {"title": TITLES, "year": ("year releaseyear yearofpublication",),
        "genres": ("genres genre categories category",)}  # fmt: skip


def read_titles(
    source: str | Path, options: TableOptions | None = None, items: np.ndarray | None = None
) -> pd.DataFrame:
    """item_id, title and, where the table has them, year and genres: one row an item.

    Args:
        source: a table in any form that `read_table` takes.
        options: `item` names the column of labels; the form may be told too.
        items: the labels of the events, whose kind (integers or strings) the labels here take.

    Raises:
        DataError: no column of labels or of titles is found, or no label is one of `items`.
    """
    return in_any_form(source, options or TableOptions(), lambda *read: _titles(*read, items))


def _titles(table: Rows, options: TableOptions, reading: Reading, items) -> pd.DataFrame:
    place = choose_item(table, options, reading.source)
    rows = [row for _, row in one_by_one(table.rows)]
    texts = [row[place] for row in rows]
    codes, distinct = pd.factorize(np.array(texts, dtype=object))
    labels, label = labels_of(Column(table.names[place], codes, list(distinct)), "item", reading)
    frame = pd.DataFrame({ITEM: labels[label]})
    for name, tiers in KEPT.items():
        column = _usual(table, name, tiers, place)
        if column is not None:
            frame[name] = [row[column].strip() for row in rows]
    if "title" not in frame:
        raise DataError("no column has a usual name for the title", where=reading.source,
                        fix=f"The header names: {', '.join(table.names[:9])}.")  # fmt: skip
    frame = frame[label >= 0].drop_duplicates(ITEM, ignore_index=True)
    return _with_years(frame) if items is None else _matched(_with_years(frame), items, reading)


def _usual(table: Rows, role: str, tiers: tuple[str, ...], taken: int) -> int | None:
    if not table.has_header:  # label, title, genres, as MovieLens and its followers write them
        place = {"title": 1, "genres": 2}.get(role, len(table.names))
        return place if place < len(table.names) else None
    for tier in tiers:
        for place, name in enumerate(table.names):
            if place != taken and plain(name) in tier.split():
                return place
    return None


def _with_years(frame: pd.DataFrame) -> pd.DataFrame:
    if "year" not in frame:
        return frame
    years = [int(t[:4]) if re.match(r"[0-9]{4}", t) else None for t in frame["year"]]
    return frame.assign(year=pd.array(years, "Int64"))


def _matched(frame: pd.DataFrame, items: np.ndarray, reading: Reading) -> pd.DataFrame:
    """Only the items of the events, under the events' own labels."""
    events = pd.DataFrame({ITEM: items, "text": items.astype(str)})
    found = events.merge(frame.assign(text=frame[ITEM].astype(str)).drop(columns=ITEM), on="text")
    if found.empty:
        raise DataError("no item of the events is in this table of titles", where=reading.source,
                        fix='Name the column that holds their labels: item="...".')  # fmt: skip
    return found.drop(columns="text")
