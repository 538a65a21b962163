"""The headline claims of chapter 13, each over five worlds in which people browse, and its null."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from benchmarks.foresight import exam
from recsys_lib.experiments import confidence_sequence, cuped, preference
from recsys_lib.models import EASE, ContentProfile, Popular
from recsys_lib.models.top_k import top_k
from recsys_lib.offpolicy import overlap
from recsys_lib.simulation import (
    Interleaved,
    Recommended,
    WithOpinions,
    World,
    WorldConfig,
    live,
)
from recsys_lib.simulation.service.known import NEVER

SEEDS = (51, 52, 53, 54, 55)
VIEWERS, LEARN, EXAM, LIFE = 500, 4, 2, 8
POLICIES = {
    "popular": Recommended(Popular(), every=14),
    "content": Recommended(ContentProfile(), every=14),
    "EASE": Recommended(EASE(100.0), every=14),
    "opinions": WithOpinions(EASE(100.0), every=14),
}


class ShuffledOpinions(WithOpinions):
    """The null policy: each title is given the stars of another."""

    def learn(self, known):
        other = np.random.default_rng(0).permutation(len(known.titles))
        known = _Relabelled(known, other)
        super().learn(known)


class _Relabelled:
    """What is known, with opinions about other titles than those they were given to."""

    def __init__(self, known, other):
        self._known, self._other = known, other

    def __getattr__(self, name):
        return getattr(self._known, name)

    def opinions(self, kind="stars"):
        given = self._known.opinions(kind)
        return _Shuffled(given.matrix[:, self._other], given.item_counts[self._other])


class _Shuffled:
    def __init__(self, matrix, item_counts):
        self.matrix, self.item_counts = matrix, item_counts


class Past:
    """A world, what models learned from, and the lives that go on from there."""

    def __init__(self, seed: int, **config) -> None:
        config = WorldConfig(**({"search": 0.2} | config))
        self.world = World(seed, VIEWERS, LEARN + EXAM + LIFE, config)
        self.learned = live(self.world, weeks=LEARN)
        self.before = live(self.world, weeks=EXAM, start=self.learned)
        self.lives = {}

    def exam(self, name: str) -> float:
        return exam(POLICIES[name], self.learned, self.before)

    def life(self, name: str, policy=None):
        if name not in self.lives:
            policy = POLICIES[name] if policy is None else policy
            self.lives[name] = live(self.world, policy, weeks=LIFE, start=self.before)
        return self.lives[name]

    def worth(self, name: str, policy=None):
        return self.world.truth.value(self.life(name, policy)).iloc[0]


def gains(pasts, measure, new, old) -> np.ndarray:
    return np.array([past.worth(new)[measure] - past.worth(old)[measure] for past in pasts])


@pytest.fixture(scope="module")
def pasts():
    return [Past(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def careless():
    """The null worlds: whoever leaves does so whatever the evenings were."""
    return [Past(seed, leave_growth=0.0, leave=0.004) for seed in SEEDS]


def test_the_exam_prefers_what_is_popular_and_viewers_prefer_content(pasts, surely_positive):
    """As `garcin2014` found of news; its own title is the exam's, the page's is the viewer's."""
    exams = [past.exam("popular") - past.exam("content") for past in pasts]
    assert surely_positive(exams)
    assert surely_positive(gains(pasts, "satisfaction", "content", "popular"), by=0.1)
    assert surely_positive(-gains(pasts, "left", "content", "popular"), by=0.02)


def test_where_all_titles_are_known_alike_the_exam_does_not_prefer_them(surely_positive):
    """The null worlds: without hits everybody has heard of, the log has nothing to flatter."""
    past = [Past(seed, awareness_sd=0.0) for seed in SEEDS]
    exams = [one.exam("popular") - one.exam("content") for one in past]
    assert not surely_positive(exams) and surely_positive(-np.array(exams))


def test_opinions_lose_clicks_and_keep_viewers(pasts, surely_positive):
    assert surely_positive(-gains(pasts, "click", "opinions", "EASE"), by=0.01)
    assert surely_positive(gains(pasts, "satisfaction", "opinions", "EASE"), by=0.04)
    assert surely_positive(-gains(pasts, "left", "opinions", "EASE"), by=0.002)


def test_they_keep_nobody_who_would_leave_whatever_the_evenings_were(careless, surely_positive):
    gained = -gains(careless, "left", "opinions", "EASE")
    assert not surely_positive(gained) and surely_positive(0.02 - gained)
    assert surely_positive(gains(careless, "satisfaction", "opinions", "EASE"), by=0.04)


def test_opinions_about_other_titles_please_nobody(pasts, surely_positive):
    null = ShuffledOpinions(EASE(100.0), every=14)
    found = [past.worth("shuffled", null)["satisfaction"] - past.worth("EASE")["satisfaction"]
             for past in pasts]  # fmt: skip
    assert not surely_positive(found)


