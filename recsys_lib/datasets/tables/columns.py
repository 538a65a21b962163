"""Which column is what: by its usual names, or by its place and content where none has a name."""

from __future__ import annotations

import re

from recsys_lib.datasets.tables.numbers import looks_like_rating
from recsys_lib.datasets.tables.options import NONE, TableOptions
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.datasets.tables.rows import Rows
from recsys_lib.datasets.tables.times import looks_like_time
from recsys_lib.errors import DataError

USUAL = {
    "user": ("userid user uid reviewerid visitorid viewerid customerid memberid accountid readerid"
             " authorid personid listenerid playerid userkey usersid",
             "username profilename reviewer visitor viewer customer member account reader listener"
             " player client clientid person profile author",
             "sessionid session"),
    "item": ("itemid item movieid isbn parentasin asin productid bookid artistid songid trackid"
             " businessid videoid newsid titleid gameid recipeid jokeid animeid articleid contentid"
             " showid filmid adid iid mid itemsid msid msno",
             "movie film book product artist song track business video news game recipe joke anime"
             " article content show title name itemname productname movietitle booktitle"
             " artistname trackname gamename sku aid eventid"),
    "rating": ("rating ratings stars score overall bookrating userrating reviewscore value vote"
               " ratingvalue star myrating userscore",),
    "weight": ("weight playcount plays count listens playcounts views watchcount quantity qty hours"
               " minutes playtime duration watchratio playduration watchtime",),
    "time": ("timestamp time datetime unixreviewtime eventtime ts unixtime timestampms timems",
             "date reviewtime createdat ratedat updatedat dateadded created day watchedat"
             " addedat starttime startedat reviewdate ratingdate lenton eventdate",),
}  # fmt: skip
"""Role → names that columns have, the surest first, without case and punctuation."""
OF_TITLES = ("title", "name", "itemname", "productname", "movietitle", "booktitle", "artistname",
             "trackname", "gamename")  # fmt: skip
"""Of these names that an item may have, those that say its title where something else labels it."""
EVENT = ("event", "eventtype", "behavior", "behaviour", "action", "type", "kind", "behaviortype")
TYPED = re.compile(r":(token|token_seq|float|float_seq)$")  # as RecBole writes names


def plain(name: str) -> str:
    """A name without case, punctuation and type.

    >>> plain("User-ID"), plain("item_id:token")
    ('userid', 'itemid')
    """
    return re.sub(r"[\W_]", "", TYPED.sub("", name.strip()).lower())


ALL_NAMES = {name for tiers in USUAL.values() for tier in tiers for name in tier.split()} | {*EVENT}


def choose(table: Rows, options: TableOptions, reading: Reading) -> dict[str, int]:
    """Role → place of its column in a row.

    Raises:
        DataError: a named column is missing or there twice, no column has a usual name, or two
            have.
    """
    places: dict[str, int] = {}
    for role, name in options.columns.items():
        if name is not None and name != NONE:
            places[role] = _place(table.names, name, reading.source)
    ignored = {_place(table.names, name, reading.source) for name in options.ignore}
    if not table.has_header:
        places |= _by_place(table, options, {*places.values()} | ignored, [*places])
    for role in USUAL:
        if role in places or options.columns[role] == NONE:
            continue
        if (role == "weight" and "rating" in places) or (role == "rating" and "weight" in places):
            continue
        place = _usual(role, table, {*places.values()} | ignored, reading.source)
        places |= {} if place is None else {role: place}
    if not {"user", "item"} <= places.keys():
        raise _unknown(table, places, reading.source)
    return {role: places[role] for role in USUAL if role in places}


def choose_item(table: Rows, options: TableOptions, where: str) -> int:
    """The place of the items' labels in a table of titles: a title is one only for want of others.

    Raises:
        DataError: there is none, or two columns fit.
    """
    if options.item is not None:
        return _place(table.names, options.item, where)
    titles = {place for place, name in enumerate(table.names) if plain(name) in OF_TITLES}
    for taken in (titles, set()):
        place = _usual("item", table, taken, where)
        if place is not None:
            return place
    raise _unknown(table, {"user": 0}, where)


def _place(names: list[str], name: str, where: str) -> int:
    found = [place for place, known in enumerate(names) if name in (known, TYPED.sub("", known))]
    if not found and name.isdigit() and 1 <= int(name) <= len(names):
        return int(name) - 1
    if len(found) == 1:
        return found[0]
    times = "more than one column" if found else "no column"
    raise DataError(f"there is {times} {name!r}", where=f"{where}, line 1",
                    fix=f"The header names: {_listed(names)}.")  # fmt: skip


def _usual(role: str, table: Rows, taken: set[int], where: str) -> int | None:
    names = [plain(name) for name in table.names]
    for tier in USUAL[role]:
        fits = [i for i, name in enumerate(names) if name in tier.split() and i not in taken]
        if role == "weight":
            fits = [place for place in fits if _numeric(table, place)]
        if len(fits) > 1:
            both = " and ".join(repr(table.names[place]) for place in fits)
            optional = "" if role in ("user", "item") else f' (or {role}="none")'
            raise DataError(f"the columns {both} could each be the {role}", where=where,
                            fix=f'Name the right one, {role}="{table.names[fits[0]]}"'
                                f"{optional}.")  # fmt: skip
        if fits:
            return fits[0]
    return None


def _numeric(table: Rows, place: int) -> bool:
    cells = [row[place].strip() for row in table.sample]
    return all(re.fullmatch(r"[\d.,'\seE+-]*", cell) for cell in cells)


def _by_place(table: Rows, options: TableOptions, taken: set[int], told: list[str]) -> dict:
    """Roles in a table without header: user and item come first, then what looks like them."""
    free = [place for place in range(len(table.names)) if place not in taken]
    cells = {place: [row[place] for row in table.sample] for place in free}
    found: dict[str, int] = {}
    for role, looks in (("time", looks_like_time), ("rating", looks_like_rating)):
        if role in told or options.columns[role] == NONE or (role == "rating" and "weight" in told):
            continue
        fits = [place for place in free[2 - len({"user", "item"} & {*told}):]
                if place not in found.values() and looks(cells[place])]  # fmt: skip
        found |= {role: fits[0]} if fits else {}
    for role in ("user", "item"):
        rest = [place for place in free if place not in found.values()]
        if role not in told and rest:
            found[role] = rest[0]
    return found


def _unknown(table: Rows, places: dict, where: str) -> DataError:
    lacking = [role for role in ("user", "item") if role not in places]
    named = " and ".join(f'{role}="..."' for role in lacking)
    wide = len(table.names) > 20 and all(_numeric(table, i) for i in range(1, len(table.names)))
    more = " If each column is one item, read it with wide=True." if wide else ""
    return DataError(
        f"no column has a usual name for the {' and the '.join(lacking)}",
        where=f"{where}, line 1",
        fix=f"The header names: {_listed(table.names)}. Say which it is with {named}.{more}",
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:10])[:200] + (", ..." if len(names) > 10 else "")
