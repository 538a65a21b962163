"""What policies show, and the chances that they write down."""

from itertools import pairwise

import numpy as np
import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.models import DemographicGroups, Popular
from recsys_lib.simulation import (
    ByLot,
    HomePage,
    Interleaved,
    PagePolicy,
    Recommended,
    WithOpinions,
    World,
    WorldConfig,
    live,
)
from recsys_lib.simulation.service.known import NEVER
from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.service.pages import Pages, deal, rank_propensity, ranked
from recsys_lib.simulation.service.policies import Visit
from recsys_lib.simulation.world.config import FIRST_SEASON


@pytest.fixture(scope="module")
def world():
    return World(seed=6, n_viewers=120, weeks=6, config=WorldConfig(**FIRST_SEASON))


@pytest.fixture(scope="module")
def before(world):
    return live(world, weeks=3)


def visit_of(life, viewers, day_lots=0):
    known, n = life.state.known, len(viewers)
    lots = Lots(life.world.seed, day_lots, 0, n)
    return Visit(np.array(viewers), np.full(n, 1200), np.zeros(n, int), known, lots, 20)


def test_the_best_come_first_and_nothing_twice(before):
    visit = visit_of(before, [3, 5, 8])
    scores = visit.unseen(np.tile(np.arange(882.0), (3, 1)))
    pages = visit.best(scores)
    for viewer, page in zip(visit.viewer, pages.titles, strict=True):
        free = np.flatnonzero((before.state.known.last[viewer] == NEVER) & visit.known.shelf)
        np.testing.assert_array_equal(page, free[::-1][:20])
    assert (pages.propensity == 1).all() and not pages.uniform.any()


def test_slots_by_lot_among_the_best_come_as_often_as_written(before):
    n = 6000
    visit = visit_of(before, np.zeros(n, int))
    scores = np.full((n, 882), -np.inf)
    scores[:, :25] = np.arange(25.0)
    pages = visit.best(scores, explore=0.4)
    first = pages.titles[:, 0]
    assert pages.uniform.mean() == pytest.approx(0.4, abs=0.01)
    for title, chance in ((24, 0.4 / 25 + 0.6), (7, 0.4 / 25)):
        assert (first == title).mean() == pytest.approx(chance, abs=0.02)
        np.testing.assert_allclose(pages.propensity[first == title, 0], chance)
    ordered = np.sort(pages.titles, axis=1)
    assert (ordered[:, 1:] > ordered[:, :-1]).all()


def naive_rank_propensity(best, page, n_shelf, explore):
    found = []
    for slot, title in enumerate(page):
        due = next((b for b in best if b not in page[:slot] and b >= 0), None)
        found.append(explore / (n_shelf - slot) + (1 - explore) * (title == due))
    return found


def test_chances_of_ranked_slots_agree_with_a_loop():
    rng = np.random.default_rng(0)
    best = np.stack([rng.permutation(9)[:5] for _ in range(40)])
    pages = np.stack([rng.permutation(9)[:5] for _ in range(40)])
    expected = [naive_rank_propensity(b, list(p), 9, 0.3) for b, p in zip(best, pages, strict=True)]
    np.testing.assert_allclose(rank_propensity(best, pages, np.full(40, 9), 0.3), expected)


def test_a_slot_stays_empty_when_nothing_is_left():
    visit_scores = np.full((1, 5), -np.inf)
    visit_scores[0, 2] = 1.0
    assert deal([np.array([[2, -1, -1]])], np.zeros((1, 3), int)).tolist() == [[2, -1, -1]]


def test_recommended_is_the_models_own_ranking(world, before):
    life = live(world, Recommended(Popular()), weeks=1, start=before, logged=1.0)
    shown = life.impressions[life.impressions["session_id"] > before.state.diary.n_sessions]
    counts = before.state.known.watched().item_counts
    for _, page in shown.groupby("session_id"):
        assert (np.diff(counts[page["title_id"] - 1]) <= 0).all()
    assert (shown["propensity"] == 1).all()


def test_a_model_is_fitted_when_it_is_due(world, before):
    class Counting(Popular):
        fits = 0

        def _fit(self, train, items, users):
            Counting.fits += 1
            super()._fit(train, items, users)

    for every, fits in ((7, 2), (14, 1), (None, 1), (1, 14)):
        Counting.fits = 0
        live(world, Recommended(Counting(), every=every), weeks=2, start=before)
        # Day 21 is no multiple of 14, but a model that was never fitted is due; day 28 is one.
        assert Counting.fits == (2 if every == 14 else fits)
    with pytest.raises(ArgumentError, match="every"):
        Recommended(Popular(), every=0)


class Fixed(PagePolicy):
    """The same titles for everybody."""

    def __init__(self, titles):
        self.titles = np.array(titles)

    def page(self, visit):
        return visit.pages(np.tile(self.titles, (len(visit.viewer), 1)))


