"""The home pages on the first page of the book: four rows, each from another recommender."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from recsys_lib.datasets.matinee import Matinee
from recsys_lib.models import DemographicGroups, ItemKNN, Popular, Random
from recsys_lib.pages.apart import apart
from recsys_lib.pages.compose import Page
from recsys_lib.pages.row import Row

POSITIONS = 5  # titles a row, as on Matinee's own home page
AGE_BANDS = [13, 18, 25, 35, 45, 55, 65]
SEED = 8
USUAL = 5  # genres that occur most often in a history


@dataclass(frozen=True)
class Viewer:
    """For whom a page is made, and the show that its first row speaks of.

    titles: how many titles the viewer watched in the window.
    """

    viewer_id: int
    show: str
    gender: str
    age_band: str
    country: str
    titles: int


def with_age_band(users: pd.DataFrame) -> pd.DataFrame:
    """The viewers with a column `age_band`, such as "25 to 34"."""
    names = [f"{low} to {high - 1}" for low, high in pairwise(AGE_BANDS)]
    bands = pd.cut(users["age"], [*AGE_BANDS, np.inf], right=False, labels=[*names, "65 and over"])
    return users.assign(age_band=bands.astype(str))


def choose_viewer(matinee: Matinee, show: str) -> Viewer:
    """Of the adults still there who finished a season of `show`, the one with a middling history.

    Sorted by number of titles watched, then by number: the one in the middle.
    """
    plays, viewers = matinee.plays, with_age_band(matinee.viewers).set_index("viewer_id")
    of_show = plays["title_id"] == show_id(matinee, show)
    finished = plays.loc[plays["finished"] & of_show, "viewer_id"]
    there = viewers.index[viewers["left_on"].isna() & (viewers["age"] >= 18)]
    counts = plays.groupby("viewer_id")["title_id"].nunique()
    counts = counts[counts.index.isin(finished) & counts.index.isin(there)]
    chosen = int(counts.sort_values(kind="stable").index[len(counts) // 2])
    who = viewers.loc[chosen]
    return Viewer(chosen, show, who["gender"], who["age_band"], who["country"], int(counts[chosen]))


def show_id(matinee: Matinee, show: str) -> int:
    """The id of the title of this name."""
    titles = matinee.titles
    return int(titles.loc[titles["title"] == show, "title_id"].iloc[0])


class Editor:
    """Makes home pages; the models are fitted once, for all viewers.

    Attributes:
        items: the titles, in the order that the rows' indices count.
    """

    def __init__(self, matinee: Matinee):
        self.matinee, self.watched = matinee, matinee.watched()
        self.items = matinee.items.set_index("item_id", drop=False).loc[self.watched.items]
        users = with_age_band(matinee.users)
        self.neighbors = ItemKNN(similarity="lift", shrinkage=50).fit(self.watched)
        self.popular = Popular().fit(self.watched)
        self.groups = DemographicGroups(("gender", "age_band")).fit(self.watched, users=users)
        self.lots = Random(random_state=SEED).fit(self.watched)

    def page(self, viewer: Viewer) -> Page:
        """Four rows of titles that the viewer has not watched, none of them twice."""
        return apart(self.rows(viewer), POSITIONS)

    def rows(self, viewer: Viewer) -> list[Row]:
        """The rows with all their candidates, the maker of each, and why they are there."""
        position = self.watched.user_positions([viewer.viewer_id])
        history = self.watched.items[self.watched.matrix[position].indices]
        show, every = viewer.show, len(self.items)
        me = {"users": [viewer.viewer_id], "k": every}
        near = self.neighbors.similar_items(show_id(self.matinee, show), k=every)["item_id"]
        lot = self.lots.recommend(**me)["item_id"]
        made = {
            f"Because you watched {show}": (
                near[~near.isin(history)],
                f"Those who watched {show} watch these more often than other viewers do.",
            ),
            "Popular on Matinee": (
                self.popular.recommend(**me)["item_id"],
                "What most viewers watched, whoever you are.",
            ),
            "People like you": (
                self.groups.recommend(**me)["item_id"],
                f"What viewers of your gender aged {viewer.age_band} watched most, once the rows"
                " above are taken out.",
            ),
            "Something different": (
                rarely_tried(self.items, history, lot),
                "Drawn by lot: one title each from genres that you rarely try.",
            ),
        }
        where = self.watched.item_positions
        return [Row(name, where(list(titles)), why) for name, (titles, why) in made.items()]


def rarely_tried(items: pd.DataFrame, history, candidates: pd.Series) -> list[int]:
    """Of the candidates, in their order, the first of each main genre, with no usual genre.

    Usual are the `USUAL` genres that occur most often in the history.
    """
    genres = items.set_index("item_id")["genres"].str.split("|")
    usual = set(genres.loc[history].explode().value_counts().index[:USUAL])
    new = genres.loc[candidates]
    new = new[[usual.isdisjoint(names) for names in new]]
    return list(new.index[~new.str[0].duplicated()])
