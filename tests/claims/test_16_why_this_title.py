"""The headline claims of chapter 16, over five worlds."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from recsys_lib.explain import counterfactual, exact_scores, explain
from recsys_lib.models import EASE, ContentProfile, ImplicitALS, ItemKNN
from recsys_lib.models.neighbours.neighborhood import all_similarities
from recsys_lib.models.neighbours.similarity import cosine

MODELS = {"ease": EASE(l2=150.0), "ials": ImplicitALS(), "knn": ItemKNN()}
OWN = "own parts"


def plays(log, user) -> np.ndarray:
    return log.items[log.matrix[[log.user_positions([user])[0]]].indices]


def place(model, user, item, without=()) -> int:
    log, scores = model.train_, exact_scores(model, user, without=without)
    rivals = scores[~np.isin(log.items, plays(log, user))]
    return int((rivals > scores[log.items == item]).sum()) + 1


def shown(model, user, spot: int):
    """The title in that spot of the viewer's list by exact scores."""
    log, scores = model.train_, exact_scores(model, user)
    scores[np.isin(log.items, plays(log, user))] = -np.inf
    return log.items[np.argsort(-scores, kind="stable")[spot - 1]]


def some_viewers(log, n: int) -> np.ndarray:
    return np.random.default_rng(0).choice(log.users[log.user_counts >= 8], n, replace=False)


@pytest.fixture(scope="module")
def fitted(small_worlds):
    """For each world its log, its titles and the models, fitted."""
    found = []
    for small in small_worlds:
        log = small.matinee.watched()
        models = {name: clone(model).fit(log) for name, model in MODELS.items()}
        found.append((log, small, models))
    return found


def test_parts_sum_to_the_score(fitted):
    for log, small, models in fitted:
        content = ContentProfile().fit(log, items=small.matinee.items)
        for model in [*models.values(), content]:
            for user in some_viewers(log, 10):
                found = explain(model, user, shown(model, user, 3))
                total = found.base + found.parts["contribution"].sum()
                assert abs(total - found.score) < 1e-8
                scores = exact_scores(model, user)[log.items == found.item_id]
                assert found.score == pytest.approx(scores[0], abs=1e-8)


def fidelity(log, model, genres, rng, viewers: int = 40) -> dict[str, np.ndarray]:
    """By rule: does the title in place 5 leave the ten when the three named plays go?"""
    together = all_similarities(log.matrix.tocsc(), cosine)
    rows = []
    for user in some_viewers(log, viewers):
        item, mine = shown(model, user, 5), plays(log, user)
        own, column = log.item_positions(mine), log.item_positions([item])[0]
        parts = explain(model, user, item).parts.sort_values("item_id")["contribution"]
        rules = {
            OWN: parts.to_numpy(),
            "watched together": together[own, column],
            "genres": genres[own] @ genres[column],
            "popular": log.item_counts[own],
            "random": rng.random(len(own)),
        }
        named = {rule: mine[np.argsort(-w, kind="stable")[:3]] for rule, w in rules.items()}
        rows.append({rule: place(model, user, item, chosen) > 10 for rule, chosen in named.items()})
    return {rule: np.array([row[rule] for row in rows]) for rule in rows[0]}


@pytest.fixture(scope="module")
def faithful(fitted):
    """For each world and model: which explanations took the title off the list."""
    found = []
    for log, small, models in fitted:
        titles = small.matinee.items.set_index("item_id").loc[log.items]
        genres = titles["genres"].str.get_dummies("|").to_numpy(float)
        genres = genres / np.linalg.norm(genres, axis=1, keepdims=True)
        rng = np.random.default_rng(1)
        found.append({name: fidelity(log, m, genres, rng) for name, m in models.items()})
    return found


@pytest.mark.parametrize("name", ["ease", "ials"])
def test_the_models_own_parts_are_the_most_faithful(faithful, surely_positive, name):
    """What was watched together comes close: it is never surely better, and the rest is far off."""
    for rule in ("genres", "popular", "random"):
        lead = [world[name][OWN].mean() - world[name][rule].mean() for world in faithful]
        assert surely_positive(lead, by=0.15), rule
    near = [world[name][OWN].mean() - world[name]["watched together"].mean() for world in faithful]
    assert surely_positive(near, by=-0.02)