def test_arms_are_drawn_by_lot_for_good_and_each_sees_its_own_policys_pages(world):
    arms = ByLot({"low": Fixed(range(20)), "high": Fixed(range(100, 120))})
    life = live(world, arms, weeks=2, logged=1.0)
    arm = life.by_viewer()["arm"]
    owner = life.tables.sessions.set_index("session_id")["viewer_id"]
    shown = arm[owner[life.impressions["session_id"]]].to_numpy()
    assert ((shown == "low") == (life.impressions["title_id"] <= 20)).all()
    assert (arm == "low").mean() == pytest.approx(0.5, abs=0.15)
    other = ByLot({"low": Fixed(range(20)), "high": Fixed(range(20))}, salt="another")
    viewers = np.arange(4000)
    both = arms.arm_of(viewers), other.arm_of(viewers)
    assert both[0].mean() == pytest.approx(0.5, abs=0.03)
    assert abs(np.corrcoef(*both)[0, 1]) < 0.06


def test_arms_live_as_they_would_alone(world):
    """Fixed pages do not look at the log: an arm's viewers cannot tell that there is another."""
    low, high = Fixed(range(20)), Fixed(range(100, 120))
    both = live(world, ByLot({"low": low, "high": high}), weeks=3).evenings
    for name, policy in (("low", low), ("high", high)):
        alone = live(world, policy, weeks=3).evenings
        mine = both[both["arm"] == name].drop(columns=["arm", "session_id"])
        same = alone[alone["viewer_id"].isin(mine["viewer_id"])]
        same = same.drop(columns=["arm", "session_id"])
        assert mine.reset_index(drop=True).equals(same.reset_index(drop=True))


def naive_draft(hands, coins):
    page, team = [], []
    for slot in range(len(hands[0])):
        first = coins[slot // 2]
        turn = first if slot % 2 == 0 else 1 - first
        page.append(next(title for title in hands[turn] if title not in page))
        team.append(turn)
    return page, team


def test_a_team_draft_agrees_with_a_loop(before):
    a, b = Fixed(range(20)), Fixed([*range(10, 25), 3, 4, 5, 30, 31])
    visit = visit_of(before, np.arange(40))
    pages = Interleaved({"a": a, "b": b}).page(visit)
    coins = visit.lots.uniform("coin", 10) < 0.5
    for page, team, coin in zip(pages.titles, pages.team, coins.astype(int), strict=True):
        expected = naive_draft([list(a.titles), list(b.titles)], coin)
        assert (page.tolist(), team.tolist()) == expected
    assert np.isnan(pages.propensity).all()
    share = pages.team.mean(axis=0)
    np.testing.assert_allclose([x + y for x, y in pairwise(share)][::2], 1)


def test_teams_that_are_alike_share_the_clicks(world):
    life = live(world, Interleaved({"a": HomePage(world), "b": HomePage(world)}), logged=1.0)
    votes = life.impressions.loc[life.impressions["clicked"], "team"].value_counts()
    assert set(votes.index) == {"a", "b"}
    total = votes.sum()
    assert votes["a"] / total == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(total))


@pytest.mark.parametrize("n", [1, 3])
def test_interleaving_takes_two(n):
    with pytest.raises(ArgumentError, match=f"two policies, not {n}"):
        Interleaved({str(i): Fixed(range(20)) for i in range(n)})
    if n == 1:
        with pytest.raises(ArgumentError, match="at least two arms"):
            ByLot({"only": Fixed(range(20))})


def test_pages_come_apart_and_together_again(before):
    pages = Fixed(range(20)).page(visit_of(before, [1, 2, 3, 4]))
    rows = [np.array([2, 0]), np.array([3, 1])]
    again = Pages.merged([pages.take(part) for part in rows], rows)
    np.testing.assert_array_equal(again.artwork, pages.artwork)


@pytest.mark.parametrize("scores", [
    np.random.default_rng(0).normal(size=(30, 90)),
    np.random.default_rng(1).integers(3, size=(30, 90)) * 1.0,
    np.where(np.random.default_rng(2).random((30, 90)) < 0.9, -np.inf, 1.0),
    np.zeros((4, 6)),
])  # fmt: skip
def test_the_best_are_those_of_a_whole_sort(scores):
    lot = np.random.default_rng(3).exponential(size=scores.shape)
    whole = np.lexsort((lot, -scores), axis=1)[:, :20]
    np.testing.assert_array_equal(ranked(scores, lot, 20), whole)


def order_of(policy, before):
    policy.learn(before.state.known)
    return np.argsort(-policy.scores, axis=1, kind="stable")


def test_opinions_that_count_nothing_leave_the_models_order(before):
    plain, leaning = Recommended(Popular()), WithOpinions(Popular(), weight=0.0)
    np.testing.assert_array_equal(order_of(plain, before), order_of(leaning, before))


def test_opinions_raise_a_title_by_the_stars_it_was_given(before):
    policy = WithOpinions(Popular(), weight=2.0, doubt=5.0)
    policy.learn(before.state.known)
    given, counts = before.state.known.opinions("stars"), before.state.known.watched().item_counts
    total = np.asarray(given.matrix.sum(axis=0)).ravel()
    stars = (total + 5 * total.sum() / given.item_counts.sum()) / (given.item_counts + 5)
    z = [(x - x.mean()) / x.std() for x in (counts, stars)]
    np.testing.assert_allclose(policy.scores[0], z[0] + 2 * z[1], atol=2e-6)
    with pytest.raises(ArgumentError, match="doubt"):
        WithOpinions(Popular(), doubt=0)


def test_a_model_that_needs_viewers_is_given_them(world, before):
    life = live(world, Recommended(DemographicGroups()), weeks=1, start=before)
    assert life.policy.scores.shape == (120, 882)
