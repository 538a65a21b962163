"""Two models on the same users: differences by hand, and intervals that know of users and seeds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from recsys_lib.comparison import compare
from recsys_lib.errors import ArgumentError, DataError
from recsys_lib.evaluation import evaluate
from recsys_lib.intervals import bootstrap_interval
from recsys_lib.judged import seeded
from recsys_lib.models import BPR, EASE, Popular, Random
from recsys_lib.models.base import Recommender
from recsys_lib.models.factors.biased_mf import BiasedMF
from recsys_lib.splits import split_random


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def split(make_log):
    return split_random(make_log(3, users=80, items=30, events=900), 0.3, rng=rng())


def values_of(**models: np.ndarray) -> pd.DataFrame:
    """A table of users' values; an array of (fits, users) a model."""
    parts = [
        pd.DataFrame({"model": name, "seed": seed, "metric": "ndcg@10", "weight": 1.0,
                      "user_id": np.arange(len(fit)), "value": fit})
        for name, fits in models.items() for seed, fit in enumerate(np.atleast_2d(fits))
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_the_users_values_have_the_tables_means(split):
    models = {"popular": Popular(), "bpr": BPR(factors=3, epochs=2), "means": BiasedMF(factors=2)}
    asked = {"metrics": ("ndcg", "auc", "novelty", "rmse", "mae", "coverage"), "k": 5}
    for seeds in (1, 3):
        more = asked | {"seeds": seeds, "progress": False}
        table = evaluate(models, split, **more)
        values = evaluate(models, split, per_user=True, **more)
        assert values.columns.tolist() == ["model", "seed", "metric", "user_id", "value", "weight"]
        whole = table[table["segment"] == "all"].set_index(["model", "metric"])["mean"]
        for (name, metric), part in values.groupby(["model", "metric"]):
            each = part.groupby("seed")[["value", "weight"]].apply(
                lambda fit: np.average(fit["value"], weights=fit["weight"])
            )
            mean = np.sqrt(each.mean()) if metric == "rmse" else each.mean()
            assert whole[name, metric] == pytest.approx(mean)
            assert len(each) == (1 if name == "popular" else seeds)
        assert "coverage@5" not in set(values["metric"]) and "coverage@5" in set(table["metric"])


class Pair(Recommender):
    """Two models in one, as a hybrid holds its parents."""

    def __init__(self, one, two, random_state=None):
        self.one, self.two, self.random_state = one, two, random_state


def test_seeds_count_up_wherever_a_model_holds_one():
    copies = seeded(Pair(BPR(random_state=5), Pair(EASE(), BPR()), random_state=3), 3)
    found = [
        [copy.random_state, copy.one.random_state, copy.two.two.random_state] for copy in copies
    ]
    assert found == [[3, 5, 0], [4, 6, 1], [5, 7, 2]]
    assert len(seeded(EASE(), 3)) == len(seeded(BPR(random_state=None), 3)) == 1


def test_several_seeds_widen_the_interval_of_what_draws_and_of_nothing_else(split):
    models = {"popular": Popular(), "bpr": BPR(factors=3, epochs=2)}
    asked = {"metrics": ("ndcg", "coverage"), "progress": False}
    one, four = (evaluate(models, split, seeds=seeds, **asked) for seeds in (1, 4))
    assert "seeds" not in one
    one, four = (table[table["segment"] == "all"].set_index(["model", "metric"])
                 for table in (one, four))  # fmt: skip
    same = ["mean", "low", "high"]
    assert one.loc["popular", same].equals(four.loc["popular", same])
    assert four.loc["popular", "seed_sd"].isna().all() and (four.loc["popular", "seeds"] == 1).all()
    bpr = four.loc["bpr"]
    means = [
        evaluate({"bpr": BPR(factors=3, epochs=2, random_state=seed)}, split, **asked).set_index(
            ["segment", "metric"]
        )["mean"]["all"]
        for seed in range(4)
    ]
    for metric in ("ndcg@10", "coverage@10"):
        each = [mean[metric] for mean in means]
        assert bpr.loc[metric, "mean"] == pytest.approx(np.mean(each))
        assert bpr.loc[metric, "seed_sd"] == pytest.approx(np.std(each, ddof=1))
    values = evaluate(models, split, seeds=4, per_user=True, metrics="ndcg", progress=False)
    means = values[values["model"] == "bpr"].groupby("user_id")["value"].mean()
    _, low, high = bootstrap_interval(means.to_numpy(), rng=rng(5))
    wider = (bpr.loc["ndcg@10", "high"] - bpr.loc["ndcg@10", "low"]) / (high[0] - low[0])
    error = bpr.loc["ndcg@10", "seed_sd"] / np.sqrt(4)
    assert wider**2 > 1 + (error / ((high[0] - low[0]) / 4)) ** 2 * 0.8


def test_a_difference_by_hand_and_its_interval_is_that_of_the_users_differences():
    draw = rng(1)
    hard = draw.normal(0, 1, 400)  # how hard each user is to please, whoever tries
    one, two = hard + draw.normal(0.1, 0.1, 400), hard + draw.normal(0, 0.1, 400)
    row = compare(values_of(one=one, two=two), "one", "two").iloc[0]
    mean, low, high = bootstrap_interval(one - two, rng=rng(7))
    assert row["difference"] == pytest.approx(mean[0])
    assert (row["low"], row["high"]) == pytest.approx((low[0], high[0]), abs=0.002)
    assert row["p"] == pytest.approx(stats.ttest_rel(one, two).pvalue, rel=3, abs=1e-20)
    assert row["users"] == 400 and row["seeds"] == 1 and np.isnan(row["seed_sd"])
    back = compare(values_of(one=one, two=two), "two", "one").iloc[0]
    assert back["difference"] == -row["difference"]
    assert (back["low"], back["high"]) == pytest.approx((-row["high"], -row["low"]))


def test_p_is_students_where_the_difference_is_small():
    draw = rng(2)
    one, two = draw.normal(0.05, 1, 300), draw.normal(0, 1, 300)
    row = compare(values_of(one=one, two=two), "one").iloc[0]
    assert row["p"] == pytest.approx(stats.ttest_rel(one, two).pvalue, abs=0.05)


def test_equal_models_differ_by_nothing_and_all_comparisons_are_counted():
    draw = rng(3)
    same = draw.random(50)
    table = compare(values_of(a=same, b=same, c=same + draw.normal(0, 1, 50)), "a")
    assert table["other"].tolist() == ["b", "c"]
    assert table.loc[0, ["difference", "low", "high"]].tolist() == [0, 0, 0] and table["p"][0] == 1
    alone = compare(values_of(a=same, c=table_of(same, draw)), "a", "c")["p"][0]
    twice = compare(values_of(a=same, b=same, c=table_of(same, rng(9))), "a")["p"][1]
    assert twice == pytest.approx(
        min(2 * compare(values_of(a=same, c=table_of(same, rng(9))), "a")["p"][0], 1)
    )
    assert 0 <= alone <= 1


def table_of(same: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    return same + draw.normal(0.2, 1, len(same))


def test_users_without_a_value_of_both_are_left_out():
    one, two = np.arange(30.0), np.zeros(30)
    one[3], two[5] = np.nan, np.nan
    row = compare(values_of(one=one, two=two), "one").iloc[0]
    assert row["users"] == 28
    assert row["difference"] == pytest.approx((sum(range(30)) - 3 - 5) / 28)


def test_the_interval_holds_what_other_seeds_give():
    """Each fit is off by a luck of its own, as much as users spread: with one fit unseen."""
    held = {1: 0, 4: 0}
    for world in range(150):
        draw = rng(world)
        fits = (
            draw.normal(0, 0.1, (4, 1))
            + draw.normal(0, 1, (1, 100))
            + draw.normal(0, 0.1, (4, 100))
        )
        other = draw.normal(0, 1, 100) * 0
        for seeds in held:
            row = compare(values_of(one=fits[:seeds], two=other), "one", rng=draw).iloc[0]
            held[seeds] += row["low"] <= 0 <= row["high"]
    assert held[1] / 150 < 0.9, "the users alone do not tell"
    assert held[4] / 150 >= 0.93


def test_few_users_have_no_interval():
    row = compare(values_of(one=np.arange(9.0), two=np.zeros(9)), "one").iloc[0]
    assert np.isnan([row["low"], row["high"]]).all() and row["difference"] == 4


def test_from_one_call_to_the_next(split):
    models = {"ease": EASE(), "popular": Popular(), "lot": Random(), "bpr": BPR(3, epochs=2)}
    values = evaluate(models, split, metrics=("ndcg", "recall"), seeds=2, per_user=True,
                      progress=False)  # fmt: skip
    table = compare(values, "ease").set_index(["other", "metric"])
    assert len(table) == 6
    assert table.loc[("lot", "ndcg@10"), "low"] > 0
    assert table["seeds"].unstack()["ndcg@10"].to_dict() == {"popular": 1, "lot": 2, "bpr": 2}
    errors = evaluate({"a": BiasedMF(2), "b": BiasedMF(2, epochs=1)}, split, metrics=("rmse",),
                      per_user=True, progress=False)  # fmt: skip
    whole = evaluate({"a": BiasedMF(2), "b": BiasedMF(2, epochs=1)}, split, metrics=("rmse",),
                     progress=False)  # fmt: skip
    whole = whole[whole["segment"] == "all"].set_index("model")["mean"]
    row = compare(errors, "a").iloc[0]
    assert row["difference"] == pytest.approx(whole["a"] - whole["b"])
    assert row["low"] < row["difference"] < row["high"]


def test_what_cannot_be_compared_is_refused():
    values = values_of(one=np.zeros(20), two=np.ones(20))
    with pytest.raises(ArgumentError, match=r"no model 'best'\. Choose from \['one', 'two'\]"):
        compare(values, "best")
    for other in ("one", None):
        few = values if other else values[values["model"] == "one"]
        with pytest.raises(ArgumentError, match="no other model than 'one'"):
            compare(few, "one", other)
    with pytest.raises(DataError, match=r"no column \['weight'\].*per_user=True"):
        compare(values.drop(columns="weight"), "one")
