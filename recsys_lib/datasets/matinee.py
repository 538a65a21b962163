"""Matinee, the bundled data: real titles, simulated viewers, seven tables."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from recsys_lib.datasets.movielens_labels import age_bands
from recsys_lib.errors import DataError
from recsys_lib.interactions import ITEM, TIME, USER, VALUE, Interactions

FOLDER = Path(__file__).resolve().parents[2] / "data"
COLUMNS = {
    "titles": "title_id title year kind genres themes tone directors_or_creators cast country"
    " language runtime_min seasons maturity woman_led synopsis added_on",
    "viewers": "viewer_id age gender country household plan joined_on left_on",
    "sessions": "session_id viewer_id started_at device",
    "plays": "session_id viewer_id title_id episode started_at minutes completion pauses finished",
    "feedback": "viewer_id title_id kind value at",
    "impressions": "session_id row position title_id artwork_id propensity artwork_propensity"
    " uniform clicked row_kind row_subject row_propensity",
    "artwork": "artwork_id title_id emphasis",
}
MOMENTS = {"added_on", "joined_on", "left_on", "started_at", "at"}
FLAGS = {"woman_led", "finished", "uniform", "clicked"}
REALS = {"completion", "propensity", "artwork_propensity", "row_propensity"}
WHOLE = {"year", "runtime_min", "seasons", "age", "episode", "minutes", "pauses", "value",
         "row", "position"}  # fmt: skip
REMEDY = "Make the tables anew with `python -m recsys_lib.simulation`."


def load_matinee(path: str | Path | None = None) -> Matinee:
    """The bundled data, or tables of the same form in another folder; read when first used.

    Args:
        path: folder with the seven files; None means the repository's `data`.

    Raises:
        DataError: the folder lacks one of the files.
    """
    folder = FOLDER if path is None else Path(path)
    files = [file_name(table) for table in COLUMNS]
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        raise DataError(f"{', '.join(missing)} not found", where=str(folder), fix=REMEDY)
    return Matinee(folder)


def file_name(table: str) -> str:
    """The file in which a table is kept."""
    return f"{table}.csv.gz"


@dataclass(frozen=True)
class Matinee:
    """Seven tables, and `Interactions` made of them; `data/README.md` says what each means.

    Tables keep the names viewer_id and title_id. `users` and `items` are viewers and titles with
    these columns called user_id and item_id, as models take them. Every `Interactions` has all
    viewers as rows and all titles as columns. Tables are read once and shared: copy one before
    changing it.
    """

    folder: Path

    @cached_property
    def titles(self) -> pd.DataFrame:
        """One row a title."""
        return self._read("titles")

    @cached_property
    def viewers(self) -> pd.DataFrame:
        """One row a viewer; `left_on` is empty (NaT) for those still there."""
        return self._read("viewers")

    @cached_property
    def sessions(self) -> pd.DataFrame:
        """One row an evening, in the order of time."""
        return self._read("sessions")

    @cached_property
    def plays(self) -> pd.DataFrame:
        """One row a sitting with one title, in the order of sessions."""
        return self._read("plays")

    @cached_property
    def feedback(self) -> pd.DataFrame:
        """One row an opinion, in the order of time."""
        return self._read("feedback")

    @cached_property
    def impressions(self) -> pd.DataFrame:
        """One row a slot of a home page, for a sample of sessions."""
        return self._read("impressions")

    @cached_property
    def artwork(self) -> pd.DataFrame:
        """One row a picture of a title."""
        return self._read("artwork")

    @cached_property
    def users(self) -> pd.DataFrame:
        """`viewers` with viewer_id called user_id, and `age_band`, in the bands of MovieLens 1M."""
        users = self.viewers.rename(columns={"viewer_id": USER})
        return users.assign(age_band=age_bands(users["age"]))

    @cached_property
    def items(self) -> pd.DataFrame:
        """`titles` with title_id called item_id."""
        return self.titles.rename(columns={"title_id": ITEM})

    def watched(self, min_completion: float | None = None) -> Interactions:
        """Who watched what: value = highest completion (0..1) of any sitting, time = first play.

        Args:
            min_completion: leave out pairs whose highest completion is below; None keeps all.
        """
        pairs = self._pairs("completion", "max")
        if min_completion is not None:
            pairs = pairs[pairs[VALUE] >= min_completion]
        return self._interactions(pairs)

    def minutes(self) -> Interactions:
        """Who watched what for how long: value = minutes in all, time = first play."""
        return self._interactions(self._pairs("minutes", "sum"))

    def stars(self) -> Interactions:
        """Who gave what how many stars: value 1..5, time = when."""
        return self._opinions("stars")

    def thumbs(self) -> Interactions:
        """Whose thumb went where: value -1 (down), 1 (up) or 2 (two up), time = when."""
        return self._opinions("thumb")

    def _pairs(self, column: str, how: str) -> pd.DataFrame:
        """One row a viewer and title: one column of the plays summed up, and the first play."""
        pairs = self.plays.groupby(["viewer_id", "title_id"], as_index=False)
        return pairs.agg(**{VALUE: (column, how), TIME: ("started_at", "min")})

    def _opinions(self, kind: str) -> Interactions:
        given = self.feedback[self.feedback["kind"] == kind]
        return self._interactions(given.rename(columns={"value": VALUE, "at": TIME}))

    def _interactions(self, pairs: pd.DataFrame) -> Interactions:
        axes = {"users": self.viewers["viewer_id"], "items": self.titles["title_id"]}
        names = {"user": "viewer_id", "item": "title_id", "value": VALUE, "time": TIME}
        return Interactions.from_frame(pairs, **names, **axes)

    def _read(self, name: str) -> pd.DataFrame:
        path = self.folder / file_name(name)
        columns = COLUMNS[name].split()
        try:
            table = pd.read_csv(path, dtype={c: _type(c) for c in columns}, keep_default_na=False,
                                na_values={c: [""] for c in MOMENTS})  # fmt: skip
        except (OSError, EOFError, zlib.error, ValueError) as error:
            raise _unreadable(error, path) from error
        if list(table.columns) != columns:
            raise DataError(f"the columns must be {', '.join(columns)}", where=str(path),
                            fix=REMEDY)  # fmt: skip
        try:
            return table.assign(**{c: _parse(table[c], c) for c in columns if _parsed(c)})
        except ValueError as error:
            raise _unreadable(error, path) from error


def _unreadable(error: Exception, path: Path) -> DataError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return DataError(f"the table cannot be read: {reason}", where=str(path), fix=REMEDY)


def _type(column: str) -> str:
    if column.endswith("_id") or column in WHOLE or column in FLAGS:
        return "int64"
    return "float64" if column in REALS else "str"


def _parsed(column: str) -> bool:
    return column in MOMENTS or column in FLAGS


def _parse(values: pd.Series, column: str) -> pd.Series:
    if column in FLAGS:
        return values.astype(bool)
    shape = "%Y-%m-%d" if column.endswith("_on") else "%Y-%m-%d %H:%M:%S"
    return pd.to_datetime(values, format=shape).astype("datetime64[s]")
