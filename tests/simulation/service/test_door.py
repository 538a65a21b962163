"""One door: the same viewers and the same luck under every policy, and a life that goes on."""

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from recsys_lib.errors import ArgumentError
from recsys_lib.models import EASE
from recsys_lib.simulation import HomePage, PagePolicy, Recommended, World, WorldConfig, live
from recsys_lib.simulation.service import days
from recsys_lib.simulation.world.config import FIRST_SEASON, START


class Never(PagePolicy):
    """A page that is always empty."""

    def page(self, visit):
        return visit.pages(np.full((len(visit.viewer), visit.slots), -1))


@pytest.fixture(scope="module")
def world():
    return World(seed=8, n_viewers=150, weeks=5, config=WorldConfig(**FIRST_SEASON))


def test_where_nobody_opens_the_page_no_policy_makes_any_difference():
    world = World(seed=3, n_viewers=80, weeks=3, config=WorldConfig(search=1.0))
    one, two = live(world).tables, live(world, Never()).tables
    pd.testing.assert_frame_equal(one.plays, two.plays)
    pd.testing.assert_frame_equal(one.feedback, two.feedback)
    assert len(one.impressions) == 0


def test_who_comes_when_and_what_for_does_not_depend_on_the_policy():
    config = WorldConfig(search=0.2, leave=0.0)
    world = World(seed=3, n_viewers=80, weeks=3, config=config)
    one, two = live(world), live(world, Never())
    pd.testing.assert_frame_equal(one.tables.sessions, two.tables.sessions)
    assert (one.evenings["opened"] == two.evenings["opened"]).all()
    assert not two.evenings["clicked"].any()
    assert len(one.tables.plays) != len(two.tables.plays)
    # Whoever had not opened a page yet has watched the same as under the other policy.
    first = one.evenings[one.evenings["opened"]].groupby("viewer_id")["day"].min()
    both = [life.evenings.set_index(["viewer_id", "day"])["satisfaction"] for life in (one, two)]
    early = [d < first.get(v, 99) for v, d in both[0].index]
    assert both[0][early].equals(both[1][early]) and sum(early) > 15


def test_one_who_leaves_changes_nobody_elses_life(world):
    usual = live(world, Never(), weeks=2)
    start = live(world, Never(), weeks=1)
    start.state.left[:40] = 0
    fewer = live(world, Never(), weeks=1, start=start).evenings
    same = usual.evenings[(usual.evenings["day"] >= 7) & (usual.evenings["viewer_id"] > 40)]
    columns = ["viewer_id", "day", "minutes", "satisfaction"]
    pd.testing.assert_frame_equal(
        fewer[columns].reset_index(drop=True), same[columns].reset_index(drop=True)
    )


def test_a_life_goes_on_as_if_it_had_not_been_stopped(world):
    whole = live(world, weeks=4)
    first = live(world, weeks=2)
    rest = live(world, first.policy, weeks=2, start=first)
    for name in ("sessions", "plays", "feedback", "impressions", "viewers"):
        pd.testing.assert_frame_equal(getattr(whole.tables, name), getattr(rest.tables, name))
    assert (rest.first, rest.day, first.day) == (14, 28, 14)
    assert rest.evenings["day"].min() == 14 and whole.evenings["day"].min() == 0


@pytest.mark.parametrize("block", [17, 1000])
def test_small_blocks_live_too(world, block, monkeypatch):
    """Another size of blocks is another world's luck, but the same kind of life."""
    monkeypatch.setattr(days, "BLOCK", block)
    table = live(world, weeks=2).tables
    assert table.sessions["session_id"].is_unique
    assert table.sessions["started_at"].is_monotonic_increasing
    assert len(table.plays) > 700


def test_the_same_life_with_one_thread_or_two(world):
    found = []
    before = live(world, weeks=2)
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(live(world, Recommended(EASE(50), explore=0.2), weeks=1, start=before))
    pd.testing.assert_frame_equal(found[0].impressions, found[1].impressions)
    pd.testing.assert_frame_equal(found[0].evenings, found[1].evenings)


