"""The headline claims of chapter 10, each over five worlds and beside its null world."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from recsys_lib import Interactions
from recsys_lib.models import EASE, OpinionMF
from recsys_lib.models.factors.opinions import giving_chances
from recsys_lib.models.top_k import top_k
from recsys_lib.online import BanditWorld, EpsilonGreedy, Refitted, play, week_by_week
from recsys_lib.simulation.loop.in_time import SEEDS, read_in_time
from recsys_lib.simulation.world.config import START


class Opinions:
    """One world: its tables as arrays, and what the truth says of them."""

    def __init__(self, small) -> None:
        self.world, matinee = small.world, small.matinee
        self.rng = np.random.default_rng(small.world.seed)
        self.watched, self.stars = matinee.watched(), matinee.stars()
        self.thumbs = matinee.thumbs()
        self.seen = self.watched.binary().toarray() > 0
        self.utility = small.world.truth.utility()
        self.felt = self.utility + small.world.habits["generosity"].to_numpy()[:, None]
        self.ease = EASE().fit(self.watched)

    def worth(self, scores) -> float:
        """Mean true stars of each viewer's ten best unseen."""
        ten = top_k(np.where(self.seen, -np.inf, scores), 10)
        return float(np.take_along_axis(self.utility, ten, axis=1).mean())

    def asked(self, pairs: np.ndarray) -> np.ndarray:
        """Stars that viewers would say of pairs, drawn by lot, after an evening with each."""
        luck = self.rng.normal(0, self.world.config.evening_stars, len(pairs))
        return np.clip(np.rint(self.felt.ravel()[pairs] + luck), 1, 5)

    def by_lot(self, n: int) -> np.ndarray:
        return self.rng.permutation(self.felt.size)[:n]


@pytest.fixture(scope="module")
def worlds(small_worlds) -> list[Opinions]:
    return [Opinions(small) for small in small_worlds]


# Who speaks ------------------------------------------------------------------------------------


def shares(w: Opinions, given: Interactions) -> list[float]:
    """Thumbs up: as given, had all watched pairs been asked, had all pairs been."""
    up = ndtr((w.felt - 3) / w.world.config.evening_stars)
    return [float((given.matrix.data > 0).mean()), float(up[w.seen].mean()), float(up.mean())]


def test_thumbs_point_up_more_often_than_they_would_of_all_watched_or_of_all(
    worlds, surely_positive
):
    given, watched, everything = np.array([shares(w, w.thumbs) for w in worlds]).T
    assert surely_positive(given - watched, by=0.08)
    assert surely_positive(watched - everything, by=0.2)


def test_null_thumbs_by_lot_point_up_as_often_as_of_all_watched(worlds, surely_positive):
    gaps = []
    for w in worlds:
        pairs = w.rng.choice(np.flatnonzero(w.seen), w.thumbs.n_events, replace=False)
        evening = w.rng.normal(0, w.world.config.evening_stars, len(pairs))
        up = w.felt.ravel()[pairs] + evening >= 3
        given, watched, _ = shares(w, opinions_of(w, pairs, np.where(up, 1, -1)))
        gaps.append(given - watched)
    assert not surely_positive(gaps, by=0.02) and not surely_positive(-np.array(gaps), by=0.02)


def opinions_of(w: Opinions, pairs, values) -> Interactions:
    rows, columns = np.divmod(pairs, w.felt.shape[1])
    frame = pd.DataFrame({"user_id": w.stars.users[rows], "item_id": w.stars.items[columns]})
    frame["value"] = values
    return Interactions.from_frame(
        frame, value="value", users=w.stars.users, items=w.stars.items
    )  # fmt: skip


# Three ways to hear silence --------------------------------------------------------------------


def error_and_worth(w: Opinions, given: Interactions, chances) -> tuple[float, float]:
    model = OpinionMF(l2=15, chances=chances).fit(given)
    scores = model.score_all(given.users)
    wrong = (scores - np.clip(w.felt, 1, 5))[~w.seen]
    return float(np.sqrt((wrong**2).mean())), w.worth(scores)


@pytest.fixture(scope="module")
def heard(worlds) -> pd.DataFrame:
    rows = []
    for w in worlds:
        chances = giving_chances(w.stars.matrix.data, w.asked(w.by_lot(500)), w.felt.size)
        naive, weighted = (error_and_worth(w, w.stars, way) for way in (None, chances))
        asked = opinions_of(w, pairs := w.by_lot(w.stars.n_events), w.asked(pairs))
        again = giving_chances(asked.matrix.data, w.asked(w.by_lot(500)), w.felt.size)
        of_all, of_all_weighted = (error_and_worth(w, asked, way) for way in (None, again))
        rows.append(
            [*naive, *weighted, of_all[0], of_all_weighted[0], w.worth(w.rng.random(w.felt.shape))]
        )
    names = ["naive", "naive list", "weighted", "weighted list", "null", "null weighted", "lot"]
    return pd.DataFrame(rows, columns=names)


