"""Make what the pages show of the library: home pages of five viewers, cards, chapters.

``python -m book.tools.pages.home_page`` writes book/_generated/ and book/_static/home_page.svg
anew. Run it when the data, the models or a chapter's title or minutes change; a test says when.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from book.tools.pages import cards, chapter_map, ideas, tiles, which_data
from recsys_lib.datasets import Matinee, load_matinee
from recsys_lib.models.baselines.demographic import DemographicGroups
from recsys_lib.models.baselines.popular import Popular
from recsys_lib.models.baselines.random import Random
from recsys_lib.models.neighbours.knn import ItemKNN

ROOT = Path(__file__).resolve().parents[3]
SHOWS = ("Friends", "Breaking Bad", "Fleabag", "The 100", "Baby Reindeer")
SLOTS = 5  # titles a row, as on Matinee's own home page
AGE_BANDS = [13, 18, 25, 35, 45, 55, 65]
SEED = 8


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


@dataclass(frozen=True)
class Row:
    """A heading, the reason in one sentence, and the titles (rows of the `titles` table)."""

    heading: str
    why: str
    titles: pd.DataFrame


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
    titles = matinee.titles
    return int(titles.loc[titles["title"] == show, "title_id"].iloc[0])


class Editor:
    """Fills the rows of a home page; the models are fitted once, for all viewers."""

    def __init__(self, matinee: Matinee):
        self.matinee, self.watched = matinee, matinee.watched()
        self.items = matinee.items.set_index("item_id", drop=False)
        users = with_age_band(matinee.users)
        self.neighbors = ItemKNN(similarity="lift", shrinkage=50).fit(self.watched)
        self.popular = Popular().fit(self.watched)
        self.groups = DemographicGroups(("gender", "age_band")).fit(self.watched, users=users)
        self.lots = Random(random_state=SEED).fit(self.watched)

    def rows(self, viewer: Viewer) -> list[Row]:
        """Four rows of titles that the viewer has not watched, none of them twice."""
        position = self.watched.user_positions([viewer.viewer_id])
        history = self.watched.items[self.watched.matrix[position].indices]
        shown = set(history)

        def row(heading: str, why: str, ordered) -> Row:
            fresh = [title for title in ordered if title not in shown][:SLOTS]
            shown.update(fresh)
            return Row(heading, why, self.items.loc[fresh])

        show, every = viewer.show, len(self.items)
        me = {"users": [viewer.viewer_id], "k": every}
        near = self.neighbors.similar_items(show_id(self.matinee, show), k=every)
        lot = self.lots.recommend(**me)["item_id"]
        return [
            row(
                f"Because you watched {show}",
                f"Those who watched {show} watch these more often than other viewers do.",
                near["item_id"],
            ),
            row(
                "Popular on Matinee",
                "What most viewers watched, whoever you are.",
                self.popular.recommend(**me)["item_id"],
            ),
            row(
                "People like you",
                f"What viewers of your gender aged {viewer.age_band} watched most, once the rows"
                " above are taken out.",
                self.groups.recommend(**me)["item_id"],
            ),
            row(
                "Something different",
                "Drawn by lot: one title each from genres that you rarely try.",
                rarely_tried(self.items, history, lot),
            ),
        ]


def rarely_tried(items: pd.DataFrame, history, candidates: pd.Series) -> list[int]:
    """Of the candidates, in their order, the first of each main genre, with no usual genre.

    Usual are the five genres that occur most often in the history.
    """
    genres = items.set_index("item_id")["genres"].str.split("|")
    usual = set(genres.loc[history].explode().value_counts().index[:5])
    new = genres.loc[candidates]
    new = new[[usual.isdisjoint(names) for names in new]]
    return list(new.index[~new.str[0].duplicated()])


def make() -> dict[Path, str]:
    """Path from the repository's root → the text that belongs there."""
    matinee = load_matinee()
    editor = Editor(matinee)
    viewers = [choose_viewer(matinee, show) for show in SHOWS]
    pages = [(viewer, editor.rows(viewer)) for viewer in viewers]
    generated = Path("book/_generated")
    return {
        generated / "home_page.html": tiles.as_html(pages),
        generated / "chapter_map.md": chapter_map.as_markdown(ROOT),
        generated / "planned.md": chapter_map.planned(ROOT),
        generated / "ideas.md": ideas.as_markdown(ROOT),
        generated / "which_data.md": which_data.as_markdown(),
        generated / "cards.html": cards.as_html(ROOT / "book" / "explore"),
        Path("book/_static/home_page.svg"): tiles.as_svg(*pages[0]),
    }


def main() -> None:
    for path, text in make().items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8", newline="\n")
        print(path)


if __name__ == "__main__":
    main()
