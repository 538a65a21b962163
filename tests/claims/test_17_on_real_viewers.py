"""The headline claims of chapter 17, each over several splits or draws of real ratings."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold, ParameterGrid
from surprise import SVD, BaselineOnly

from benchmarks import real_viewers_groups, real_viewers_in_time
from benchmarks.real_viewers import EVERYWHERE, GRIDS, GROUPED, RATED, RESULT
from recsys_lib import Interactions
from recsys_lib.datasets import load_movielens
from recsys_lib.evaluation import evaluate
from recsys_lib.explain import exact_scores, explain
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.metrics.accuracy import rmse
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import (
    EASE,
    BiasedMF,
    ContentProfile,
    DemographicGroups,
    ImplicitALS,
    ItemKNN,
    Popular,
    Random,
    SurpriseModel,
    UserKNN,
    Weighted,
)
from recsys_lib.models.top_k import top_k
from recsys_lib.splits import cold_items, cold_users, split_by_time, split_random
from tests.claims.nulls import NULLS, null_lists

SEEDS = range(5)


@pytest.fixture
def small(movielens_folder):
    """MovieLens 100K; the test is skipped where it is not at hand."""
    return load("100k", movielens_folder("ml-100k"))


@pytest.fixture
def large(movielens_folder):
    """MovieLens 1M; the test is skipped where it is not at hand."""
    return load("1m", movielens_folder("ml-1m"))


@cache
def load(name, folder):
    return load_movielens(name, folder, progress=False)


def scores(models, split, users=None, **options):
    table = evaluate(models, split, metrics=("ndcg",), users=users, progress=False, **options)
    return table[table["segment"] == "all"].set_index("model")["mean"]


def gains(data, models, better, worse, **options):
    """nDCG@10 of one model minus that of another, over five random splits."""
    return [
        result[better] - result[worse]
        for result in (
            scores(models, split_random(data.interactions, rng=np.random.default_rng(seed)),
                   data.users, **options)
            for seed in SEEDS
        )
    ]  # fmt: skip


def test_most_people_of_movielens_100k_gave_all_their_ratings_within_an_hour(small):
    times = small.ratings.groupby("user_id")["time"]
    assert 0.5 < (times.max() - times.min() < pd.Timedelta(hours=1)).mean() < 0.6


def test_the_published_error_of_the_baseline_is_reproduced(small):
    errors = []
    for train, test in KFold(5, shuffle=True, random_state=0).split(small.ratings):
        known = Interactions.from_frame(small.ratings.iloc[train], value="value")
        asked = small.ratings.iloc[test]
        model = SurpriseModel(BaselineOnly(verbose=False)).fit(known)
        errors.append(rmse(asked["value"], model.predict(asked["user_id"], asked["item_id"])))
    assert abs(np.mean(errors) - 0.944) < 0.003


@pytest.mark.parametrize(
    "worse, better",
    [
        ({"random": Random()}, {"popular": Popular()}),
        ({"popular": Popular()}, {"groups": DemographicGroups()}),
        ({"groups": DemographicGroups()}, {"neighbours": ItemKNN()}),
        ({"neighbours": ItemKNN()}, {"ease": EASE()}),
    ],
    ids=["random-popular", "popular-groups", "groups-neighbours", "neighbours-ease"],
)
def test_methods_keep_their_order_on_real_raters(small, worse, better, surely_positive):
    assert surely_positive(gains(small, worse | better, *better, *worse))


def test_groups_gain_only_a_little_over_popularity(small):
    lead = gains(small, {"p": Popular(), "g": DemographicGroups()}, "g", "p")
    assert np.mean(lead) < 0.03


def test_the_predictor_of_stars_loses_to_popular_at_lists(small, surely_positive):
    models = {"popular": Popular(), "svd": SurpriseModel(SVD(random_state=0))}
    lead = gains(small, models, "popular", "svd", relevant_from=4)
    assert surely_positive(lead, by=0.05)


def test_groups_with_occupation_fall_below_popularity(small, surely_positive):
    raw = DemographicGroups(("gender", "age_band", "occupation"), shrinkage=0)
    lead = gains(small, {"popular": Popular(), "raw": raw}, "popular", "raw")
    assert surely_positive(lead, by=0.01)


def test_lift_has_no_room_where_half_of_all_know_the_film(large):
    lift, common, log = neighbours_of(large, "Star Wars: Episode IV - A New Hope")
    assert lift.max() <= log.n_users / common.max() + 1e-9
    sequel = named(large, "Star Wars: Episode V - The Empire Strikes Back")
    assert common.drop(common.idxmax()).idxmax() == sequel
    assert (lift > lift[sequel]).sum() > 100


def test_lift_finds_horror_where_the_count_finds_hits(large):
    lift, common, _ = neighbours_of(large, "Nightmare on Elm Street, A")
    film = common.idxmax()
    horror = large.items.set_index("item_id")["genres"].str.contains("Horror")
    assert horror[lift.drop(film).nlargest(10).index].sum() >= 9
    assert horror[common.drop(film).nlargest(10).index].sum() <= 5


def named(data, title):
    return data.items.set_index("title").loc[title, "item_id"]


def neighbours_of(data, title):
    """Lift and common raters of a film with every film that 200 people rated."""
    log = data.interactions
    count = pd.Series(log.item_counts, log.items)
    seen = log.binary()
    film = named(data, title)
    column = log.item_positions([film])
    common = pd.Series((seen.T @ seen[:, column]).toarray()[:, 0], log.items)[count >= 200]
    return common / count[film] / (count[common.index] / log.n_users), common, log


def test_sharp_neighbours_need_more_than_three_ratings_to_beat_a_profile(small, surely_positive):
    assert surely_positive([-lead for lead in leads(small, ItemKNN(50), 3)])
    assert surely_positive(leads(small, ItemKNN(50), 20), by=0.05)


def test_broad_neighbours_beat_a_profile_from_three_ratings_drawn_by_lot(small, surely_positive):
    broad = ItemKNN(small.interactions.n_items, shrinkage=200)
    assert surely_positive(leads(small, broad, 3), by=0.05)


def leads(data, neighbours, known):
    """Mean nDCG@10 of neighbours minus groups with `known` ratings drawn by lot, by seed."""
    log, results = data.interactions, []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        order = np.lexsort((rng.random(log.n_events), log.event_rows))
        place = np.empty(log.n_events, int)
        place[order] = np.arange(log.n_events) - log.matrix.indptr[log.event_rows[order]]
        asked = rng.permutation(np.flatnonzero(log.user_counts >= 50))[:300]
        theirs = np.isin(log.event_rows, asked)
        barred = log.select(theirs & (place < 40)).binary()[asked].toarray() > 0
        later = log.select(theirs & (place >= 40)).binary()[asked].astype(bool).toarray()
        others, first = log.select(~theirs), log.select(theirs & (place < known)).binary()[asked]
        viewing = first @ neighbours.fit(others).support_.T.toarray()
        profile = DemographicGroups().fit(others, users=data.users).score_all(log.users[asked])
        lists = (top_k(np.where(barred, -np.inf, s), 10) for s in (viewing, profile))
        hits = (np.take_along_axis(later, best, axis=1) for best in lists)
        good = [ndcg(hit, later.sum(axis=1)).mean() for hit in hits]
        results.append(good[0] - good[1])
    return results


def test_after_a_cut_in_time_most_people_are_new_and_popular_looks_better(small):
    cut = split_by_time(small.interactions)
    asked = cut.test.user_counts > 0
    assert (cut.train.user_counts[asked] < 5).mean() > 0.5
    at_random = split_random(small.interactions, rng=np.random.default_rng(0))
    popular = {"popular": Popular()}
    assert scores(popular, cut)["popular"] > 1.2 * scores(popular, at_random)["popular"]


def test_for_people_known_before_the_cut_neighbours_lose_half_of_their_promise(small):
    log, model = small.interactions, {"neighbours": ItemKNN()}
    table = evaluate(model, split_by_time(log), metrics=("ndcg",), progress=False)
    warm = table[table["segment"] == "warm"].iloc[0]
    promised = scores(model, split_random(log, rng=np.random.default_rng(0)))["neighbours"]
    assert warm["high"] < promised / 1.5


def test_the_same_people_lose_the_lead_that_a_random_split_showed(small):
    """Judged by both splits, viewer by viewer; a lot has no lead by either."""
    log, models = small.interactions, {"lot": Random(), "neighbours": ItemKNN()}
    models["popular"] = Popular()
    cut, leads = split_by_time(log), {}
    known = cut.train.users[cut.train.user_counts >= 5]
    for name, split in (("random", split_random(log, rng=np.random.default_rng(0))), ("cut", cut)):
        values = evaluate(models, split, metrics=("ndcg",), progress=False, per_user=True)
        values = values[values["user_id"].isin(known)]
        values = values.pivot(index="user_id", columns="model", values="value")
        leads[name] = values.sub(values["popular"], axis=0)
    same = leads["cut"].index
    ends = {
        name: bootstrap_interval(lead.loc[same].to_numpy(), rng=np.random.default_rng(0))
        for name, lead in leads.items()
    }
    columns = list(leads["cut"])
    neighbours, lot = columns.index("neighbours"), columns.index("lot")
    (_, low, _), (_, low_cut, high_cut) = ends["random"], ends["cut"]
    assert low[neighbours] > 0.1 and low_cut[neighbours] < 0 < high_cut[neighbours]
    assert ends["random"][2][lot] < 0 and high_cut[lot] < 0


def test_the_table_of_every_method_is_reproduced_with_the_settings_it_names(small):
    measured = pd.read_csv(RESULT, comment="#")
    measured = measured[measured["set"] == "100k"].set_index("model")
    models = {"Popular": Popular(), "ItemKNN": ItemKNN(), "UserKNN": UserKNN(), "EASE": EASE()}
    for name, model in models.items():
        pairs = [pair.split("=") for pair in str(measured["settings"].fillna("")[name]).split()]
        model.set_params(**{key: json.loads(value) for key, value in pairs})
    split = split_random(small.interactions, rng=np.random.default_rng(0))
    now = scores(models, split)
    assert (now - measured["ndcg"][now.index]).abs().max() < 0.0005


def test_every_method_with_settings_was_given_as_many_and_its_defaults_among_them():
    known = EVERYWHERE | GROUPED | RATED
    for name, grid in GRIDS.items():
        assert len(list(ParameterGrid(grid))) == 6, name
        defaults = known[name].get_params()
        assert all(defaults[setting] in values for setting, values in grid.items()), name
    free = {name for name in known if name not in GRIDS}
    assert free == {"Random", "Popular", "SVD (Surprise)"}


def test_where_a_sum_gains_or_loses_is_read_from_differences_of_viewers():
    measured = pd.read_csv(
        Path(__file__).parents[2] / "benchmarks" / "real_viewers.csv", comment="#"
    )
    sums = measured.dropna(subset="gain").set_index(["model", "set"])
    two, three = (sums.loc[name] for name in ("EASE + iALS", "EASE + RP3beta + UserKNN"))
    assert two.loc[["100k", "1m"], "gain_low"].min() > 0 > two.loc["matinee", "gain_low"]
    assert three["gain_high"].max() < 0


def test_adding_up_ease_and_ials_beats_both(small, surely_positive):
    parents = {"ease": EASE(), "ials": ImplicitALS()}
    splits = [split_random(small.interactions, rng=np.random.default_rng(seed)) for seed in SEEDS]
    tables = [scores(parents | {"both": Weighted(parents)}, split) for split in splits]
    assert surely_positive([table["both"] - table[["ease", "ials"]].max() for table in tables])


def test_adding_two_weaker_methods_to_ease_loses(small, surely_positive):
    weaker = {"neighbours": UserKNN(), "titles": ItemKNN()}
    mixed = {"mixed": Weighted({"ease": EASE()} | weaker)}
    assert surely_positive(gains(small, {"ease": EASE()} | mixed, "ease", "mixed"))


def test_forty_factors_predict_stars_better_than_the_baseline(small, surely_positive):
    assert surely_positive([factor_gain(small, seed) for seed in SEEDS])


def test_factors_pay_more_in_the_larger_crowd(small, large):
    assert factor_gain(large, 0) > 2 * factor_gain(small, 0)


def factor_gain(data, seed):
    """Squared error of the baseline minus that of forty factors, on hidden stars."""
    split, errors = split_random(data.interactions, rng=np.random.default_rng(seed)), []
    test = split.test
    pairs = test.users[test.event_rows], test.items[test.matrix.indices]
    for model in (SurpriseModel(BaselineOnly(verbose=False)), BiasedMF(40)):
        errors.append(np.mean((model.fit(split.train).predict(*pairs) - test.matrix.data) ** 2))
    return errors[0] - errors[1]


def test_raw_lift_is_useless_and_titles_should_keep_their_own_neighbours(small, surely_positive):
    models = {
        "popular": Popular(),
        "lift": ItemKNN(similarity="lift"),
        "shrunk": ItemKNN(similarity="lift", shrinkage=20),
        "source": ItemKNN(neighbors_of="source"),
        "target": ItemKNN(),
    }
    splits = [split_random(small.interactions, rng=np.random.default_rng(seed)) for seed in SEEDS]
    tables = [scores(models, split) for split in splits]
    assert max(table["lift"] for table in tables) < 0.01
    assert surely_positive([table["shrunk"] - table["popular"] for table in tables], by=0.02)
    assert surely_positive([table["target"] - table["source"] for table in tables], by=0.01)


def test_fakes_own_the_lists_only_where_histories_are_short(small):
    log, rng = small.interactions, np.random.default_rng(0)
    thin = log.select(rng.random(log.n_events) < 0.38)
    assert max(reach(log, 100, seed) for seed in SEEDS) < 0.15
    assert min(reach(thin, 100, seed) for seed in SEEDS) > 0.6


def reach(data, n_fakes, seed):
    """Share of honest lists that hold a small title which fakes push along with fifty hits."""
    columns = np.flatnonzero((data.item_counts >= 5) & (data.item_counts <= 20))
    column = np.random.default_rng(seed).choice(columns)
    target = data.items[column]
    pushed = [*data.items[np.argsort(-data.item_counts, kind="stable")[:50]], target]
    honest = data.to_frame()[["user_id", "item_id"]]
    fakes = pd.DataFrame(
        [(-1 - fake, title) for fake in range(n_fakes) for title in pushed], columns=honest.columns
    )
    new = (data.user_counts > 0) & (data.matrix[:, [column]].toarray()[:, 0] == 0)
    asked = data.users[new][::3]
    log = Interactions.from_frame(pd.concat([honest, fakes]).astype(int), items=data.items)
    return (ItemKNN().fit(log).recommend(asked)["item_id"] == target).sum() / len(asked)


def test_genres_find_viewers_for_new_titles_and_so_do_low_numbers(small, surely_positive):
    told = [on_new_titles(small, seed) for seed in SEEDS]
    assert surely_positive([draw["genres"] - draw["lot"] for draw in told], by=0.08)
    assert surely_positive([draw["numbers"] - draw["lot"] for draw in told], by=0.02)


def on_new_titles(data, seed):
    """nDCG@10 among titles without train events; where all tie, the lower number comes first."""
    draw = cold_items(data.interactions, rng=np.random.default_rng(seed))
    new = draw.train.item_counts == 0
    asked = np.flatnonzero((draw.test.user_counts > 0) & (draw.train.user_counts > 0))
    relevant = draw.test.binary()[asked].astype(bool).toarray()
    models = {"lot": Random(), "numbers": Popular(), "genres": ContentProfile({"genres": 1.0})}
    values = {}
    for name, model in models.items():
        told = model.fit(draw.train, items=data.items).score_all(draw.train.users[asked])
        best = top_k(np.where(new, told, -np.inf), 10)
        values[name] = ndcg(np.take_along_axis(relevant, best, axis=1), relevant.sum(axis=1)).mean()
    return values


def test_a_mixture_helps_newcomers_by_lot_and_harms_them_in_time(small, surely_positive):
    parents = {"popular": Popular(), "groups": DemographicGroups(), "ease": EASE()}
    lot = Interactions.from_frame(small.ratings, value="value")
    lead = {"time": [], "lot": []}
    for seed in SEEDS:
        for how, log in {"time": small.interactions, "lot": lot}.items():
            split = cold_users(log, 0.3, known=3, rng=np.random.default_rng(seed))
            table = scores(parents | {"mixture": Weighted(parents)}, split, small.users)
            lead[how].append(table["mixture"] - table[list(parents)].max())
    assert surely_positive(lead["lot"], by=0.01)
    assert surely_positive([-value for value in lead["time"]])


def test_the_models_own_parts_name_more_of_the_reasons_than_genres(small, surely_positive):
    log, rng = small.interactions, np.random.default_rng(0)
    model, people = EASE().fit(log), rng.permutation(log.users)
    genres = small.items.set_index("item_id").loc[log.items, "genres"].str.get_dummies("|")
    genres = genres.to_numpy() / np.sqrt(genres.sum(axis=1).clip(lower=1)).to_numpy()[:, None]
    groups = people[:300].reshape(5, 60)
    told = [pd.DataFrame([leaves(model, user, genres, rng) for user in group]) for group in groups]
    means = pd.DataFrame([part.mean() for part in told])
    assert surely_positive(means["own parts"] - means["genres"], by=0.2)
    assert surely_positive(means["genres"] - means["lot"], by=0.05)


def leaves(model, user, genres, rng):
    """By explanation: whether the title in place 5 leaves the ten without the three named."""
    log, scores = model.train_, exact_scores(model, user)
    own = log.matrix[log.user_positions([user])].indices
    scores[own] = -np.inf
    fifth = np.argsort(-scores, kind="stable")[4]
    parts = explain(model, user, log.items[fifth]).parts.sort_values("item_id")
    weights = {
        "own parts": parts["contribution"].to_numpy(),
        "genres": genres[own] @ genres[fifth],
        "lot": rng.random(len(own)),
    }
    gone = {}
    for rule, weight in weights.items():
        named = log.items[own[np.argsort(-weight, kind="stable")[:3]]]
        left = exact_scores(model, user, without=named)
        gone[rule] = (np.delete(left, own) > left[fifth]).sum() >= 10
    return gone


@cache
def in_time():
    table = pd.read_csv(real_viewers_in_time.RESULT, comment="#")
    return table.set_index(["kind", "set", "model"]).sort_index()


def test_each_cut_parts_past_from_future_and_the_last_ends_with_the_log(small):
    log, splits = small.interactions, real_viewers_in_time.cuts(small.interactions)
    for split in splits:
        split.check()
        assert split.train.times.max() < split.test.times.min()
    sizes = [split.train.n_events + split.test.n_events for split in splits]
    assert np.allclose(np.divide(sizes, log.n_events), [0.6, 0.7, 0.8, 0.9, 1.0], atol=0.01)
    assert sizes[-1] == log.n_events


def test_the_table_of_cuts_is_reproduced(small):
    tables = [
        real_viewers_in_time.people(split, {"Popular": Popular()}, None, None)
        for split in real_viewers_in_time.cuts(small.interactions)
    ]
    table = pd.concat(tables)
    now = table[table["metric"] == "ndcg@10"].groupby("kind")["value"].mean()
    for kind in ("known", "new"):
        assert abs(now[kind] - in_time().loc[(kind, "100k", "Popular"), "ndcg"]) < 0.0005


def test_after_cuts_viewing_leads_by_far_on_matinee_and_by_little_on_real_raters():
    gains = in_time().loc["known"]
    learned = ["ItemKNN", "UserKNN", "RP3beta", "EASE", "ImplicitALS", "BPR"]
    assert gains.loc["matinee"].loc[learned, "gain_low"].min() > 0.02
    assert (
        gains.loc[("100k", "ItemKNN"), "gain_low"] < 0 < gains.loc[("100k", "ItemKNN"), "gain_high"]
    )
    for name in ("matinee", "100k", "latest-small"):
        assert gains.loc[(name, "ImplicitALS"), "gain_low"] > 0
        assert gains.loc[(name, "Random"), "gain_high"] < 0  # a null model does not pass
    ratio = gains["gain"] / gains.xs("Popular", level="model")["ndcg"]
    assert ratio["matinee", "ImplicitALS"] > 3 * ratio["100k", "ImplicitALS"]


def test_for_newcomers_groups_can_do_more_than_popular_and_viewing_cannot(small):
    fresh = in_time().loc["new"].loc["100k"]
    assert fresh.loc["DemographicGroups", "gain_low"] > 0
    assert fresh.loc[["ItemKNN", "EASE", "ImplicitALS"], "gain"].abs().max() < 0.002


def test_groups_help_newcomers_no_more_when_ages_and_genders_are_shuffled(small):
    """The null world of that claim: people's labels are dealt anew."""
    dealt = small.users[["gender", "age_band"]].sample(frac=1, random_state=0, ignore_index=True)
    gains = {"own": [], "dealt": []}
    models = {"Popular": Popular(), "groups": DemographicGroups(shrinkage=50)}
    for split in real_viewers_in_time.cuts(small.interactions):
        for name, users in {"own": small.users, "dealt": small.users.assign(**dealt)}.items():
            table = real_viewers_in_time.people(split, models, None, users)
            table = table[(table["metric"] == "ndcg@10") & (table["kind"] == "new")]
            gains[name].append(table.groupby("model")["value"].mean().diff().iloc[-1])
    assert np.mean(gains["own"]) > 0.01
    assert np.mean(gains["dealt"]) < np.mean(gains["own"]) / 2