@pytest.mark.parametrize("name", ["ease", "ials"])
def test_genres_name_more_than_the_lot_and_miss_much(faithful, surely_positive, name):
    worlds = [world[name] for world in faithful]
    assert surely_positive([w["genres"].mean() - w["random"].mean() for w in worlds], by=0.05)
    assert surely_positive([0.9 - w["genres"].mean() for w in worlds], by=0.1)


def test_watched_together_is_the_whole_truth_about_neighbours_only(faithful, surely_positive):
    for world in faithful:
        assert (world["knn"][OWN] == world["knn"]["watched together"]).mean() >= 0.9


def test_the_first_title_rests_on_more_plays_than_the_tenth(fitted, surely_positive):
    gaps, last = [], []
    for log, _, models in fitted:
        sizes = {1: [], 10: []}
        for user in some_viewers(log, 25):
            for spot, found in sizes.items():
                item = shown(models["ease"], user, spot)
                answer = counterfactual(models["ease"], user, item, tries=200)
                if answer is not None:
                    assert place(models["ease"], user, item, answer.removed) > 10
                    found.append(len(answer.removed))
        gaps.append(np.mean(sizes[1]) - np.mean(sizes[10]))
        last.append(np.mean(sizes[10]))
    assert surely_positive(gaps, by=1.0)
    assert max(last) < 1.5


def test_plays_by_lot_show_the_slope_too_and_take_several_times_as_many(fitted, surely_positive):
    """The null of that claim: its slope is arithmetic, its few plays are not."""
    slopes, more = [], []
    for log, _, models in fitted:
        taken = {1: [], 10: []}
        for user in some_viewers(log, 12):
            gone = np.random.default_rng(1).permutation(plays(log, user))
            for spot, found in taken.items():
                item = shown(models["ease"], user, spot)
                answer = counterfactual(models["ease"], user, item, tries=200)
                sizes = range(1, len(gone))  # one play must be left
                left = (n for n in sizes if place(models["ease"], user, item, gone[:n]) > 10)
                found.append((next(left, len(gone)), len(answer.removed)))
        first, tenth = (np.mean(found, axis=0) for found in taken.values())
        slopes.append(first[0] - tenth[0])
        more += [first[0] / first[1] + tenth[0] / tenth[1]]
    assert surely_positive(slopes, by=2)
    assert surely_positive(np.divide(more, 2), by=2)


def test_after_learning_again_the_title_mostly_stays_away(fitted):
    away = []
    for log, _, models in fitted:
        for user in some_viewers(log, 6):
            item = shown(models["ease"], user, 5)
            answer = counterfactual(models["ease"], user, item, tries=200)
            of_user = log.users[log.event_rows] == user
            gone = of_user & np.isin(log.items[log.matrix.indices], answer.removed)
            again = clone(models["ease"]).fit(log.select(~gone))
            others = np.setdiff1d(log.items, answer.removed)
            away.append(item not in set(again.recommend([user], items=others)["item_id"]))
    assert np.mean(away) > 0.6


@pytest.fixture(scope="module")
def thumbs_down(fitted):
    """For each world: plays, those with a thumb down, and what the viewers truly think."""
    found = []
    for log, small, _ in fitted:
        history, down = log.binary().toarray().astype(float), np.zeros(log.matrix.shape)
        hated = small.matinee.thumbs().to_frame().query("value < 0")
        spots = log.user_positions(hated["user_id"]), log.item_positions(hated["item_id"])
        down[spots] = history[spots]
        found.append((history, down, small.world.true_utility()))
    return found


def stars(weights, history, seen, truth, rows) -> float:
    scores = np.where(seen[rows] > 0, -np.inf, history[rows] @ weights.astype(float))
    best = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    return float(np.take_along_axis(truth[rows], best, axis=1).mean())


def judges(history, down) -> np.ndarray:
    return np.flatnonzero((down.sum(axis=1) > 0) & ((history - down).sum(axis=1) >= 5))


def test_a_thumb_down_as_minus_one_makes_lists_worse(fitted, thumbs_down, surely_positive):
    loss, gain = [], []
    for (log, _, models), (history, down, truth) in zip(fitted, thumbs_down, strict=True):
        rows, weights = judges(history, down), models["ease"].weights_
        plain = stars(weights, history, history, truth, rows)
        loss.append(plain - stars(weights, history - 2 * down, history, truth, rows))
        liked = log.select(down[log.event_rows, log.matrix.indices] == 0)
        learned = clone(models["ease"]).fit(liked).weights_
        gain.append(stars(learned, history - down, history, truth, rows) - plain)
    assert surely_positive(loss, by=0.005)
    assert surely_positive(gain, by=0.005)


