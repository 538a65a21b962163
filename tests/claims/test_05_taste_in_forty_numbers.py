"""The headline claims of chapter 5, each over five worlds with their own viewers and tastes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_predict

from recsys_lib import Interactions
from recsys_lib.evaluation import evaluate
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import EASE, BiasedMF, ImplicitALS, Popular, Random, RatingKNN
from recsys_lib.models.top_k import top_k
from recsys_lib.simulation.world.config import START
from recsys_lib.splits import split_by_time, split_random


def rmse(model, part) -> float:
    pairs = part.users[part.event_rows], part.items[part.matrix.indices]
    return float(np.sqrt(np.mean((model.predict(*pairs) - part.matrix.data) ** 2)))


def ten_best(scores, known) -> np.ndarray:
    scores = np.array(scores, float)
    scores[known.nonzero()] = -np.inf
    return top_k(scores, 10)


def found(best, wanted) -> float:
    hits = np.take_along_axis(wanted, best, axis=1)
    return float(np.nanmean(ndcg(hits, wanted.sum(axis=1))))


def asked_for_stars(world, each: int, viewers: int = 300) -> Interactions:
    rng = np.random.default_rng(world.seed)
    u = np.repeat(np.arange(viewers), each)
    i = np.concatenate([rng.permutation(len(world.titles))[:each] for _ in range(viewers)])
    kindness = world.habits["generosity"].to_numpy()[u]
    luck = rng.normal(0, world.config.evening_stars, len(u))
    exact = world.true_utility(np.arange(viewers) + 1)[u, i] + kindness
    value = np.clip(np.rint(exact + luck), 1, 5)
    return Interactions.from_frame(
        pd.DataFrame({"user_id": u, "item_id": i, "stars": value}), value="stars"
    )


def test_forty_factors_pay_with_many_hundreds_of_stars_a_viewer_and_not_with_thirty(
    small_worlds, surely_positive
):
    settings = {"epochs": 60, "learning_rate": 0.01, "l2": 0.1}
    gains = {30: [], 700: []}
    for small in small_worlds:
        for each, gain in gains.items():
            log = asked_for_stars(small.world, each)
            parts = split_random(log, rng=np.random.default_rng(0))
            none, forty = BiasedMF(1, init_std=0, **settings), BiasedMF(40, **settings)
            wrong = [rmse(model.fit(parts.train), parts.test) for model in (none, forty)]
            gain.append(wrong[0] - wrong[1])
    assert surely_positive(gains[700], by=0.01)
    assert surely_positive(0.005 - np.array(gains[30]))


@pytest.fixture(scope="module")
def splits(small_worlds):
    """For each world: learn before a date, be judged after it."""
    return [split_by_time(small.matinee.watched()) for small in small_worlds]


@pytest.fixture(scope="module")
def quality(splits):
    """For each world: nDCG@10 by model."""
    models = {f"{l2}|{f}": ImplicitALS(f, l2=l2)
              for l2, f in [(0.03, 40), (0.03, 120), (0.3, 2), (0.3, 40), (1.0, 40)]}  # fmt: skip
    models |= {"popular": Popular(), "EASE": EASE(), "lot": Random()}
    tables = [evaluate(models, split, metrics=("ndcg",), progress=False) for split in splits]
    return pd.DataFrame(
        [table[table["segment"] == "all"].set_index("model")["mean"] for table in tables]
    )


def test_ials_underfits_with_two_factors_or_a_strong_penalty(quality, surely_positive):
    assert surely_positive(quality["0.3|40"] - quality["0.3|2"], by=0.02)
    assert surely_positive(quality["0.3|40"] - quality["1.0|40"], by=0.01)


def test_with_a_weak_penalty_more_factors_remember_better_and_foresee_worse(
    splits, quality, surely_positive
):
    gains = []
    for split in splits:
        few, many = (ImplicitALS(f, l2=0.03).fit(split.train) for f in (40, 120))
        gains.append(said_back(many, split.train) - said_back(few, split.train))
    assert surely_positive(gains, by=0.15)
    assert surely_positive(quality["0.03|40"] - quality["0.03|120"], by=0.01)


def said_back(model, log) -> float:
    """Share of what viewers watched that leads the model's scores."""
    rows = log.binary().toarray() > 0
    order = np.argsort(-model.score_all(log.users), axis=1, kind="stable")
    kept = zip(rows, order, strict=True)
    return float(np.mean([row[best[: row.sum()]].mean() for row, best in kept if row.any()]))


