"""The claims of chapter 15, in small worlds: a quarter of the titles, 250 viewers, ten seeds."""

from functools import partial

import numpy as np
import pytest
from scipy import stats

from recsys_lib.models import EASE
from recsys_lib.simulation import World, WorldConfig
from recsys_lib.simulation.loop.feedback_loop import run_loop
from recsys_lib.simulation.loop.policies import Learned, Lottery
from recsys_lib.simulation.loop.study import judged
from recsys_lib.simulation.loop.worlds import remedies, taste_groups
from recsys_lib.simulation.world.catalogue import read_catalogue

SEEDS = range(21, 31)
WEEKS = {"rounds": 16, "memory": 8}
L2 = 100.0


def make(seed):
    return World(seed, 250, 1, WorldConfig(search=0.2), read_catalogue().iloc[::4])


def halves(run, of="all", group="all"):
    """Mean of each measure over the first and over the last eight weeks."""
    frame = run.frame
    frame = frame[(frame["of"] == of) & (frame["group"] == group)]
    return frame.groupby([frame["round"] >= 8, "measure"])["value"].mean().unstack(0)


@pytest.fixture(scope="module")
def loops():
    """policy → one run a seed: by lot, learned weekly, once, from the log by lot, and from once's.

    The last learns from pages that a recommender chose, without a part in choosing them.
    """
    runs = {"by lot": [], "weekly": [], "once": [], "clean": [], "chosen": []}
    for seed in SEEDS:
        world = make(seed)
        live = partial(run_loop, world, viewer_groups={"taste": taste_groups(world)}, **WEEKS)
        lot = live(Lottery())
        live = partial(live, start=lot.start)
        runs["by lot"].append(lot)
        runs["weekly"].append(live(Learned(EASE(L2))))
        once = live(Learned(EASE(L2), every=None))
        runs["once"].append(once)
        runs["chosen"].append(live(Learned(EASE(L2), lessons=once.histories)))
        runs["clean"].append(live(Learned(EASE(L2), lessons=lot.histories)))
    return runs


def late(runs, measure):
    return np.array([halves(run).loc[measure, True] for run in runs])


def change(runs, measure):
    return np.array([halves(run).loc[measure].diff().iloc[-1] for run in runs])


def interval(values):
    half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return np.mean(values) - half, np.mean(values) + half


@pytest.mark.parametrize("control", ["once", "clean", "chosen"])
def test_learning_from_its_own_log_makes_viewers_alike_without_making_them_happier(
    loops, surely_positive, control
):
    """The finding of Chaney, Stewart and Engelhardt (2018)."""
    assert surely_positive(late(loops["weekly"], "alike") - late(loops[control], "alike"), by=0.004)
    gain = late(loops["weekly"], "utility") - late(loops[control], "utility")
    assert surely_positive(-gain)


def test_popularity_feeds_on_itself(loops, surely_positive):
    """The finding of Mansoury et al. (2020): the bias grows from week to week."""
    for measure in ("gini", "slate_popularity"):
        assert surely_positive(change(loops["weekly"], measure) - change(loops["clean"], measure))
        assert surely_positive(change(loops["weekly"], measure))


def test_pages_by_lot_show_no_trend(loops, surely_positive):
    """The null control: whatever trend there is elsewhere, the loop made it."""
    for measure in ("alike", "gini", "popularity", "utility", "diversity"):
        low, high = interval(change(loops["by lot"], measure))
        assert low <= 0 <= high, measure
    drifted = np.abs(change(loops["by lot"], "alike")).mean()
    assert drifted < 0.2 * change(loops["weekly"], "alike").mean()


def test_tastes_without_drift_stay_exactly_where_they_were(loops):
    for run in loops["weekly"]:
        found = halves(run)
        assert (found.loc["taste_shift"] == 0).all()
        assert (found.loc["utility"] == found.loc["utility_then"]).all()