def test_minuses_dealt_by_lot_cost_no_less_and_leaving_such_plays_out_is_no_gain(
    fitted, thumbs_down, surely_positive
):
    """The null of both: the first half is passed, so a minus hurts whatever it stands for."""
    loss, less, gain = [], [], []
    for (log, _, models), (history, down, truth) in zip(fitted, thumbs_down, strict=True):
        rows, weights, dealt = judges(history, down), models["ease"].weights_, np.zeros_like(down)
        rng = np.random.default_rng(0)
        for row in np.flatnonzero(down.any(axis=1)):
            dealt[row, rng.choice(np.flatnonzero(history[row]), int(down[row].sum()), False)] = 1
        plain, thumbs, lots = (
            stars(weights, history - 2 * minus, history, truth, rows) for minus in (0, down, dealt)
        )
        loss.append(plain - lots)
        less.append(lots - thumbs)
        kept = clone(models["ease"]).fit(log.select(dealt[log.event_rows, log.matrix.indices] == 0))
        gain.append(stars(kept.weights_, history - dealt, history, truth, rows) - plain)
    assert surely_positive(loss, by=0.005) and not surely_positive(less)
    assert not surely_positive(gain)


def test_what_was_disliked_comes_back_where_no_rule_bars_it(fitted, thumbs_down, surely_positive):
    shares = []
    for (_, _, models), (history, down, _) in zip(fitted, thumbs_down, strict=True):
        rows = judges(history, down)
        scores = history[rows] @ models["ease"].weights_
        best = np.argsort(-scores, axis=1, kind="stable")[:, :10]
        shares.append(np.take_along_axis(down[rows], best, axis=1).any(axis=1).mean())
    assert surely_positive(shares, by=0.1)


def test_a_profile_of_ones_own_is_worth_more_than_a_shared_one(
    fitted, thumbs_down, surely_positive
):
    gains = []
    for (log, _, models), (history, _, truth) in zip(fitted, thumbs_down, strict=True):
        active = np.random.default_rng(0).permutation(np.flatnonzero(log.user_counts >= 8))
        one, other = active[: len(active) // 2 * 2].reshape(2, -1)
        mixed, weights = history.copy(), models["ease"].weights_
        mixed[one] = np.maximum(history[one], history[other])
        gains.append(
            stars(weights, history, history, truth, one)
            - stars(weights, mixed, history, truth, one)
        )
    assert surely_positive(gains, by=0.05)


def singled_out(log, known: int, within: float, allowed, rng) -> float:
    day = np.full(log.matrix.shape, np.nan)
    day[log.event_rows, log.matrix.indices] = log.times // 86_400
    found = []
    for row in rng.choice(np.flatnonzero(log.user_counts >= 8), 100, replace=False):
        own = np.flatnonzero(~np.isnan(day[row]) & allowed)
        if len(own) >= known:
            told = rng.choice(own, known, replace=False)
            fits = np.abs(day[:, told] - day[row, told]) <= within
            found.append(fits.all(axis=1).sum() == 1)
    return float(np.mean(found))


def test_few_plays_single_a_viewer_out_and_coarser_data_needs_more(fitted, surely_positive):
    shares = []
    for log, _, _ in fitted:
        every, hits = np.ones(log.n_items, bool), np.zeros(log.n_items, bool)
        hits[np.argsort(-log.item_counts, kind="stable")[:100]] = True
        settings = [(2, 0.5, every), (2, 14, every), (2, np.inf, every), (4, np.inf, every),
                    (4, np.inf, hits)]  # fmt: skip
        rng = np.random.default_rng(2)
        shares.append([singled_out(log, *setting, rng) for setting in settings])
    day, fortnight, undated, four, four_hits = np.transpose(shares)
    assert surely_positive(day, by=0.9)
    assert surely_positive(day - fortnight, by=0.1)
    assert surely_positive(fortnight - undated, by=0.1)
    assert surely_positive(four - four_hits, by=0.1)
