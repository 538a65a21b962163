"""Explanations in plain words, with the numbers that they stand on."""

from __future__ import annotations

from collections.abc import Mapping

from recsys_lib.explain.contributions import PART, Explanation
from recsys_lib.explain.counterfactual import Counterfactual
from recsys_lib.interactions import ITEM


def because(explanation: Explanation, titles: Mapping, n: int = 2) -> str:
    """The n plays that speak most for a title, and how much of its score they bring.

    Args:
        explanation: what `explain` returned.
        titles: item id → name, a dict or a Series.
        n: at least 1; fewer are named if fewer speak for the title.

    Returns:
        One or two sentences of plain text.

    >>> import pandas as pd
    >>> parts = pd.DataFrame({"item_id": [1, 2, 3], "contribution": [0.4, 0.2, -0.1]})
    >>> names = {1: "Cheers", 2: "Seinfeld", 3: "Dexter", 4: "Friends"}
    >>> because(Explanation("ann", 4, 0.5, 0.0, parts), names)
    'Friends scores 0.50. Of this, Cheers brings 0.40 and Seinfeld 0.20; all else takes 0.10 away.'
    """
    named = explanation.parts.head(n)
    named = named[named[PART] > 0]
    start = f"{titles[explanation.item_id]} scores {explanation.score:.2f}."
    if named.empty:
        return f"{start} Nothing that was played speaks for it."
    first, *others = zip(named[ITEM], named[PART], strict=True)
    brought = [f"{titles[first[0]]} brings {first[1]:.2f}"]
    brought += [f"{titles[item]} {part:.2f}" for item, part in others]
    rest = explanation.score - named[PART].sum()
    if abs(rest) < 0.005:
        return f"{start} Of this, {_listed(brought)}."
    verb = f"brings {rest:.2f} more" if rest > 0 else f"takes {-rest:.2f} away"
    return f"{start} Of this, {_listed(brought)}; all else {verb}."


def without(found: Counterfactual | None, titles: Mapping) -> str:
    """What would have to go, and how far the title would fall.

    Args:
        found: what `counterfactual` returned.
        titles: item id → name, a dict or a Series.

    >>> found = Counterfactual("ann", 4, 10, [1, 2], rank=3, rank_without=14, smallest=True)
    >>> without(found, {1: "Cheers", 2: "Seinfeld", 4: "Friends"})
    'Had you not played Cheers and Seinfeld, Friends would stand in place 14 instead of 3.'
    """
    if found is None:
        return "None of the sets of plays that were tried would take it off the list."
    plays = _listed([str(titles[item]) for item in found.removed])
    places = f"in place {found.rank_without} instead of {found.rank}"
    return f"Had you not played {plays}, {titles[found.item_id]} would stand {places}."


def _listed(words: list[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
