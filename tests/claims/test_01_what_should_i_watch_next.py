"""Chapter 1: counts hand back the hits, lift finds the sitcoms, and the envelope judges both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from recsys_lib.datasets.matinee import Matinee, load_matinee
from recsys_lib.models import DemographicGroups, Popular, Random
from recsys_lib.models.base import Recommender
from recsys_lib.simulation import World
from recsys_lib.splits import Split, split_by_time

SITCOMS = ["Friends", "Cheers", "Seinfeld", "The Office"]
HITS = 20  # so many most watched titles are called hits
HIDDEN = pd.Timedelta(weeks=4)


class AlsoWatched(Recommender):
    """Adds up counts, or lifts shrunk by `shrinkage`, over what a viewer watched."""

    def __init__(self, lift: bool, shrinkage: float = 0.0) -> None:
        self.lift = lift
        self.shrinkage = shrinkage

    def _fit(self, train, items, users) -> None:
        self.bond_ = counted(train)
        if self.lift:
            self.bond_ = lifted(train) * self.bond_ / np.maximum(self.bond_ + self.shrinkage, 1)

    def _score(self, rows) -> np.ndarray:
        return self.train_.binary()[rows] @ self.bond_


def counted(train) -> np.ndarray:
    """Viewers in common of every two titles."""
    watched = train.binary().toarray()
    return watched.T @ watched


def lifted(train) -> np.ndarray:
    expected = np.outer(train.item_counts, train.item_counts) / train.n_users
    return np.divide(counted(train), expected, out=np.zeros(expected.shape), where=expected > 0)


MODELS = {
    "lot": Random(random_state=1),
    "popular": Popular(),
    "people like you": DemographicGroups(shrinkage=0),
    "counts": AlsoWatched(lift=False),
    "lift": AlsoWatched(lift=True),
    "lift, 5": AlsoWatched(lift=True, shrinkage=5),
    "lift, 50": AlsoWatched(lift=True, shrinkage=50),
}


@dataclass(frozen=True)
class Judged:
    """The ten tiles of each model in one world, and what is true of them.

    Attributes:
        split: past and envelope, the latter with each viewer's first new title only.
        tiles: model → columns, (judged viewers, 10).
        answer: the column of what each judged viewer watched next.
        stars: model → true stars of the tiles, averaged over tiles and viewers.
    """

    split: Split
    tiles: dict[str, np.ndarray]
    answer: np.ndarray
    stars: dict[str, float]

    def hit_rate(self, model: str) -> float:
        return float((self.tiles[model] == self.answer[:, None]).any(axis=1).mean())

    @property
    def popular(self) -> np.ndarray:
        return np.argsort(-self.split.train.item_counts, kind="stable")[:HITS]


def envelope(matinee: Matinee) -> Split:
    """The last four weeks hidden; of them, each known viewer's first new title."""
    cut = matinee.plays["started_at"].max().normalize() - HIDDEN
    split = split_by_time(matinee.watched(), cut=cut)
    test, known = split.test, split.train.user_counts[split.test.event_rows] > 0
    order = np.lexsort((test.times, test.event_rows))
    first = np.zeros(test.n_events, bool)
    first[order[np.r_[True, np.diff(test.event_rows[order]) > 0]]] = True
    return Split(split.train, test.select(first & known), "next title", "global")


def judge(matinee: Matinee, world) -> Judged:
    split = envelope(matinee)
    rows = split.test.event_rows
    labels = split.test.users[rows]
    truth = world.true_utility(labels)
    tiles, stars = {}, {}
    for name, model in MODELS.items():
        frame = model.fit(split.train, users=matinee.users).recommend(labels, k=10)
        tiles[name] = split.train.item_positions(frame["item_id"]).reshape(-1, 10)
        stars[name] = float(np.take_along_axis(truth, tiles[name], axis=1).mean())
    return Judged(split, tiles, split.test.matrix.indices, stars)


@pytest.fixture(scope="module")
def judged(larger_worlds) -> list[Judged]:
    return [judge(larger.matinee, larger.world) for larger in larger_worlds]


def hit_gains(judged: list[Judged], model: str, other: str) -> list[float]:
    return [world.hit_rate(model) - world.hit_rate(other) for world in judged]


def star_gains(judged: list[Judged], model: str, other: str) -> list[float]:
    return [world.stars[model] - world.stars[other] for world in judged]