def votes(past, teams) -> float:
    """Share of voters for the first of two policies that are laid into one page for three weeks."""
    mixed = live(past.world, Interleaved(teams), weeks=3, start=past.before, logged=1.0)
    shown = mixed.impressions
    shown = shown[shown["session_id"] > past.before.state.diary.n_sessions]
    taken = shown[shown["clicked"]].merge(mixed.evenings[["session_id", "viewer_id"]])
    first = next(iter(teams))
    credit = taken["team"].eq(first).mul(2).sub(1).groupby(taken["viewer_id"]).sum()
    return preference(credit).share


def test_laid_into_one_page_ease_is_preferred_to_the_page_that_keeps_more(pasts, surely_positive):
    teams = {name: POLICIES[name] for name in ("EASE", "opinions")}
    assert surely_positive([votes(past, teams) - 0.5 for past in pasts])


def test_laid_into_one_page_with_itself_nothing_is_preferred(pasts, surely_positive):
    teams = {"one": POLICIES["EASE"], "other": deepcopy(POLICIES["EASE"])}
    shares = np.array([votes(past, teams) - 0.5 for past in pasts])
    assert not surely_positive(shares) and not surely_positive(-shares)


def stay_more(past, name="EASE") -> float:
    """How many more of those who seldom take something from a page leave, of one page's viewers."""
    each = past.life(name).by_viewer().dropna()
    often = each["click"] > each["click"].median()
    return each["left"][~often].mean() - each["left"][often].mean()


def test_clickers_stay_where_evenings_matter_and_not_where_they_do_not(
    pasts, careless, surely_positive
):
    """Between people clicks go with staying; between the pages above it is the other way round."""
    assert surely_positive([stay_more(past) for past in pasts], by=0.02)
    assert not surely_positive([stay_more(past) for past in careless], by=0.01)


def false_alarms(past, rng) -> tuple[float, float, float]:
    """Of A/A tests of who has left: at one look, at daily ones, and with always-valid intervals."""
    nights = past.life("EASE").evenings
    day = (nights["day"] - past.life("EASE").first + 1)[nights["left"]].to_numpy()
    days = np.arange(7, 7 * LIFE + 1)
    gone = (day[:, None] <= days) * 1.0
    total = np.maximum(gone.sum(axis=0), 1)
    gaps = 2 * ((rng.random((400, len(day))) < 0.5) @ gone) - gone.sum(axis=0)
    alarm = np.abs(gaps) > 1.96 * np.sqrt(total)
    bounds = [confidence_sequence(gap / days, np.sqrt(total) / days) for gap in gaps]
    valid = [((low > 0) | (high < 0)).any() for low, high, _ in bounds]
    return alarm[:, -1].mean(), alarm.any(axis=1).mean(), float(np.mean(valid))


def test_who_looks_every_day_is_often_fooled_and_always_valid_intervals_are_not(
    pasts, surely_positive
):
    """One look is the null: it is fooled as often as it says."""
    one, daily, valid = np.transpose(
        [false_alarms(past, np.random.default_rng(0)) for past in pasts]
    )
    assert surely_positive(daily, by=0.12)
    assert 0.02 < one.mean() < 0.08 and valid.max() <= 0.06


def test_a_log_cannot_answer_for_a_page_unlike_its_own(pasts):
    for past in pasts:
        policy = deepcopy(POLICIES["EASE"])
        policy.learn(past.learned.state.known)
        unseen = np.where(past.learned.state.known.last > NEVER, -np.inf, policy.scores)
        lists = top_k(unseen, 21)
        log = past.before.impressions.merge(past.before.evenings[["session_id", "viewer_id"]])
        slot = (5 * (log["row"] - 1) + log["position"]).where(log["row"] > 0, 0)
        wanted = lists[log["viewer_id"] - 1, slot] + 1 == log["title_id"]
        found = overlap(log["propensity"], wanted, users=log["viewer_id"])
        assert found.reason and found.effective < len(log) / 50
        lot = (log["uniform"] == 1).to_numpy()  # the null: a page that is nearly the log's own
        near = np.where(lot, 0.15, 0.85), np.where(lot, 0.3, 0.7)
        assert not overlap(*near, users=log["viewer_id"]).reason


def test_minutes_before_take_noise_away_and_other_peoples_do_not(pasts, surely_positive):
    kept = []
    for past in pasts:
        before = past.before.by_viewer()["minutes"]
        after = past.life("EASE").by_viewer()["minutes"]
        before = before.reindex(after.index).fillna(0)
        others = np.random.default_rng(0).permutation(before)
        kept.append([cuped(after, x).var() / after.var(ddof=0) for x in (before, others)])
    own, others = np.transpose(kept)
    assert surely_positive(1 - own, by=0.2) and (others > 0.97).all()
