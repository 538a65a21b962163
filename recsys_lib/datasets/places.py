"""Where titles were made, for pages that owe a place a share."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

EUROPE = (
    "Austria", "Belgium", "Bosnia and Herzegovina", "Czechia", "Czechoslovakia", "Denmark",
    "Finland", "France", "Germany", "Hungary", "Iceland", "Ireland", "Italy", "Netherlands",
    "North Macedonia", "Norway", "Poland", "Romania", "Spain", "Sweden", "Switzerland", "Ukraine",
    "United Kingdom",
)  # fmt: skip
"""Countries of the catalogue on the continent, which is no law's definition. The Soviet Union,
Russia and Turkey, which lie on two continents, are left out."""


def made_in(titles: pd.DataFrame, countries: Collection[str]) -> np.ndarray:
    """Whether each title was made in one of these countries, alone or with others, bool.

    Args:
        titles: with a column `country`, several parted by "|".
    """
    named = titles["country"].str.split("|")
    return np.array([not set(countries).isdisjoint(names) for names in named], bool)
