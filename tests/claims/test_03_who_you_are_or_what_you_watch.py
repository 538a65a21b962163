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
from recsys_lib.splits import split_random

KNOWN, FIRST = (0, 3, 10, 25), 25


@pytest.fixture(scope="module")
def curves(small_worlds):
    """For each world: nDCG@10 by model and number of titles known."""
    return [curve(small.matinee) for small in small_worlds]


def curve(matinee) -> dict[tuple[str, int], float]:
    watched, users = matinee.watched(), matinee.users
    rows, labels = watched.event_rows, watched.users
    place = pd.Series(watched.times).groupby(rows).rank(method="first").to_numpy() - 1
    asked = np.flatnonzero(watched.user_counts >= FIRST + 5)
    theirs = np.isin(rows, asked)
    seen = watched.select(theirs & (place < FIRST)).binary()[asked]
    later = watched.select(theirs & (place >= FIRST)).binary()[asked].astype(bool)

    def judge(scores):
        scores = scores.astype(float)
        scores[seen.nonzero()] = -np.inf
        hits = np.take_along_axis(later.toarray(), top_k(scores, 10), axis=1)
        return float(ndcg(hits, np.diff(later.indptr)).mean())

    others = watched.select(~theirs)
    groups = DemographicGroups().fit(others, users=users).score_all(labels[asked])
    result = {("groups", 0): judge(groups)}
    result["popular", 0] = judge(Popular().fit(others).score_all(labels[asked]))
    for n in KNOWN:
        train = watched.select(~theirs | (place < n))
        viewing = ItemKNN().fit(train).score_all(labels[asked])
        weight = n / (n + 2)
        both = weight * standard(viewing) + (1 - weight) * standard(groups)
        result["viewing", n], result["both", n] = judge(viewing), judge(both)
    return result


def standard(scores):
    return (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)


def test_with_nothing_watched_a_profile_beats_popularity(curves, surely_positive):
    assert surely_positive([c["groups", 0] - c["popular", 0] for c in curves])


def test_viewing_overtakes_the_profile_within_ten_titles(curves, surely_positive):
    assert surely_positive([c["viewing", 10] - c["groups", 0] for c in curves])


def test_both_together_beat_the_profile_from_three_titles_on(curves, surely_positive):
    for n in (3, 10, 25):
        assert surely_positive([c["both", n] - c["groups", 0] for c in curves]), n


def test_both_together_beat_viewing_when_little_is_known(curves, surely_positive):
    assert surely_positive([c["both", 3] - c["viewing", 3] for c in curves])


def test_finer_groups_help_until_they_run_out_of_viewers(small_worlds, surely_positive):
    fine = ("gender", "age_band", "household", "country", "plan")
    models = {"coarse": DemographicGroups(), "fine": DemographicGroups(fine, shrinkage=0)}
    losses = []
    for small in small_worlds:
        split = split_random(small.matinee.watched(), rng=np.random.default_rng(0))
        table = evaluate(
            models, split, metrics=("ndcg",), users=small.matinee.users, progress=False
        )
        mean = table[table["segment"] == "all"].set_index("model")["mean"]
        losses.append(mean["coarse"] - mean["fine"])
    assert surely_positive(losses, by=0.02)


def test_most_of_taste_lies_within_groups(small_worlds, surely_positive):
    logs, truths = [], []
    for small in small_worlds:
        group = small.matinee.users["gender"] + small.matinee.users["age_band"]
        by_lot = np.random.default_rng(0).permutation(group)
        watching = small.matinee.watched().binary().toarray()
        liking = small.world.true_utility()
        assert max(share_between(watching, group), share_between(liking, group)) < 0.2
        logs.append(share_between(watching, group) - share_between(watching, by_lot))
        truths.append(share_between(liking, group) - share_between(liking, by_lot))
    assert surely_positive(logs)
    assert surely_positive(truths)


def share_between(values, group):
    members = pd.get_dummies(group).to_numpy(float)
    size = members.sum(axis=0)
    gap = members.T @ values / size[:, None] - values.mean(axis=0)
    return (size[:, None] * gap**2).sum() / (len(values) * values.var(axis=0).sum())


def test_viewing_gives_away_gender(small_worlds, surely_positive):
    aucs = []
    for small in small_worlds:
        gender = small.matinee.users["gender"]
        asked = np.flatnonzero(gender.isin(["woman", "man"]))
        plays, label = small.matinee.watched().binary()[asked], gender.iloc[asked] == "woman"
        model = LogisticRegression(C=0.03)
        chance = cross_val_predict(model, plays, label, cv=5, method="predict_proba")[:, 1]
        aucs.append(roc_auc_score(label, chance))
    assert surely_positive(aucs, by=0.55)


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
