"""Known forms that are no plain table: Netflix's blocks, MIND's behaviours, wide tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recsys_lib.datasets.tables.numbers import PLAIN
from recsys_lib.datasets.tables.rows import Rows, one_by_one

NumberedRows = Iterator[tuple[int, list[str]]]
BLOCK = re.compile(r"\s*([0-9]+):\s*")
RATED = re.compile(r"[0-9]+,[0-9](\.[0-9])?(,[0-9]{4}-[0-9]{2}-[0-9]{2})?\s*")
SHOWN = re.compile(r"[^\s-]+-[01]")
NETFLIX = ["user_id", "item_id", "rating", "date"]
MIND = ["user_id", "item_id", "time"]


def is_netflix(head: list[str]) -> bool:
    """Whether the lines are `movie:`, then `user,rating,date` below it, as Netflix gave them."""
    return len(head) > 1 and bool(BLOCK.fullmatch(head[0]) and RATED.fullmatch(head[1]))


def netflix_rows(lines: Iterator[str]) -> NumberedRows:
    """user, movie, rating and date of each line below a movie's number."""
    movie = ""
    for number, line in enumerate(lines, 1):
        if block := BLOCK.fullmatch(line):
            movie = block[1]
        elif line.strip():
            user, *rest = line.rstrip("\r\n").split(",")
            yield number, [user, movie, *rest, *[""] * (2 - len(rest))]


def is_mind(rows: list[list[str]]) -> bool:
    """Whether the rows are impression, user, time, history, and what was shown as N1-0 N2-1."""
    return bool(rows) and all(
        len(row) == 5 and row[4].strip() and all(map(SHOWN.fullmatch, row[4].split()))
        for row in rows[:20]
    )


def mind_rows(rows: NumberedRows) -> NumberedRows:
    """user, item and time of each title that was clicked (N2-1)."""
    for number, row in rows:
        if len(row) != 5:
            yield number, row
            continue
        for shown in row[4].split():
            if shown.endswith("-1"):
                yield number, [row[1], shown[:-2], row[2]]


def wide_rows(rows: NumberedRows, user: int | None, items: dict[int, str]) -> NumberedRows:
    """user, item and value of each cell that is not empty.

    Args:
        rows: one a user.
        user: place of the user's label; None: users are numbered from 1.
        items: place → label of each column that is an item.
    """
    for count, (number, row) in enumerate(rows, 1):
        label = str(count) if user is None else row[user]
        for place, item in items.items():
            if row[place].strip():
                yield number, [label, item, row[place]]


def melted(table: Rows, user: int | None, ignored: set[int]) -> Rows:
    """The long form of a table with one row a user and one column an item."""
    first = next((p for p, n in enumerate(table.names) if not n.strip() and p == 0), None)
    user = first if user is None else user
    items = {p: n for p, n in enumerate(table.names) if p != user and p not in ignored}
    rows = wide_rows(one_by_one(table.rows), user, items)
    return Rows(["user_id", "item_id", "rating"], rows, [["1", "1", "1"]])


def is_number(text: str) -> bool:
    """Whether a cell is a number."""
    return bool(PLAIN.fullmatch(text.strip()))
