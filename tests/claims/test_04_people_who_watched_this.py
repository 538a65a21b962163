"""The headline claims of chapter 4, each over five worlds with their own viewers and tastes.

The worlds are larger than those of the other claims: with fewer viewers or weeks, the order of
methods is hidden by chance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib import Interactions
from recsys_lib.datasets.matinee import load_matinee
from recsys_lib.evaluation import evaluate
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import ItemKNN, Popular, RatingKNN, UserKNN
from recsys_lib.models.top_k import top_k
from recsys_lib.simulation import World, simulate
from recsys_lib.simulation.files import write_tables
from recsys_lib.splits import split_by_time, split_random

SEEDS = (11, 12, 13, 14, 15)
PLAYS, FIRST = (1, 3, 25), 25


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """The tables of five worlds of 1,500 viewers and 16 weeks."""
    tables = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp(f"seed-{seed}")
        write_tables(simulate(World(seed=seed, n_viewers=1500, weeks=16)), folder)
        tables.append(load_matinee(folder))
    return tables


@pytest.fixture(scope="module")
def splits(worlds):
    """For each world: learn before a date, be judged after it."""
    return [split_by_time(matinee.watched()) for matinee in worlds]


@pytest.fixture(scope="module")
def quality(splits):
    """For each world: nDCG@10 and coverage@10 by model."""
    models = {
        "popular": Popular(),
        "lift": ItemKNN(similarity="lift"),
        "shrunk lift": ItemKNN(similarity="lift", shrinkage=20),
        "cosine": ItemKNN(),
        "source": ItemKNN(neighbors_of="source"),
    }
    tables = [evaluate(models, s, metrics=("ndcg", "coverage"), progress=False) for s in splits]
    tables = [table[table["segment"] == "all"] for table in tables]
    return [table.set_index(["model", "metric"])["mean"] for table in tables]


def gaps(quality, better, worse, metric="ndcg@10"):
    return [table[better, metric] - table[worse, metric] for table in quality]


def test_raw_lift_ranks_worse_than_popularity(quality, surely_positive):
    assert surely_positive(gaps(quality, "popular", "lift"), by=0.03)


def test_shrinkage_turns_lift_from_useless_to_better_than_popularity(quality, surely_positive):
    assert surely_positive(gaps(quality, "shrunk lift", "lift"), by=0.03)
    assert surely_positive(gaps(quality, "shrunk lift", "popular"))


def test_cosine_beats_shrunk_lift(quality, surely_positive):
    assert surely_positive(gaps(quality, "cosine", "shrunk lift"))


def test_neighbours_kept_per_target_rank_better_and_show_more_titles(quality, surely_positive):
    assert surely_positive(gaps(quality, "cosine", "source"))
    assert surely_positive(gaps(quality, "cosine", "source", "coverage@10"), by=0.05)


def test_kept_per_source_the_popular_are_backed_by_more_and_that_costs(splits, surely_positive):
    gains = []
    for split in splits:
        source = ItemKNN(neighbors_of="source").fit(split.train)
        backers = np.diff(source.support_.indptr)
        rank = pd.Series(split.train.item_counts).rank(method="first", pct=True)
        assert backers[rank > 7 / 8].mean() > 3 * backers[rank < 1 / 8].mean()
        raw = source.score_all(split.train.users)
        seen, later = split.train.binary(), split.test.binary().toarray().astype(bool)
        divided = raw / np.sqrt(np.maximum(backers, 1))
        gains.append(judge(divided, seen, later) - judge(raw, seen, later))
    assert surely_positive(gains)


def test_neighbouring_viewers_help_first_and_neighbouring_titles_lead_later(
    worlds, surely_positive
):
    curves = pd.DataFrame([few_plays(matinee.watched()) for matinee in worlds])
    assert surely_positive(curves["viewers", 1] - curves["popular", 0])
    assert surely_positive(curves["titles", 3] - curves["popular", 0])
    assert surely_positive(curves["titles", 25] - curves["viewers", 25])


def few_plays(watched) -> dict[tuple[str, int], float]:
    rows = watched.event_rows
    place = pd.Series(watched.times).groupby(rows).rank(method="first").to_numpy() - 1
    asked = np.flatnonzero(watched.user_counts >= FIRST + 5)
    asked = np.random.default_rng(0).permutation(asked)[:300]
    theirs = np.isin(rows, asked)
    known = watched.select(theirs & (place < FIRST)).binary()[asked]
    later = watched.select(theirs & (place >= FIRST)).binary()[asked].toarray().astype(bool)
    others = watched.select(~theirs)
    support, crowd = ItemKNN(100).fit(others).support_, others.binary()
    size = np.sqrt(np.maximum(others.user_counts, 1))
    popular = np.tile(others.item_counts, (len(asked), 1))
    result = {("popular", 0): judge(popular, known, later)}
    for n in PLAYS:
        first = watched.select(theirs & (place < n)).binary()[asked]
        alike = (first @ crowd.T).toarray() / size
        best = top_k(alike, 100)
        kept = np.zeros_like(alike)
        np.put_along_axis(kept, best, np.take_along_axis(alike, best, axis=1), axis=1)
        result["titles", n] = judge((first @ support.T).toarray(), known, later)
        result["viewers", n] = judge(kept @ crowd.toarray(), known, later)
    return result


def judge(scores, seen, later) -> float:
    scores = scores.astype(float)
    scores[seen.nonzero()] = -np.inf
    hits = np.take_along_axis(later, top_k(scores, 10), axis=1)
    return float(np.nanmean(ndcg(hits, later.sum(axis=1))))


def test_subtracting_means_predicts_stars_better_but_makes_worse_lists_than_popularity(
    worlds, surely_positive
):
    errors, lists = [], []
    for matinee in worlds:
        parts = split_random(matinee.stars(), rng=np.random.default_rng(0))
        test = parts.test
        pairs = test.users[test.event_rows], test.items[test.matrix.indices]
        rmse = {}
        for base in ("nothing", "mean"):
            model = RatingKNN(base=base, by="item").fit(parts.train)
            rmse[base] = np.sqrt(np.mean((model.predict(*pairs) - test.matrix.data) ** 2))
        errors.append(rmse["nothing"] - rmse["mean"])
        liked = test.select(test.matrix.data >= 4).binary().toarray().astype(bool)
        asked = np.flatnonzero(liked.any(axis=1))[:150]
        users, seen = test.users[asked], parts.train.binary()[asked]
        popular = Popular().fit(parts.train).score_all(users)
        stars = model.score_all(users)
        lists.append(judge(popular, seen, liked[asked]) - judge(stars, seen, liked[asked]))
    assert surely_positive(errors)
    assert surely_positive(lists, by=0.02)


@pytest.fixture(scope="module")
def reaches(worlds):
    """For each world: share of honest lists that hold the target, by model, with 100 fakes."""
    titles = {"titles": ItemKNN(50), "titles, shrunk": ItemKNN(50, shrinkage=50)}
    titles["titles, source"] = ItemKNN(50, neighbors_of="source")
    viewers = {"viewers": UserKNN(100), "viewers, shrunk": UserKNN(100, shrinkage=20)}
    result = []
    for matinee in worlds:
        data = matinee.watched()
        rare = np.flatnonzero((data.item_counts >= 5) & (data.item_counts <= 20))
        target = np.random.default_rng(0).choice(rare)
        long, short = (attacked(data, target, n_hits) for n_hits in (50, 10))
        shares = {name: reach(model, data, target, long) for name, model in titles.items()}
        shares["before"] = reach(ItemKNN(50), data, target, data)
        result.append(shares | {n: reach(m, data, target, short) for n, m in viewers.items()})
    return pd.DataFrame(result)


def attacked(data, target, n_hits, n_fakes=100):
    hits = np.argsort(-data.item_counts, kind="stable")[:n_hits]
    fakes = [(-1 - f, data.items[i]) for f in range(n_fakes) for i in {*hits, target}]
    honest = data.to_frame()[["user_id", "item_id"]]
    log = pd.concat([honest, pd.DataFrame(fakes, columns=honest.columns)]).astype(int)
    return Interactions.from_frame(log, items=data.items)


def reach(model, data, target, log) -> float:
    new = (data.user_counts > 0) & (data.matrix[:, [target]].toarray()[:, 0] == 0)
    shown = model.fit(log).recommend(data.users[new], k=10)["item_id"]
    return (shown == data.items[target]).sum() / new.sum()


def test_a_hundred_fakes_among_fifteen_hundred_own_half_of_the_lists(reaches, surely_positive):
    assert reaches["before"].max() < 0.02
    assert surely_positive(reaches["titles"], by=0.5)


def test_fakes_reach_fewer_lists_of_neighbouring_viewers(reaches, surely_positive):
    assert surely_positive(reaches["viewers"], by=0.05)
    assert surely_positive(reaches["titles"] - reaches["viewers"], by=0.3)


def test_shrinkage_and_keeping_per_source_damp_the_attack(reaches, surely_positive):
    assert surely_positive(reaches["titles"] - reaches["titles, shrunk"], by=0.1)
    assert surely_positive(reaches["titles"] - reaches["titles, source"], by=0.3)
    assert surely_positive(reaches["viewers"] - reaches["viewers, shrunk"], by=0.05)


def test_where_histories_are_short_shrinkage_leaves_much_of_the_attack(reaches, surely_positive):
    assert surely_positive(reaches["titles, shrunk"], by=0.1)
