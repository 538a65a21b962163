"""One look for every table, the prose's and pandas'; every cell knows its headers."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

NUMBER = re.compile(r"[\[(]?[-−+±]?[\d.,]+(\s?%)?([\s\[\](),;:/–−+±%\d.]|to|of|×)*|[-–]", re.A)
WORDY = 70  # letters in a cell, from which a table is one of sentences: cards on a phone
NAME = 20  # letters up to which the name of a row stays on one line; a longer one has some room
COUNTING = 2  # rows, from which 0, 1, 2 … is taken for pandas' own numbering


def mend_table(soup: BeautifulSoup, table: Tag) -> None:
    """Say which cells are headers of what; let a wide table scroll inside itself, by keyboard."""
    for part in table.find_all(True):
        for attribute in ("style", "border"):
            del part[attribute]
    del table["border"]
    if "dataframe" in table.get("class", []):
        plain_frame(table)
    for header in table.find_all("th"):
        if header.get_text(strip=True):
            header["scope"] = "col" if header.find_parent("thead") else "row"
        else:
            header.name = "td"
    columns = [cell.get_text(" ", strip=True) for cell in table.select("thead tr:last-child > *")]
    for row in table.select("tbody tr"):
        cells = row.find_all(["th", "td"])
        for column, cell in zip(columns, cells, strict=False):
            mend_cell(cell, column)
        for cell in cells[:1] + [cell for cell in cells[1:] if cell.name == "th"]:
            if letters := len(cell.get_text(strip=True)):
                cell["class"] = [*cell.get("class", []), "name" if letters <= NAME else "names"]
    align_headers(table)
    frame = soup.new_tag("div", attrs={"class": "table-scroll", "role": "group", "tabindex": "0"})
    named = [column for column in columns if column]
    frame["aria-label"] = "Table of " + ", ".join(named) if named else "Table"
    if len(columns) > 3 and longest(table) > WORDY:
        frame["class"] = "table-scroll wide-words"
    table.wrap(frame)


def align_headers(table: Tag) -> None:
    """A header stands over its numbers, at the right."""
    rows = [row.find_all(["th", "td"]) for row in table.select("tbody tr")]
    headers = table.select("thead tr:last-child > *")
    for place, header in enumerate(headers):
        cells = [row[place] for row in rows if len(row) == len(headers)]
        if cells and all("number" in cell.get("class", []) for cell in cells):
            header["class"] = [*header.get("class", []), "number"]


def longest(table: Tag) -> int:
    """Letters of the longest cell."""
    return max((len(cell.get_text(strip=True)) for cell in table.select("tbody td")), default=0)


def mend_cell(cell: Tag, column: str) -> None:
    """Numbers and intervals stay on one line; a missing value is a dash."""
    text = cell.get_text(strip=True)
    if text in ("NaN", "nan", "None", "NaT"):
        cell.string = text = "–"
    if NUMBER.fullmatch(text):
        cell["class"] = [*cell.get("class", []), "number"]
    if column:
        cell["data-column"] = column


def plain_frame(table: Tag) -> None:
    """Pandas' second header row joined to the first, and a running number left out."""
    rows = table.select("thead tr")
    if len(rows) == 2:
        join_headers(*rows)
    body = table.select("tbody tr")
    first = [row.find("th") for row in body]
    numbers = [cell.get_text(strip=True) if cell else "" for cell in first]
    corners = [row.find("th") for row in table.select("thead tr")]
    named = any(corner is None or corner.get_text(strip=True) for corner in corners)
    running = numbers == [str(n) for n in range(len(body))] and len(body) >= COUNTING
    if running and not named:
        for cell in (*corners, *first):
            cell.decompose()


def join_headers(upper: Tag, lower: Tag) -> None:
    """Pandas writes the index's name into a row of its own."""
    names, columns = lower.find_all("th"), upper.find_all("th")
    if len(names) != len(columns) or any(cell.get("colspan") for cell in columns):
        return
    for name, column in zip(names, columns, strict=True):
        if name.get_text(strip=True):
            column.string = name.get_text(strip=True)
    lower.decompose()