def test_weights_mend_the_expected_stars_and_spoil_the_order(heard, surely_positive):
    assert surely_positive(heard["naive"] - heard["weighted"], by=0.3)
    assert surely_positive(heard["naive list"] - heard["weighted list"], by=0.3)
    assert surely_positive(heard["naive list"] - heard["lot"], by=0.4)


def test_null_where_pairs_are_asked_by_lot_weights_mend_nothing(heard, surely_positive):
    assert not surely_positive(heard["null"] - heard["null weighted"], by=0.01)
    assert surely_positive(heard["naive"] - heard["null"], by=0.3)


def test_weights_by_title_and_viewer_leave_the_mean_as_wrong_as_it_was(worlds, surely_positive):
    left, mended = [], []
    for w in worlds:
        log, truth = w.stars, np.clip(w.felt, 1, 5).mean()
        value = log.matrix.data.astype(float)
        of_pair = log.item_counts[log.matrix.indices] * log.user_counts[log.event_rows]
        chances = giving_chances(value, w.asked(w.by_lot(500)), w.felt.size)
        weight = [1 / chances[one] for one in value.tolist()]
        off = {
            "naive": value.mean() - truth,
            "pair": np.average(value, weights=1 / of_pair) - truth,
        }
        left.append(off["pair"] - 0.8 * off["naive"])
        mended.append(0.3 * off["naive"] - abs(np.average(value, weights=weight) - truth))
    assert surely_positive(left) and surely_positive(mended)


# The twin --------------------------------------------------------------------------------------


def pressed(w: Opinions, choose: str) -> tuple[float, float]:
    """What one press that subtracts a title changes: likeness to it, and true stars of the ten.

    choose: the title: the newest with a thumb "down", any watched by "lot", or the "worst" watched
    by true taste, the button of one whose dislikes are of the kind that lists can follow.
    """
    down = w.thumbs.select(w.thumbs.matrix.data < 0)
    order = np.argsort(down.times, kind="stable")
    newest = dict(zip(down.event_rows[order], down.matrix.indices[order], strict=True))
    rows = np.array(sorted(newest))
    fit = np.where(w.seen, w.world.affinity(), np.inf)
    title = {
        "down": lambda row: newest[row],
        "lot": lambda row: w.rng.choice(np.flatnonzero(w.seen[row])),
        "worst": lambda row: fit[row].argmin(),
    }[choose]
    columns = np.array([title(row) for row in rows])
    lists = []
    for counts in (1.0, -1.0):
        history = w.seen[rows].astype(np.float32)
        history[np.arange(len(rows)), columns] = counts
        lists.append(top_k(np.where(w.seen[rows], -np.inf, history @ w.ease.weights_), 10))
    vectors = w.world.vectors
    like = [np.einsum("vkd,vd->vk", vectors[ten], vectors[columns]).mean() for ten in lists]
    stars = [np.take_along_axis(w.utility[rows], ten, axis=1).mean() for ten in lists]
    return float(like[1] - like[0]), float(stars[1] - stars[0])


@pytest.fixture(scope="module")
def twins(worlds) -> dict[str, np.ndarray]:
    return {kind: np.array([pressed(w, kind) for w in worlds]).T
            for kind in ("down", "lot", "worst")}  # fmt: skip


def test_a_list_obeys_a_thumb_down_and_pleases_no_more(twins, surely_positive):
    likeness, stars = twins["down"]
    assert surely_positive(-likeness, by=0.02)
    assert not surely_positive(stars) and surely_positive(0.02 - stars)


def test_null_a_press_by_lot_is_obeyed_as_well_and_pleases_no_less(twins, surely_positive):
    likeness, stars = twins["lot"]
    assert surely_positive(-likeness, by=0.02)
    assert not surely_positive(twins["down"][1] - stars, by=0.02)


def test_null_a_press_on_what_taste_dislikes_most_pleases_more_than_one_by_lot(
    twins, surely_positive
):
    assert surely_positive(twins["worst"][1] - twins["lot"][1], by=0.02)


# What all thumbs say ---------------------------------------------------------------------------


def gain_of_opinions(w: Opinions, shuffled: bool) -> float:
    """True stars gained where a title's mean thumb is added to EASE's scores."""
    n, up = w.thumbs.item_counts, w.thumbs.matrix.data > 0
    up = w.rng.permutation(up) if shuffled else up
    ups = np.bincount(w.thumbs.matrix.indices, up, len(n))
    opinion = (ups + 20 * ups.sum() / n.sum()) / (n + 20)
    opinion = (opinion - opinion.mean()) / opinion.std()
    base = w.ease.score_all(w.watched.users)
    return w.worth(base + 0.3 * base.std(axis=1, keepdims=True) * opinion) - w.worth(base)


