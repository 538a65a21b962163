"""Where titles were made."""

from __future__ import annotations

import pandas as pd

from recsys_lib.datasets import load_matinee
from recsys_lib.datasets.places import EUROPE, made_in


def test_one_of_several_countries_is_enough_and_names_are_whole():
    titles = pd.DataFrame({"country": ["France", "Japan|France", "New France", "Japan"]})
    assert made_in(titles, ["France"]).tolist() == [True, True, False, False]
    assert not made_in(titles, []).any()


def test_europe_names_countries_of_the_catalogue():
    countries = set(load_matinee().titles["country"].str.split("|").explode())
    assert set(EUROPE) <= countries
    assert not set(EUROPE) & {"United States", "Japan", "Soviet Union", "Turkey", "Russia"}
