"""A life at Matinee: what the tables must show, on several seeds."""

import numpy as np
import pandas as pd
import pytest

from recsys_lib.datasets.matinee import COLUMNS
from recsys_lib.datasets.movielens_labels import age_bands
from recsys_lib.evaluation import evaluate
from recsys_lib.interactions import Interactions
from recsys_lib.models import ItemKNN, Popular, Random
from recsys_lib.models.baselines.demographic import DemographicGroups
from recsys_lib.simulation import World, live
from recsys_lib.simulation.files import NAMES
from recsys_lib.simulation.world.config import EPISODES_PER_SEASON, START
from recsys_lib.splits import split_random


def test_the_tables_have_the_published_columns(lives):
    for _, tables in lives:
        for name in NAMES:
            assert list(getattr(tables, name).columns) == COLUMNS[name].split()


def test_the_same_world_lives_the_same_life_and_is_not_changed():
    world = World(seed=9, n_viewers=60, weeks=3)
    before = world.tastes.copy()
    one, two = live(world).tables, live(world).tables
    for name in NAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
    np.testing.assert_array_equal(world.tastes, before)


def test_keys_are_unique_and_point_to_rows(lives):
    for _, tables in lives:
        session = tables.sessions["session_id"]
        np.testing.assert_array_equal(session, np.arange(1, len(session) + 1))
        assert tables.sessions["started_at"].is_monotonic_increasing
        assert tables.plays["session_id"].isin(session).all()
        owner = tables.sessions.set_index("session_id")["viewer_id"]
        assert (owner[tables.plays["session_id"]].to_numpy() == tables.plays["viewer_id"]).all()
        assert tables.impressions["session_id"].isin(session).all()
        assert not tables.feedback.duplicated(["viewer_id", "title_id", "kind"]).any()
        assert not tables.impressions.duplicated(["session_id", "title_id"]).any()
        assert tables.impressions.groupby("session_id")["clicked"].sum().max() == 1


def test_nobody_watches_before_joining_after_leaving_or_before_the_title_is_there(lives):
    for world, tables in lives:
        day = tables.sessions["started_at"].dt.normalize().to_numpy()
        viewer = tables.viewers.set_index("viewer_id").loc[tables.sessions["viewer_id"]]
        assert (day >= viewer["joined_on"].to_numpy()).all()
        left = viewer["left_on"].fillna(pd.Timestamp.max.floor("D")).to_numpy()
        assert (day < left).all()
        added = START + world.added[tables.plays["title_id"] - 1]
        assert (tables.plays["started_at"].to_numpy() >= added).all()
        shown = world.added[tables.impressions["title_id"] - 1]
        when = day[tables.impressions["session_id"] - 1]
        assert (when >= (START + shown)).all()


def test_an_opinion_follows_a_play(lives):
    for _, tables in lives:
        first = tables.plays.groupby(["viewer_id", "title_id"])["started_at"].min()
        given = tables.feedback.set_index(["viewer_id", "title_id"])["at"]
        assert (given >= first.loc[given.index]).all()


def test_a_series_is_watched_in_order_put_down_and_taken_up_again(lives):
    for _, tables in lives:
        series = tables.titles.set_index("title_id")["seasons"]
        plays = tables.plays[series[tables.plays["title_id"]].to_numpy() > 0]
        pairs = plays.groupby(["viewer_id", "title_id"])
        step = pairs["episode"].diff()
        longest = EPISODES_PER_SEASON * series[plays["title_id"]].to_numpy()
        # The one way back is to the start, after the last episode.
        over = pairs["episode"].shift() == longest
        assert (step.isna() | (step >= 0) | over).all()
        evenings = pairs["session_id"].nunique()
        assert (evenings > 1).mean() > 0.15


