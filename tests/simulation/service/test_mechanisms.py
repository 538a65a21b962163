"""Each mechanism does what its sentence says, and is not there at 0."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from recsys_lib.simulation import World, WorldConfig, live
from recsys_lib.simulation.service import inner, rows, sitting
from recsys_lib.simulation.service.behaviour import part_of_day
from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.world import truth, wishes
from recsys_lib.simulation.world.config import FIRST_SEASON, PARTS_OF_DAY

OFF = WorldConfig(search=0.4, **FIRST_SEASON)
TABLES = ("viewers", "sessions", "plays", "feedback", "impressions")


def world_of(seed=5, n_viewers=100, weeks=3, **config):
    return World(seed, n_viewers, weeks, replace(OFF, **config))


def tables_of(**config):
    return live(world_of(**config)).tables


@pytest.fixture(scope="module")
def without():
    return tables_of()


def assert_same(one, two):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))


def refuse(*_, **__):
    raise AssertionError("a mechanism that is off was asked")


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (inner.Inner, "_likeness_to_phase"),
        (inner.Inner, "_go_on_in_phase"),
        (inner.Inner, "_move_taste"),
        (truth.Truth, "lasting_luck"),
        (rows.Rows, "learn"),
        (rows.Rows, "page"),
    ],
)
def test_what_is_off_is_never_asked(owner, name, monkeypatch, without):
    monkeypatch.setattr(owner, name, refuse)
    assert_same(tables_of(), without)


@pytest.mark.parametrize(
    "idle", [{"phase_kept": 0.1, "phase_half_life": 1.0}, {"hook_quality": 0.9}]
)
def test_numbers_of_what_is_off_change_nothing(idle, without):
    assert_same(tables_of(**idle), without)


def test_without_clock_moods_any_tone_is_as_likely_at_any_time(monkeypatch, without):
    plain = wishes.Wishes.draw

    def same_at_all_hours(self, part, weekend, tone_lot, genre_lot):
        return plain(self, np.zeros_like(part), False, tone_lot, genre_lot)

    monkeypatch.setattr(wishes.Wishes, "draw", same_at_all_hours)
    assert_same(tables_of(), without)
    mood = world_of().truth.mood("night", weekend=True)
    np.testing.assert_allclose(mood, 1 / len(mood), atol=1e-8)


def test_without_a_genre_wish_genres_do_not_matter(without):
    world = world_of()
    world.genres = np.ones_like(world.genres)
    world.wishes.genre = np.roll(world.wishes.genre, 3)
    assert_same(live(world).tables, without)


def test_without_hooks_all_pictures_pull_alike():
    assert (world_of().hooks == 0).all()


# On ----------------------------------------------------------------------------------------------


def test_moods_by_the_clock_are_wished_for_as_often_as_the_truth_says():
    world, n = world_of(clock_mood=2.5), 40_000
    lots = Lots(0, 0, 0, n).uniform("lots", 2).T
    for number, part in enumerate(PARTS_OF_DAY):
        for weekend in (False, True):
            tone, genre = world.wishes.draw(np.full(n, number), weekend, *lots)
            chance = world.truth.mood(part, weekend)
            error = 4.5 * np.sqrt(chance * (1 - chance) / n) + 1e-9
            assert (np.abs(np.bincount(tone, minlength=len(chance)) / n - chance) < error).all()
            assert chance.sum() == pytest.approx(1)
    wish = world.truth.genre_wish()
    assert (np.abs(np.bincount(genre, minlength=len(wish)) / n - wish) < 0.015).all()
    shares = np.stack([world.truth.mood(part) for part in PARTS_OF_DAY])
    assert np.abs(np.diff(shares, axis=0)).max() > 0.1


def test_what_is_watched_follows_the_moods_of_the_hour():
    def agreement(clock_mood):
        world = world_of(n_viewers=600, weeks=6, clock_mood=clock_mood, mood_pull=3.0)
        truth_of = world_of(clock_mood=2.5).truth
        tables = live(world).tables
        start = tables.sessions.set_index("session_id")["started_at"]
        start = start[tables.plays["session_id"]]
        minute = (start.dt.hour * 60 + start.dt.minute).to_numpy()
        part, weekend = part_of_day(minute), start.dt.day_of_week.to_numpy() >= 5
        tones = world.tones[:, tables.plays["title_id"] - 1]
        found = []
        for number, name in enumerate(PARTS_OF_DAY):
            for is_weekend in (False, True):
                here = (part == number) & (weekend == is_weekend)
                lift = tones[:, here].mean(axis=1) / tones.mean(axis=1)
                found.append(np.corrcoef(lift, truth_of.mood(name, is_weekend))[0, 1])
        return np.mean(found)

    assert agreement(2.5) > 0.6
    assert abs(agreement(0.0)) < 0.25


def test_a_wish_for_a_genre_is_felt():
    world = world_of(n_viewers=300, genre_pull=4.0)
    table = live(world).tables.plays
    off = live(world_of(n_viewers=300)).tables.plays
    wished = world.wishes.genre @ world.genres  # titles of often-wished genres gain
    assert wished[table["title_id"] - 1].mean() > wished[off["title_id"] - 1].mean() + 0.02


def likeness_of_steps(**config):
    """Cosine of titles begun one after the other, minus that of a viewer's titles in any order."""
    world = world_of(n_viewers=400, weeks=8, **config)
    plays = live(world).tables.plays.drop_duplicates(["viewer_id", "title_id"])
    rng, steps, others = np.random.default_rng(0), [], []
    for _, titles in plays.groupby("viewer_id")["title_id"]:
        vectors = world.vectors[titles - 1]
        steps += list((vectors[1:] * vectors[:-1]).sum(axis=1))
        mixed = vectors[rng.permutation(len(vectors))]
        others += list((mixed[1:] * mixed[:-1]).sum(axis=1))
    return np.mean(steps) - np.mean(others)


