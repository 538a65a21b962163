"""Tables to files and back: CSV, gzipped, with the same text for the same tables."""

from __future__ import annotations

import gzip
import os
import tempfile
from dataclasses import fields
from pathlib import Path

import pandas as pd

from recsys_lib.datasets.matinee import FLAGS, file_name
from recsys_lib.simulation.service.diary import Tables

NAMES = tuple(field.name for field in fields(Tables))


def write_tables(tables: Tables, folder: str | Path) -> None:
    """Write all seven tables into `folder`, all or none, replacing those of the same name.

    UTF-8, "\\n" after each row; dates as 2025-01-06, moments as 2025-01-06 20:15:00 (UTC), flags as
    0 or 1, several values in a cell separated by "|", an unknown date as an empty cell.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as scratch:
        for name in NAMES:
            text = to_csv(getattr(tables, name))
            # No file name and no time in the header: they would differ from run to run.
            packed = gzip.compress(text.encode(), compresslevel=6, mtime=0)
            (Path(scratch) / file_name(name)).write_bytes(packed)
        for name in NAMES:
            os.replace(Path(scratch) / file_name(name), folder / file_name(name))


def to_csv(table: pd.DataFrame) -> str:
    """The text of a table's file, before it is packed."""
    shown = table.copy(deep=False)
    for column in shown.columns:
        if column in FLAGS:
            shown[column] = shown[column].astype("int64")
        elif pd.api.types.is_datetime64_any_dtype(shown[column]):
            shape = "%Y-%m-%d" if column.endswith("_on") else "%Y-%m-%d %H:%M:%S"
            shown[column] = shown[column].dt.strftime(shape)
    return shown.to_csv(index=False, lineterminator="\n")
