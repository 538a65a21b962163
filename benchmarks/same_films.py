"""Which films of Matinee are which of MovieLens: by name and year."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from recsys_lib.interactions import ITEM

ARTICLE = re.compile(r"^(the|an?|la|les?|das|de[rn]|die|el|los|il) ")
BRACKETS = re.compile(r"\((?:a\.k\.a\. )?(.*?)\)")


def same_films(titles: pd.DataFrame, items: pd.DataFrame) -> tuple[list, list]:
    """The ids of the films that stand in both tables, pairwise.

    Same name, and the same year give or take one. Articles, accents and punctuation do not count;
    any name that MovieLens gives in brackets does.

    Args:
        titles: item_id, title, year, kind; series are left out.
        items: item_id, title, year (missing where it is not known).
    """
    known = {}
    for item, title, year in items[[ITEM, "title", "year"]].dropna().itertuples(index=False):
        for name in names(title):
            known.setdefault((name, int(year)), item)
    films = titles.loc[titles["kind"] == "film", [ITEM, "title", "year"]]
    pairs = []
    for item, title, year in films.itertuples(index=False):
        found = [known.get((names(title)[0], year + late)) for late in (0, 1, -1)]
        pairs += [(item, other) for other in found if other is not None][:1]
    return [one for one, _ in pairs], [other for _, other in pairs]


def names(title: str) -> list[str]:
    """What a film may be called, in small letters and without the article.

    >>> names("Postman, The (Il Postino)")
    ['postman', 'postino']
    """
    return [_plain(name) for name in (BRACKETS.sub("", title), *BRACKETS.findall(title))]


def _plain(name: str) -> str:
    name = re.sub(r"^(.*), (\w+)$", r"\2 \1", name.strip())
    name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", " ", name.replace("&", " and ")).strip()
    return ARTICLE.sub("", words)