def test_in_a_phase_one_title_leads_to_its_like():
    assert likeness_of_steps(phase_pull=9.0) > 0.05
    assert abs(likeness_of_steps()) < 0.02


def test_a_phase_fades_and_gives_way_by_hand():
    world = world_of(n_viewers=2, phase_pull=7.0, phase_kept=0.25, phase_half_life=2.0)
    state, viewer = inner.Inner(world), np.array([1])
    nothing = sitting.Sittings(*(np.zeros(1) for _ in range(7)))
    state.note(viewer, np.array([10]), nothing, np.array([3]), day=0)
    state.note(viewer, np.array([20]), nothing, np.array([3]), day=2)
    a, b = world.vectors[10], world.vectors[20]
    np.testing.assert_allclose(state.phase[1], 0.25 * 0.5 * 0.75 * a + 0.75 * b)
    found = state._likeness_to_phase(viewer, day=4)[0]
    expected = world.vectors @ (0.5 * state.phase[1])
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert (state.phase[0] == 0).all()


def test_half_watched_titles_fade_from_mind_by_half_every_half_life():
    config = replace(OFF, resume_half_life=10.0)
    state, ago = np.array([1, 1, 1, 2, 3, 0]), np.array([0.0, 10.0, 20.0, 10.0, 10.0, 1e4])
    pull, c = sitting.state_pull(state, ago, config), config
    whole = c.resume_pull
    expected = [whole, whole / 2, whole / 4, c.next_season_pull, -c.finished_cost, 0]
    np.testing.assert_allclose(pull, expected)


def test_series_are_taken_up_later_less_often_when_they_fade():
    def late(half_life):
        tables = tables_of(n_viewers=500, weeks=10, resume_half_life=half_life)
        plays = tables.plays[tables.titles["seasons"].to_numpy()[tables.plays["title_id"] - 1] > 0]
        gap = plays.groupby(["viewer_id", "title_id"])["started_at"].diff().dt.days
        return (gap > 7).sum()

    assert late(3.0) < 0.85 * late(0.0)


def pairs_felt(**config):
    """Satisfaction on two evenings with one title, less the pair's utility without its luck."""
    world = world_of(n_viewers=300, weeks=6, leave=0.0, **config)
    life = live(world)
    plays = life.tables.plays.drop_duplicates("session_id", keep=False)
    felt = life.evenings.set_index("session_id")["satisfaction"][plays["session_id"]].to_numpy()
    viewer, title = plays["viewer_id"].to_numpy() - 1, plays["title_id"].to_numpy() - 1
    week = life.evenings.set_index("session_id")["day"][plays["session_id"]].to_numpy() // 7
    fit = np.array([world.affinity(w, [v], [t])[0, 0] for w, v, t in zip(week, viewer, title)])  # noqa: B905
    over = felt - world.worth(title) - world.config.taste_stars * fit
    table = pd.DataFrame({"viewer": viewer, "title": title, "over": over})
    keys = ["viewer", "title"]
    both = table.groupby(keys)["over"].agg(["first", "last", "size"])
    both = both[both["size"] >= 2]
    return world, table, both["first"].cov(both["last"]), len(both)


