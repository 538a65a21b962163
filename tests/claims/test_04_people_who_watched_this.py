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
from recsys_lib.models import ItemKNN, Popular, UserKNN
from recsys_lib.models.top_k import top_k
from recsys_lib.simulation import World, simulate
from recsys_lib.simulation.files import write_tables
from recsys_lib.simulation.world.config import START
from recsys_lib.splits import split_by_time
from tests.claims.nulls import NULLS, null_lists

SEEDS = (11, 12, 13, 14, 15)
PLAYS, FIRST, LEARNED_WEEKS = (1, 3, 8), 8, 6


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
        "hundred": ItemKNN(100),
        "source": ItemKNN(neighbors_of="source"),
        "source, five": ItemKNN(5, neighbors_of="source"),
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


def test_fifty_neighbours_kept_per_target_rank_better_and_show_more_titles(
    quality, surely_positive
):
    assert surely_positive(gaps(quality, "cosine", "source"))
    assert surely_positive(gaps(quality, "cosine", "source", "coverage@10"), by=0.05)


def test_a_hundred_per_target_rank_better_than_few_per_source(quality, surely_positive):
    assert surely_positive(gaps(quality, "hundred", "source, five"))


def test_kept_per_source_popular_titles_are_backed_by_several_times_as_many(splits):
    for split in splits:
        backers = np.diff(ItemKNN(neighbors_of="source").fit(split.train).support_.indptr)
        rank = pd.Series(split.train.item_counts).rank(method="first", pct=True)
        assert backers[rank > 7 / 8].mean() > 3 * backers[rank < 1 / 8].mean()


def test_neighbours_do_not_beat_popularity_where_nobody_has_a_taste(splits, surely_positive):
    leads = []
    for seed, split in enumerate(splits):
        known = by_lot(split.train, seed)
        later = split.test.binary().toarray().astype(bool)
        near, popular = (m.fit(known).score_all(known.users) for m in (ItemKNN(), Popular()))
        leads.append(*np.diff([judge(near, known.binary(), later),
                               judge(popular, known.binary(), later)]))  # fmt: skip
    assert surely_positive(leads)


def by_lot(log, seed: int) -> Interactions:
    """The same viewers with as many events, drawn by lot by how often each title was watched."""
    rng = np.random.default_rng(seed)
    weight = log.item_counts / log.n_events
    draws = [rng.choice(log.items, n, replace=False, p=weight) for n in log.user_counts]
    frame = pd.DataFrame({"user_id": np.repeat(log.users, log.user_counts),
                          "item_id": np.concatenate(draws)})  # fmt: skip
    return Interactions.from_frame(frame, users=log.users, items=log.items)


def test_lists_of_neighbours_show_more_popular_titles_than_viewers_choose(splits, surely_positive):
    creep = {"cosine": [], **{kind: [] for kind in NULLS}}
    for seed, split in enumerate(splits):
        crowd = split.train.item_counts
        asked = np.flatnonzero((split.train.user_counts > 0) & (split.test.user_counts > 0))
        seen, later = (log.binary()[asked].toarray() > 0 for log in (split.train, split.test))
        chosen = (later * crowd).sum() / later.sum()
        shown = ItemKNN().fit(split.train).recommend(split.train.users[asked], k=10)["item_id"]
        ratio = crowd[split.train.item_positions(shown)].mean() / chosen
        creep["cosine"].append(ratio)
        for kind in NULLS:
            lists = null_lists(kind, seen, later, 10, seed=seed)
            creep[kind].append(crowd[lists[lists >= 0]].mean() / chosen)
    assert surely_positive(creep["cosine"], by=1.2)
    for kind in NULLS:
        assert surely_positive(1.2 - np.array(creep[kind])), kind


def test_neighbours_help_newcomers_soon_and_at_first_the_viewers_do_more(worlds, surely_positive):
    curves = pd.DataFrame([newcomers(matinee) for matinee in worlds])
    assert surely_positive(curves["viewers", 1] - curves["titles", 1])
    assert surely_positive(curves["viewers", 3] - curves["popular", 0])
    assert surely_positive(curves["titles", 8] - curves["popular", 0])
    assert surely_positive(curves["popular", 0] - curves["lot", 0], by=0.02)


def newcomers(matinee) -> dict[tuple[str, int], float]:
    """nDCG@10 for who joined after the models had learned, by model and titles known."""
    watched, day = matinee.watched(), START + 7 * LEARNED_WEEKS
    past = watched.select(watched.times < day.astype("datetime64[s]").astype(np.int64))
    joined = matinee.viewers.set_index("viewer_id")["joined_on"].astype("datetime64[s]")
    log = watched.to_frame().sort_values("time", kind="stable")
    log = log[log["user_id"].isin(joined.index[joined >= day])]
    log["nth"] = log.groupby("user_id").cumcount() + 1
    stayed = np.sort(log.loc[log["nth"] > FIRST, "user_id"].unique())
    log = log[log["user_id"].isin(stayed)]

    def titles_of(rows):
        return Interactions.from_frame(rows, users=stayed, items=watched.items)

    known = titles_of(log[log["nth"] <= FIRST]).binary()
    later = titles_of(log[log["nth"] > FIRST]).binary().toarray().astype(bool)
    draw = np.random.default_rng(0).random(later.shape)
    result = {("popular", 0): judge(np.tile(past.item_counts, (len(stayed), 1)), known, later),
              ("lot", 0): judge(draw, known, later)}  # fmt: skip
    models = {"titles": ItemKNN(100).fit(past), "viewers": UserKNN(100).fit(past)}
    for n in PLAYS:
        first = titles_of(log[log["nth"] <= n])
        for name, model in models.items():
            result[name, n] = judge(model.score_histories(first), known, later)
    return result


def judge(scores, seen, later) -> float:
    scores = scores.astype(float)
    scores[seen.nonzero()] = -np.inf
    hits = np.take_along_axis(later, top_k(scores, 10), axis=1)
    return float(np.nanmean(ndcg(hits, later.sum(axis=1))))


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


def test_keeping_per_source_or_shrinking_viewers_damps_the_attack(reaches, surely_positive):
    assert surely_positive(reaches["titles"] - reaches["titles, source"], by=0.1)
    assert surely_positive(reaches["viewers"] - reaches["viewers, shrunk"], by=0.05)


def test_where_histories_are_short_shrinkage_leaves_all_of_the_attack(reaches, surely_positive):
    assert surely_positive(reaches["titles, shrunk"], by=0.8)
