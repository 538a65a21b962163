"""The authored catalogue: real titles, read from `data/catalogue`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from recsys_lib.errors import DataError

CATALOGUE = Path(__file__).resolve().parents[3] / "data" / "catalogue"
VOCABULARY = "vocabulary.csv"
AUTHORED = (
    "title", "year", "kind", "genres", "themes", "tone", "directors_or_creators", "cast",
    "country", "language", "runtime_min", "seasons", "maturity", "woman_led",
    "fame_first", "fame_second", "cycles", "synopsis",
)  # fmt: skip
JUDGED = ("fame_first", "fame_second", "cycles")
"""What the world is made with and a service would not have: no part of the table of titles."""

FORMS = {
    **dict.fromkeys(("year", "runtime_min", "seasons"), (r"\d+", "a whole number")),
    **dict.fromkeys(("fame_first", "fame_second"), ("[1-5]", "a whole number from 1 to 5")),
    "woman_led": ("true|false", "true or false"),
}
"""Column → the pattern of its cells, and in words."""


def read_catalogue(folder: str | Path = CATALOGUE) -> pd.DataFrame:
    """All authored titles, with `title_id` = 1..N in the order of (year, title).

    Args:
        folder: holds any number of CSV files with the columns `AUTHORED` in that order; a cell
            with several values separates them by "|". `vocabulary.csv` is left out.

    Returns:
        DataFrame title_id and `AUTHORED`; year, runtime_min, seasons and the two judgements of fame
        are int64, woman_led bool, everything else text (no cast, or no cycle, is the empty text).

    Raises:
        DataError: no file, other columns, a cell that is not a number where one must be, a fame
            outside 1 to 5, or the same title and year twice.
    """
    paths = sorted(path for path in Path(folder).glob("*.csv") if path.name != VOCABULARY)
    if not paths:
        raise DataError("there is no catalogue file", where=str(folder))
    titles = pd.concat([_read_file(path) for path in paths], ignore_index=True)
    titles = titles.sort_values(["year", "title"], kind="stable", ignore_index=True)
    repeated = titles[titles.duplicated(["title", "year"])]
    if len(repeated):
        first = repeated.iloc[0]
        raise DataError(f"{first['title']} ({first['year']}) is in the catalogue twice")
    titles.insert(0, "title_id", range(1, len(titles) + 1))
    return titles


def read_vocabulary(folder: str | Path = CATALOGUE) -> dict[str, list[str]]:
    """The values that genre, theme, tone, kind, maturity and cycle may take, in their order."""
    table = pd.read_csv(Path(folder) / VOCABULARY, dtype=str)
    return table.groupby("column", sort=False)["value"].agg(list).to_dict()


def _read_file(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    if tuple(table.columns) != AUTHORED:
        raise DataError(f"the columns must be {', '.join(AUTHORED)}", where=path.name)
    for column, (pattern, form) in FORMS.items():
        wrong = table.index[~table[column].str.fullmatch(pattern)]
        if len(wrong):
            raise DataError(f"{column} must be {form}", where=f"{path.name}, row {wrong[0] + 2}")
    numbers = {column: "int64" for column in FORMS if column != "woman_led"}
    return table.astype(numbers).assign(woman_led=table["woman_led"] == "true")