def test_the_luck_of_a_pair_lasts_from_evening_to_evening():
    world, table, shared, n = pairs_felt(pair_stars=0.6, evening_stars=0.6)
    assert n > 300
    own = world.truth.lasting_luck(table["viewer"].to_numpy(), table["title"].to_numpy())
    rest = table["over"] - own
    assert rest.std() == pytest.approx(0.6, abs=0.03)
    assert abs(np.corrcoef(rest, own)[0, 1]) < 0.05
    assert shared > 0.15
    assert abs(pairs_felt(evening_stars=0.85)[2]) < 0.1


def test_true_utility_has_the_lasting_luck_of_the_pair_in_it():
    on, off = world_of(pair_stars=0.6), world_of()
    luck = on.true_utility() - off.true_utility()
    assert luck.std() == pytest.approx(0.6, abs=0.01)
    one = on.true_utility([7, 3], [50, 9], week=1) - off.true_utility([7, 3], [50, 9], week=1)
    np.testing.assert_allclose(one, luck[np.ix_([6, 2], [49, 8])])


def test_hooks_promise_more_where_titles_keep_less():
    world = world_of(hook_sd=1.5, hook_quality=-0.5)
    quality = world.quality[world.artwork["title_id"] - 1]
    assert world.hooks.std() == pytest.approx(1.5, abs=0.1)
    assert np.corrcoef(world.hooks, quality)[0, 1] == pytest.approx(-0.5, abs=0.06)
    np.testing.assert_array_equal(world.truth.hooks(), world.hooks)


def test_a_picture_that_pulls_is_clicked_more_and_what_it_sells_is_liked_less():
    def effect(**config):
        world = world_of(n_viewers=500, weeks=6, search=0.0, **config)
        life = live(world, logged=1.0)
        shown = life.impressions[life.impressions["row"] == 1]
        hooks = world_of(hook_sd=1.5, hook_quality=-0.7).hooks
        hook = hooks[shown["artwork_id"] - 1]
        # Of one title, the pictures with a hook above and below its own mean.
        above = hook > pd.Series(hook).groupby(shown["title_id"].to_numpy()).transform("mean")
        rate = shown["clicked"].groupby(above.to_numpy()).mean()
        felt = life.evenings.loc[life.evenings["clicked"], "satisfaction"].mean()
        return rate[True] / rate[False], felt

    with_hooks, without_hooks = effect(hook_sd=1.5, hook_quality=-0.7), effect()
    assert with_hooks[0] > 1.5
    assert without_hooks[0] == pytest.approx(1, abs=0.2)
    assert with_hooks[1] < without_hooks[1] - 0.05


def test_a_billboard_is_a_slot_above_the_rows_that_is_clicked_more():
    rates = []
    for pull in (0.5, 3.0):
        world = world_of(n_viewers=300, search=0.0, billboard_pull=pull)
        shown = live(world, logged=1.0).impressions
        assert (shown[shown["row"] == 0]["position"] == 1).all()
        assert (shown.groupby("session_id").size() == 21).all()
        rates.append(shown[shown["row"] == 0]["clicked"].mean())
    assert rates[1] > 2 * rates[0]
    off = live(world_of(), logged=1.0).impressions
    assert off["row"].min() == 1 and (off.groupby("session_id").size() == 20).all()


def test_a_good_evening_lasts_longer():
    film = np.zeros(3000, int)

    def minutes(stars, growth):
        config = replace(OFF, minutes_growth=growth, stay_point=-99.0)
        stars, time = np.full(3000, stars), np.full(3000, 50.0)
        args = (stars, np.zeros(3000), np.full(3000, 100), film, time, config)
        return sitting.watch(*args, Lots(0, 0, 0, 3000)).minutes.mean()

    assert minutes(4.0, 0.0) == minutes(2.0, 0.0) == 50
    assert minutes(4.0, 0.2) == pytest.approx(50 * np.exp(0.2), abs=0.5)
    assert minutes(2.0, 0.2) == pytest.approx(50 * np.exp(-0.2), abs=0.5)


