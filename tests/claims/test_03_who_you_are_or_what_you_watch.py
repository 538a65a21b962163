"""The headline claims of chapter 3, each over five worlds with their own viewers and tastes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from recsys_lib.evaluation import evaluate
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import DemographicGroups, ItemKNN, Popular
from recsys_lib.models.top_k import top_k
from recsys_lib.splits import split_by_time, split_random

KNOWN, FIRST = (0, 3, 5, 10), 10
ALL = ("gender", "age_band", "household", "country", "plan")


@pytest.fixture(scope="module")
def curves(larger_worlds):
    """For each world: nDCG@10 of new viewers by model and number of titles known."""
    return [curve(larger.matinee) for larger in larger_worlds]


def curve(matinee) -> dict[tuple[str, int], float]:
    """Learn from all before a date; judge those who joined after it on what follows their tenth."""
    watched, users = matinee.watched(), matinee.users
    joined = matinee.viewers.set_index("viewer_id")["joined_on"].loc[watched.users]
    cut = matinee.plays["started_at"].min().normalize() + pd.Timedelta(weeks=8)
    asked = np.flatnonzero((joined >= cut).to_numpy() & (watched.user_counts > FIRST))
    past, theirs = split_by_time(watched, cut=cut).train, np.isin(watched.event_rows, asked)
    place = pd.Series(watched.times).groupby(watched.event_rows).rank("first").to_numpy()
    seen = watched.select(theirs & (place <= FIRST)).binary()[asked].toarray() > 0
    later = watched.select(theirs & (place > FIRST)).binary()[asked].toarray() > 0
    assert len(asked) > 150
    assert not past.user_counts[asked].any()

    def judge(scores):
        hits = np.take_along_axis(later, top_k(np.where(seen, -np.inf, scores), 10), axis=1)
        return float(ndcg(hits, later.sum(axis=1)).mean())

    labels, neighbours = watched.users[asked], ItemKNN().fit(past)
    alone = {
        "groups": DemographicGroups().fit(past, users=users).score_all(labels),
        "popular": Popular().fit(past).score_all(labels),
    }
    result = {(name, 0): judge(scores) for name, scores in alone.items()}
    for n in KNOWN:
        viewing = neighbours.score_histories(watched.select(theirs & (place <= n)))[asked]
        result["viewing", n] = judge(viewing)
        for name, scores in alone.items():
            result[f"with {name}", n] = judge(n * standard(viewing) + 2 * standard(scores))
    others = np.roll(asked, 1)  # each gets what somebody else had watched
    histories = watched.select(theirs & (place <= FIRST))
    result["another's viewing", FIRST] = judge(neighbours.score_histories(histories)[others])
    return result


def standard(scores):
    spread = scores.std(axis=1, keepdims=True)
    return (scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)


def test_on_the_first_evening_a_profile_gains_little_if_anything(curves):
    gains = [c["groups", 0] - c["popular", 0] for c in curves]
    assert -0.005 < np.mean(gains) < 0.015


def test_viewing_overtakes_the_profile_within_ten_titles(curves, surely_positive):
    assert surely_positive([c["viewing", 10] - c["groups", 0] for c in curves])


def test_somebody_elses_titles_overtake_nothing(curves, surely_positive):
    """The null model of *viewing overtakes the profile*."""
    losses = [c["groups", 0] - c["another's viewing", FIRST] for c in curves]
    assert surely_positive(losses)


def test_both_together_beat_the_profile_from_three_titles_on(curves, surely_positive):
    for n in (3, 5, 10):
        assert surely_positive([c["with groups", n] - c["groups", 0] for c in curves]), n


def test_mixing_in_the_profile_is_worth_no_more_than_mixing_in_popularity(curves):
    """The null model of *both together are better*: it passes, so the profile is not the cause."""
    for n in (3, 5, 10):
        assert abs(np.mean([c["with groups", n] - c["with popular", n] for c in curves])) < 0.006, n


@pytest.fixture(scope="module")
def groupings(larger_worlds) -> list[pd.Series]:
    """For each world: nDCG@10 by grouping, all on the same split."""
    return [judged_groupings(larger.matinee) for larger in larger_worlds]


def judged_groupings(matinee) -> pd.Series:
    users, rng = matinee.users, np.random.default_rng(0)
    for column in ALL[2:]:
        users = users.assign(**{f"lots of {column}": rng.permutation(users[column])})
    lots = tuple(f"lots of {column}" for column in ALL[2:])
    models = {
        "popular": Popular(),
        "coarse": DemographicGroups(),
        "fine": DemographicGroups(ALL, shrinkage=0),
        "fine, shuffled": DemographicGroups((*ALL[:2], *lots), shrinkage=0),
        "hers": DemographicGroups(("gender", "age", "country"), shrinkage=0),
    }
    for column in ALL[2:]:
        for name in (column, f"lots of {column}"):
            models[name] = DemographicGroups((*ALL[:2], name), shrinkage=50)
    split = split_random(matinee.watched(), rng=np.random.default_rng(0))
    table = evaluate(models, split, metrics=("ndcg",), users=users, progress=False)
    return table[table["segment"] == "all"].set_index("model")["mean"]


def test_finer_groups_help_until_they_run_out_of_viewers(groupings, surely_positive):
    assert surely_positive([world["coarse"] - world["popular"] for world in groupings])
    assert surely_positive([world["coarse"] - world["fine"] for world in groupings], by=0.02)


def test_shuffled_columns_make_fine_groups_as_bad(groupings, surely_positive):
    """So it is the size of the groups that costs, not what the columns say."""
    losses = [world["coarse"] - world["fine, shuffled"] for world in groupings]
    assert surely_positive(losses, by=0.02)


@pytest.mark.parametrize("column", ALL[2:])
def test_a_third_column_makes_no_better_lists_than_its_shuffling(groupings, column):
    """Whether it says nothing (plan) or something that a list of ten hardly notices."""
    gaps = np.array([world[column] - world[f"lots of {column}"] for world in groupings])
    assert abs(gaps.mean()) < 0.006


def test_a_group_of_her_very_age_and_country_serves_her_worse(groupings, surely_positive):
    assert surely_positive([world["popular"] - world["hers"] for world in groupings], by=0.02)
    assert surely_positive([world["coarse"] - world["hers"] for world in groupings], by=0.02)


def test_most_of_taste_lies_within_groups(small_worlds, surely_positive):
    logs, truths = [], []
    for small in small_worlds:
        group = small.matinee.users["gender"] + small.matinee.users["age_band"]
        watching = small.matinee.watched().binary().toarray()
        liking = small.world.true_utility()
        assert max(share_between(watching, group), share_between(liking, group)) < 0.2
        logs.append(beyond_shuffling(watching, group))
        truths.append(beyond_shuffling(liking, group))
    assert surely_positive(logs)
    assert surely_positive(truths)


@pytest.mark.parametrize("column", ["household", "country"])
def test_household_and_country_say_something_about_liking(small_worlds, surely_positive, column):
    assert surely_positive(
        [beyond_shuffling(s.world.true_utility(), s.matinee.users[column]) for s in small_worlds],
        by=0.001,
    )


def test_the_plan_says_nothing(small_worlds):
    """By construction: the null model of *household and country say something*."""
    gaps = [beyond_shuffling(s.world.true_utility(), s.matinee.users["plan"]) for s in small_worlds]
    assert abs(np.mean(gaps)) < 0.001


def beyond_shuffling(values, group) -> float:
    """Share of the variance between groups, beyond that between the same groups by lot."""
    lots = np.random.default_rng(0).permutation(group)
    return share_between(values, group) - share_between(values, lots)


def share_between(values, group):
    members = pd.get_dummies(group).to_numpy(float)
    size = members.sum(axis=0)
    gap = members.T @ values / size[:, None] - values.mean(axis=0)
    return (size[:, None] * gap**2).sum() / (len(values) * values.var(axis=0).sum())


def test_viewing_gives_away_gender(small_worlds, surely_positive):
    aucs, by_lot = [], []
    for small in small_worlds:
        gender = small.matinee.users["gender"]
        asked = np.flatnonzero(gender.isin(["woman", "man"]))
        plays, label = small.matinee.watched().binary()[asked], gender.iloc[asked] == "woman"
        aucs.append(auc_of_guesses(plays, label.to_numpy()))
        by_lot.append(auc_of_guesses(plays, np.random.default_rng(0).permutation(label)))
    assert surely_positive(aucs, by=0.55)
    assert abs(np.mean(by_lot) - 0.5) < 0.04


def auc_of_guesses(plays, label) -> float:
    model = LogisticRegression(C=0.03)
    chance = cross_val_predict(model, plays, label, cv=5, method="predict_proba")[:, 1]
    return roc_auc_score(label, chance)


def test_what_is_finished_says_more_about_liking_than_minutes(small_worlds, surely_positive):
    gaps = []
    for small in small_worlds:
        pairs = small.matinee.plays.groupby(["viewer_id", "title_id"]).agg(
            minutes=("minutes", "sum"), completion=("completion", "max")
        )
        viewer, title = pairs.index.to_frame().to_numpy().T
        pairs["truth"] = small.world.true_utility()[viewer - 1, title - 1]
        agreement = pairs.groupby("viewer_id").rank().corr()["truth"]
        gaps.append(agreement["completion"] - agreement["minutes"])
    assert surely_positive(gaps, by=0.02)