def test_the_exam_soars_and_the_pages_do_not(loops, surely_positive):
    """EASE judged in the log of a service that it runs, and in the log by lot."""
    gains = []
    for lot, weekly in list(zip(loops["by lot"], loops["weekly"], strict=True))[:5]:
        own, neutral = (judged(run).set_index("group").loc["EASE"] for run in (weekly, lot))
        gains.append(
            (
                own["offline"] / neutral["offline"] - 1,
                own["slate_utility"] - neutral["slate_utility"],
            )
        )
    exam, page = np.transpose(gains).astype(float)
    assert surely_positive(exam, by=0.5)
    assert surely_positive(-page, by=-0.1)


def test_lists_by_lot_do_not_soar_in_that_exam(loops):
    """The null model of the exam: what knows nothing finds as little in either log."""
    for lot, weekly in list(zip(loops["by lot"], loops["weekly"], strict=True))[:5]:
        own, neutral = (judged(run).set_index("group")["offline"] for run in (weekly, lot))
        assert abs(own["Random"] - neutral["Random"]) < (own["EASE"] - neutral["EASE"]) / 5


def of_group(runs, measure, group):
    return np.array([halves(run, "taste", group).loc[measure, True] for run in runs])


def test_the_loop_costs_niche_viewers_more_than_the_mainstream(loops, surely_positive):
    """In the true quality of pages, against the twin with clean data."""
    price = {
        group: of_group(loops["clean"], "slate_utility", group)
        - of_group(loops["weekly"], "slate_utility", group)
        for group in ("niche", "mainstream")
    }
    assert surely_positive(price["niche"])
    assert surely_positive(price["niche"] - price["mainstream"])


def test_by_popularity_lift_pages_by_lot_are_unfair_too(loops, surely_positive):
    """Why it is no measure of who pays: a null model passes."""
    lifts = {
        group: of_group(loops["by lot"], "slate_popularity", group)
        / of_group(loops["by lot"], "popularity", group)
        for group in ("niche", "mainstream")
    }
    assert surely_positive(lifts["niche"] - lifts["mainstream"])


def test_choosing_for_people_narrows_diets_and_the_loop_hardly_adds_to_it(loops, surely_positive):
    diets = {name: late(runs, "diversity") for name, runs in loops.items()}
    narrowed = diets["by lot"] - diets["clean"]
    assert surely_positive(narrowed, by=0.01)
    assert np.abs((diets["clean"] - diets["weekly"]).mean()) < narrowed.mean() / 2


def test_drifting_viewers_seem_happier_and_are_not(surely_positive):
    """By today's taste satisfaction rises; by the taste they came with it falls."""
    runs = [run_loop(make(s), Learned(EASE(L2)), drift=0.05, **WEEKS) for s in list(SEEDS)[:5]]
    assert surely_positive(change(runs, "utility"), by=0.1)
    assert surely_positive(-change(runs, "utility_then"))
    assert surely_positive(late(runs, "taste_shift"), by=0.02)


def test_what_varies_a_list_does_not_set_viewers_apart(loops, surely_positive):
    """MMR: more diverse diets, no less alike. A discount on popularity: the reverse, and glad."""
    mmr, discount, explore = [], [], []
    for seed, run in list(zip(SEEDS, loops["weekly"], strict=True))[:5]:
        world = make(seed)
        made = remedies(world)
        live = partial(run_loop, world, start=run.start, **WEEKS)
        mmr.append(live(made["MMR 0.6"]))
        discount.append(live(made["discounted 0.6"]))
        explore.append(live(made["explore 0.05"]))
    weekly = loops["weekly"][:5]
    assert surely_positive(late(mmr, "diversity") - late(weekly, "diversity"), by=0.02)
    set_apart = late(weekly, "alike") - late(discount, "alike")
    assert surely_positive(set_apart, by=0.01)
    assert np.mean(late(weekly, "alike") - late(mmr, "alike")) < set_apart.mean() / 4
    assert surely_positive(late(discount, "utility") - late(weekly, "utility"), by=-0.01)
    # Five slots in a hundred by lot: hardly a price, and hardly an effect on likeness.
    assert surely_positive(late(explore, "utility") - late(weekly, "utility"), by=-0.04)
    assert np.abs(late(explore, "alike") - late(weekly, "alike")).mean() < 0.005
    assert surely_positive(late(explore, "slate_coverage") - late(weekly, "slate_coverage"), by=0.1)