def test_new_titles_and_new_viewers_arrive_and_some_leave(lives):
    for world, tables in lives:
        new = tables.titles.loc[world.added > 0, "title_id"]
        assert tables.plays["title_id"].isin(new).any()
        joined = (tables.viewers["joined_on"] >= START).mean()
        assert joined == pytest.approx(world.config.newcomers, abs=0.06)
        assert 0.01 < tables.viewers["left_on"].notna().mean() < 0.2


def test_a_launch_is_a_bump(lives):
    early = late = 0
    for world, tables in lives:
        day = (tables.plays["started_at"].to_numpy() - START).astype("timedelta64[D]").astype(int)
        age = day - world.added[tables.plays["title_id"] - 1]
        watched = world.added[tables.plays["title_id"] - 1] > 0
        watched &= world.added[tables.plays["title_id"] - 1] <= (world.weeks - 4) * 7
        early += (watched & (age < 14)).sum()
        late += (watched & (age >= 14) & (age < 28)).sum()
    assert early > 1.2 * late


def test_taste_drifts_away_from_what_was_watched_first(lives):
    """Early plays fit the taste of the first week better than the taste of the last."""
    for world, tables in lives:
        early = tables.plays[tables.plays["started_at"].to_numpy() < START + 14]
        pairs = early["viewer_id"] - 1, early["title_id"] - 1
        assert (
            world.affinity(0)[pairs].mean() > world.affinity(world.weeks - 1)[pairs].mean() + 0.02
        )


def test_stars_are_missing_not_at_random(lives):
    for world, tables in lives:
        given = tables.feedback.loc[tables.feedback["kind"] == "stars", "value"]
        assert given.mean() > world.true_stars().mean() + 0.5


def test_viewers_watch_what_they_like_but_not_what_they_would_like_most(lives):
    for world, tables in lives:
        truth = world.true_utility()
        chosen = truth[tables.plays["viewer_id"] - 1, tables.plays["title_id"] - 1]
        assert chosen.mean() > truth.mean() + 0.5
        assert chosen.mean() < truth.max(axis=1).mean() - 0.3


def test_a_picture_that_fits_is_clicked_more():
    """The same titles and tastes: only what the picture shows differs."""
    world = World(seed=4, n_viewers=600, weeks=8)
    tables = live(world).tables
    shown = tables.impressions
    owner = tables.sessions.set_index("session_id")["viewer_id"]
    viewer = owner[shown["session_id"]].to_numpy() - 1
    emphasis = tables.artwork.set_index("artwork_id")["emphasis"][shown["artwork_id"]].to_numpy()
    title = shown["title_id"].to_numpy() - 1
    genre = (world.tastes[0][viewer] * world.parts["genre"][title]).sum(axis=1)
    fits = genre > 0.5
    rate = shown["clicked"].groupby([fits, emphasis == "genre"]).mean()
    assert rate[True, True] > rate[True, False]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_methods_win_in_the_same_order_in_every_world(seed):
    """In half a Matinee: in worlds of a few hundred viewers neighbours have little to go by."""
    tables = live(World(seed=seed, n_viewers=1500, weeks=16)).tables
    users = tables.viewers.rename(columns={"viewer_id": "user_id"})
    users["age_band"] = age_bands(users["age"])
    pairs = tables.plays[["viewer_id", "title_id"]].drop_duplicates()
    axes = {"users": users["user_id"], "items": tables.titles["title_id"]}
    log = Interactions.from_frame(pairs, user="viewer_id", item="title_id", **axes)
    split = split_random(log, rng=np.random.default_rng(seed))
    models = (Random(), Popular(), DemographicGroups(), ItemKNN())
    named = {type(model).__name__: model for model in models}
    result = evaluate(named, split, metrics=("ndcg",), users=users, progress=False)
    scores = result[result["segment"] == "all"].set_index("model")["mean"]
    assert scores["Random"] < 0.02
    assert scores["Random"] < scores["Popular"] < scores["DemographicGroups"]
    assert scores["ItemKNN"] > 1.4 * scores["DemographicGroups"]
