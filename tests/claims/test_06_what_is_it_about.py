"""The headline claims of chapter 6, over five worlds or over repeated splits of the catalogue."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_lib.datasets import load_matinee
from recsys_lib.datasets.matinee import FOLDER
from recsys_lib.evaluation import evaluate
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.metrics.ranking import ndcg
from recsys_lib.models import ContentProfile, ItemKNN, MaturityClassifier, Popular, Random
from recsys_lib.models.content.maturity import unfit_for
from recsys_lib.models.content.request_search import RequestSearch
from recsys_lib.splits import cold_items, split_by_time


@pytest.fixture(scope="module")
def on_new_titles(small_worlds):
    """For each world: nDCG@10 of a row of ten new titles, by model."""
    models = {
        "random": Random(),
        "neighbours": ItemKNN(),
        "content": ContentProfile(),
        "synopsis": ContentProfile({"synopsis": 1}),
        "people": ContentProfile({"people": 1}),
        "genres": ContentProfile({"genres": 1}),
    }
    return [
        {name: row_of_new(small.matinee, model, seed) for name, model in models.items()}
        | {"shuffled": row_of_new(small.matinee, ContentProfile(), seed, dealt_out)}
        for seed, small in enumerate(small_worlds)
    ]


def as_they_are(items, seed):
    return items


def dealt_out(items, seed):
    """Every title has another's description."""
    place = np.random.default_rng(seed).permutation(len(items))
    return items.iloc[place].assign(item_id=items["item_id"].to_numpy())


def row_of_new(matinee, model, seed, described=as_they_are) -> float:
    split = cold_items(matinee.watched(), 0.2, rng=np.random.default_rng(seed))
    new = split.train.items[split.train.item_counts == 0]
    asked = split.test.users[(split.test.user_counts > 0) & (split.train.user_counts > 0)]
    items = described(matinee.items, seed)
    lists = model.fit(split.train, items=items).recommend(asked, items=new)
    row = split.test.user_positions(lists["user_id"])
    column = split.test.item_positions(lists["item_id"])
    hits = split.test.binary()[row, column].reshape(len(asked), 10) > 0
    return float(ndcg(hits, split.test.user_counts[split.test.user_positions(asked)]).mean())


def test_on_new_titles_content_beats_chance_and_neighbours(on_new_titles, surely_positive):
    assert surely_positive([w["content"] - w["random"] for w in on_new_titles], by=0.03)
    assert surely_positive([w["content"] - w["neighbours"] for w in on_new_titles], by=0.03)


def test_descriptions_dealt_out_by_lot_are_worth_nothing(on_new_titles, surely_positive):
    assert surely_positive([w["content"] - w["shuffled"] for w in on_new_titles], by=0.03)
    assert surely_positive([w["random"] + 0.02 - w["shuffled"] for w in on_new_titles])


def test_all_blocks_together_beat_each_alone(on_new_titles, surely_positive):
    for block in ("synopsis", "people", "genres"):
        assert surely_positive([w["content"] - w[block] for w in on_new_titles]), block


def test_on_known_titles_content_is_near_popularity_and_far_below_the_crowd(
    small_worlds, surely_positive
):
    models = {"random": Random(), "popular": Popular(), "content": ContentProfile()}
    models |= {"neighbours": ItemKNN()}
    means = []
    for small in small_worlds:
        split = split_by_time(small.matinee.watched())
        table = evaluate(
            models, split, metrics=("ndcg",), items=small.matinee.items, progress=False
        )
        means.append(table[table["segment"] == "all"].set_index("model")["mean"])
    means = pd.DataFrame(means)
    assert surely_positive(means["content"] - means["random"], by=0.01)
    assert surely_positive(means["neighbours"] - means["content"], by=0.02)
    assert surely_positive(0.025 - (means["content"] - means["popular"]).abs())


@pytest.fixture(scope="module")
def requests():
    """What each request is judged by: its text, and the item ids that its rule accepts."""
    table, titles = pd.read_csv(FOLDER / "requests.csv"), load_matinee().items
    return [
        (text, titles.query(rule, engine="python")["item_id"])
        for text, rule in zip(table["request"], table["rule"], strict=True)
    ]


def quality(requests, answer) -> np.ndarray:
    hits, n_relevant = np.zeros((len(requests), 10), bool), np.zeros(len(requests), int)
    for n, (text, relevant) in enumerate(requests):
        found = answer(text)
        hits[n, : len(found)] = np.isin(found, relevant)
        n_relevant[n] = len(relevant)
    return ndcg(hits, n_relevant)


def test_a_search_of_synopses_beats_popular_and_random_lists(requests):
    matinee = load_matinee()
    watched = matinee.watched()
    strict = RequestSearch(("title", "synopsis")).fit(matinee.items)
    ours = quality(requests, lambda text: strict.search(text)["item_id"])
    most = watched.items[np.argsort(-watched.item_counts, kind="stable")[:10]]
    others = {"popular": quality(requests, lambda text: most)}
    for seed in range(5):
        rng = np.random.default_rng(seed)
        drawn = quality(requests, lambda text, rng=rng: rng.choice(watched.items, 10, False))
        others[f"random {seed}"] = drawn
    for name, theirs in others.items():
        low = bootstrap_interval(ours - theirs, rng=np.random.default_rng(0))[1][0]
        assert low > 0.03, name


def test_about_one_in_twenty_unfit_titles_is_missed_and_a_half_would_miss_more(surely_positive):
    titles, missed, at_half, hidden = load_matinee().items, [], [], []
    for seed in range(10):
        place = np.random.default_rng(seed).permutation(len(titles))
        known, new = titles.iloc[place[:588]], titles.iloc[place[588:]]
        model = MaturityClassifier(age=11, miss=0.05).fit(known)
        chance, unfit = model.chance_unfit(new), unfit_for(new["maturity"], 11)
        missed.append((chance[unfit] < model.threshold_).mean())
        at_half.append((chance[unfit] < 0.5).mean())
        hidden.append((chance[~unfit] >= model.threshold_).mean())
    assert 0.025 < np.mean(missed) < 0.075
    assert surely_positive(np.subtract(at_half, missed), by=0.02)
    assert surely_positive(hidden, by=0.25)
