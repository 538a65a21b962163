"""What a reader of a table may be told; whatever is left out is found by looking."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field

from recsys_lib.errors import ArgumentError, check_choice

NONE = "none"  # as a column: there is none, whatever the names say
DUPLICATES = ("error", "first", "last", "mean", "sum")
UNITS = ("s", "ms", "us", "ns", "yyyymmdd", "excel", "order")


@dataclass(frozen=True)
class TableOptions:
    """Everything that can be said about a table.

    Attributes:
        user: a column's name, or its number from 1; None is the column with a usual name
            (`user_id`, `movieId`, `ISBN`, `timestamp`, …), "none" says that there is none.
        item: likewise.
        rating: likewise; an opinion.
        time: likewise.
        weight: likewise; how much (plays, hours, the kind of event).
        weights: kind of event → weight, where the column `weight` holds words.
        separator: one or more characters, or "blanks".
        encoding: a name that Python knows.
        header: whether the first row names the columns.
        quotes: whether quotation marks are more than plain characters.
        decimal: "." or ",".
        time_unit: of `UNITS`; "order" are numbers that only tell before from after.
        time_format: as in `datetime.strptime`, for example "%d/%m/%Y".
        no_rating: values that mean "no rating"; those events are left out.
        duplicates: what to do with a repeated (user, item): refuse it with "error", or keep the
            "first", the "last", the "mean" or the "sum". None: exact repeats are dropped, events
            without a rating are counted (weights are added up), ratings that differ are refused.
        bad_rows: "error" or "skip".
        wide: one row a user, one column an item.
        ignore: columns that are passed over.
    """

    user: str | None = None
    item: str | None = None
    rating: str | None = None
    time: str | None = None
    weight: str | None = None
    weights: Mapping[str, float] | None = None
    separator: str | None = None
    encoding: str | None = None
    header: bool | None = None
    quotes: bool | None = None
    decimal: str | None = None
    time_unit: str | None = None
    time_format: str | None = None
    no_rating: tuple[float, ...] = field(default=())
    duplicates: str | None = None
    bad_rows: str = "error"
    wide: bool = False
    ignore: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        check_choice("duplicates", self.duplicates, (None, *DUPLICATES))
        check_choice("time_unit", self.time_unit, (None, *UNITS))
        check_choice("decimal", self.decimal, (None, ".", ","))
        check_choice("bad_rows", self.bad_rows, ("error", "skip"))
        named = [name for name in self.columns.values() if name not in (None, NONE)]
        if len(set(named)) < len(named):
            raise ArgumentError("user, item, rating, time and weight must be different columns")
        if NONE in (self.user, self.item) and not self.wide:
            raise ArgumentError("a table needs a column of users and one of items")
        if self.rating not in (None, NONE) and self.weight not in (None, NONE):
            raise ArgumentError("a table has a rating or a weight, not both",
                                fix="Leave out rating= or weight=.")  # fmt: skip
        if self.separator == "" or (self.separator and set('\r\n"') & set(self.separator)):
            raise ArgumentError(f"separator={self.separator!r} cannot separate columns")
        if self.encoding is not None:
            _check_encoding(self.encoding)

    @property
    def columns(self) -> dict[str, str | None]:
        """Role → the column named for it."""
        return {role: getattr(self, role) for role in ("user", "item", "rating", "time", "weight")}


def _check_encoding(encoding: str) -> None:
    try:
        known = codecs.lookup(encoding)
        if known._is_text_encoding and known.name != "utf-7":
            return
    except (LookupError, ValueError, TypeError):
        pass
    raise ArgumentError(f"encoding={encoding!r} is not one that this reader knows",
                        fix="Save the file as UTF-8.")  # fmt: skip