def companions(bond: np.ndarray, columns: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """The ten titles with the strongest bond to each of `columns`, (len(columns), 10)."""
    scores = np.where(allowed, bond[columns], -1.0)
    scores[np.arange(len(columns)), columns] = -1.0
    return np.argsort(-scores, axis=1, kind="stable")[:, :10]


# On the bundled data: what the pages show of Friends -----------------------------------------


@pytest.fixture(scope="module")
def friends() -> pd.DataFrame:
    """Every title's viewers, viewers in common with Friends, and lift, before the cut."""
    matinee = load_matinee()
    train = envelope(matinee).train
    names = matinee.titles.set_index("title_id")["title"][train.items]
    column = names.tolist().index("Friends")
    return pd.DataFrame(
        {"viewers": train.item_counts, "both": counted(train)[column],
         "lift": lifted(train)[column]}, index=names,
    ).drop("Friends")  # fmt: skip


def test_more_viewers_of_friends_also_watched_sesame_street_than_any_sitcom_of_the_story(friends):
    assert friends.loc["Sesame Street", "both"] > friends.loc[SITCOMS[1:], "both"].max()
    assert friends.loc["Sesame Street", "both"] > 2 * friends.loc["Cheers", "both"]
    assert friends.loc["Sesame Street", "lift"] < 1.5


def test_most_of_what_viewers_of_friends_also_watched_are_the_hits(friends):
    hits = friends["viewers"].nlargest(HITS).index
    assert friends["both"].nlargest(10).index.isin(hits).sum() >= 6


def test_lift_of_friends_puts_cheers_seinfeld_and_the_office_among_the_first_eight(friends):
    first = friends[friends["viewers"] >= 100].nlargest(8, "lift").index
    assert set(SITCOMS[1:]) <= set(first)


def test_less_shrinkage_hits_less_and_pleases_more():
    """In the bundled world; where counts are smaller, so is the shrinkage that pleases most."""
    judged = judge(load_matinee(), World())
    assert judged.hit_rate("lift, 5") < judged.hit_rate("lift, 50") - 0.03
    assert judged.stars["lift, 5"] > judged.stars["lift, 50"] + 0.03


# In worlds with other viewers and other tastes --------------------------------------------------


def test_counting_common_viewers_hands_back_the_hits_and_lift_does_not(judged, surely_positive):
    gaps = []
    for world in judged:
        train = world.split.train
        known = train.item_counts >= train.n_users / 30
        columns = np.flatnonzero(known)
        by_count = companions(counted(train), columns, known)
        by_lift = companions(lifted(train), columns, known)
        share_of_count = np.isin(by_count, world.popular).mean()
        assert share_of_count > 0.4
        gaps.append(share_of_count - np.isin(by_lift, world.popular).mean())
    assert surely_positive(gaps, by=0.3)


def test_viewers_of_one_sitcom_lean_towards_the_others(judged, larger_worlds):
    """Pooled over worlds and pairs."""
    both = expected = 0.0
    for world, small in zip(judged, larger_worlds, strict=True):
        train, titles = world.split.train, small.matinee.titles
        columns = train.item_positions(titles.loc[titles["title"].isin(SITCOMS), "title_id"])
        assert len(columns) == len(SITCOMS)
        above = np.triu_indices(len(columns), k=1)
        both += counted(train)[np.ix_(columns, columns)][above].sum()
        viewers = train.item_counts[columns]
        expected += (np.outer(viewers, viewers) / train.n_users)[above].sum()
    assert both / expected > 1.5


def test_lifts_of_titles_with_few_viewers_scatter_most_and_the_zeros_are_theirs(judged):
    for world in judged:
        viewers, lift = world.split.train.item_counts, lifted(world.split.train)
        known = np.flatnonzero(viewers >= 100)
        small = (viewers > 0) & (viewers < world.split.train.n_users / 60)
        others = viewers >= world.split.train.n_users / 60
        assert lift[np.ix_(known, small)].std() > 1.2 * lift[np.ix_(known, others)].std()
        zeros = (lift[known] == 0) & (viewers > 0)
        assert (zeros & small).sum() > 0.95 * zeros.sum()


def test_counts_foresee_more_than_the_most_popular_titles(judged, surely_positive):
    assert surely_positive(hit_gains(judged, "counts", "popular"))


def test_most_popular_foresees_far_more_than_a_list_drawn_by_lot(judged, surely_positive):
    assert surely_positive(hit_gains(judged, "popular", "lot"), by=0.03)


def test_lift_by_itself_foresees_hardly_more_than_a_list_drawn_by_lot(judged, surely_positive):
    assert surely_positive(hit_gains(judged, "lot", "lift"), by=-0.02)
    assert surely_positive(hit_gains(judged, "popular", "lift"), by=0.02)


def test_lift_fills_its_tiles_with_titles_that_hardly_anybody_watched(judged):
    for world in judged:
        viewers = world.split.train.item_counts[world.tiles["lift"]]
        assert np.median(viewers) < world.split.train.n_users / 100


def test_shrunk_lift_foresees_more_than_counts(judged, surely_positive):
    assert surely_positive(hit_gains(judged, "lift, 50", "counts"))


def test_counts_show_hits_to_everybody_though_most_of_what_comes_next_is_not_one(judged):
    for world in judged:
        assert np.isin(world.tiles["counts"], world.popular).mean() > 0.7
        assert np.isin(world.answer, world.popular).mean() < 0.3


def test_the_tiles_of_counts_hold_a_small_part_of_the_catalogue(judged):
    for world in judged:
        assert len(np.unique(world.tiles["counts"])) < 0.2 * world.split.train.n_items


def test_lift_is_never_hit_yet_its_tiles_would_please(judged, surely_positive):
    """More than titles drawn by lot, and than the most popular ones, which are hit far more."""
    assert surely_positive(star_gains(judged, "lift", "lot"), by=0.05)
    assert surely_positive(star_gains(judged, "lift", "popular"), by=0.1)


def test_shrunk_lift_pleases_more_than_all_baselines(judged, surely_positive):
    for other in ("lot", "popular", "people like you", "counts", "lift"):
        assert surely_positive(star_gains(judged, "lift, 50", other), by=0.05)
