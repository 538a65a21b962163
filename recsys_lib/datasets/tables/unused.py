"""Say which columns were passed over that look as if they mattered."""

from __future__ import annotations

from recsys_lib.datasets.tables.columns import EVENT, plain
from recsys_lib.datasets.tables.numbers import looks_like_rating
from recsys_lib.datasets.tables.options import NONE, TableOptions
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.datasets.tables.rows import Rows
from recsys_lib.datasets.tables.times import looks_like_time


def note_unused(
    table: Rows, places: dict[str, int], options: TableOptions, reading: Reading
) -> None:
    """Note columns that look like a rating, a time or a kind of event, and are not used."""
    valued = {"rating", "weight"} & places.keys() or NONE in (options.rating, options.weight)
    for place, name in enumerate(table.names):
        cells = [row[place].strip() for row in table.sample if place < len(row)]
        if place in places.values() or not any(cells) or name in options.ignore:
            continue
        if not valued and plain(name) in EVENT and not looks_like_rating(cells):
            kinds = ",".join(f"{kind}={n}" for n, kind in enumerate(dict.fromkeys(cells[:500]), 1))
            reading.note(
                f"Column {name!r} holds kinds of events, which all count alike; to weigh them, say"
                f' weight="{name}" and, for example, weights="{kinds[:100]}".'
            )
        elif "time" not in places and options.time != NONE and looks_like_time(cells):
            reading.note(f'Column {name!r} looks like a time and is not used; time="{name}".')
        elif not valued and name.strip() and len({*cells}) > 1 and looks_like_rating(cells):
            reading.note(f'Column {name!r} looks like a rating and is not used; rating="{name}".')
