"""The feedback loop: the same viewers and luck for every policy, and a naive loop beside it."""

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.models import EASE, ItemKNN, Popular
from recsys_lib.simulation import World, WorldConfig, live
from recsys_lib.simulation.loop.feedback_loop import EVENINGS, run_loop, settled, warmed_up
from recsys_lib.simulation.loop.policies import (
    Learned,
    Lottery,
    Oracle,
    Reranked,
    Weekly,
    best_unseen,
    by_week,
    check_slates,
)
from recsys_lib.simulation.service import behaviour as act
from recsys_lib.simulation.service.days import Days
from recsys_lib.simulation.service.known import NEVER
from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.world.catalogue import read_catalogue
from recsys_lib.simulation.world.config import FIRST_SEASON

TITLES = read_catalogue()


def small(seed=3, n_viewers=80, search=0.3, n_titles=200, **settings):
    titles = TITLES.iloc[:: len(TITLES) // n_titles].head(n_titles)
    return World(seed, n_viewers, 1, WorldConfig(search=search, **FIRST_SEASON | settings), titles)


def value(run, measure, number, of="all", group="all"):
    frame = run.frame
    here = (frame["round"] == number) & (frame["measure"] == measure)
    return frame[here & (frame["of"] == of) & (frame["group"] == group)]["value"].item()


class Fixed:
    """The same slate for everybody, week after week."""

    def __init__(self, slate):
        self.slate = slate

    def slates(self, history, k, rng):
        return np.tile(self.slate, (history.n_users, 1))


def naive_evening(world, fit, watched, day, memory, slate):
    """One viewer and one title at a time; title watched by viewer, and the slot it came from."""
    config, n = world.config, world.n_viewers
    came = act.draw_evenings(world, day, np.arange(n), Lots(world.seed, day, 0, n))
    luck = Lots(world.seed, day, 0, len(came.viewer)).gumbel("luck", len(world.titles))
    page = Lots(world.seed, day, 0, came.opens.sum(), name="page ")
    looked = page.uniform("look", 20) < act.look_chance(config)
    nothing, place_of = config.outside + page.gumbel("nothing"), np.cumsum(came.opens) - 1
    chosen = {}
    for row, viewer in enumerate(came.viewer):
        appeal = []
        for title in range(len(world.titles)):
            worth = config.affinity_sd * fit[viewer, title]
            worth += config.mood_pull * world.tones[came.tone[row], title]
            long = max(world.titles["runtime_min"].iloc[title] - 45, 0) / 60
            worth -= config.length_cost * long if came.hurry[row] else 0
            resting = day // 7 - watched[viewer, title] // 7 <= memory
            appeal.append(worth - (config.finished_cost if resting else 0))
        slot = -1
        if came.opens[row]:
            best = nothing[place_of[row]]
            for place, title in enumerate(slate):
                if looked[place_of[row], place] and title >= 0:
                    worth = appeal[title] + config.page_awareness * world.awareness[title]
                    if worth + luck[row, title] > best:
                        best, slot = worth + luck[row, title], place
        known = [a + world.awareness[t] + luck[row, t] for t, a in enumerate(appeal)]
        chosen[viewer] = (slate[slot] if slot >= 0 else int(np.argmax(known)), slot)
    return chosen


def naive_move(taste, vector, drift):
    moved = taste + drift * np.linalg.norm(taste) * vector
    return moved * np.linalg.norm(taste) / np.linalg.norm(moved)


@pytest.mark.parametrize("drift", [0.0, 0.1])
def test_a_naive_loop_lives_the_same_weeks(drift):
    memory, slate = 2, np.array([4, 9, -1, 2])
    world = settled(small(n_viewers=12, n_titles=30), memory, drift)
    state = Days(world, Weekly(Fixed(slate), memory, k=4), EVENINGS)
    watched, tastes = np.full((12, 30), NEVER), world.tastes[0].copy()
    taken = 0
    for day in range(28):
        state.live()
        evening = state.known.yesterday
        fit = world.affinity(0) + (tastes - world.tastes[0]) @ world.vectors.T
        chosen = naive_evening(world, fit, watched, day, memory, slate)
        if day % 7 not in EVENINGS:
            assert len(evening.player) == 0
            continue
        assert dict(zip(evening.player, evening.played, strict=True)) == {
            viewer: title for viewer, (title, _) in chosen.items()
        }
        for viewer, slot in zip(evening.viewer, evening.slot, strict=True):
            assert chosen[viewer][1] == slot
            taken += slot >= 0
        for viewer, (title, _) in chosen.items():
            watched[viewer, title] = day
            tastes[viewer] = naive_move(tastes[viewer], world.vectors[title], drift)
    np.testing.assert_array_equal(state.inner.last, watched)
    np.testing.assert_allclose(world.tastes[0] + state.inner.shift, tastes)
    assert taken > 5


def test_policies_meet_the_same_viewers_with_the_same_luck():
    """Where nobody opens the page, no policy makes any difference at all."""
    world = small(search=1.0)
    runs = [run_loop(world, policy, rounds=3, memory=3) for policy in (Lottery(), Oracle(world))]
    watching = [run.frame[~run.frame["measure"].str.startswith("slate")] for run in runs]
    pd.testing.assert_frame_equal(*watching)
    assert value(runs[0], "slate_utility", 2) < value(runs[1], "slate_utility", 2) - 0.5


@pytest.mark.parametrize("luck", [0.0, 0.6])
def test_without_drift_tastes_stay_and_with_it_they_move_toward_what_is_watched(luck):
    world = small(pair_stars=luck)
    before = world.tastes.copy()
    still, moving = (run_loop(world, Lottery(), rounds=4, memory=3, drift=d) for d in (0, 0.1))
    assert value(still, "taste_shift", 3) == 0
    assert value(still, "utility", 3) == value(still, "utility_then", 3)
    np.testing.assert_allclose(still.utility, world.true_utility(week=0))
    shifts = [value(moving, "taste_shift", number) for number in range(4)]
    assert 0 < shifts[0] < shifts[1] < shifts[2] < shifts[3] < 0.5
    assert value(moving, "utility", 3) > value(moving, "utility_then", 3)
    np.testing.assert_array_equal(world.tastes, before)


def test_the_same_run_twice_and_with_one_thread_or_two_is_the_same():
    world, policy = small(), Learned(EASE(l2=50), every=2)
    first = run_loop(world, policy, rounds=4, memory=3, drift=0.05)
    for threads in (1, 2):
        with threadpool_limits(threads):
            again = run_loop(world, policy, rounds=4, memory=3, drift=0.05)
        pd.testing.assert_frame_equal(first.frame, again.frame)
        np.testing.assert_array_equal(first.slates, again.slates)


def test_a_title_rests_and_the_log_forgets():
    world, memory = small(), 3
    state = warmed_up(world, memory, 20)
    twice = total = 0
    for number in range(6):
        before = by_week(state.known.watched(7 * memory))
        weeks = (before.times - by_week(before).times.min()) / (7 * 86_400)
        assert len(np.unique(before.times)) == memory and weeks.max() <= memory - 1
        for _ in range(7):
            state.live()
            evening = state.known.yesterday
            twice += before.matrix.toarray()[evening.player, evening.played].sum()
            total += len(evening.player)
        assert state.day == 7 * (2 * memory + number + 1)
        state.known.day = state.day
    assert twice < 0.02 * total


def test_a_learner_fits_when_it_is_due():
    class Counting(Popular):
        fits = 0

        def _fit(self, train, items, users):
            Counting.fits += 1
            super()._fit(train, items, users)

    for every, fits in ((1, 5), (2, 3), (None, 1)):
        Counting.fits = 0
        run_loop(small(), Learned(Counting(), every=every), rounds=5, memory=2)
        assert Counting.fits == fits


def test_a_learner_shows_the_best_that_was_not_watched_lately():
    world = small()
    run = run_loop(world, Lottery(), rounds=2, memory=3)
    history = run.histories[-1]
    model = ItemKNN().fit(history)
    expected = model.recommend(k=5)
    items, scores = Learned(ItemKNN()).candidates(history, 5)
    np.testing.assert_array_equal(history.items[items.ravel()], expected["item_id"])
    np.testing.assert_allclose(scores.ravel(), expected["score"])


@pytest.mark.parametrize("twin", [False, True])
def test_old_or_foreign_weights_read_what_viewers_watched_lately(twin):
    """A control that keeps its weights must differ from a learner in the weights alone."""
    own = run_loop(small(), Lottery(), rounds=4, memory=3).histories
    other = run_loop(small(), Learned(Popular()), rounds=4, memory=3).histories
    settings = {"lessons": other} if twin else {}
    lists = {}
    for profiles in ("now", "then"):
        policy = Learned(EASE(l2=50), every=None, profiles=profiles, **settings)
        for history in own:
            lists[profiles] = policy.candidates(history, 5)[0]
    model = EASE(l2=50).fit((other if twin else own)[0])
    now = best_unseen(model.score_histories(own[-1]), own[-1], 5)[0]
    then = best_unseen(model.score_all(own[-1].users), own[-1], 5)[0]
    np.testing.assert_array_equal(lists["now"], now)
    np.testing.assert_array_equal(lists["then"], then)
    assert (now != then).mean() > 0.1


def test_lessons_from_another_run_replace_the_own_log():
    world = small()
    other = run_loop(world, Lottery(), rounds=3, memory=3)
    policy = Learned(Popular(), lessons=other.histories)
    counts = other.histories[2].item_counts
    run = run_loop(world, policy, rounds=3, memory=3)
    for slate, seen in zip(run.slates, run.histories[2].matrix.toarray(), strict=True):
        best = np.lexsort((np.arange(len(counts)), -np.where(seen > 0, -1, counts)))
        np.testing.assert_array_equal(slate, best[:20])
    with pytest.raises(ArgumentError, match="lessons for 4 rounds"):
        run_loop(world, policy, rounds=5, memory=3)


def test_reranking_by_nothing_changes_nothing():
    world, base = small(), Learned(Popular())
    keep = Reranked(base, lambda items, scores, history, k, rng: items[:, :k])
    runs = [run_loop(world, policy, rounds=3, memory=3) for policy in (base, keep)]
    pd.testing.assert_frame_equal(runs[0].frame, runs[1].frame)


def test_the_oracle_satisfies_more_than_a_lottery():
    world = small()
    oracle, lot = (run_loop(world, p, rounds=6, memory=3) for p in (Oracle(world), Lottery()))
    for number in range(6):
        assert value(oracle, "slate_utility", number) > value(lot, "slate_utility", number) + 0.5
    last = [np.mean([value(run, "utility", n) for n in range(6)]) for run in (oracle, lot)]
    assert last[0] > last[1] + 0.05


def test_groups_are_reported_and_add_up():
    world = small()
    viewer_groups = {"half": np.arange(80) % 2}
    title_groups = {"led": np.where(world.titles["woman_led"], "women", "others")}
    run = run_loop(
        world, Learned(Popular()), rounds=2, memory=2,
        viewer_groups=viewer_groups, title_groups=title_groups,
    )  # fmt: skip
    shares = [value(run, "exposure", 1, "led", name) for name in ("women", "others")]
    assert sum(shares) == pytest.approx(1)
    halves = [value(run, "slate_utility", 1, "half", group) for group in (0, 1)]
    assert np.mean(halves) == pytest.approx(value(run, "slate_utility", 1))
    assert set(run.frame["round"]) == {0, 1}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rounds": 0}, "rounds"),
        ({"memory": 0}, "memory"),
        ({"drift": -0.1}, "drift"),
        ({"k": 21}, "k must be at most 20"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ArgumentError, match=message):
        run_loop(small(), Lottery(), **settings)


def test_the_start_of_another_run_spares_the_warm_up_and_changes_nothing():
    world = small()
    first = run_loop(world, Lottery(), rounds=2, memory=3)
    fresh, spared = (
        run_loop(world, Oracle(world), rounds=2, memory=3, start=start)
        for start in (None, first.start)
    )
    pd.testing.assert_frame_equal(fresh.frame, spared.frame)
    assert spared.start is first.start
    for other in ({"n_viewers": 81}, {"seed": 4}):
        with pytest.raises(DataError, match="another run of the same world"):
            run_loop(small(**other), Lottery(), rounds=2, memory=3, start=first.start)
    with pytest.raises(DataError, match="with the same memory"):
        run_loop(world, Lottery(), rounds=2, memory=2, start=first.start)


def test_groups_of_the_wrong_length_are_refused():
    with pytest.raises(DataError, match="'half' must hold 80 labels"):
        run_loop(small(), Lottery(), rounds=1, viewer_groups={"half": np.zeros(79)})


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (np.zeros((80, 3), int), "must return integers"),
        (np.tile([0.0, 1.0], (80, 1)), "must return integers"),
        (np.tile([0, 200], (80, 1)), "below 200"),
        (np.tile([-2, 0], (80, 1)), "below 200"),
        (np.tile([5, 5], (80, 1)), "same title twice"),
    ],
)
def test_pages_that_are_none_are_refused(page, message):
    history = Days(small(), Weekly(Lottery())).known.watched()
    with pytest.raises(DataError, match=message):
        check_slates(page, history, 2)
    check_slates(np.tile([199, -1], (80, 1)), history, 2)  # just inside


def test_any_life_can_be_lived_under_a_loops_policy():
    """Slates fill the first slots, and stand for a week."""
    life = live(small(), Weekly(Fixed(np.arange(5)), k=5), weeks=1, logged=1.0)
    assert set(life.impressions["title_id"]) == {1, 2, 3, 4, 5}
    assert (life.impressions["position"] == life.impressions["title_id"]).all()
    assert (life.impressions["row"] == 1).all()