def test_all_thumbs_together_teach_much_about_titles(worlds, surely_positive):
    assert surely_positive([gain_of_opinions(w, shuffled=False) for w in worlds], by=0.04)


def test_null_shuffled_thumbs_teach_nothing(worlds, surely_positive):
    assert not surely_positive([gain_of_opinions(w, shuffled=True) for w in worlds], by=0.01)


# Never again, and weeks ------------------------------------------------------------------------


def stored(study: str, columns: list[str], at: int | None = None) -> pd.DataFrame:
    table = read_in_time().query("study == @study")
    table = table if at is None else table[table["at"] == at]
    return table.pivot(index="seed", columns=columns, values="value").loc[list(SEEDS)]


def test_taking_a_disliked_title_away_costs_stars_unless_luck_lasts(surely_positive):
    gain = stored("never again", ["world"])
    assert surely_positive(-gain["luck of the evening"], by=0.15)
    assert not surely_positive(-gain["luck lasts"])
    assert surely_positive(gain["luck lasts"] - gain["luck of the evening"], by=0.15)


class Swapped(Refitted):
    """Folds in the histories of somebody else."""

    def scores(self, known):
        order = np.roll(np.arange(known.n_users), 1)
        return self.fitted_.score_histories(known)[order]


def test_folding_in_saves_most_of_what_freezing_loses_and_another_s_history_does_not(
    worlds, surely_positive
):
    rows = []
    for w in worlds:
        ways = {
            "weekly": Refitted(EASE()), "folded": Refitted(EASE(), every=None),
            "frozen": Refitted(EASE(), every=None, fold_in=False),
            "swapped": Swapped(EASE(), every=None),
        }  # fmt: skip
        begins = pd.Timestamp(START) + pd.Timedelta(weeks=6)
        rows.append(week_by_week(w.watched, ways, start=begins)[list(ways)].mean())
    weeks = pd.DataFrame(rows)
    assert surely_positive(weeks["weekly"] - weeks["frozen"], by=0.005)
    saved = weeks["folded"] - weeks["frozen"]
    assert surely_positive(saved - 0.5 * (weeks["weekly"] - weeks["frozen"]))
    assert not surely_positive(weeks["swapped"] - weeks["frozen"])


def test_forgetting_old_plays_helps_where_tastes_drift_and_not_where_nothing_moves(surely_positive):
    table = stored("forgetting", ["world", "policy", "at"])
    gains = {
        world: table[world, "histories", 28] - table[world, "nothing", 0]
        for world in ("tastes drift", "nothing moves")
    }
    assert surely_positive(gains["tastes drift"], by=0.001)
    assert surely_positive(-gains["nothing moves"], by=0.003)


def test_a_log_that_fades_before_the_weights_are_learned_is_worse_everywhere(surely_positive):
    table = stored("forgetting", ["world", "policy", "at"])
    for world in table.columns.get_level_values("world").unique():
        lost = table[world, "histories", 28] - table[world, "all", 28]
        assert surely_positive(lost, by=0.003), world


# The price of knowing --------------------------------------------------------------------------


def test_any_learner_that_tries_each_title_well_loses_far_less_than_lots(surely_positive):
    lost = stored("exploring", ["policy"], at=120)
    for policy in ("greedy", "a tenth by lot", "UCB", "Thompson"):
        assert surely_positive(1 - lost[policy] / lost["lot"], by=0.3), policy


def test_greedy_that_tried_each_title_on_ten_is_not_beaten_by_thompson(surely_positive):
    lost = stored("exploring", ["policy"], at=120)
    assert not surely_positive(lost["greedy"] - lost["Thompson"])
    # Nor is that for want of worlds: a third more would be seen. Hasty, the null, is not so near.
    assert surely_positive(1.33 * lost["Thompson"] - lost["greedy"])
    assert not surely_positive(1.33 * lost["Thompson"] - lost["hasty"])


def test_the_luck_of_one_viewer_decides_where_each_title_is_tried_on_one(surely_positive):
    runs = read_in_time().query("study == 'one run'")
    spread = runs.groupby(["seed", "policy"])["value"].std().unstack()
    assert surely_positive(np.log(spread["hasty"] / spread["Thompson"]), by=0.3)


def test_null_where_all_titles_are_alike_nothing_is_lost():
    world = BanditWorld(np.zeros((1, 0)), np.full((1, 8), 0.3))
    for epsilon in (0.0, 0.1, 1.0):
        assert play(EpsilonGreedy(8, epsilon), world, rounds=20, batch=10, seed=0)[
            "regret"
        ].sum() == pytest.approx(0)
