"""The headline claims of chapter 2, each over five worlds with their own viewers and tastes."""

from __future__ import annotations

import numpy as np
import pytest
from surprise import SVD

from recsys_lib.evaluation import evaluate
from recsys_lib.models import DemographicGroups, ItemKNN, Popular, Random, SurpriseModel
from recsys_lib.splits import split_by_time, split_random
from tests.claims.nulls import null_lists


@pytest.fixture(scope="module")
def star_tests(larger_worlds):
    """For each world: its split of the stars, and nDCG@10 by model."""
    tests = []
    for small in larger_worlds:
        split = split_random(small.matinee.stars(), rng=np.random.default_rng(0))
        svd = SurpriseModel(SVD(random_state=0))
        models = {"random": Random(), "popular": Popular(), "svd": svd}
        tests.append((split, ndcg(models, split, relevant_from=4)))
    return tests


@pytest.fixture(scope="module")
def true_stars(larger_worlds, star_tests) -> list[dict[str, float]]:
    """For each world: true stars of the ten titles of each list, and of the best possible ten."""
    return [
        stars_of_lists(small.world, split)
        for small, (split, _) in zip(larger_worlds, star_tests, strict=True)
    ]


def stars_of_lists(world, split) -> dict[str, float]:
    train, truth = split.train, world.true_utility(split.train.users)
    rows = np.arange(train.n_users)[:, None]
    seen = train.binary().toarray() > 0
    models = {"popular": Popular(), "svd": SurpriseModel(SVD(random_state=0))}
    found = {}
    for name, model in models.items():
        ten = model.fit(train).recommend(k=10)["item_id"]
        found[name] = truth[rows, train.item_positions(ten).reshape(-1, 10)].mean()
    for kind in ("lot", "same for all"):
        found[kind] = truth[rows, null_lists(kind, seen, ~seen, 10, seed=world.seed)].mean()
    found["best"] = np.sort(np.where(seen, -np.inf, truth))[:, -10:].mean()
    return found


def ndcg(models, split, **options):
    table = evaluate(models, split, metrics=("ndcg",), progress=False, **options)
    return table[table["segment"] == "all"].set_index("model")["mean"]


def test_svd_beats_the_mean_at_predicting_stars(star_tests, surely_positive):
    gains = []
    for split, _ in star_tests:
        asked = split.test.to_frame()
        svd = SurpriseModel(SVD(random_state=0)).fit(split.train)
        error = svd.predict(asked["user_id"], asked["item_id"]) - asked["value"]
        constant = split.train.matrix.data.mean() - asked["value"]
        gains.append(np.sqrt((constant**2).mean()) - np.sqrt((error**2).mean()))
    assert surely_positive(gains, by=0.02)


def test_svd_loses_to_popular_at_making_lists(star_tests, surely_positive):
    assert surely_positive([scores["popular"] - 2 * scores["svd"] for _, scores in star_tests])


def test_by_the_truth_the_list_of_svd_pleases_more_than_popular(true_stars, surely_positive):
    """In the way from lot to the best possible, of which no null list goes any."""
    for world in true_stars:
        assert world["best"] > world["svd"]
    way = {
        name: [(w[name] - w["lot"]) / (w["best"] - w["lot"]) for w in true_stars]
        for name in ("svd", "popular", "same for all")
    }
    assert surely_positive(np.subtract(way["svd"], way["popular"]), by=0.05)
    assert surely_positive(way["popular"], by=0.01)
    assert abs(np.mean(way["same for all"])) < 0.05


def test_svd_beats_a_list_drawn_by_lot(star_tests, surely_positive):
    assert surely_positive([scores["svd"] - scores["random"] for _, scores in star_tests])


def test_a_random_split_flatters_every_model_that_learns(larger_worlds, surely_positive):
    models = {"popular": Popular(), "groups": DemographicGroups(), "neighbours": ItemKNN()}
    promised, kept = [], []
    for small in larger_worlds:
        watched = small.matinee.watched()
        at_random = split_random(watched, rng=np.random.default_rng(0))
        promised.append(ndcg(models, at_random, users=small.matinee.users))
        kept.append(ndcg(models, split_by_time(watched), users=small.matinee.users))
    for model in models:
        flattery = [high[model] - low[model] for high, low in zip(promised, kept, strict=True)]
        assert surely_positive(flattery, by=0.01), model


def test_the_stars_that_are_given_are_rosier_than_the_truth(small_worlds, surely_positive):
    gaps = [
        small.matinee.stars().matrix.data.mean() - small.world.true_stars().mean()
        for small in small_worlds
    ]
    assert surely_positive(gaps, by=0.5)


def test_tiles_further_down_are_clicked_less_though_drawn_by_lot(small_worlds, surely_positive):
    gaps = []
    for small in small_worlds:
        by_lot = small.matinee.impressions.query("uniform")
        clicked = by_lot.groupby("row")["clicked"].mean()
        gaps.append(clicked[1] - clicked[4])
    assert surely_positive(gaps)


def test_minutes_of_a_film_follow_its_length_more_than_its_stars(small_worlds, surely_positive):
    gaps = []
    for small in small_worlds:
        films = small.matinee.titles.query("kind == 'film'").set_index("title_id")
        plays = small.matinee.plays.groupby("title_id")["minutes"].agg(["mean", "size"])
        minutes = plays.loc[plays["size"] >= 20, "mean"].reindex(films.index).dropna()
        stars = small.matinee.stars().to_frame().groupby("item_id")["value"].mean()
        with_length = minutes.corr(films["runtime_min"].reindex(minutes.index), method="spearman")
        with_stars = minutes.corr(stars.reindex(minutes.index), method="spearman")
        gaps.append(with_length - with_stars)
    assert surely_positive(gaps, by=0.2)


def test_a_leaking_clue_makes_leaving_look_foreseeable(small_worlds, surely_positive):
    """Days since the last play, counted from the table's end, against the same up to a date."""
    gains = []
    for small in small_worlds:
        plays, viewers = small.matinee.plays, small.matinee.viewers.set_index("viewer_id")
        middle = plays["started_at"].quantile(0.5)
        here = viewers[(viewers["joined_on"] < middle) & ~(viewers["left_on"] < middle)]
        leaves = here["left_on"].notna()
        known = auc(leaves, idle_days(plays[plays["started_at"] < middle], here.index))
        gains.append(auc(leaves, idle_days(plays, here.index)) - known)
    assert surely_positive(gains, by=0.1)


def idle_days(plays, viewers):
    last = plays.groupby("viewer_id")["started_at"].max().reindex(viewers)
    return (plays["started_at"].max() - last).dt.days.fillna(999)


def auc(label, score):
    """The chance that a positive has the higher score, ties counting half."""
    positive, negative = score[label].to_numpy(), score[~label].to_numpy()
    above = (positive[:, None] > negative).mean()
    return above + (positive[:, None] == negative).mean() / 2
