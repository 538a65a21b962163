"""Interactions from anybody's table: what it is written in and which column is what is found."""

from __future__ import annotations

from pathlib import Path

from recsys_lib.datasets.tables import TableOptions, read_table
from recsys_lib.interactions import Interactions


def read_interactions(
    path: str | Path,
    user: str | None = None,
    item: str | None = None,
    rating: str | None = None,
    time: str | None = None,
    **options,
) -> Interactions:
    """One event a row, from a text, a sheet or a Parquet file.

    The separator, the encoding, the line ends, the header, the container (gzip, bzip2, xz, a zip
    with one table) and the unit of times are found by looking; `describe` on the command line says
    what was found, and `recsys_lib.datasets.tables.read_table` returns it beside the events. Labels
    become integers if all of a column look like integers (no leading zero), else they stay strings.

    Args:
        path: the file, or `archive.zip::table.csv`.
        user, item, rating, time: columns; None: the ones with a usual name, or for a rating and a
            time there may be none; "none": there is none. Without a rating or weight every event
            counts 1.
        options: the others of `TableOptions`, for example weight, separator, encoding, header,
            time_unit, no_rating, duplicates.

    Raises:
        FetchError: there is no such file, or it may not be read.
        DataError: a column is missing, there twice or could be one of two; a row has a wrong number
            of fields, an empty label, a rating that is not a finite number, or a time that is none;
            labels were rounded by a spreadsheet; ratings of a pair differ; a byte is not of
            `encoding`; there is no row. The message names the file and the line.
        ArgumentError: one column is named for two purposes, or an option is unknown.
        MissingPackageError: a sheet or a Parquet file, and the package that reads it is not there.
    """
    named = {"user": user, "item": item, "rating": rating, "time": time}
    return read_table(path, TableOptions(**named, **options)).interactions