def test_viewers_with_worse_evenings_leave_more_and_without_growth_they_do_not():
    def gap(growth):
        world = world_of(n_viewers=1500, weeks=8, leave=0.006, leave_growth=growth)
        each = live(world).by_viewer()
        each = each[each["evenings"] >= 3]
        low = each["satisfaction"] < each["satisfaction"].median()
        return each["left"][low].mean() - each["left"][~low].mean()

    assert gap(1.1) > 0.05
    assert abs(gap(0.0)) < 0.05


def test_what_was_watched_rests_for_so_many_weeks_and_is_then_as_good_as_new():
    world = world_of(n_viewers=3, rest_weeks=2)
    state = inner.Inner(world)
    state.week = 0
    state.last[0, 5], state.state[0, 5] = 4, sitting.DONE
    for day, cost in ((5, OFF.finished_cost), (20, OFF.finished_cost), (21, 0)):
        assert state.appeal(np.array([0]), day)[1][0, 5] == -cost


def test_taste_moves_toward_what_is_watched_and_keeps_its_length():
    world = world_of(n_viewers=3, taste_pull=0.1)
    state, viewer, title = inner.Inner(world), np.array([1]), np.array([40])
    state.week = 0
    before = state.taste(viewer)[0]
    state._move_taste(viewer, title)
    after = state.taste(viewer)[0]
    moved = before + 0.1 * np.linalg.norm(before) * world.vectors[40]
    expected = moved * np.linalg.norm(before) / np.linalg.norm(moved)
    np.testing.assert_allclose(after, expected)
    assert state.fit[1, 40] > world.affinity(0)[1, 40]
    np.testing.assert_allclose(state.fit[[0, 2]], world.affinity(0)[[0, 2]], atol=1e-6)


def test_search_after_an_empty_page_is_a_share_that_can_be_all_or_none():
    for share in (0.0, 1.0):
        world = world_of(search=0.0, outside=99.0, search_after=share)
        life = live(world)
        watched = life.evenings["minutes"] > 0
        assert not life.evenings["clicked"].any()
        assert watched.mean() == share


def test_a_phase_pulls_by_its_logits_and_a_picture_by_its_own_part():
    world = world_of(n_viewers=2, phase_pull=7.0, phase_half_life=2.0)
    state, viewer = inner.Inner(world), np.array([1])
    state.week = 0
    state.phase[1], state.since[1] = world.vectors[10], 0
    np.testing.assert_allclose(
        state.appeal(viewer, 4)[1][0], 7 * world.vectors @ world.vectors[10] / 4, atol=1e-5
    )
    picture, parts = world.artwork.iloc[:9], []
    for title, emphasis in zip(picture["title_id"] - 1, picture["emphasis"], strict=True):
        part = {"lead actor": "people"}.get(emphasis, emphasis)
        parts.append(world.tastes[0, 1] @ world.parts[part][title])
    pages = SimpleNamespace(
        titles=picture["title_id"].to_numpy()[None] - 1, artwork=np.arange(9)[None]
    )
    found = state.art_fit(SimpleNamespace(viewer=viewer), pages)
    np.testing.assert_allclose(found, [parts], atol=1e-6)


def test_who_gives_up_tries_another_title_every_other_time_and_nobody_else_does():
    for stay_point, share in ((99.0, 0.5), (-99.0, 0.0)):
        world = world_of(search=1.0, stay_point=stay_point, leave=0.0)
        plays = live(world).tables.plays
        titles = plays.groupby("session_id")["title_id"].agg(["size", "nunique"])
        assert len(titles) > 700 and (titles["size"] == titles["nunique"]).all()
        assert (titles["size"] == 2).mean() == pytest.approx(share, abs=0.07)


def test_bad_evenings_are_counted_in_a_row_and_who_leaves_is_never_seen_again():
    world = world_of(n_viewers=200, weeks=4, leave=0.01)
    life = live(world)
    runs, gone = np.zeros(200, int), {}
    for row in life.evenings.itertuples():
        assert row.viewer_id not in gone
        bad = row.satisfaction < world.config.bad_evening
        runs[row.viewer_id - 1] = runs[row.viewer_id - 1] + 1 if bad else 0
        if row.left:
            gone[row.viewer_id] = row.day + 1
    np.testing.assert_array_equal(life.state.bad_run, runs)
    assert len(gone) > 20
    assert {number: life.state.left[number - 1] for number in gone} == gone


def test_an_evening_without_a_title_is_a_bad_one():
    life = live(world_of(search=0.0, outside=99.0, search_after=0.0), weeks=1)
    assert (life.evenings["satisfaction"] == OFF.bad_evening - 1).all()