def test_what_is_known_is_what_was_written(world):
    life = live(world, weeks=3)
    known, tables = life.state.known, life.tables
    watched = known.watched()
    day = life.evenings.set_index("session_id")["day"]
    plays = tables.plays.assign(day=day[tables.plays["session_id"]].to_numpy())
    pairs = plays.groupby(["viewer_id", "title_id"])["day"].max()
    found = watched.to_frame()
    assert set(zip(found["user_id"], found["item_id"], strict=True)) == set(pairs.index)
    start = pd.Timestamp(START).timestamp()
    np.testing.assert_array_equal((watched.times - start) / 86_400, pairs)
    stars = known.opinions("stars").to_frame()
    given = tables.feedback[tables.feedback["kind"] == "stars"]
    assert len(stars) == len(given) and stars["value"].sum() == given["value"].sum()
    last = tables.plays.groupby(["viewer_id", "title_id"])["finished"].last()
    viewer, title = (np.array(part) - 1 for part in zip(*last.index, strict=True))
    np.testing.assert_array_equal(known.unfinished[viewer, title], ~last.to_numpy())
    assert known.watched(days=1).n_events < watched.n_events


def test_yesterday_holds_every_page_and_every_play(world):
    life = live(world, weeks=1, logged=1.0)
    yesterday, tables = life.state.known.yesterday, life.tables
    sessions = life.evenings[(life.evenings["day"] == 6)].set_index("session_id")
    opened = sessions[sessions["opened"]]
    assert sorted(yesterday.viewer + 1) == sorted(opened["viewer_id"])
    assert (yesterday.slot >= 0).sum() == opened["clicked"].sum()
    played = tables.plays[tables.plays["session_id"].isin(sessions.index)]["title_id"]
    assert sorted(yesterday.played + 1) == sorted(played)


def test_the_record_adds_up(world):
    life = live(world, weeks=4, logged=1.0)
    evenings, tables = life.evenings.set_index("session_id"), life.tables
    minutes = tables.plays.groupby("session_id")["minutes"].sum()
    np.testing.assert_array_equal(
        evenings["minutes"], minutes.reindex(evenings.index, fill_value=0)
    )
    clicks = tables.impressions.groupby("session_id")["clicked"].sum()
    np.testing.assert_array_equal(clicks, evenings.loc[clicks.index, "clicked"])
    assert clicks.index.tolist() == evenings.index[evenings["opened"]].tolist()
    left = tables.viewers["left_on"].notna().sum()
    assert evenings["left"].sum() == left


def test_the_value_of_a_life_by_hand(world):
    life = live(world, weeks=4)
    value = world.truth.value(life).loc["Matinee"]
    mean = life.evenings.groupby("viewer_id")["satisfaction"].mean()
    assert value["satisfaction"] == pytest.approx(mean.mean())
    assert value["satisfaction_se"] == pytest.approx(mean.std() / np.sqrt(len(mean)))
    total = life.evenings["minutes"].sum()
    assert value["minutes"] == pytest.approx(total / life.evenings["viewer_id"].nunique() / 4)
    assert value["left"] == life.tables.viewers["left_on"].notna().sum() / value["viewers"]


def test_a_start_from_another_world_is_refused(world):
    other = live(World(seed=9, n_viewers=20, weeks=2), weeks=1)
    with pytest.raises(ArgumentError, match="another world"):
        live(world, start=other)


@pytest.mark.parametrize("weeks", [0, -1])
def test_no_weeks_are_no_life(world, weeks):
    with pytest.raises(ArgumentError, match="weeks"):
        live(world, weeks=weeks)


def test_a_life_leaves_the_policy_and_the_start_as_they_were(world):
    policy = HomePage(world)
    first = live(world, policy, weeks=1)
    assert policy.day == -1 and first.policy.day == 6
    live(world, policy, weeks=1, start=first)
    assert (first.state.day, first.state.inner.last.max()) == (7, 6)


def test_as_many_pages_are_kept_as_was_asked_for():
    config = WorldConfig(**FIRST_SEASON | {"search": 0.1, "logged": 0.3})
    world = World(seed=8, n_viewers=150, weeks=3, config=config)
    for asked, share in ((None, 0.3), (0.7, 0.7), (0.0, 0.0)):
        life = live(world, logged=asked)
        kept = life.impressions["session_id"].nunique() / life.evenings["opened"].sum()
        assert kept == pytest.approx(share, abs=0.06)


def test_tastes_are_those_of_the_week_and_after_the_window_of_its_last():
    world = World(seed=8, n_viewers=20, weeks=3, config=WorldConfig(**FIRST_SEASON))
    for weeks, week in ((1, 0), (3, 2), (5, 2)):
        state = live(world, weeks=weeks).state
        np.testing.assert_allclose(state.inner.fit, world.affinity(week), atol=1e-6)
