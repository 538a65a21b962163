"""Who is near whom: viewers of each title, and viewers in common with the titles to choose from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_lib.datasets import load_matinee
from recsys_lib.interactions import Interactions
from recsys_lib.models.neighbours.knn import ItemKNN

CHOICES = (
    "30 Rock", "Adventure Time", "American Psycho", "Arrival", "Baby Reindeer", "Bad Sisters",
    "Barbie", "Better Call Saul", "Black Mirror", "Black Panther", "Breaking Bad", "Bridgerton",
    "Brooklyn Nine-Nine", "Buffy the Vampire Slayer", "Cheers", "Dark", "Derry Girls", "Dexter",
    "Downton Abbey", "Dune", "Fleabag", "Friends", "Game of Thrones", "Inside Out",
    "Jurassic Park", "Mad Men", "Moonlight", "Mr. Robot", "Oppenheimer", "Ozark", "Parasite",
    "Peaky Blinders", "Pulp Fiction", "Schitt's Creek", "Seinfeld", "Sherlock", "Six Feet Under",
    "Stranger Things", "Sweet Home", "The 100", "The Bear", "The Crown", "The Dark Knight",
    "The Good Place", "The Office", "The Queen's Gambit", "The Simpsons", "The Wire", "Titanic",
    "Toy Story", "True Detective", "Turning Red", "Up", "Your Name",
)  # fmt: skip
"""The titles to choose from: well known, in the order of the alphabet."""

DEFAULT = "Friends"


def make() -> dict:
    """titles to choose from; catalogue of [title, year, viewers]; viewers in common; n_viewers.

    common has a row a choice: how many viewers it shares with each title of the catalogue.
    """
    matinee = load_matinee()
    watched = matinee.watched()
    titles = matinee.titles.set_index("title_id").loc[watched.items]
    chosen = [int(np.flatnonzero(titles["title"] == choice)[0]) for choice in CHOICES]
    seen = watched.binary()
    common = (seen[:, chosen].T @ seen).toarray().astype(int)
    facts = zip(titles["title"], titles["year"].tolist(), watched.item_counts.tolist(), strict=True)
    return {
        "titles": CHOICES,
        "catalogue": list(facts),
        "common": common.tolist(),
        "n_viewers": watched.active_users,
        "finding": finding(titles, watched),
    }


def finding(titles: pd.DataFrame, watched: Interactions) -> str:
    """The sentence of the explorable as it opens; its script says the same in the same words."""
    item_id = titles.index[titles["title"] == DEFAULT][0]
    viewers = pd.Series(watched.item_counts, watched.items)
    near = ItemKNN().fit(watched).similar_items(item_id, k=10).set_index("item_id")
    first = near.index[0]
    chance = viewers[item_id] * viewers[first] / watched.active_users
    return (
        f"By cosine, nearest to {DEFAULT} is {titles['title'][first]} ({titles['year'][first]}):"
        f" {near['common_viewers'][first]} viewers in common, where chance would bring"
        f" {chance:.1f}. Half of the ten have at least"
        f" {whole(viewers[near.index].median())} viewers;"
        f" half of all titles have at least {whole(viewers.median())}."
    )


def whole(number: float) -> int:
    """Rounded as the script does, halves upward.

    >>> whole(70.5), whole(71.5), whole(71.4)
    (71, 72, 71)
    """
    return int(number + 0.5)
