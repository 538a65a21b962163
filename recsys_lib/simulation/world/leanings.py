"""What a household says about liking: for reasons that are stated here, and no others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.simulation.world.config import WorldConfig

LANGUAGES = {
    "United States": ("English",), "United Kingdom": ("English",), "India": ("Hindi", "English"),
    "Brazil": ("Portuguese",), "Canada": ("English", "French"), "Germany": ("German",),
    "Mexico": ("Spanish",), "Australia": ("English",), "France": ("French",),
    "Spain": ("Spanish",), "South Korea": ("Korean",), "Nigeria": ("English",),
}  # fmt: skip
"""Country → the official languages, of those in the catalogue, that most of its homes speak."""
CHILDREN = "family"  # the household with children
FOR_CHILDREN = {"all": 1.0, "7+": 1.0, "10+": 0.5}
"""Maturity → how fit for children; every other maturity is 0."""


def draw_leanings(viewers: pd.DataFrame, titles: pd.DataFrame, config: WorldConfig):
    """What each viewer leans to and each title has; float64 (n_viewers, r) and (n_titles, r).

    leaning = wants @ has.T, in sd of taste, with a column in both for each reason:

    - makers of one's own gender: wants = own_gender * (+1 a woman, -1 a man, 0 nonbinary),
      has = +1 if a woman led, else -1;
    - each language: wants = own_language where the household speaks it, has = 1 if the title does;
    - children: wants = with_children in a family, has = `FOR_CHILDREN` of the maturity.
    """
    reasons = [_gender(viewers, titles, config), *_languages(viewers, titles, config)]
    reasons.append(_children(viewers, titles, config))
    wants, has = zip(*reasons, strict=True)
    return np.column_stack(wants), np.column_stack(has)


def _gender(viewers, titles, config):
    gender = viewers["gender"].to_numpy()
    wants = (gender == "woman").astype(np.float64) - (gender == "man")
    return config.own_gender * wants, np.where(titles["woman_led"].to_numpy(), 1.0, -1.0)


def _languages(viewers, titles, config):
    spoken = viewers["country"].map(LANGUAGES)
    for language in sorted({name for names in LANGUAGES.values() for name in names}):
        speaks = spoken.map(lambda names, one=language: one in names).to_numpy(np.float64)
        yield config.own_language * speaks, (titles["language"] == language).to_numpy(np.float64)


def _children(viewers, titles, config):
    family = (viewers["household"] == CHILDREN).to_numpy(np.float64)
    return config.with_children * family, titles["maturity"].map(FOR_CHILDREN).fillna(0).to_numpy()