def test_ials_and_ease_beat_what_is_popular(quality, surely_positive):
    for model in ("0.3|40", "EASE"):
        assert surely_positive(quality[model] - quality["popular"], by=0.02), model
    assert surely_positive(quality["popular"] - quality["lot"], by=0.02)


def test_taking_off_means_helps_neighbours_guess_stars_and_a_baseline_helps_more(
    small_worlds, surely_positive
):
    errors = []
    for small in small_worlds:
        parts = split_random(small.matinee.stars(), rng=np.random.default_rng(0))
        models = {base: RatingKNN(base=base, by="item") for base in ("nothing", "mean", "baseline")}
        models["no factors"] = BiasedMF(1, init_std=0)
        errors.append({name: rmse(m.fit(parts.train), parts.test) for name, m in models.items()})
    errors = pd.DataFrame(errors)
    assert surely_positive(errors["nothing"] - errors["mean"])
    assert surely_positive(errors["mean"] - errors["baseline"])
    assert surely_positive(errors["baseline"] - errors["no factors"])


@pytest.fixture(scope="module")
def judged(small_worlds, splits):
    """For each world: by ranking, nDCG@10 by the log and the true stars of the lists."""
    rows = []
    for small, split in zip(small_worlds, splits, strict=True):
        world, stars = small.world, small.matinee.stars()
        cut = split.test.times.min()
        day = int((cut - START.astype("datetime64[s]").astype(int)) // 86400)
        fit = np.mean([world.affinity(week) for week in range(day // 7, world.weeks)], axis=0)
        weeks = range(day // 7, world.weeks)
        truth = np.mean([world.true_utility(week=week) for week in weeks], axis=0)
        models = {"lot": Random(), "popular": Popular(), "EASE": EASE(), "iALS": ImplicitALS(40)}
        scores = {name: model.fit(split.train).score_all(split.train.users)
                  for name, model in models.items()}  # fmt: skip
        before = stars.select(stars.times < cut)
        scores["BiasedMF"] = BiasedMF(40).fit(before).score_all(split.train.users)
        aware = np.tile(world.awareness_on(day), (len(fit), 1))
        scores |= {"truth": truth, "taste": fit, "both": world.config.affinity_sd * fit + aware}
        lot = np.random.default_rng(world.seed).random((1, truth.shape[1]))
        scores["same for all"] = np.broadcast_to(lot, truth.shape)
        asked = np.flatnonzero((split.test.user_counts > 0) & (split.train.user_counts > 0))
        later = split.test.binary()[asked].toarray().astype(bool)
        row = {}
        for name, table in scores.items():
            best = ten_best(table[asked], split.train.binary()[asked])
            row["log", name] = found(best, later)
            row["stars", name] = np.take_along_axis(truth[asked], best, axis=1).mean()
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.set_axis(pd.MultiIndex.from_tuples(table.columns), axis=1)


def test_lists_that_the_log_condemns_please_more_than_popular_ones(judged, surely_positive):
    assert surely_positive(judged["log", "popular"] - judged["log", "BiasedMF"], by=0.02)
    assert surely_positive(judged["stars", "BiasedMF"] - judged["stars", "popular"], by=0.05)


def test_ials_pleases_more_than_popularity_and_leaves_much_to_the_truth(judged, surely_positive):
    way = judged["stars"].sub(judged["stars", "lot"], axis=0)
    way = way.div(way["truth"], axis=0)
    assert surely_positive(way["iALS"] - way["popular"], by=0.05)
    assert surely_positive(0.75 - way["iALS"])
    assert not surely_positive(way["same for all"] - way["popular"], by=0.05)


def test_the_truth_ranks_far_from_perfectly_until_awareness_is_added(judged, surely_positive):
    assert surely_positive(0.4 - judged["log", "truth"])
    assert surely_positive(judged["log", "both"] - judged["log", "taste"], by=0.05)


def test_forty_numbers_hold_more_taste_than_five_and_eighty_hardly_more(
    small_worlds, splits, surely_positive
):
    held = {5: [], 40: [], 80: [], "lot": []}
    for small, split in zip(small_worlds, splits, strict=True):
        known = np.flatnonzero(split.train.user_counts)
        fit = small.world.affinity()[known]
        numbers = {f: ImplicitALS(f).fit(split.train).user_factors_[known] for f in (5, 40, 80)}
        numbers["lot"] = np.random.default_rng(small.world.seed).normal(size=(len(known), 40))
        for name, table in numbers.items():
            read = cross_val_predict(Ridge(0.1), table.astype(float), fit, cv=5)
            share = 1 - ((fit - read) ** 2).sum() / ((fit - fit.mean(axis=0)) ** 2).sum()
            held[name].append(share)
    assert surely_positive(np.subtract(held[40], held[5]), by=0.1)
    assert surely_positive(0.05 - np.abs(np.subtract(held[80], held[40])))
    assert surely_positive(0.01 - np.array(held["lot"]))


def cosines(vectors) -> np.ndarray:
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit @ unit.T - 2 * np.eye(len(unit))


def test_stretching_the_factors_keeps_every_score_and_changes_the_neighbours(
    small_worlds, surely_positive
):
    changed, away, turned = [], [], []
    for small in small_worlds:
        watched, rng = small.matinee.watched(), np.random.default_rng(small.world.seed)
        model = ImplicitALS(40).fit(watched)
        P, Q = model.user_factors_.astype(float), model.item_factors_.astype(float)
        stretch = np.exp(rng.normal(0, 1, 40))
        turn = np.linalg.qr(rng.normal(size=(40, 40)))[0]  # keeps every cosine
        for new_P, new_Q in ((P * stretch, Q / stretch), (P @ turn, Q @ turn)):
            assert np.allclose(new_P @ new_Q.T, P @ Q.T)
        keep = watched.item_counts >= 20
        versions = (Q, Q / stretch, Q @ turn, small.world.vectors)
        before, after, rotated, truth = (cosines(v[keep]) for v in versions)
        changed.append(1 - same_neighbours(before, after))
        turned.append(same_neighbours(before, rotated))
        pairs = np.triu_indices(keep.sum(), 1)
        fidelity = [np.corrcoef(t[pairs], truth[pairs])[0, 1] for t in (before, after)]
        away.append(fidelity[0] - fidelity[1])
    assert surely_positive(changed, by=0.3)
    assert surely_positive(away, by=0.1)
    assert min(turned) > 0.999


def same_neighbours(one, other) -> float:
    """Share of the ten nearest that two tables of likeness have in common."""
    ten = [np.argsort(-table, axis=1, kind="stable")[:, :10] for table in (one, other)]
    return float(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*ten, strict=True)]))


def test_the_map_tells_what_families_watch_other_films_and_other_series_apart(
    small_worlds, surely_positive
):
    right, most_frequent = [], []
    for small in small_worlds:
        watched, titles = small.matinee.watched(), small.matinee.titles
        most = np.argsort(-watched.item_counts, kind="stable")[:200]
        cloud = ImplicitALS(40).fit(watched).item_factors_[most].astype(float)
        u, sigma, _ = np.linalg.svd(cloud - cloud.mean(axis=0), full_matrices=False)
        spot = u[:, :2] * sigma[:2]
        series = (titles["kind"] == "series").to_numpy()[most]
        family = titles["genres"].str.contains("family").to_numpy()[most]
        kind = np.where(family, 0, np.where(series, 1, 2))
        middle = np.array([spot[kind == k].mean(axis=0) for k in range(3)])
        nearest = np.argmin(((spot[:, None] - middle) ** 2).sum(axis=2), axis=1)
        right.append((nearest == kind).mean())
        most_frequent.append(np.bincount(kind).max() / len(kind))
    assert surely_positive(np.subtract(right, most_frequent), by=0.1)