@cache
def served():
    table = pd.read_csv(real_viewers_groups.RESULT)
    return table.set_index(["set", "lists", "group"]).sort_index()


def residuals(data, seed):
    """Who is a woman, and a function from lists to nDCG@10 beside people of like records."""
    split = split_random(data.interactions, rng=np.random.default_rng(seed))
    hidden = split.test.binary().astype(bool).toarray()
    seen = split.train.binary().astype(bool).toarray()
    women = data.users.set_index("user_id").loc[split.train.users, "gender"].to_numpy() == "F"
    bands = pd.qcut(split.train.user_counts, 10, labels=False)

    def gap(lists):
        hits = np.take_along_axis(hidden, np.maximum(lists, 0), axis=1) & (lists >= 0)
        values = pd.Series(ndcg(hits, hidden.sum(axis=1)))
        like = (values - values.groupby(bands).transform("mean")).to_numpy()
        return np.nanmean(like[women]) - np.nanmean(like[~women])

    return split, seen, hidden, gap


def test_one_list_of_hits_serves_women_worse_and_lists_that_know_nothing_do_not(
    large, surely_positive
):
    gaps = {kind: [] for kind in ("popular", *NULLS)}
    for seed in SEEDS:
        split, seen, hidden, gap = residuals(large, seed)
        hits = np.where(seen, -np.inf, Popular().fit(split.train).score_all(split.train.users))
        gaps["popular"].append(gap(top_k(hits, 10)))
        for kind in NULLS:
            gaps[kind].append(gap(null_lists(kind, seen, hidden, 10, seed=seed)))
    assert surely_positive([-value for value in gaps["popular"]], by=0.03)
    assert max(np.abs(gaps[kind]).max() for kind in NULLS) < 0.01


def test_no_list_that_knows_nothing_has_a_gap_when_all_comparisons_are_counted():
    table = served()
    for kind in ("lot", "one shelf", "own choices"):
        assert table.xs(kind, level="lists")["holm"].min() > 0.05, kind
    assert table.loc[("1m", "EASE", "women"), "holm"] < 0.05
    ages = table.loc[("1m", "EASE")].drop("women")
    assert ages["holm"].min() > 0.05 and ages.loc["56+", "gap"] < -0.05


def test_what_ease_adds_to_popular_is_no_less_for_women():
    row = served().loc[("1m", "EASE - popular", "women")]
    assert row["like"] > -0.005 and row["holm"] > 0.05


def test_dealt_anew_no_label_makes_a_gap(small):
    """The null world of the group claims, through the same command's functions."""
    split = split_random(small.interactions, rng=np.random.default_rng(0))
    values = real_viewers_groups.lists(split, {"popular": Popular()})
    groups = real_viewers_groups.members(small.users.sample(frac=1, random_state=1))
    known = split.train.user_counts[split.train.user_positions(values.index)]
    table = real_viewers_groups.gaps(values, groups.reset_index(drop=True), known)
    assert real_viewers_groups.holm(table["p"].to_numpy()).min() > 0.05
